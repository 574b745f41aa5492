// On a threat's record: whether the decision stands, and the way to the result that raised it.
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ImportedFrom } from '../model.ts';
import { StaleNotice } from './StaleNotice.tsx';
import { threatsQuery } from './threats-queries.ts';

export function Panel({ record }: { readonly record: RecordView }) {
  const rule = String(record.body.rule ?? '');
  const model = record.links.find((link) => link.type === 'targets' && link.direction === 'out')?.other.key;
  const imported = ImportedFrom.safeParse(record.body.imported);
  return (
    <>
      {imported.success ? <Imported from={imported.data} /> : null}
      {rule === '' || model === undefined ? null : <OfRule record={record} rule={rule} model={model} />}
    </>
  );
}

/** As the file has it; nothing of it is a decision of this house. */
function Imported({ from }: { readonly from: ImportedFrom }) {
  const { tool, file, place, status, category, severity, score, decisions, mitigations, references } = from;
  const facts = [
    ['Tool', tool],
    ['File', place === '' ? file : `${file}, ${place}`],
    ['Its status', status],
    ['Its category', category],
    ['Its severity', severity],
    ['Its score', score],
    ['References', references.join(', ')],
  ].filter(([, value]) => value !== '');
  return (
    <Section title="What the imported file says">
      <p className="muted">Evidence for your decision. What the other tool decided decides nothing here.</p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
        {decisions.map((decision) => (
          <Fragment key={JSON.stringify(decision)}>
            <dt>Decided there</dt>
            <dd>
              {decision.kind}
              {decision.by === '' ? '' : `, ${decision.by}`}
              {decision.at === '' ? '' : `, ${decision.at}`}:{' '}
              {decision.reason === '' ? <span className="muted">no reason is given</span> : decision.reason}
            </dd>
          </Fragment>
        ))}
      </dl>
      {mitigations.length === 0 ? null : (
        <>
          <h3>Its mitigations</h3>
          <ul>
            {mitigations.map((one) => (
              <li key={JSON.stringify(one)}>
                {one.title}
                {one.status === '' ? '' : ` (${one.status})`}
                {one.description === '' || one.description === one.title ? '' : `: ${one.description}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function OfRule({
  record,
  rule,
  model,
}: {
  readonly record: RecordView;
  readonly rule: string;
  readonly model: string;
}) {
  const target = String(record.body.target ?? '');
  const row = useQuery(threatsQuery(model)).data?.items.find((one) => one.threat?.key === record.key);
  const stale = row?.threat?.stale ?? [];
  return (
    <Section title="Why it is raised">
      {stale.length > 0 ? <StaleNotice record={record} reasons={stale} /> : null}
      <p>
        <AppLink to="/threats" search={{ model, rule, at: target }}>
          Facts, questions and references
        </AppLink>
      </p>
    </Section>
  );
}
