// On a threat's record: whether the decision stands, and the way to the result that raised it.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { StaleNotice } from './StaleNotice.tsx';
import { threatsQuery } from './threats-queries.ts';

export function Panel({ record }: { readonly record: RecordView }) {
  const rule = String(record.body.rule ?? '');
  const model = record.links.find((link) => link.type === 'targets' && link.direction === 'out')?.other.key;
  if (rule === '' || model === undefined) return null;
  return <OfRule record={record} rule={rule} model={model} />;
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
