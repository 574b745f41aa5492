// The policy of a plan on its record: the matrix, depth and times, read; changed in the plan's own pages.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { recordQuery } from '../../../web/queries.ts';
import { RiskPolicy } from '../policy.ts';
import { Matrix, MatrixLegend } from './Matrix.tsx';

export function Panel({ record }: { readonly record: RecordView }) {
  const product = useQuery({ ...recordQuery(record.productId ?? ''), enabled: record.productId !== null });
  const read = RiskPolicy.safeParse(record.body.riskPolicy);
  const change =
    record.mayEdit && product.data ? (
      <AppLink to={`/products/${product.data.key}/plan`} search={{ step: 'policy' }}>
        Change the policy
      </AppLink>
    ) : null;
  if (!read.success)
    return (
      <Section title="Policy as data" aside={change}>
        <p className="muted">
          This plan has its policy in words only; Ward's defaults stand in until it is given as data.
        </p>
      </Section>
    );
  const policy = read.data;
  return (
    <Section title="Policy as data" aside={change}>
      <div className="stack">
        <Matrix label="Acceptance matrix" policy={policy} />
        <MatrixLegend />
        <dl className="facts">
          <dt>Many patients at once</dt>
          <dd>
            {policy.multiPatientLift === 0
              ? 'as for one patient'
              : `${policy.multiPatientLift} row(s) higher`}
          </dd>
          <dt>Severity falls by</dt>
          <dd>{policy.severityFallsBy}</dd>
          <dt>Depth that is enough</dt>
          <dd>{policy.enough.map((count, index) => `severity ${index + 1}: ${count}`).join(' · ')}</dd>
          <dt>Days to decide</dt>
          <dd>
            {Object.entries(policy.decideWithinDays)
              .map(([level, count]) => `${level}: ${count}`)
              .join(' · ')}
          </dd>
          <dt>An acceptance holds</dt>
          <dd>{policy.acceptanceHoldsDays} days</dd>
        </dl>
      </div>
    </Section>
  );
}
