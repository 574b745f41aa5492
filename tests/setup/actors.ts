// Everyone who may knock at Ward's door, over HTTP: each role, nobody, a person without a role, a member of another
// product, tokens good and bad. And a product with something of everything in it.

import type { NotificationSettings } from '../../workbench/kernel/notifications/settings.ts';
import { makeApiToken } from '../../workbench/kernel/people/api-tokens.ts';
import { storePassword } from '../../workbench/kernel/people/directory.ts';
import { hashPassword } from '../../workbench/kernel/people/password-hash.ts';
import {
  type Principal,
  ROLE_IDS,
  type Role,
  SYSTEM,
  TOKEN_SCOPES,
  type TokenScope,
} from '../../workbench/kernel/people/roles.ts';
import { openSession } from '../../workbench/kernel/people/sessions.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { appOf } from '../../workbench/main.ts';
import { makeProduct, PASSWORD, type TestWard, testWard } from './test-ward.ts';

export { PASSWORD };

const ALL_SCOPES = TOKEN_SCOPES.map((scope) => scope.id);
const VISITOR = { address: 'local', userAgent: 'tests' };

export const ACTORS = [
  ...ROLE_IDS,
  'other product',
  'no role',
  'nobody',
  'read token',
  'full token',
  'expired token',
] as const;
export type ActorName = (typeof ACTORS)[number];

export interface Actor {
  readonly name: ActorName;
  /** Null for nobody. */
  readonly principal: Principal | null;
  readonly email: string | null;
}

export interface House {
  readonly ward: TestWard;
  readonly app: Awaited<ReturnType<typeof appOf>>;
  /** The product that everybody works on, and one of somebody else. */
  readonly product: WardRecord;
  readonly other: WardRecord;
  readonly actors: ReadonlyMap<ActorName, Actor>;
  actor(name: ActorName): Actor;
  /** What proves who asks: a fresh session's cookie, or the token. */
  headersOf(actor: Actor): Promise<Record<string, string>>;
  /** Puts the password back to `PASSWORD`. */
  resetPassword(actor: Actor): Promise<void>;
  record(kind: string, body: object, productId?: string | null): Promise<WardRecord>;
  close(): Promise<void>;
}

export async function openHouse(notifications?: NotificationSettings): Promise<House> {
  const ward = await testWard(notifications);
  const app = await appOf(ward, null, null);
  await ward.people.warm();
  const product = await makeProduct(ward, 'Lumen test');
  const other = await makeProduct(ward, 'Iris test');
  const hash = await hashPassword(PASSWORD, { logN: 10, r: 8, p: 1 });
  const actors = new Map<ActorName, Actor>();
  const tokens = new Map<ActorName, string>();

  const add = async (name: ActorName, roles: readonly Role[], productId: string | null = null) => {
    const principal = await ward.person(name, roles, productId);
    await storePassword(ward.db, ward.people.context, principal.personId as string, hash);
    const email = `${name.replace(/[^a-z]+/g, '.')}@example.org`;
    actors.set(name, { name, principal, email });
  };
  for (const role of ROLE_IDS) await add(role, [role]);
  await add('other product', ['security-lead', 'quality'], other.id);
  await add('no role', []);
  actors.set('nobody', { name: 'nobody', principal: null, email: null });
  // Tokens of one who may do much: what they cannot do is for the token's sake.
  const owner = await ward.person('token owner', ['security-lead', 'release-manager', 'quality']);
  const makeToken = async (name: ActorName, scopes: readonly TokenScope[]) => {
    const made = await makeApiToken(ward.people.context, owner as Principal & { personId: string }, {
      name,
      scopes,
      productId: null,
      days: 30,
    });
    tokens.set(name, made.token);
    actors.set(name, { name, principal: { ...owner, via: 'token', scopes }, email: null });
    return made.id;
  };
  await makeToken('read token', ['read']);
  await makeToken('full token', ALL_SCOPES);
  const expired = await makeToken('expired token', ALL_SCOPES);
  await ward.db
    .updateTable('api_token')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .where('id', '=', expired)
    .execute();

  return {
    ward,
    app,
    product,
    other,
    actors,
    actor: (name) => actors.get(name) as Actor,
    async headersOf({ name, principal }): Promise<Record<string, string>> {
      const token = tokens.get(name);
      if (token !== undefined) return { authorization: `Bearer ${token}` };
      if (!principal?.personId) return {};
      const cookies = await openSession(ward.people.auth, principal.personId, VISITOR);
      return { cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') };
    },
    async resetPassword({ principal }) {
      if (principal?.personId) await storePassword(ward.db, ward.people.context, principal.personId, hash);
    },
    record: (kind, body, productId = product.id) =>
      createRecord(ward.records, SYSTEM, { kind, productId, body, reason: 'test' }),
    close: () => ward.close(),
  };
}
