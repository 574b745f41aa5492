// On a system model's record: what its rules found, and the ways to it.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { runsQuery } from './threats-queries.ts';

export function Panel({ record }: { readonly record: RecordView }) {
  const run = useQuery(runsQuery).data?.find((one) => one.model === record.key);
  const waiting = run === undefined ? 0 : run.fresh + run.gone + run.changed;
  return (
    <Section title="Threats">
      <p className="row">
        <AppLink to="/questions" search={{ model: record.key }}>
          Questions
        </AppLink>
        <AppLink to="/threats" search={{ model: record.key }}>
          Threats
        </AppLink>
      </p>
      {run?.at ? (
        <p className="muted">
          {run.raised} raised, {run.open} open, {run.answered} answered.
          {waiting > 0 ? ` ${waiting} wait to be accepted.` : ''}
          {run.stale > 0 ? ` ${run.stale} decisions wait to be looked at.` : ''}
        </p>
      ) : (
        <p className="muted">The rules have not run on this model yet; its threats show them now.</p>
      )}
    </Section>
  );
}
