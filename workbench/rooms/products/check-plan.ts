// What a plan's schema cannot say: its policy must not judge more mildly where matters are worse.
import { defineErrors } from '../../kernel/errors.ts';
import type { Guard } from '../../kernel/records/records.ts';
import { checkPolicy, RiskPolicy } from './policy.ts';

const refuse = defineErrors({
  'plan.policy-unsound': {
    status: 422,
    exit: 3,
    title: 'The policy contradicts itself',
    remedy:
      'Correct the place that is named; a cell never gets milder when severity or exploitability rises.',
  },
});

export const checkPlan: Guard = async (_tx, change) => {
  if (change.type !== 'create' && change.type !== 'edit') return;
  const read = RiskPolicy.safeParse(change.body.riskPolicy);
  const faults = read.success ? checkPolicy(read.data) : [];
  const [first] = faults;
  if (!first) return;
  throw refuse('plan.policy-unsound', first.message, {
    at: `$.body.riskPolicy.${first.at}`,
    detail: {
      fields: faults.map(({ at, message }) => ({ path: `$.body.riskPolicy.${at}`, message })),
    },
  });
};
