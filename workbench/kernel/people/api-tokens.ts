// API tokens: for machines, within their owner's rights, with scopes and an end.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { note, type PeopleContext } from './context.ts';
import { canSignIn } from './directory.ts';
import { refuse } from './errors.ts';
import { canReadProduct, type Principal, TOKEN_SCOPES, type TokenScope } from './roles.ts';
import { randomToken, tokenHash } from './secrets.ts';
import { grantsOf } from './sessions.ts';

export const TOKEN_SCOPE_IDS = TOKEN_SCOPES.map((scope) => scope.id) as [TokenScope, ...TokenScope[]];
export const LONGEST_DAYS = 365;
const MOST_TOKENS = 50;
const PREFIX_CHARACTERS = 10;
/** `last_used_at` is not written with every request. */
const USED_EVERY_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

export interface ApiTokenListed {
  readonly id: string;
  readonly name: string;
  /** First characters, to recognise it by. */
  readonly prefix: string;
  readonly scopes: readonly TokenScope[];
  readonly productId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** To some ten minutes. */
  readonly lastUsedAt: Date | null;
}

export interface NewApiToken {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  readonly productId: string | null;
  readonly days: number;
}

/** Gives the token itself, once. Refuses `people.token-product`, `people.too-many-tokens`. */
export async function makeApiToken(
  context: PeopleContext,
  owner: Principal & { readonly personId: string },
  input: NewApiToken,
): Promise<ApiTokenListed & { readonly token: string }> {
  const { productId } = input;
  const token = `ward_${randomToken()}`;
  const now = context.now();
  const row = {
    id: context.newId(),
    person_id: owner.personId,
    name: input.name,
    prefix: token.slice(0, PREFIX_CHARACTERS),
    hash: tokenHash(token),
    scopes: [...input.scopes],
    product_id: productId,
    created_at: now,
    expires_at: new Date(now.getTime() + input.days * DAY_MS),
  };
  await context.db.transaction().execute(async (tx) => {
    if (productId !== null && !(canReadProduct(owner, productId) && (await isProduct(tx, productId))))
      throw refuse('people.token-product', 'There is no such product, or you may not read it.', {
        at: '$.productId',
      });
    await sql`select 1 from person where id = ${owner.personId} for update`.execute(tx);
    const live = await liveTokens(tx, owner.personId, now);
    if (live.length >= MOST_TOKENS)
      throw refuse('people.too-many-tokens', `You have ${live.length} tokens; ${MOST_TOKENS} is the limit.`);
    await tx.insertInto('api_token').values(row).execute();
    await note(tx, context, 'people.token-made', owner.personId, {
      token: row.id,
      scopes: row.scopes,
      product: productId,
      expires: row.expires_at.toISOString(),
    });
  });
  return { ...listed({ ...row, last_used_at: null }), token };
}

async function isProduct(tx: Kysely<Tables>, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('record')
    .select('id')
    .where('id', '=', id)
    .where('kind', '=', 'product')
    .executeTakeFirst();
  return row !== undefined;
}

async function liveTokens(db: Kysely<Tables>, personId: string, now: Date) {
  return db
    .selectFrom('api_token')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute();
}

/** A person's own tokens that still work. */
export async function listApiTokens(context: PeopleContext, personId: string): Promise<ApiTokenListed[]> {
  return (await liveTokens(context.db, personId, context.now())).map(listed);
}

/** Refuses `people.token-unknown` for a token that is not this person's. */
export async function revokeApiToken(context: PeopleContext, personId: string, id: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('api_token')
      .set({ revoked_at: context.now() })
      .where('id', '=', id)
      .where('person_id', '=', personId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw refuse('people.token-unknown', 'You have no such token.');
    await note(tx, context, 'people.token-revoked', personId, { token: id });
  });
}

/** Gives how many worked until now. */
export async function endAllTokens(db: Kysely<Tables>, personId: string, now: Date): Promise<number> {
  const ended = await db
    .updateTable('api_token')
    .set({ revoked_at: now })
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('id')
    .execute();
  return ended.length;
}

/** Who a bearer token stands for, with the owner's rights of this moment; null when it does not work any more. */
export async function tokenPrincipal(context: PeopleContext, headers: Headers): Promise<Principal | null> {
  const token = /^Bearer (ward_[\w-]{43})$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (!token) return null;
  const now = context.now();
  const row = await context.db
    .selectFrom('api_token as t')
    .innerJoin('person as p', 'p.id', 't.person_id')
    .where('t.hash', '=', tokenHash(token))
    .where('t.revoked_at', 'is', null)
    .where('t.expires_at', '>', now)
    .where(canSignIn)
    .select(['t.id', 't.name as tokenName', 't.scopes', 't.product_id', 't.last_used_at', 'p.id as personId'])
    .select('p.name')
    .select(grantsOf('p.id').as('grants'))
    .executeTakeFirst();
  if (!row) return null;
  if (!row.last_used_at || now.getTime() - row.last_used_at.getTime() >= USED_EVERY_MS) {
    await context.db.updateTable('api_token').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  return {
    via: 'token',
    personId: row.personId,
    name: `${row.name} (${row.tokenName})`,
    grants: row.grants,
    scopes: row.scopes as TokenScope[],
    tokenProductId: row.product_id,
  };
}

function listed(row: {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  product_id: string | null;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
}): ApiTokenListed {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as TokenScope[],
    productId: row.product_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
