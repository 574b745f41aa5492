// New knowledge or a new SBOM: decisions whose evidence moved are re-opened, those about nothing are closed. By delta: only
// findings that the change can touch are looked at.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { deferredUnder, move, storeEvidence } from './decide-finding.ts';
import { compareEvidence, type Evidence } from './evidence.ts';
import { evidenceNow } from './read-finding.ts';
import './tables.ts';

interface Decided {
  readonly finding_id: string;
  readonly release_id: string;
  readonly place: string;
  readonly ext_id: string;
  readonly assessment_id: string | null;
  readonly evidence: Evidence | null;
}

export interface Reconsidered {
  readonly reopened: readonly string[];
  readonly closed: readonly string[];
  readonly softened: readonly string[];
}

/** Findings of these advisories' flaws and of these ids (which may have left a group), wherever they were decided. */
export function reconsiderAdvisories(
  kernel: Kernel,
  advisoryIds: readonly number[],
  ids: readonly string[] = [],
): Promise<Reconsidered> {
  return reconsider(
    kernel,
    sql`fp.ext_id in (
    select b.ext_id from (
      select a.ext_id from advisory a where a.id = any(${[...advisoryIds]}::int[]) union select unnest(${[...ids]}::text[])
      union select a.ext_id from advisory_upstream u join advisory a on a.id = u.advisory_id where u.ext_id = any(${[...ids]}::text[])
    ) touched join alias_member m on m.ext_id = touched.ext_id join alias_member b on b.group_id = m.group_id)`,
  );
}

export function reconsiderRelease(kernel: Kernel, releaseId: string): Promise<Reconsidered> {
  return reconsider(kernel, sql`fp.release_id = ${releaseId}::uuid`);
}

async function reconsider(kernel: Kernel, which: ReturnType<typeof sql>): Promise<Reconsidered> {
  const outcome = { reopened: [] as string[], closed: [] as string[], softened: [] as string[] };
  for (const decided of await decidedOf(kernel.db, which)) {
    await kernel.records.write(SYSTEM, (unit) => reconsiderOne(kernel, unit, decided, outcome));
  }
  return outcome;
}

async function decidedOf(db: Unit['db'] | Kernel['db'], which: ReturnType<typeof sql>): Promise<Decided[]> {
  const { rows } = await sql<Decided>`
    select fp.finding_id, fp.release_id, fp.place, fp.ext_id, a.id as assessment_id,
      case when a.id is null
        -- its assessments were taken back: what the last of them rested on is what is known of it
        then (select e.evidence from assessment_evidence e where e.finding_id = fp.finding_id order by e.id desc limit 1)
        else (select e.evidence from assessment_evidence e where e.assessment_id = a.id order by e.id desc limit 1) end as evidence
    from finding_place fp
    left join lateral (select r.id from link l join record r on r.id = l.from_id
      where l.type = 'judges' and l.to_id = fp.finding_id and l.ended_at is null and r.state <> 'closed' order by r.number desc limit 1) a on true
    where ${which}`.execute(db);
  return rows;
}

async function reconsiderOne(
  kernel: Kernel,
  unit: Unit,
  listed: Decided,
  outcome: { reopened: string[]; closed: string[]; softened: string[] },
): Promise<void> {
  await sql`select 1 from record where id in (${listed.finding_id}::uuid, ${listed.assessment_id}::uuid) order by id for no key update`.execute(
    unit.db,
  );
  // Since the list was read somebody may have decided anew, on the facts of now.
  const [decided] = await decidedOf(unit.db, sql`fp.finding_id = ${listed.finding_id}::uuid`);
  if (!decided || decided.assessment_id !== listed.assessment_id) return;
  const finding = (await findRecord(unit.db, decided.finding_id)) as WardRecord;
  const assessment =
    decided.assessment_id === null ? undefined : await findRecord(unit.db, decided.assessment_id);
  const now = await evidenceNow(unit.db, decided.release_id, decided.place, decided.ext_id);
  if (finding.state === 'closed') {
    if (now === null) return;
    await move(kernel, unit, finding, 'reopen', 'It matches again.');
    outcome.reopened.push(finding.key);
    return;
  }
  const deferral = finding.state === 'deferred' ? await deferredUnder(unit, finding.id) : null;
  const before = deferral ?? decided.evidence;
  const change =
    before === null
      ? { kind: now === null ? 'gone' : 'same', reasons: ['No advisory matches this component any more.'] }
      : compareEvidence(before, now);
  const reason = change.reasons.join(' ').slice(0, 2_000);
  if (change.kind === 'gone') {
    await move(kernel, unit, finding, 'close-by-source', reason);
    if (assessment) await move(kernel, unit, assessment, 'close', reason);
    outcome.closed.push(finding.key);
  } else if (change.kind === 'hard' && assessment?.state === 'approved') {
    await move(kernel, unit, assessment, 'reopen', reason);
    await move(kernel, unit, finding, 'reopen', reason);
    // Whoever approves it again as it stands decides on the facts of now, and of no later moment.
    await storeEvidence(unit, assessment.id, assessment.revision, finding.id);
    outcome.reopened.push(assessment.key);
  } else if (change.kind === 'hard' && finding.state === 'deferred') {
    // It was put off under other facts. Of a deferral by an earlier Ward these are not known: there the same reason counts once.
    if (deferral === null && (await cameBackFor(unit, finding.id, reason))) return;
    await move(kernel, unit, finding, 'reopen', reason);
    outcome.reopened.push(finding.key);
  } else if (change.kind === 'soft' && assessment?.state === 'approved') {
    if (await noteMoved(unit, assessment, change.reasons)) outcome.softened.push(assessment.key);
  }
}

async function cameBackFor(unit: Unit, findingId: string, reason: string): Promise<boolean> {
  const { rows } =
    await sql`select 1 from ledger where record = ${findingId}::uuid and action = 'record.transitioned'
    and content->>'transition' = 'reopen' and content->>'reason' = ${reason} limit 1`.execute(unit.db);
  return rows.length > 0;
}

/**
 * Shown with the decision for its next review. Said once of the facts that it rests on: the same reasons again are no news, and
 * the answer is false. Who writes it anew has seen them; should they come again after that, they are said again.
 */
export async function noteMoved(
  unit: Unit,
  assessment: Pick<WardRecord, 'id' | 'key' | 'productId'>,
  reasons: readonly string[],
): Promise<boolean> {
  const content = { key: assessment.key, reasons: [...reasons] };
  const said =
    await sql`select 1 from ledger where record = ${assessment.id}::uuid and action = 'assessment.evidence-moved'
    and content = ${JSON.stringify(content)}::jsonb and seq > coalesce((select max(seq) from ledger
      where record = ${assessment.id}::uuid and action = 'assessment.evidence'), 0)`.execute(unit.db);
  if (said.rows.length > 0) return false;
  const { id: record, productId } = assessment;
  await unit.commit([{ type: 'note', action: 'assessment.evidence-moved', productId, record, content }]);
  return true;
}
