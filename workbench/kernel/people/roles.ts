// Roles and what a person may do: pure, the same in server, command line and browser.
// Source: own definition after IEC 81001-5-1 4.1.2, 4.1.4.

export const ROLES = [
  { id: 'security-lead', title: 'Security lead', purpose: 'Leads the security risk management of a product' },
  {
    id: 'safety-risk-manager',
    title: 'Safety risk manager',
    purpose: 'Answers for harms, severities and the safety side of each judgement',
  },
  { id: 'developer', title: 'Developer', purpose: 'Builds and fixes; assesses findings' },
  { id: 'tester', title: 'Independent tester', purpose: 'Verifies what others built' },
  {
    id: 'incident-handler',
    title: 'Incident handler',
    purpose: 'Handles incidents and coordinated disclosure',
  },
  { id: 'release-manager', title: 'Release manager', purpose: 'Owns releases, updates and campaigns' },
  {
    id: 'quality',
    title: 'Quality and regulatory',
    purpose: 'Approves plans, documents and role assignments',
  },
  { id: 'supplier-contact', title: 'Supplier contact', purpose: 'Sees what concerns the supplier' },
  { id: 'auditor', title: 'Read-only auditor', purpose: 'Reads everything and changes nothing' },
  {
    id: 'administrator',
    title: 'Administrator',
    purpose: 'Runs Ward: people, tokens, backups; cannot approve',
  },
] as const;

export type Role = (typeof ROLES)[number]['id'];

export const ROLE_IDS = ROLES.map((role) => role.id) as [Role, ...Role[]];

/** Roles that write and decide; an auditor can hold none of them on the audited product (rule sod-auditor). */
export const MAKER_ROLES: readonly Role[] = [
  'security-lead',
  'safety-risk-manager',
  'developer',
  'tester',
  'incident-handler',
  'release-manager',
  'quality',
];

export function roleTitle(role: Role): string {
  return ROLES.find((known) => known.id === role)?.title ?? role;
}

/** One role of one person; `productId` null holds for every product and for what belongs to no product. */
export interface Grant {
  readonly role: Role;
  readonly productId: string | null;
}

/** What an API token may do beyond reading; a token can never sign. */
export const TOKEN_SCOPES = [
  { id: 'read', title: 'Read what its owner may read' },
  { id: 'records:write', title: 'Create and change records' },
  { id: 'sbom:write', title: 'Import SBOMs' },
  { id: 'knowledge:write', title: 'Import advisories' },
  { id: 'people:provision', title: 'Keep people and groups by SCIM, for an administrator' },
] as const;

export type TokenScope = (typeof TOKEN_SCOPES)[number]['id'];

/** Who asks. `system` is Ward itself: a job, a first start. */
export interface Principal {
  readonly via: 'session' | 'token' | 'system';
  /** Null for `system` only. */
  readonly personId: string | null;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** For tokens; null means not a token. */
  readonly scopes: readonly TokenScope[] | null;
  /** For tokens bound to one product. */
  readonly tokenProductId: string | null;
}

export const SYSTEM: Principal = {
  via: 'system',
  personId: null,
  name: 'Ward',
  grants: [],
  scopes: null,
  tokenProductId: null,
};

/** Roles that the principal holds for this product (or, with null, for the whole organisation). */
export function rolesFor(principal: Principal, productId: string | null): readonly Role[] {
  const roles = new Set<Role>();
  for (const grant of principal.grants) {
    if (grant.productId === null || (productId !== null && grant.productId === productId))
      roles.add(grant.role);
  }
  return [...roles];
}

/** Products that the principal may read: `'all'`, or the ids that its grants name. */
export function readableProducts(principal: Principal): 'all' | readonly string[] {
  if (principal.via === 'system') return 'all';
  const readable = principal.grants.filter((grant) => grant.role !== 'supplier-contact');
  if (principal.tokenProductId !== null) {
    return readable.some((g) => g.productId === null || g.productId === principal.tokenProductId)
      ? [principal.tokenProductId]
      : [];
  }
  if (readable.some((grant) => grant.productId === null)) return 'all';
  return [...new Set(readable.map((grant) => grant.productId as string))];
}

export function canReadProduct(principal: Principal, productId: string | null): boolean {
  const readable = readableProducts(principal);
  if (readable === 'all') return true;
  // What belongs to no product (suppliers, the list of people) is open to every member of the house.
  if (productId === null) {
    return (
      principal.tokenProductId === null && principal.grants.some((grant) => grant.role !== 'supplier-contact')
    );
  }
  return readable.includes(productId);
}

/** True when a token's scopes allow the act; sessions and Ward itself are not limited by scopes. */
export function scopeAllows(principal: Principal, scope: TokenScope): boolean {
  return principal.scopes === null || principal.scopes.includes(scope);
}

/** True when the principal holds one of the roles there and, for a token, its scope allows it. */
export function holdsRole(
  principal: Principal,
  roles: readonly Role[],
  productId: string | null,
  scope: TokenScope = 'records:write',
): boolean {
  if (principal.via === 'system') return true;
  if (!scopeAllows(principal, scope)) return false;
  if (principal.tokenProductId !== null && principal.tokenProductId !== productId) return false;
  return rolesFor(principal, productId).some((role) => roles.includes(role));
}
