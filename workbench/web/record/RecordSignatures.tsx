import type { RecordView } from '../../kernel/records/contract.ts';
import { Section } from '../design/PageFrame.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import { exactTime } from '../design/time.ts';
import { meaningWord } from './history-words.ts';

/** Who signed which revision, when and as what (21 CFR 11.50); one for an earlier version says so. */
export function RecordSignatures({ record }: { readonly record: RecordView }) {
  return (
    <Section title="Signatures">
      {record.signatures.length === 0 ? <p className="muted">Not signed.</p> : null}
      <ul className="lines">
        {record.signatures.map((signature) => (
          <li key={`${signature.revisionHash} ${signature.at} ${signature.signer.id}`}>
            <p>
              <strong>{signature.signerName}</strong> as {meaningWord(signature.meaning)}
            </p>
            <p className="small">
              <time dateTime={signature.at}>{exactTime(signature.at)}</time>
            </p>
            <p className="row small">
              {signature.current ? (
                <StateBadge tone="settled">Revision {signature.revision}, the current one</StateBadge>
              ) : (
                <StateBadge tone="stale">For an earlier version: revision {signature.revision}</StateBadge>
              )}
            </p>
            <p className="small muted">
              Proved by {signature.authentication.replace('+', ' and ').replace('totp', 'one-time code')}.{' '}
              <code title={signature.revisionHash}>{signature.revisionHash.slice(0, 12)}…</code>
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
