// What the parts of people share: database, clock, ids, the instance's secret, the ledger.
import type { Kysely, Transaction } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Tables } from '../database/schema.ts';
import { commitChanges } from '../records/commit.ts';
import type { Kinds } from '../records/kinds.ts';
import type { JsonObject } from '../records/record.ts';
import type { Vault } from './secrets.ts';
import type { CookieNames } from './session-cookie.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import type {} from './tables.ts';

export interface PeopleContext {
  readonly pool: Pool;
  readonly db: Kysely<Tables>;
  readonly kinds: Kinds;
  readonly secret: string;
  readonly vault: Vault;
  readonly baseUrl: string;
  readonly cookies: CookieNames;
  readonly signIn: SignInSettings;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
}

export type Tx = Transaction<Tables>;

/** Where a request came from; bounded at the edge. */
export interface Visitor {
  readonly address: string;
  readonly userAgent: string;
}

/**
 * Writes what happened into the ledger, in the caller's transaction. Ids only, no names, addresses or secrets: an entry
 * can never be erased.
 */
export async function note(
  tx: Tx,
  context: Pick<PeopleContext, 'kinds' | 'now'>,
  action: string,
  actorId: string | null,
  content: JsonObject,
): Promise<void> {
  await commitChanges(tx, [{ type: 'note', action, productId: null, record: null, content }], {
    kinds: context.kinds,
    actorId,
    now: context.now(),
  });
}
