// What each role may do to each kind of record, computed from the kinds alone; and a small true body for each kind.
import type { Role } from '../../workbench/kernel/people/roles.ts';
import { ROLE_IDS } from '../../workbench/kernel/people/roles.ts';
import { decideTransition, mayCreate, mayEdit } from '../../workbench/kernel/records/decide.ts';
import type { KindDefinition } from '../../workbench/kernel/records/kind.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';

const PRODUCT = '00000000-0000-7000-8000-000000000001';

export interface KindAct {
  readonly kind: string;
  /** `create`, `edit`, or a step as `approve (draft)`. */
  readonly act: string;
  readonly step: string | null;
  readonly from: string;
  readonly signature: string | null;
  readonly roles: readonly Role[];
}

/** Every act that people can try on a kind, with the roles that may. */
export function actsOf(kind: KindDefinition): KindAct[] {
  const productId = kind.scope === 'organisation' ? null : PRODUCT;
  const who = (role: Role) => ({
    via: 'session' as const,
    personId: '00000000-0000-7000-8000-000000000002',
    name: role,
    grants: [{ role, productId: null }],
    scopes: null,
    tokenProductId: null,
  });
  const at = (state: string): WardRecord => ({
    id: PRODUCT,
    kind: kind.kind,
    key: `${kind.key}-1`,
    productId,
    revision: 1,
    state,
    title: 'test',
    body: {},
    authorId: null,
    createdAt: new Date(0),
    createdBy: null,
    updatedAt: new Date(0),
    updatedBy: null,
  });
  const rolesThat = (may: (role: Role) => boolean) => ROLE_IDS.filter(may);
  const first = kind.states[0].id;
  const base = { kind: kind.kind, step: null, signature: null };
  return [
    {
      ...base,
      act: 'create',
      from: first,
      roles: rolesThat((role) => mayCreate(kind, who(role), productId)),
    },
    { ...base, act: 'edit', from: first, roles: rolesThat((role) => mayEdit(kind, at(first), who(role))) },
    ...kind.transitions
      .filter((step) => !step.system)
      .map((step) => ({
        kind: kind.kind,
        act: step.id,
        step: step.id,
        from: step.from[0] as string,
        signature: step.signature ?? null,
        roles: rolesThat((role) => {
          try {
            decideTransition(kind, at(step.from[0] as string), who(role), {
              transition: step.id,
              reason: 'test',
              authorIds: [],
            });
            return true;
          } catch {
            return false;
          }
        }),
      })),
  ];
}

let packs = 0;

/** The least that each kind's schema takes. */
export const BODIES: Readonly<Record<string, object>> = {
  product: { name: 'Another product' },
  release: { name: 'Release', version: '1.0' },
  plan: { title: 'Plan' },
  supplier: { name: 'Supplier' },
  finding: { title: 'Finding', deferredUntil: '2099-01-01' },
  'system-model': { title: 'Model' },
  attacker: { title: 'Outsider', profile: 'outsider' },
  threat: { title: 'Threat', category: 'spoofing' },
  /** Each pack of the house has an id of its own. */
  get 'rule-pack'() {
    packs += 1;
    return { title: 'Rules', id: `rules-${packs}`, version: '1' };
  },
  harm: { title: 'Harm', severity: 'serious' },
  control: { title: 'Control', category: 'authentication' },
  requirement: { title: 'Requirement', category: 'authentication' },
  'practice-evidence': { title: 'Evidence', practice: 'other' },
  verification: { title: 'Verification', method: 'test' },
  result: { title: 'Result', outcome: 'pass' },
  incident: { title: 'Incident' },
  clock: { title: 'Clock' },
  'disclosure-case': { title: 'Case' },
  advisory: { title: 'Advisory' },
  update: { title: 'Update' },
  document: { title: 'Document', profile: 'test' },
};

/** Kinds whose acts need more than a right, and where that is tested. */
export const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  'role-assignment': 'kernel/people/role-guard.integration.test.ts: nobody gives a role to themselves',
  risk: 'tests/M4-risks.test.ts: it is decided on when it is judged, by somebody who did not write it',
  campaign: 'tests/fleet.test.ts: it starts when its update is published and its waves fit the fleet',
  assessment: 'tests/findings.test.ts: it is made with its finding, and signed when both verdicts stand',
};
