// Who is no longer believed, as a list that Ward signs. What has ended anyhow leaves the list; its row stays, with who took it back and why.
import { MOST_REVOKED, type RevocationList } from '@ward/device/identity/revocations.ts';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { isWardError } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { type Principal, SYSTEM } from '../../kernel/people/roles.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { refuseFleet } from './errors.ts';
import { endOf } from './issued.ts';
import { REVOCATION_KINDS, type RevocationKind } from './revocable.ts';

/**
 * Of the entries alone, in JSON: a unit takes 1,000,000 characters of signed list (`CheckInAnswer`), and base64url makes four of three. The rest is
 * for the signature and the chain of who signs.
 */
export const MOST_LIST_BYTES = 735_000;
/** From this share of either limit on, people are told. */
const NEARLY_FULL = 0.8;
/** A clock somewhere may be behind. A unit's is not: it takes the time from the very list that leaves an entry out. */
const STAYS_AFTER_END_MS = 86_400_000;

export interface Revocation {
  readonly kind: RevocationKind;
  readonly value: string;
  /** From then on it cannot be used anyhow; null: never. */
  readonly endsAt: Date | null;
}

/** Units hear of it with their next report. False when it was taken back before. `value` names one of its kind (`namesRevocable`). */
export function revoke(
  kernel: Kernel,
  principal: Principal,
  { kind, value, why }: { kind: RevocationKind; value: string; why: string },
): Promise<boolean> {
  return kernel.records.write(principal, async (work) => {
    const endsAt = await endOf(work.db, work.now, kind, value);
    if ((await addRevocations(work, [{ kind, value, endsAt }], why)) === 0) return false;
    const content = { kind, value, why, endsAt: endsAt?.toISOString() ?? null };
    await work.commitLast([
      { type: 'note', action: 'fleet.revoked', productId: null, record: null, content },
    ]);
    return true;
  });
}

/** Puts them into the list; gives how many were not in it. Refuses `fleet.revocations-full`: then none is. */
export async function addRevocations(
  work: Unit,
  entries: readonly Revocation[],
  why: string,
): Promise<number> {
  const { db, now, principal } = work;
  await lockList(work);
  let added = 0;
  for (const { kind, value, endsAt } of entries) {
    const row = await db
      .insertInto('fleet_revocation')
      .values({ kind, value, why, at: now, by_id: principal.personId, ends_at: endsAt })
      .onConflict((conflict) =>
        conflict
          .columns(['kind', 'value'])
          // It had left the list too early, since nobody knew its end.
          .doUpdateSet({ left_at: null, ends_at: endsAt })
          .where('fleet_revocation.left_at', 'is not', null)
          .where(sql<boolean>`excluded.ends_at > ${now.toISOString()}::timestamptz`),
      )
      .returning('id')
      .executeTakeFirst();
    if (row) added += 1;
  }
  if (added === 0) return 0;
  await dropEnded(work);
  const fill = await readFill({ db });
  const full = fill.kinds.find(({ entries: many, most }) => many > most);
  if (full)
    throw refuseFleet(
      'fleet.revocations-full',
      `The list holds ${full.most} entries of the kind ${full.kind}.`,
    );
  if (fill.bytes > fill.mostBytes)
    throw refuseFleet('fleet.revocations-full', `The list would be larger than units take.`);
  await raiseNumber(work);
  return added;
}

/** As `addRevocations`; false when the list is full, and none of them is in it. */
export async function addIfRoom(work: Unit, entries: readonly Revocation[], why: string): Promise<boolean> {
  await sql`savepoint revocations`.execute(work.db);
  try {
    await addRevocations(work, entries, why);
    await sql`release savepoint revocations`.execute(work.db);
    return true;
  } catch (error) {
    if (!isWardError(error) || error.code !== 'fleet.revocations-full') throw error;
    await sql`rollback to savepoint revocations`.execute(work.db);
    return false;
  }
}

const WAITED = 'Its unit was revoked while the list was full.';

/**
 * Certificates of units that were revoked while the list was full come into it, as far as there is room; those before the newest enrolment belong to them.
 * Gives how many.
 */
export function listWaiting(kernel: Kernel): Promise<number> {
  return kernel.records.write(SYSTEM, async (work) => {
    const { rows } = await sql<{ serial: string; ends_at: Date }>`select c.serial, c.ends_at
      from fleet_certificate c join unit u on u.id = c.unit_id
      where (u.state = 'revoked' or c.issued_at < u.enrolled_at) and c.ends_at > ${work.now.toISOString()}::timestamptz
        and not exists (select 1 from fleet_revocation r where r.kind = 'certificate' and r.value = c.serial)
      order by c.issued_at limit ${MOST_REVOKED}`.execute(work.db);
    const listed: string[] = [];
    for (const { serial, ends_at } of rows) {
      const entry = { kind: 'certificate', value: serial, endsAt: ends_at } as const;
      if (!(await addIfRoom(work, [entry], WAITED))) break;
      listed.push(serial);
    }
    if (listed.length > 0)
      await work.commitLast([
        {
          ...{ type: 'note', action: 'fleet.revocations-listed', productId: null, record: null },
          content: { certificates: listed },
        },
      ]);
    return listed.length;
  });
}

/** What ended a day ago leaves the list, which gets a higher number for it. Gives how many left. */
export function pruneRevocations(kernel: Kernel): Promise<number> {
  return kernel.records.write(SYSTEM, async (work) => {
    await lockList(work);
    const back = await putBack(work);
    const left = await dropEnded(work);
    if (left + back === 0) return 0;
    const number = await raiseNumber(work);
    await work.commitLast([
      {
        type: 'note',
        action: 'fleet.revocations-pruned',
        productId: null,
        record: null,
        content: { left, back, number },
      },
    ]);
    return left;
  });
}

/** One change of the list after the other, in all processes. */
async function lockList({ db }: Unit): Promise<void> {
  await db.selectFrom('fleet_revocation_list').select('number').forUpdate().execute();
}

/** What left by a clock that was ahead and has not ended. */
async function putBack({ db, now }: Unit): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('fleet_revocation')
    .set({ left_at: null })
    .where('left_at', 'is not', null)
    .where('ends_at', '>', new Date(now.getTime() - STAYS_AFTER_END_MS))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

async function dropEnded({ db, now }: Unit): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('fleet_revocation')
    .set({ left_at: now })
    .where('left_at', 'is', null)
    .where('ends_at', '<', new Date(now.getTime() - STAYS_AFTER_END_MS))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * The number rises with each change, and is not below the time: a Ward that was put back from a copy goes on with numbers that no unit has seen, so that
 * units take what is taken back from then on.
 */
async function raiseNumber({ db, now }: Unit): Promise<number> {
  const { number } = await db
    .updateTable('fleet_revocation_list')
    .set({ number: sql<number>`greatest(number + 1, ${now.getTime()}::bigint)`, changed_at: now })
    .returning('number')
    .executeTakeFirstOrThrow();
  return Number(number);
}

const YEAR_MS = 366 * 86_400_000;

/**
 * A unit knows a list of this number, which is higher than Ward's: Ward was put back from a copy, and the unit would take no list below. The next is above
 * it, unless no clock of Ward's can have made it: a unit must not bring the numbers to their end.
 */
export async function raiseAbove(kernel: Kernel, known: number): Promise<void> {
  if (known > kernel.now().getTime() + YEAR_MS) return;
  await kernel.records.write(SYSTEM, async (work) => {
    const raised = await work.db
      .updateTable('fleet_revocation_list')
      .set({ number: known + 1, changed_at: work.now })
      .where('number', '<', sql<string>`${known}::bigint`)
      .returning('number')
      .executeTakeFirst();
    if (!raised) return;
    await work.commitLast([
      {
        ...{ type: 'note', action: 'fleet.revocations-raised', productId: null, record: null },
        content: { known, number: Number(raised.number) },
      },
    ]);
  });
}

/** Units and consoles may know what came after the copy. */
export async function raiseAfterRestore(pool: Pool): Promise<void> {
  await pool.query(
    'update fleet_revocation_list set number = greatest(number + 1, (extract(epoch from now()) * 1000)::bigint), changed_at = now()',
  );
}

/** A promise to units: by then there is a newer list. */
const NEXT_WITHIN_S = 3_600;

export async function readRevocations({ db, now }: Pick<Kernel, 'db' | 'now'>): Promise<RevocationList> {
  const { rows } = await sql<{ number: string; kind: RevocationKind | null; value: string }>`
    select l.number, r.kind, r.value from fleet_revocation_list l
      left join fleet_revocation r on r.left_at is null or r.ends_at > ${new Date(now().getTime() - STAYS_AFTER_END_MS).toISOString()}::timestamptz
    order by r.left_at is not null, r.id`.execute(db);
  // What comes back after a wrong clock may be more than units take: what stands in the list goes first.
  let bytes = 0;
  const fits = rows.filter(({ value }) => {
    bytes += JSON.stringify(value).length + 1;
    return bytes <= MOST_LIST_BYTES;
  });
  const of = (kind: RevocationKind) =>
    fits
      .filter((row) => row.kind === kind)
      .map(({ value }) => value)
      .slice(0, MOST_REVOKED);
  const issuedAt = Math.floor(now().getTime() / 1_000);
  return {
    number: Number(rows[0]?.number),
    issuedAt,
    nextBy: issuedAt + NEXT_WITHIN_S,
    certificates: of('certificate'),
    tokens: of('token'),
    persons: of('person'),
    issuers: [],
  };
}

/** Cheap, to be asked often: whether the list is another than the one that is known. */
export async function numberOfList({ db }: Pick<Kernel, 'db'>): Promise<number> {
  const { number } = await db.selectFrom('fleet_revocation_list').select('number').executeTakeFirstOrThrow();
  return Number(number);
}

export interface ListFill {
  readonly kinds: readonly {
    readonly kind: RevocationKind;
    readonly entries: number;
    readonly most: number;
    /** When the next of them leaves; null when none does. */
    readonly nextLeaves: Date | null;
  }[];
  readonly bytes: number;
  readonly mostBytes: number;
  /** Somebody should look before nothing more can be taken back. */
  readonly nearlyFull: boolean;
}

/** How much of the list is used. */
export async function readFill({ db }: Pick<Kernel, 'db'>): Promise<ListFill> {
  const { rows } = await sql<{ kind: RevocationKind; entries: number; bytes: number; leaves: Date | null }>`
    select kind, count(*)::int as entries, sum(octet_length(to_json(value)::text) + 1)::int as bytes, min(ends_at) as leaves
    from fleet_revocation where left_at is null group by kind`.execute(db);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const kinds = REVOCATION_KINDS.map((kind) => {
    const row = rows.find((one) => one.kind === kind);
    const nextLeaves = row?.leaves ? new Date(row.leaves.getTime() + STAYS_AFTER_END_MS) : null;
    return { kind, entries: row?.entries ?? 0, most: MOST_REVOKED, nextLeaves };
  });
  const nearlyFull =
    bytes >= NEARLY_FULL * MOST_LIST_BYTES ||
    kinds.some(({ entries, most }) => entries >= NEARLY_FULL * most);
  return { kinds, bytes, mostBytes: MOST_LIST_BYTES, nearlyFull };
}
