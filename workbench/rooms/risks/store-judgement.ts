// Keeps what was judged, in the transaction of the act itself, and says what moved since. Levels change only by an act of people.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { moveBySystem } from '../../kernel/records/operations.ts';
import { findRecord, findRecords, toRecord } from '../../kernel/records/read.ts';
import type { Change, WardRecord } from '../../kernel/records/record.ts';
import type { Reaction, Unit } from '../../kernel/records/records.ts';
import { policyInForce, type RiskPolicy } from '../products/index.ts';
import { DECIDED, riskBody } from './model.ts';
import { comparePremises, type Moved } from './premises.ts';
import {
  type ReadRisk,
  type RiskSurroundings,
  readRisks,
  readSurroundings,
  targetOf,
  targetsOfRisks,
} from './read-risk.ts';
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

function actOf(change: Change): string | undefined {
  if (change.type !== 'transition') return ACTS[change.type];
  return change.transition === 'assess' ? 'assess' : undefined;
}

/** The risk that the change belongs to. */
function riskOf(change: Change): Pick<WardRecord, 'id' | 'productId'> | undefined {
  switch (change.type) {
    case 'create':
      return change;
    case 'link':
    case 'unlink':
    case 'confirm-link':
      return change.from;
    case 'edit':
    case 'transition':
      return change.record;
    default:
      return undefined;
  }
}

type ByProduct = ReadonlyMap<string, RiskSurroundings>;

/** Each act leaves the judgement that it made, and what that rested on. */
export const followRisk: Reaction<ByProduct> = {
  concerns: (change) => actOf(change) !== undefined,

  /** What stands around the risks is much, and moves without any lock: it is as it was just before the act. */
  async prepare(tx, changes) {
    const targets = new Map<string, string[]>();
    const known = await targetsOfRisks(tx, [
      ...new Set(changes.flatMap((change) => riskOf(change)?.id ?? [])),
    ]);
    for (const change of changes) {
      const { id, productId } = riskOf(change) ?? {};
      if (id === undefined || !productId) continue;
      const linked = change.type === 'link' && change.to.kind === 'threat' ? [targetOf(change.to)] : [];
      targets.set(productId, [...(targets.get(productId) ?? []), ...(known.get(id) ?? []), ...linked]);
    }
    const around = new Map<string, RiskSurroundings>();
    for (const [productId, theirs] of targets)
      around.set(productId, await readSurroundings(tx, productId, [...new Set(theirs)]));
    return around;
  },

  async follow(unit, changes, around) {
    const acts = new Map<string, string>();
    // The first of a commit names it: to write a risk with its links is to write it.
    for (const change of [...changes].reverse()) acts.set(riskOf(change)?.id ?? '', actOf(change) ?? 'edit');
    const records = await findRecords(unit.db, [...acts.keys()]);
    for (const [productId, surroundings] of around) {
      const own = records.filter((record) => record.productId === productId);
      const reads = await readRisks(unit.db, own, surroundings);
      await storeJudgements(unit, reads, (id) => acts.get(id) as string);
    }
  },
};

async function storeJudgements(
  unit: Unit,
  reads: readonly ReadRisk[],
  actOn: (riskId: string) => string,
): Promise<void> {
  if (reads.length === 0) return;
  const ids = reads.map(({ record }) => record.id);
  const before = await lastJudgements(unit.db, ids);
  const rows = reads.flatMap(({ record, judgement, premises }) => {
    const hash = contentHash(premises);
    const was = before.get(record.id);
    const same =
      was !== undefined &&
      was.hash === hash &&
      was.revision === record.revision &&
      contentHash(was.judgement) === contentHash(judgement);
    if (same && actOn(record.id) !== 'assess') return [];
    return {
      risk_id: record.id,
      revision: record.revision,
      at: unit.now,
      act: actOn(record.id),
      by_id: unit.principal.personId,
      judgement: JSON.stringify(judgement),
      premises: JSON.stringify(premises),
      premises_hash: hash,
    };
  });
  if (rows.length > 0) await unit.db.insertInto('risk_judgement').values(rows).execute();
  // Whoever judges anew has the facts of now before them.
  await unit.db
    .updateTable('risk_flag')
    .set({ cleared_at: unit.now })
    .where('risk_id', 'in', ids)
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
  const ids = records.map((record) => record.id);
  const targets = [...(await targetsOfRisks(kernel.db, ids)).values()].flat();
  const around = await readSurroundings(kernel.db, productId, [...new Set(targets)]);
  const reads = await readRisks(kernel.db, records, around);
  const before = await lastJudgements(kernel.db, ids);
  const flagged: string[] = [];
  for (const read of reads) {
    const was = before.get(read.record.id);
    if (!was) continue;
    const moved = [...comparePremises(was.premises, read.premises)];
    if (isOver(read.record, was.at, read.input.policy, today)) moved.push(endOn(today));
    if (moved.length > 0 && (await flagRisk(kernel, read.record.id, moved))) flagged.push(read.record.key);
  }
  return flagged;
}

/** Takes back what was accepted until a day that has come, or longer than the policy allows. Repeatable. Gives their keys. */
export async function endAcceptances(kernel: Kernel): Promise<readonly string[]> {
  const { db } = kernel;
  const today = kernel.now().toISOString().slice(0, 10);
  const { rows } = await sql<Parameters<typeof toRecord>[0] & { judged_at: Date }>`
    select r.*, j.at as judged_at from record r
    cross join lateral (select at from risk_judgement where risk_id = r.id order by id desc limit 1) j
    where r.kind = 'risk' and r.state = any(${[...DECIDED]}::text[]) order by r.number`.execute(db);
  const policies = new Map<string, RiskPolicy>();
  const ended: string[] = [];
  for (const { judged_at, ...row } of rows) {
    const record = toRecord(row);
    const productId = record.productId as string;
    const policy = policies.get(productId) ?? (await policyInForce(db, productId)).policy;
    policies.set(productId, policy);
    if (!isOver(record, judged_at, policy, today)) continue;
    if (await flagRisk(kernel, record.id, [endOn(today)])) ended.push(record.key);
  }
  return ended;
}

const endOn = (today: string): Moved => ({ cause: `over ${today}`, reason: EXPIRED });

/** The day that people set, or the longest that the policy allows, counted from the judgement that was decided on. */
function isOver({ state, body }: WardRecord, judgedAt: Date, policy: RiskPolicy, today: string): boolean {
  if (!(DECIDED as readonly string[]).includes(state)) return false;
  const longest = new Date(judgedAt.getTime() + policy.acceptanceHoldsDays * 86_400_000)
    .toISOString()
    .slice(0, 10);
  return longest <= today || (riskBody(body).acceptedUntil ?? longest) <= today;
}

async function flagRisk(kernel: Kernel, id: string, moved: readonly Moved[]): Promise<boolean> {
  return kernel.records.write(SYSTEM, async (unit) => {
    await sql`select 1 from record where id = ${id}::uuid for no key update`.execute(unit.db);
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
