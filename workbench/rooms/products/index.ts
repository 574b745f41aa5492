// The public face of the room: products, releases, plans.
import type { Room } from '../../kernel/kernel.ts';
import { checkPlan } from './check-plan.ts';
import { checkRelease } from './check-release.ts';
import { plan, product, release } from './model.ts';

export { plan, product, release } from './model.ts';
export type { DecideWithinDays, Level, RiskPolicy, Zone } from './policy.ts';
export { DEFAULT_POLICY, enoughBySeverity, zoneOf } from './policy.ts';
export { decideTimes, type PolicyInForce, policyInForce } from './read-policy.ts';
export { readRelease } from './read-release.ts';

export const room: Room = {
  name: 'products',
  kinds: [product, release, plan],
  guards: ({ records }) => {
    records.addGuard(release.kind, checkRelease);
    records.addGuard(plan.kind, checkPlan);
  },
};
