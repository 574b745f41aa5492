// Keeps what was judged, in the transaction of the act itself, and says what moved since. Levels change only by an act of people.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { moveBySystem } from '../../kernel/records/operations.ts';
import { findRecord, toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { Reaction, Unit } from '../../kernel/records/records.ts';
import { DECIDED } from './model.ts';
import { comparePremises, type Moved } from './premises.ts';
import { type ReadRisk, readRiskNow, readRisks, readSurroundings } from './read-risk.ts';
import './tables.ts';

type Db = Kernel['db'];

/** Writing, linking and assessing judge anew; a decision and a flag judge nothing. */
const ACTS: Readonly<Record<string, string>> = {
  create: 'edit',
  edit: 'edit',
  link: 'link',
  unlink: 'link',
  'confirm-link': 'link',
};

export const followRisk =
  (_kernel: Kernel): Reaction =>
  async (unit, change) => {
    const act = change.type === 'transition' ? actOfTransition(change.transition) : ACTS[change.type];
    const id =
      change.type === 'create'
        ? change.id
        : change.type === 'link' || change.type === 'unlink' || change.type === 'confirm-link'
          ? change.from.id
          : change.type === 'edit' || change.type === 'transition'
            ? change.record.id
            : undefined;
    if (act === undefined || id === undefined) return;
    const record = await findRecord(unit.db, id);
    if (record) await storeJudgement(unit, await readRiskNow(unit.db, record), act);
  };

function actOfTransition(transition: string): string | undefined {
  return transition === 'assess' ? 'assess' : undefined;
}

async function storeJudgement(unit: Unit, read: ReadRisk, act: string): Promise<void> {
  const hash = contentHash(read.premises);
  const before = await lastJudgement(unit.db, read.record.id);
  const same =
    before !== undefined &&
    before.hash === hash &&
    before.revision === read.record.revision &&
    contentHash(before.judgement) === contentHash(read.judgement);
  if (!same || act === 'assess')
    await unit.db
      .insertInto('risk_judgement')
      .values({
        risk_id: read.record.id,
        revision: read.record.revision,
        at: unit.now,
        act,
        by_id: unit.principal.personId,
        judgement: JSON.stringify(read.judgement),
        premises: JSON.stringify(read.premises),
        premises_hash: hash,
      })
      .execute();
  // Whoever judges anew has the facts of now before them.
  await unit.db
    .updateTable('risk_flag')
    .set({ cleared_at: unit.now })
    .where('risk_id', '=', read.record.id)
    .where('cleared_at', 'is', null)
    .execute();
}

export interface StoredJudgement {
  readonly riskId: string;
  readonly revision: number;
  readonly at: Date;
  readonly act: string;
  readonly byId: string | null;
  readonly judgement: ReadRisk['judgement'];
  readonly premises: ReadRisk['premises'];
  readonly hash: string;
}

interface JudgementRow {
  readonly risk_id: string;
  readonly revision: number;
  readonly at: Date;
  readonly act: string;
  readonly by_id: string | null;
  readonly judgement: ReadRisk['judgement'];
  readonly premises: ReadRisk['premises'];
  readonly premises_hash: string;
}

const stored = (row: JudgementRow): StoredJudgement => ({
  riskId: row.risk_id,
  revision: row.revision,
  at: row.at,
  act: row.act,
  byId: row.by_id,
  judgement: row.judgement,
  premises: row.premises,
  hash: row.premises_hash,
});

export async function lastJudgements(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredJudgement>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<JudgementRow>`select distinct on (risk_id) * from risk_judgement
    where risk_id = any(${[...ids]}::uuid[]) order by risk_id, id desc`.execute(db);
  return new Map(rows.map((row) => [row.risk_id, stored(row)]));
}

export async function lastJudgement(db: Db, id: string): Promise<StoredJudgement | undefined> {
  return (await lastJudgements(db, [id])).get(id);
}

/** Oldest first, for the chart; the last 200. */
export async function judgementHistory(db: Db, id: string): Promise<readonly StoredJudgement[]> {
  const { rows } = await sql<JudgementRow>`select * from (select * from risk_judgement
    where risk_id = ${id}::uuid order by id desc limit 200) last order by id`.execute(db);
  return rows.map(stored);
}

export interface Flag {
  readonly riskId: string;
  readonly at: Date;
  readonly reason: string;
}

export async function openFlags(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Flag[]>> {
  const found = new Map<string, Flag[]>();
  if (ids.length === 0) return found;
  const rows = await db
    .selectFrom('risk_flag')
    .selectAll()
    .where('risk_id', 'in', [...ids])
    .where('cleared_at', 'is', null)
    .orderBy('id')
    .limit(10_000)
    .execute();
  for (const row of rows) {
    const list = found.get(row.risk_id) ?? [];
    list.push({ riskId: row.risk_id, at: row.at, reason: row.reason });
    found.set(row.risk_id, list);
  }
  return found;
}

const EXPIRED = 'The acceptance holds no longer: its day has come.';

/**
 * Compares every risk of a product with what it rested on, and says what moved: a flag with its reason, once; a decision that is
 * in force comes back. Levels stay as they were judged. Repeatable. Gives the keys that were flagged anew.
 */
export async function reviewRisks(kernel: Kernel, productId: string): Promise<readonly string[]> {
  const today = kernel.now().toISOString().slice(0, 10);
  const rows = await kernel.db
    .selectFrom('record')
    .selectAll()
    .where('kind', '=', 'risk')
    .where('product_id', '=', productId)
    .orderBy('number')
    .execute();
  const records = rows.map((row) => toRecord(row));
  if (records.length === 0) return [];
  const around = await readSurroundings(kernel.db, productId);
  const reads = await readRisks(kernel.db, records, around);
  const before = await lastJudgements(
    kernel.db,
    records.map((record) => record.id),
  );
  const flagged: string[] = [];
  for (const read of reads) {
    const was = before.get(read.record.id);
    if (!was) continue;
    const moved = [...comparePremises(was.premises, read.premises)];
    if (isOver(read, was, today)) moved.push({ cause: `over ${today}`, reason: EXPIRED });
    if (moved.length > 0 && (await flagRisk(kernel, read.record.id, moved))) flagged.push(read.record.key);
  }
  return flagged;
}

/** The day that people set, or the longest that the policy allows, counted from the judgement that was decided on. */
function isOver({ record, input }: ReadRisk, was: StoredJudgement, today: string): boolean {
  if (!(DECIDED as readonly string[]).includes(record.state)) return false;
  const longest = new Date(was.at.getTime() + input.policy.acceptanceHoldsDays * 86_400_000)
    .toISOString()
    .slice(0, 10);
  return longest <= today || (input.body.acceptedUntil ?? longest) <= today;
}

async function flagRisk(kernel: Kernel, id: string, moved: readonly Moved[]): Promise<boolean> {
  return kernel.records.write(SYSTEM, async (unit) => {
    await sql`select 1 from record where id = ${id}::uuid for update`.execute(unit.db);
    const record = (await findRecord(unit.db, id)) as WardRecord;
    const added: string[] = [];
    for (const { cause, reason } of moved.slice(0, 100)) {
      const done = await unit.db
        .insertInto('risk_flag')
        .values({
          risk_id: id,
          at: unit.now,
          cause: cause.slice(0, 1_000),
          reason: reason.slice(0, 1_000),
          cleared_at: null,
        })
        .onConflict((conflict) =>
          conflict.columns(['risk_id', 'cause']).where('cleared_at', 'is', null).doNothing(),
        )
        .returning('id')
        .executeTakeFirst();
      if (done) added.push(reason);
    }
    if (added.length === 0) return false;
    const { key, productId } = record;
    await unit.commit([
      { type: 'note', action: 'risk.flagged', productId, record: id, content: { key, reasons: added } },
    ]);
    if ((DECIDED as readonly string[]).includes(record.state))
      await moveBySystem(kernel.records, unit, record, 'flag', added.join(' ').slice(0, 2_000));
    return true;
  });
}
