// What suppliers and others say of the finding: evidence beside the sources, a conflict where it contradicts, and the way from a
// statement to an assessment of one's own.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { keepDraft, readDraft } from '../../../web/forms/draft.ts';
import type { Body } from '../../../web/forms/fields.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { FindingDetail } from '../api.ts';
import type { SaidView } from '../vex/api.ts';
import { JUSTIFICATION_WORDS, statusTitle } from './finding-words.ts';
import type { FindingPlace } from './findings-queries.ts';
import { conflictSentence, fieldsFromSaid, supplierFixes } from './said-words.ts';

interface SaidProps {
  readonly at: FindingPlace;
  readonly detail: FindingDetail;
}

export function SaidSection({ at, detail }: SaidProps) {
  const { said, conflict, finding } = detail;
  const mayStart = detail.mayAssess && finding.assessment === null;
  return (
    <Section title="What suppliers say">
      <div className="stack">
        {conflict ? (
          <Notice title="A statement contradicts this">
            <p>{conflictSentence(said, finding.assessment?.state === 'approved')}</p>
          </Notice>
        ) : null}
        {said.length === 0 ? (
          <p className="muted">
            No statement of a supplier speaks of this.{' '}
            <AppLink to={`/releases/${at.release}`} search={{ tab: 'statements' }}>
              Statements about this release
            </AppLink>
          </p>
        ) : (
          <ul className="lines">
            {said.map((one) => (
              <li key={one.id} className="stack">
                <OneSaid said={one} at={at} mayStart={mayStart} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

function OneSaid({
  said,
  at,
  mayStart,
}: {
  readonly said: SaidView;
  readonly at: FindingPlace;
  readonly mayStart: boolean;
}) {
  return (
    <>
      <p className="row">
        <strong>{statusTitle(said.status)}</strong>
        <span>{said.author || 'Unnamed author'}</span>
        {said.conflict ? <StateBadge tone="attention">Contradicts</StateBadge> : null}
        {said.certain ? null : <StateBadge tone="question">May not mean this</StateBadge>}
        {said.supplier ? (
          <span className="muted">
            supplier <KeyLink recordKey={said.supplier.key} />
          </span>
        ) : (
          <StateBadge tone="question">Not from a known supplier</StateBadge>
        )}
        <span className="muted small">
          {said.saidAt === null ? 'undated, imported ' : ''}
          <RelativeTime at={said.saidAt ?? said.document.importedAt} />
        </span>
      </p>
      {said.justification || said.ownJustification ? (
        <p>
          {said.justification
            ? JUSTIFICATION_WORDS[said.justification]
            : said.ownJustification?.replaceAll('_', ' ')}
        </p>
      ) : null}
      {said.impact === '' ? null : <p className="said__text">{said.impact}</p>}
      {said.action === '' ? null : <p className="said__text">What to do: {said.action}</p>}
      <p className="muted small">
        {said.why}{' '}
        <a href={`/api/vex/documents/${said.document.id}/original`} download={true}>
          {said.document.name} ({said.document.format})
        </a>
      </p>
      {mayStart ? <StartFrom said={said} at={at} /> : null}
    </>
  );
}

/** Fills the form beside; what was typed there is replaced only when asked twice. */
function StartFrom({ said, at }: { readonly said: SaidView; readonly at: FindingPlace }) {
  const [, setSearch] = useSearchState();
  const [asked, setAsked] = useState(false);
  const place = `assess.${at.release}.${at.vulnerability}.${at.place}`;
  const start = () => {
    if (!asked && readDraft(place) !== null) return setAsked(true);
    setAsked(false);
    keepDraft(place, {
      revision: 0,
      base: {},
      body: { ...fieldsFromSaid(said) } as unknown as Body,
      at: new Date().toISOString(),
    });
    // The address is what makes the form begin anew.
    setSearch({ from: `${said.id}-${Date.now().toString(36)}` });
  };
  return (
    <p className="row">
      <Button size="xs" onClick={start}>
        {asked ? 'Replace my draft' : 'Start an assessment from this'}
      </Button>
      {asked ? <span className="small">You have begun one; it would be replaced.</span> : null}
    </p>
  );
}

/** Fixes that suppliers name, beside those of the sources. */
export function SupplierFixes({ said }: { readonly said: readonly SaidView[] }) {
  const fixes = supplierFixes(said);
  if (fixes.length === 0) return null;
  return (
    <>
      {fixes.map(({ version, by }) => (
        <span key={`${version} ${by}`} className="said__fix">
          {version} <span className="muted">says {by}</span>
        </span>
      ))}
    </>
  );
}
