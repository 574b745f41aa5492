import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { useKinds } from '../../../web/queries.ts';
import type { RecentEntry } from './recent-words.ts';
import { recentLines } from './recent-words.ts';
import './today.css';

const SHOWN = 12;

/** What happened lately; everything is in the audit trail. */
export function Recent({ entries }: { readonly entries: readonly RecentEntry[] }) {
  const kinds = useKinds();
  const lines = recentLines(entries, (name) => kinds.find((kind) => kind.kind === name)).slice(0, SHOWN);
  return (
    <Section title="Recent changes" aside={<AppLink to="/audit">Audit trail</AppLink>}>
      {lines.length === 0 ? <p className="muted">Nothing has changed lately.</p> : null}
      <ul className="lines">
        {lines.map(({ entry, words, times }) => (
          <li key={entry.seq}>
            <p>
              {entry.record ? <KeyLink recordKey={entry.record.key} title={entry.record.title} /> : words}
            </p>
            <p className="muted small">
              {entry.record ? `${words}, ` : null}
              {times > 1 ? `and ${times - 1} more, ` : null}
              <PersonName person={entry.actor} />, <RelativeTime at={entry.at} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
