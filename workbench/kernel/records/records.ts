// The records service: every change of a record goes through here, in one transaction with links, ledger and jobs.
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Ambient } from '../kernel.ts';
import type { People } from '../people/people.ts';
import type { Principal } from '../people/roles.ts';
import type { Committed } from './commit.ts';
import { commitChanges } from './commit.ts';
import type { Kinds } from './kinds.ts';
import type { Change, DomainEvent } from './record.ts';

export type Tx = Transaction<Tables>;

export interface GuardContext {
  readonly principal: Principal;
  readonly now: Date;
}

/** A check that a kind needs beside its schema; throws a refusal. Runs in the transaction, before anything is written. */
export type Guard = (tx: Tx, change: Change, context: GuardContext) => Promise<void>;

/** What must follow from changes of a kind, in the same transaction: all are durable or none. */
export interface Reaction<Ready = unknown> {
  /** Tells from the change alone whether something follows from it. Asked of every change, so it costs nothing. */
  concerns(change: Change): boolean;
  /** What takes long: read and computed before anything is written, while other writers go on. */
  prepare?(tx: Tx, changes: readonly Change[]): Promise<Ready>;
  /** Once for all changes of a commit that concern it. All other writers wait until it and its transaction have ended. */
  follow(unit: Unit, changes: readonly Change[], ready: Ready): Promise<void>;
}

type Following = [reaction: Reaction, changes: Change[]];

/** One transaction under way: read through `db`, decide, then add changes and events. */
export interface Unit {
  readonly db: Tx;
  readonly principal: Principal;
  readonly now: Date;
  readonly newId: () => string;
  /** The same transaction in the name of somebody else: Ward's own steps, the example's authors. */
  as(other: Principal): Unit;
  /** Writes the changes now (still inside the transaction) and gives keys and revisions in the same order. */
  commit(changes: readonly Change[]): Promise<Committed[]>;
  /** As `commit`, and ends the transaction: durable when it returns, and nothing may follow in this unit. */
  commitLast(changes: readonly Change[]): Promise<Committed[]>;
  emit(...events: readonly DomainEvent[]): Promise<void>;
}

export interface Records {
  readonly kinds: Kinds;
  readonly db: Kysely<Tables>;
  readonly people: People;
  /**
   * Runs the work in one transaction; when it returns, everything in it is durable, and nothing when it throws. Where PostgreSQL ended
   * a circle of waiting it runs again from the start, so work keeps nothing outside of itself before its last statement.
   */
  write<T>(principal: Principal, work: (unit: Unit) => Promise<T>): Promise<T>;
  /** A guard for one kind, or for all with `*`. */
  addGuard(kind: string, guard: Guard): void;
  /** Runs in the same transaction, after changes of this kind were written. Changes that do not concern it pay nothing for it. */
  addReaction<Ready>(kind: string, reaction: Reaction<Ready>): void;
}

export function createRecords(
  parts: {
    readonly db: Kysely<Tables>;
    readonly kinds: Kinds;
    readonly jobs: Jobs;
    readonly people: People;
  } & Ambient,
): Records {
  const { db, kinds, jobs, people, now, newId } = parts;
  const guards = new Map<string, Guard[]>();
  const reactions = new Map<string, Reaction[]>();

  async function check(tx: Tx, changes: readonly Change[], context: GuardContext): Promise<void> {
    for (const change of changes) {
      const kind = kindOf(change);
      const wanted = [...(guards.get('*') ?? []), ...(kind ? (guards.get(kind) ?? []) : [])];
      for (const guard of wanted) await guard(tx, change, context);
    }
  }

  function followingFrom(changes: readonly Change[]): Following[] {
    const found = new Map<Reaction, Change[]>();
    for (const change of changes)
      for (const reaction of reactions.get(kindOf(change) ?? '') ?? []) {
        if (!reaction.concerns(change)) continue;
        const known = found.get(reaction);
        if (known) known.push(change);
        else found.set(reaction, [change]);
      }
    return [...found];
  }

  function unitOf(tx: Tx, principal: Principal, at: Date, transaction: { open: boolean }): Unit {
    const context = { kinds, actorId: principal.personId, now: at };
    const unit: Unit = {
      db: tx,
      principal,
      now: at,
      newId,
      as: (other) => unitOf(tx, other, at, transaction),
      async commit(changes) {
        requireOpen(transaction);
        await check(tx, changes, { principal, now: at });
        const following = followingFrom(changes);
        const ready = new Map<Reaction, unknown>();
        for (const [reaction, concerned] of following)
          ready.set(reaction, await reaction.prepare?.(tx, concerned));
        const committed = await commitChanges(tx, changes, context);
        for (const [reaction, concerned] of following)
          await reaction.follow(unit, concerned, ready.get(reaction));
        return committed;
      },
      async commitLast(changes) {
        requireOpen(transaction);
        // What reacts to a change writes after it, in the same transaction.
        if (changes.length === 0 || followingFrom(changes).length > 0) return unit.commit(changes);
        await check(tx, changes, { principal, now: at });
        const committed = await commitChanges(tx, changes, { ...context, last: true });
        transaction.open = false;
        return committed;
      },
      async emit(...events) {
        requireOpen(transaction);
        await jobs.emit(tx, events);
      },
    };
    return unit;
  }

  return {
    kinds,
    db,
    people,
    addGuard(kind, guard) {
      guards.set(kind, [...(guards.get(kind) ?? []), guard]);
    },
    addReaction(kind, reaction) {
      reactions.set(kind, [...(reactions.get(kind) ?? []), reaction as Reaction]);
    },
    write(principal, work) {
      return db.connection().execute(async (connection) => {
        const tx = connection as Tx;
        for (let left = AGAIN_AFTER_DEADLOCK; ; left -= 1) {
          const transaction = { open: true };
          await sql`begin`.execute(tx);
          try {
            const result = await work(unitOf(tx, principal, now(), transaction));
            if (transaction.open) await sql`commit`.execute(tx);
            return result;
          } catch (error) {
            // On a connection that broke there is nothing to roll back; the pool throws it away.
            if (transaction.open) await sql`rollback`.execute(tx).catch(() => undefined);
            if (left === 0 || !isDeadlock(error)) throw error;
          }
        }
      });
    },
  };
}

const AGAIN_AFTER_DEADLOCK = 2;

/** Two writers waited for one another and PostgreSQL ended this one (`deadlock_detected`): nothing of it is stored. */
const isDeadlock = (error: unknown) => (error as { code?: unknown } | null)?.code === '40P01';

/** Throws a plain Error: what comes after the last commit would be durable by itself, or not at all. */
function requireOpen({ open }: { readonly open: boolean }): void {
  if (!open) throw new Error('the transaction of this unit has ended with commitLast');
}

/** Kind of the record that a change belongs to; a link belongs to the record that it starts from. */
function kindOf(change: Change): string | null {
  switch (change.type) {
    case 'create':
      return change.kind;
    case 'edit':
    case 'transition':
    case 'sign':
      return change.record.kind;
    case 'link':
    case 'unlink':
    case 'confirm-link':
      return change.from.kind;
    case 'comment':
    case 'note':
      return null;
  }
}
