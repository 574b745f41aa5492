// Commits decided changes: record heads, links and ledger entries in one transaction, optimistic on the revision seen.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { escapeLiteral } from 'pg';
import type { Tables } from '../database/schema.ts';
import { defineErrors } from '../errors.ts';
import { contentHash } from '../ledger/canonical.ts';
import type { Kinds } from './kinds.ts';
import type { Change, JsonObject, WardRecord } from './record.ts';

export const refuseCommit = defineErrors({
  'record.stale-revision': {
    status: 409,
    exit: 3,
    title: 'Somebody changed it meanwhile',
    remedy: 'Look at the difference, then save again on top of the newer revision.',
  },
  'link.exists': {
    status: 409,
    exit: 3,
    title: 'The link is there already',
    remedy: 'Open the existing link instead.',
  },
});

export interface CommitContext {
  /**
   * Ends the transaction as well. From the first entry to the end one writer keeps all others waiting; sent together,
   * that time has no way between database and program in it.
   */
  readonly last?: boolean;
  readonly kinds: Kinds;
  /** Who made the change; null for Ward itself. */
  readonly actorId: string | null;
  readonly now: Date;
}

/** What came of a change: for `create` the new key. In the order of the changes. */
export interface Committed {
  readonly recordId: string | null;
  readonly key: string | null;
  readonly revision: number | null;
}

interface Entry {
  at: string;
  actor: string | null;
  action: string;
  record: string | null;
  revision: number | null;
  product: string | null;
  content: JsonObject;
}

type Tx = Transaction<Tables> | Kysely<Tables>;

/**
 * Writes the changes inside the caller's transaction; when that commits, all of them are durable, else none.
 * Refuses `record.stale-revision` when a record is not any more as the author saw it, and `link.exists`.
 * At most one change of one record's head may stand in one call.
 */
export async function commitChanges(
  tx: Tx,
  changes: readonly Change[],
  context: CommitContext,
): Promise<Committed[]> {
  const keys = await allocateKeys(tx, changes, context.kinds);
  await insertRecords(tx, changes, keys, context);
  await updateHeads(tx, changes, context);
  await writeLinks(tx, changes, context);
  const entries = changes.flatMap((change) => entriesOf(change, keys, context));
  await appendToLedger(tx, entries, context.last ?? false);
  return changes.map((change) => committed(change, keys));
}

async function allocateKeys(
  tx: Tx,
  changes: readonly Change[],
  kinds: Kinds,
): Promise<Map<string, { key: string; number: number }>> {
  const wanted = new Map<string, string[]>();
  for (const change of changes) {
    if (change.type !== 'create') continue;
    wanted.set(change.kind, [...(wanted.get(change.kind) ?? []), change.id]);
  }
  const keys = new Map<string, { key: string; number: number }>();
  // In one order for everyone, so that two writers never wait for each other in a circle.
  for (const kind of [...wanted.keys()].sort()) {
    const ids = wanted.get(kind) as string[];
    const { last } = await tx
      .insertInto('kind_counter')
      .values({ kind, last: ids.length })
      .onConflict((conflict) =>
        conflict.column('kind').doUpdateSet({ last: sql`kind_counter.last + ${ids.length}` }),
      )
      .returning('last')
      .executeTakeFirstOrThrow();
    const prefix = kinds.get(kind).key;
    ids.forEach((id, index) => {
      const number = last - ids.length + index + 1;
      keys.set(id, { key: `${prefix}-${number}`, number });
    });
  }
  return keys;
}

async function insertRecords(
  tx: Tx,
  changes: readonly Change[],
  keys: Map<string, { key: string; number: number }>,
  { actorId, now }: CommitContext,
): Promise<void> {
  const rows = changes.flatMap((change) =>
    change.type === 'create'
      ? [
          {
            id: change.id,
            kind: change.kind,
            ...keys.get(change.id),
            product_id: change.productId,
            state: change.state,
            title: change.title,
            body: change.body,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await sql`
    insert into record (id, kind, number, key, product_id, revision, state, title, body,
      author_id, created_at, created_by, updated_at, updated_by)
    select r.id, r.kind, r.number, r.key, r.product_id, 1, r.state, r.title, r.body,
      ${actorId}::uuid, ${now}::timestamptz, ${actorId}::uuid, ${now}::timestamptz, ${actorId}::uuid
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      id uuid, kind text, number integer, key text, product_id uuid, state text, title text, body jsonb)
  `.execute(tx);
}

async function updateHeads(
  tx: Tx,
  changes: readonly Change[],
  { actorId, now }: CommitContext,
): Promise<void> {
  const edits = changes.filter((change) => change.type === 'edit');
  const moves = changes.filter((change) => change.type === 'transition' || change.type === 'sign');
  if (edits.length > 0) {
    const rows = edits.map(({ record, title, body, state }) => ({
      id: record.id,
      seen: record.revision,
      was: record.state,
      title,
      body,
      state,
    }));
    const { rows: done } = await sql<{ id: string }>`
      update record as r set revision = c.seen + 1, title = c.title, body = c.body, state = c.state,
        author_id = ${actorId}::uuid, updated_at = ${now}::timestamptz, updated_by = ${actorId}::uuid
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(
        id uuid, seen integer, was text, title text, body jsonb, state text)
      where r.id = c.id and r.revision = c.seen and r.state = c.was
      returning r.id
    `.execute(tx);
    expectAll(
      edits.map((edit) => edit.record),
      done,
    );
  }
  if (moves.length > 0) {
    const rows = moves.map((change) => ({
      id: change.record.id,
      seen: change.record.revision,
      was: change.record.state,
      state: change.type === 'transition' ? change.to : change.record.state,
    }));
    const { rows: done } = await sql<{ id: string }>`
      update record as r set state = c.state, updated_at = ${now}::timestamptz, updated_by = ${actorId}::uuid
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(id uuid, seen integer, was text, state text)
      where r.id = c.id and r.revision = c.seen and r.state = c.was
      returning r.id
    `.execute(tx);
    expectAll(
      moves.map((move) => move.record),
      done,
    );
  }
}

function expectAll(wanted: readonly WardRecord[], done: readonly { id: string }[]): void {
  if (wanted.length === done.length) return;
  const written = new Set(done.map((row) => row.id));
  const stale = wanted.find((record) => !written.has(record.id)) ?? wanted[0];
  if (!stale) return;
  throw refuseCommit(
    'record.stale-revision',
    `${stale.key} was changed after you opened revision ${stale.revision}.`,
    {
      at: `${stale.key}@${stale.revision}`,
      detail: { key: stale.key, seenRevision: stale.revision, seenState: stale.state },
    },
  );
}

/** Those that end go first: what takes the place of one may stand in the same call. */
async function writeLinks(
  tx: Tx,
  changes: readonly Change[],
  { actorId, now }: CommitContext,
): Promise<void> {
  const ended = changes.flatMap((change) => (change.type === 'unlink' ? [change.link.id] : []));
  const confirmed = changes.filter((change) => change.type === 'confirm-link');
  const made = changes.filter((change) => change.type === 'link');
  if (ended.length > 0)
    await tx
      .updateTable('link')
      .set({ ended_at: now, ended_by: actorId })
      .where('id', 'in', ended)
      .where('ended_at', 'is', null)
      .execute();
  if (confirmed.length > 0) {
    const rows = confirmed.map(({ link, to }) => ({ id: link.id, seen: to.revision }));
    await sql`
      update link as l set seen_revision = c.seen, confirmed_at = ${now}::timestamptz, confirmed_by = ${actorId}::uuid
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as c(id uuid, seen integer)
      where l.id = c.id and l.ended_at is null`.execute(tx);
  }
  if (made.length > 0) {
    const rows = made.map(({ id, linkType, from, to }) => ({
      id,
      type: linkType,
      from_id: from.id,
      to_id: to.id,
      seen: to.revision,
    }));
    const { rows: done } = await sql<{ id: string }>`
      insert into link (id, type, from_id, to_id, seen_revision, made_at, made_by)
      select n.id, n.type, n.from_id, n.to_id, n.seen, ${now}::timestamptz, ${actorId}::uuid
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(id uuid, type text, from_id uuid, to_id uuid, seen integer)
      on conflict (type, from_id, to_id) where ended_at is null do nothing returning id`.execute(tx);
    expectMade(made, done);
  }
}

function expectMade(
  wanted: readonly Extract<Change, { type: 'link' }>[],
  done: readonly { readonly id: string }[],
): void {
  if (wanted.length === done.length) return;
  const written = new Set(done.map((row) => row.id));
  const there = wanted.find(({ id }) => !written.has(id)) ?? wanted[0];
  if (!there) return;
  throw refuseCommit(
    'link.exists',
    `${there.from.key} —${there.linkType}→ ${there.to.key} is there already.`,
  );
}

function entriesOf(
  change: Change,
  keys: Map<string, { key: string }>,
  { actorId, now }: CommitContext,
): Entry[] {
  const base = { at: now.toISOString(), actor: actorId };
  switch (change.type) {
    case 'create': {
      const key = keys.get(change.id)?.key ?? '';
      const { kind, title, body, state, reason } = change;
      const content = revisionContent({ kind, key, revision: 1, title, body, state, reason });
      return [
        {
          ...base,
          action: 'record.created',
          record: change.id,
          revision: 1,
          product: change.productId,
          content,
        },
      ];
    }
    case 'edit': {
      const { record, title, body, state, reason } = change;
      const revision = record.revision + 1;
      const content = revisionContent({
        kind: record.kind,
        key: record.key,
        revision,
        title,
        body,
        state,
        reason,
      });
      return [
        { ...base, action: 'record.edited', record: record.id, revision, product: record.productId, content },
      ];
    }
    case 'transition': {
      const { record, transition, to, reason, signature } = change;
      const place = { ...base, record: record.id, revision: record.revision, product: record.productId };
      const moved = {
        ...place,
        action: 'record.transitioned',
        content: { key: record.key, transition, from: record.state, to, reason },
      };
      return signature ? [signed(place, record.key, signature), moved] : [moved];
    }
    case 'sign': {
      const { record, signature } = change;
      return [
        signed(
          { ...base, record: record.id, revision: record.revision, product: record.productId },
          record.key,
          signature,
        ),
      ];
    }
    case 'link':
    case 'confirm-link': {
      const action = change.type === 'link' ? 'link.made' : 'link.confirmed';
      const link = change.type === 'link' ? change.linkType : change.link.type;
      const content = {
        link,
        // A record that is made in the same call has got its key only now.
        from: keys.get(change.from.id)?.key ?? change.from.key,
        to: change.to.key,
        toId: change.to.id,
        seenRevision: change.to.revision,
      };
      return [
        { ...base, action, record: change.from.id, revision: null, product: change.from.productId, content },
      ];
    }
    case 'unlink': {
      const content = {
        link: change.link.type,
        from: change.from.key,
        toId: change.link.toId,
        reason: change.reason,
      };
      return [
        {
          ...base,
          action: 'link.ended',
          record: change.from.id,
          revision: null,
          product: change.from.productId,
          content,
        },
      ];
    }
    case 'comment':
      return [
        {
          ...base,
          action: 'comment.made',
          record: change.record.id,
          revision: null,
          product: change.record.productId,
          content: { key: change.record.key, text: change.text },
        },
      ];
    case 'note':
      return [
        {
          ...base,
          action: change.action,
          record: change.record,
          revision: null,
          product: change.productId,
          content: change.content,
        },
      ];
  }
}

function signed(
  place: Omit<Entry, 'action' | 'content'>,
  key: string,
  signature: JsonObject | object,
): Entry {
  return { ...place, action: 'signature.made', content: { key, ...(signature as JsonObject) } };
}

/** What is hashed as one revision, and therefore what a signature binds. */
export function revisionContent(revision: {
  kind: string;
  key: string;
  revision: number;
  title: string;
  body: JsonObject;
  state: string;
  reason: string | null;
}): JsonObject {
  return { ...revision };
}

async function appendToLedger(tx: Tx, entries: readonly Entry[], last: boolean): Promise<void> {
  const rows = entries.map((entry) => ({ ...entry, contentHash: contentHash(entry.content) }));
  const text = JSON.stringify(rows);
  // Two statements in one message cannot have parameters. When the first fails, the second is not run.
  if (last) await sql.raw(`select ledger_append(${escapeLiteral(text)}::jsonb); commit`).execute(tx);
  else if (rows.length > 0) await sql`select ledger_append(${text}::jsonb)`.execute(tx);
}

function committed(change: Change, keys: Map<string, { key: string }>): Committed {
  switch (change.type) {
    case 'create':
      return { recordId: change.id, key: keys.get(change.id)?.key ?? null, revision: 1 };
    case 'edit':
      return { recordId: change.record.id, key: change.record.key, revision: change.record.revision + 1 };
    case 'transition':
    case 'sign':
      return { recordId: change.record.id, key: change.record.key, revision: change.record.revision };
    case 'comment':
      return { recordId: change.record.id, key: change.record.key, revision: null };
    case 'link':
    case 'confirm-link':
    case 'unlink':
      return {
        recordId: change.from.id,
        key: keys.get(change.from.id)?.key ?? change.from.key,
        revision: null,
      };
    case 'note':
      return { recordId: change.record, key: null, revision: null };
  }
}
