// Aliases of the house: added and ended by people, with who and when; what follows from a change is found by delta.
import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { type Aliases, aliasKey, curatedPairs, makeAliases, readTarget } from '../identity/aliases.ts';
import { formatCpe } from '../identity/cpe.ts';
import { formatPurl, readPurl } from '../identity/purl.ts';
import { IMPORT_LOCK } from './import-advisories.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

const refuse = defineErrors({
  'alias.not-readable': {
    status: 422,
    exit: 3,
    title: 'The alias cannot be read',
    remedy: 'Give a purl without version, and a CPE with vendor and product or a purl of a covered type.',
  },
  'alias.exists': {
    status: 409,
    exit: 3,
    title: 'The alias is there already',
    remedy: 'End the present one first, if it is to say something else.',
  },
  'alias.not-found': {
    status: 404,
    exit: 3,
    title: 'There is no such alias',
    remedy: 'Look at the list of aliases; it may have been ended.',
  },
});

export interface AliasInput {
  readonly purl: string;
  readonly target: string;
  readonly effect: 'joins' | 'parts';
  readonly reason: string;
}

/** The aliases in force, curated and house together. */
export async function readAliases(db: Db): Promise<Aliases> {
  return makeAliases(
    await db
      .selectFrom('identity_alias')
      .select(['purl', 'target', 'effect'])
      .where('ended_at', 'is', null)
      .orderBy('added_at')
      .execute(),
  );
}

/** Refuses `alias.not-readable` and `alias.exists`. Components are matched anew by a job of the same transaction. */
export async function addAlias(kernel: Kernel, principal: Principal, input: AliasInput): Promise<string> {
  const { purl } = readPurl(input.purl);
  const target = readTarget(input.target);
  if (!purl) throw refuse('alias.not-readable', `${input.purl.slice(0, 200)} is no purl.`, { at: '$.purl' });
  if (purl.version !== null)
    throw refuse('alias.not-readable', 'The purl names a version; an alias holds for all.', { at: '$.purl' });
  if (!target) {
    throw refuse('alias.not-readable', `${input.target.slice(0, 200)} names no product or covered package.`, {
      at: '$.target',
    });
  }
  const plain = formatPurl({ ...purl, qualifiers: {}, subpath: null });
  const meant = target.kind === 'cpe' ? formatCpe(target.cpe) : input.target.trim();
  return kernel.records.write(principal, async (unit) => {
    await lockAliases(unit);
    const id = unit.newId();
    const { numInsertedOrUpdatedRows } = await unit.db
      .insertInto('identity_alias')
      .values({
        id,
        purl: plain,
        target: meant,
        effect: input.effect,
        reason: input.reason,
        added_at: unit.now,
        added_by: principal.personId,
        ended_at: null,
        ended_by: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (Number(numInsertedOrUpdatedRows ?? 0) === 0) {
      throw refuse('alias.exists', `${plain} and ${meant} are a pair already.`, { at: '$.target' });
    }
    const content = { alias: id, purl: plain, target: meant, effect: input.effect, reason: input.reason };
    await unit.commit([{ type: 'note', action: 'alias.added', productId: null, record: null, content }]);
    await unit.emit({ type: 'aliases.changed', payload: { keys: [aliasKey(purl)] } });
    return id;
  });
}

/** Components that are being identified are waited for: the job that follows sees them. Taken before the ledger's lock. */
async function lockAliases(unit: Unit): Promise<void> {
  await sql`select pg_advisory_xact_lock(${IMPORT_LOCK})`.execute(unit.db);
}

/** Refuses `alias.not-found`. */
export async function endAlias(kernel: Kernel, principal: Principal, id: string): Promise<void> {
  await kernel.records.write(principal, async (unit) => {
    await lockAliases(unit);
    const ended = await unit.db
      .updateTable('identity_alias')
      .set({ ended_at: unit.now, ended_by: principal.personId })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning(['purl', 'target'])
      .executeTakeFirst();
    if (!ended) throw refuse('alias.not-found', 'The alias is not in force.', { at: id });
    const content = { alias: id, purl: ended.purl, target: ended.target };
    await unit.commit([{ type: 'note', action: 'alias.ended', productId: null, record: null, content }]);
    const { purl } = readPurl(ended.purl);
    if (purl) await unit.emit({ type: 'aliases.changed', payload: { keys: [aliasKey(purl)] } });
  });
}

/** Of the curated list; another one means that components in force were identified by an older list. */
export function curatedDigest(): string {
  return createHash('sha256').update(JSON.stringify(curatedPairs())).digest('hex');
}
