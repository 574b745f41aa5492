// What a new plan begins with for a product, and what each step still lacks. Pure.
import type { Body } from '../../../web/forms/fields.ts';
import { DECOMMISSIONING, PLANNED_ROLES } from '../plan-defaults.ts';
import { checkPolicy, DEFAULT_POLICY, RiskPolicy } from '../policy.ts';

export const STEPS = [
  { id: 'scope', title: 'Scope' },
  { id: 'environment', title: 'Environment' },
  { id: 'people', title: 'People' },
  { id: 'policy', title: 'Policy' },
  { id: 'life', title: 'Life' },
  { id: 'review', title: 'Review' },
] as const;
export type StepId = (typeof STEPS)[number]['id'];

export function newPlan(product: {
  readonly title: string;
  readonly body: Readonly<Record<string, unknown>>;
}): Body {
  const word = (name: string) =>
    typeof product.body[name] === 'string' ? (product.body[name] as string) : '';
  return {
    title: `Security risk management plan of the ${product.title}`.slice(0, 300),
    scope: '',
    intendedUse: word('intendedUse'),
    useEnvironment: word('useEnvironment'),
    roles: PLANNED_ROLES.map((role) => ({ ...role })),
    policy: '',
    schedule: 'Threat model and risks are reviewed with each release and every six months.',
    acceptance: '',
    riskPolicy: JSON.parse(JSON.stringify(DEFAULT_POLICY)) as Body,
    updateCadenceDays: 90,
    lifecycle: [],
    decommissioning: DECOMMISSIONING,
  };
}

/** A stored plan with what newer fields begin with. */
export function planOf(
  body: Readonly<Record<string, unknown>>,
  product: Parameters<typeof newPlan>[0],
): Body {
  const begin = newPlan(product);
  const kept = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Body;
  return { ...begin, ...kept, riskPolicy: (kept.riskPolicy ?? begin.riskPolicy) as Body };
}

export function policyOf(body: Body): RiskPolicy {
  const read = RiskPolicy.safeParse(body.riskPolicy);
  return read.success ? read.data : DEFAULT_POLICY;
}

/** What is missing, by step; what keeps from saving is in `stops`. */
export function lacks(
  body: Body,
): Readonly<Record<StepId, readonly string[]>> & { readonly stops: readonly string[] } {
  const empty = (name: string) => String(body[name] ?? '').trim() === '';
  const roles = Array.isArray(body.roles) ? body.roles : [];
  const policy = RiskPolicy.safeParse(body.riskPolicy);
  const faults = policy.success
    ? checkPolicy(policy.data).map(({ message }) => message)
    : ['A level of a scale has no name or no meaning.'];
  const found = {
    scope: [
      ...(empty('title') ? ['The plan has no title.'] : []),
      ...(empty('scope') ? ['The scope is not written.'] : []),
      ...(empty('intendedUse') ? ['The intended use is not written.'] : []),
    ],
    environment: empty('useEnvironment') ? ['The use environment is not written.'] : [],
    people: roles.length === 0 ? ['No role is planned.'] : [],
    policy: faults,
    life: [
      ...(typeof body.updateCadenceDays === 'number' ? [] : ['No cadence of security updates is set.']),
      ...(empty('decommissioning') ? ['Duties at decommissioning are not written.'] : []),
    ],
    review: [],
  };
  return { ...found, stops: [...(empty('title') ? ['The plan has no title.'] : []), ...faults] };
}
