// From a derived finding to a decision: the finding record, its assessment, the evidence it rests on, and what an approval
// does to the finding. All in the transaction of the change itself.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import { createRecordIn } from '../../kernel/records/operations.ts';
import { findRecord, readRecord } from '../../kernel/records/read.ts';
import type { Change, JsonObject, WardRecord } from '../../kernel/records/record.ts';
import type { Guard, Reaction, Unit } from '../../kernel/records/records.ts';
import { compareEvidence, type Evidence, evidencePrint } from './evidence.ts';
import { assessment, finding, missingForStatus, type VexStatus } from './model.ts';
import { evidenceFrom, evidenceNow, statementsOf } from './read-finding.ts';
import { expiresOn } from './triage-policy.ts';
import './tables.ts';

export const refuseFinding = defineErrors({
  'finding.not-there': {
    status: 404,
    exit: 3,
    title: 'No such finding',
    remedy: 'Reload the list; the component or the advisory may have changed.',
  },
  'assessment.incomplete': {
    status: 422,
    exit: 3,
    title: 'The status asks for more',
    remedy: 'Fill in the named field.',
  },
  'assessment.verdict-missing': {
    status: 409,
    exit: 3,
    title: 'Safety and privacy are not both judged',
    remedy: 'Edit the assessment and give both verdicts, each with its reason; then sign.',
  },
  'assessment.evidence-moved': {
    status: 409,
    exit: 3,
    title: 'The facts have moved since this was written',
    remedy: 'Look at the finding again and save the assessment anew; then sign.',
  },
  'assessment.other-product': {
    status: 422,
    exit: 3,
    title: 'The finding belongs to another product',
    remedy: 'Make the assessment in the product of the finding.',
  },
  'finding.fixed-field': {
    status: 422,
    exit: 3,
    title: 'This field comes from the match',
    remedy: 'Leave it as it is; write what you know into the assessment.',
  },
  'finding.no-day': {
    status: 409,
    exit: 3,
    title: 'It has no day on which it comes back',
    remedy: 'Edit the finding and give a later day in "Deferred until"; then defer it.',
  },
  'assessment.review-day-passed': {
    status: 409,
    exit: 3,
    title: 'Its day of review has passed',
    remedy: 'Edit the assessment and give a later day, or none; then sign.',
  },
  'assessment.not-yours': {
    status: 409,
    exit: 3,
    title: 'This cannot be taken back',
    remedy: 'Edit the assessment, or ask for its review.',
  },
  'assessment.not-approved': {
    status: 422,
    exit: 3,
    title: 'There is no approved decision to take over',
    remedy: 'Reload the proposals and choose again.',
  },
  'assessment.exists': {
    status: 409,
    exit: 3,
    title: 'There is an assessment already',
    remedy: 'Open and edit the existing assessment.',
  },
});

export interface AssessRequest {
  readonly release: string;
  readonly vulnerability: string;
  readonly place: string;
  readonly body: JsonObject;
  /** `evidencePrint` of what stood on the screen; where given, a judgement about other facts is refused. */
  readonly seen?: string | undefined;
}

/**
 * Makes the finding record where there is none yet, and the assessment that judges it; gives both keys. `from` is the key of an
 * assessment of another release that was taken over. Refuses `assessment.evidence-moved` when the facts are not those seen.
 */
export function assessFinding(
  kernel: Kernel,
  principal: Principal,
  input: AssessRequest,
  from: string | null = null,
): Promise<{ finding: WardRecord; assessment: WardRecord }> {
  const { records } = kernel;
  return records.write(principal, async (unit) => {
    const release = await readRecord(unit.db, principal, input.release);
    requireRole(principal, assessment.rights.create, release.productId, 'assess a finding');
    if (input.seen !== undefined) {
      const now = await evidenceNow(unit.db, release.id, input.place, input.vulnerability);
      if (now !== null && evidencePrint(now) !== input.seen)
        throw refuseFinding(
          'assessment.evidence-moved',
          `What is known of ${input.vulnerability} in ${release.key} has changed meanwhile.`,
          {
            at: release.key,
            remedy: 'Look at the finding again; what you wrote is kept as a draft.',
          },
        );
    }
    const record = await findingRecord(kernel, unit, release, input.place, input.vulnerability);
    const made = await createRecordIn(records, unit, {
      kind: assessment.kind,
      productId: release.productId,
      body: { ...input.body, title: `${record.title}: assessment` },
      links: [
        { type: 'judges', to: record.id },
        { type: 'in', to: release.id },
        ...(from === null ? [] : [{ type: 'taken-over-from', to: from }]),
      ],
    });
    if (record.state === 'new') await move(kernel, unit, record, 'triage', null);
    return { finding: (await findRecord(unit.db, record.id)) as WardRecord, assessment: made };
  });
}

/** The record of a derived finding, made now if nobody decided on it before. */
async function findingRecord(
  kernel: Kernel,
  unit: Unit,
  release: WardRecord,
  place: string,
  vulnerability: string,
): Promise<WardRecord> {
  const statements = await statementsOf(unit.db, release.id, place, vulnerability);
  const first = statements[0];
  if (!first)
    throw refuseFinding('finding.not-there', `${vulnerability} is not found at ${place} in ${release.key}.`, {
      at: release.key,
    });
  // Two people at once: the second one finds the record of the first, and is told of the assessment there.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${release.id} ${place}`}, 16))`.execute(unit.db);
  const known = await unit.db
    .selectFrom('finding_place as fp')
    .innerJoin('alias_member as a', 'a.ext_id', 'fp.ext_id')
    .innerJoin('alias_member as b', 'b.group_id', 'a.group_id')
    .select('fp.finding_id')
    .where('fp.release_id', '=', release.id)
    .where('fp.place', '=', place)
    .where('b.ext_id', '=', vulnerability)
    .executeTakeFirst();
  if (known) return (await findRecord(unit.db, known.finding_id)) as WardRecord;
  const preferred = await unit.db
    .selectFrom('alias_member as m')
    .innerJoin('alias_group as g', 'g.id', 'm.group_id')
    .select('g.preferred')
    .where('m.ext_id', '=', vulnerability)
    .executeTakeFirstOrThrow();
  const evidence = await evidenceFrom(unit.db, release.id, place, vulnerability, statements);
  const record = await createRecordIn(kernel.records, unit, {
    kind: finding.kind,
    productId: release.productId,
    body: {
      title: `${preferred.preferred} in ${first.component} ${evidence?.versions.join(', ') ?? ''}`
        .trim()
        .slice(0, 300),
      vulnerability: preferred.preferred,
      aliases: evidence?.ids.filter((id) => id !== preferred.preferred).slice(0, 200) ?? [],
      source: 'match',
      component: (first.purl ?? first.component).slice(0, 1_000),
      releaseId: release.id,
      description: first.summary,
    },
    links: [{ type: 'at', to: release.id }],
  });
  await unit.db
    .insertInto('finding_place')
    .values({ finding_id: record.id, release_id: release.id, place, ext_id: preferred.preferred })
    .execute();
  return record;
}

/** Another assessment that judges the finding and is not closed. The finding's row is locked: two cannot both find none. */
async function otherAssessment(
  db: Unit['db'],
  findingId: string,
  ownId: string,
): Promise<{ id: string; key: string } | undefined> {
  await sql`select 1 from record where id = ${findingId}::uuid for no key update`.execute(db);
  return db
    .selectFrom('link as l')
    .innerJoin('record as r', 'r.id', 'l.from_id')
    .select(['r.id', 'r.key'])
    .where('l.type', '=', 'judges')
    .where('l.to_id', '=', findingId)
    .where('l.from_id', '<>', ownId)
    .where('l.ended_at', 'is', null)
    .where('r.state', '<>', 'closed')
    .executeTakeFirst();
}

/** What the decision rests on from now on: kept beside it and in the ledger. */
export async function storeEvidence(
  unit: Unit,
  assessmentId: string,
  revision: number,
  findingId: string,
): Promise<void> {
  await keepEvidence(unit, assessmentId, revision, findingId, await evidenceOfFinding(unit.db, findingId));
}

/** The facts of now; null where no advisory found it, or none matches any more. */
async function evidenceOfFinding(db: Unit['db'], findingId: string): Promise<Evidence | null> {
  const place = await db
    .selectFrom('finding_place')
    .selectAll()
    .where('finding_id', '=', findingId)
    .executeTakeFirst();
  return place ? evidenceNow(db, place.release_id, place.place, place.ext_id) : null;
}

async function keepEvidence(
  unit: Unit,
  assessmentId: string,
  revision: number,
  findingId: string,
  evidence: Evidence | null,
): Promise<void> {
  if (!evidence) return;
  await unit.db
    .insertInto('assessment_evidence')
    .values({
      assessment_id: assessmentId,
      revision,
      finding_id: findingId,
      evidence: JSON.stringify(evidence),
      at: unit.now,
    })
    .execute();
  const record = await findRecord(unit.db, assessmentId);
  await unit.commit([
    {
      type: 'note',
      action: 'assessment.evidence',
      productId: record?.productId ?? null,
      record: assessmentId,
      content: { key: record?.key ?? '', revision, evidence: evidence as unknown as JsonObject },
    },
  ]);
}

/** A finding that is put off keeps the facts of that moment in the ledger: it comes back when they move. */
export const followFinding: Reaction = {
  concerns: (change) => change.type === 'transition' && change.transition === 'defer',
  async follow(unit, changes) {
    for (const change of changes) if (change.type === 'transition') await keepFacts(unit, change.record);
  },
};

async function keepFacts(unit: Unit, { id: record, key, productId }: WardRecord): Promise<void> {
  const evidence = await evidenceOfFinding(unit.db, record);
  if (!evidence) return;
  const content = { key, evidence: evidence as unknown as JsonObject };
  await unit.commit([{ type: 'note', action: 'finding.deferred-under', productId, record, content }]);
}

/** The facts under which it was put off last; null where an earlier Ward did not keep them. */
export async function deferredUnder(unit: Unit, findingId: string): Promise<Evidence | null> {
  const { rows } = await sql<{ evidence: Evidence | null }>`
    select content->'evidence' as evidence from ledger where record = ${findingId}::uuid and seq > (
      select coalesce(max(seq), 0) from ledger where record = ${findingId}::uuid and action = 'record.transitioned'
        and content->>'to' = 'deferred')
    and action = 'finding.deferred-under' order by seq desc limit 1`.execute(unit.db);
  return rows[0]?.evidence ?? null;
}

export async function judgedFinding(
  unit: { db: Unit['db'] },
  assessmentId: string,
): Promise<WardRecord | undefined> {
  const link = await unit.db
    .selectFrom('link')
    .select('to_id')
    .where('from_id', '=', assessmentId)
    .where('type', '=', 'judges')
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return link ? findRecord(unit.db, link.to_id) : undefined;
}

/** What the schema cannot say: what a status asks for, and that both verdicts stand before anyone approves. */
export const checkAssessment: Guard = async (tx, change, { now: at }) => {
  if (change.type === 'create' || change.type === 'edit') {
    const missing = missingForStatus(change.body as unknown as Parameters<typeof missingForStatus>[0]);
    const first = missing[0];
    if (first) {
      const fields = missing.map(({ field, message }) => ({ path: `$.body.${field}`, message }));
      throw refuseFinding('assessment.incomplete', first.message, {
        at: `$.body.${first.field}`,
        detail: { fields },
      });
    }
  }
  if (change.type === 'link' && change.linkType === 'judges') await checkJudges(tx, change);
  if (change.type === 'transition' && change.transition === 'approve') {
    const { body, key } = change.record;
    if (body.safety === 'not assessed' || body.privacy === 'not assessed') {
      throw refuseFinding(
        'assessment.verdict-missing',
        `${key} leaves ${body.safety === 'not assessed' ? 'safety' : 'privacy'} not assessed.`,
        { at: key },
      );
    }
    if (typeof body.reviewOn === 'string' && body.reviewOn <= at.toISOString().slice(0, 10)) {
      throw refuseFinding(
        'assessment.review-day-passed',
        `${key} was to be looked at again on ${body.reviewOn}.`,
        {
          at: `$.body.reviewOn`,
        },
      );
    }
    const kept = await tx
      .selectFrom('assessment_evidence as e')
      .innerJoin('finding_place as p', 'p.finding_id', 'e.finding_id')
      .select(['e.evidence', 'p.release_id', 'p.place', 'p.ext_id'])
      .where('e.assessment_id', '=', change.record.id)
      .where('e.revision', '=', change.record.revision)
      .orderBy('e.id', 'desc')
      .executeTakeFirst();
    if (!kept) return requireNoPlace(tx, change.record);
    const now = await evidenceNow(tx, kept.release_id, kept.place, kept.ext_id);
    const { kind } = compareEvidence(kept.evidence, now);
    if (kind === 'hard' || kind === 'gone') {
      throw refuseFinding(
        'assessment.evidence-moved',
        `What ${key} rests on has changed since revision ${change.record.revision}.`,
        { at: `${key}@${change.record.revision}` },
      );
    }
  }
};

/** An assessment judges one finding of its own product, and a finding has one open assessment. */
async function checkJudges(tx: Unit['db'], change: Extract<Change, { type: 'link' }>): Promise<void> {
  const { from, to } = change;
  if (to.productId !== from.productId) {
    throw refuseFinding(
      'assessment.other-product',
      `${to.key} belongs to another product than ${from.key}.`,
      {
        at: to.key,
      },
    );
  }
  const other = await otherAssessment(tx, to.id, from.id);
  if (!other) return;
  throw refuseFinding('assessment.exists', `${other.key} judges ${to.key} already.`, {
    at: other.key,
    detail: { key: other.key },
  });
}

/** Without evidence only what no advisory found can be approved: a finding that a person wrote. */
async function requireNoPlace(tx: Unit['db'], record: WardRecord): Promise<void> {
  const judged = await judgedFinding({ db: tx }, record.id);
  if (judged) {
    const place = await tx
      .selectFrom('finding_place')
      .select('finding_id')
      .where('finding_id', '=', judged.id)
      .executeTakeFirst();
    if (!place) return;
  }
  throw refuseFinding('assessment.evidence-moved', `${record.key} rests on no evidence.`, {
    at: `${record.key}@${record.revision}`,
  });
}

/**
 * What a match found stays what it was: people decide on it, they do not make it another flaw. What is put off names the day on
 * which it comes back: else it would be off the list for ever.
 */
export const checkFinding: Guard = async (_tx, change, { now: at }) => {
  if (change.type === 'transition' && change.transition === 'defer') {
    const { body, key } = change.record;
    if (typeof body.deferredUntil !== 'string' || body.deferredUntil <= at.toISOString().slice(0, 10))
      throw refuseFinding('finding.no-day', `${key} names no day ahead until which it is deferred.`, {
        at: '$.body.deferredUntil',
      });
  }
  if (change.type !== 'edit' || change.record.body.source !== 'match') return;
  const changed = ['vulnerability', 'component', 'releaseId', 'source'].find(
    (field) => JSON.stringify(change.body[field]) !== JSON.stringify(change.record.body[field]),
  );
  if (!changed) return;
  throw refuseFinding(
    'finding.fixed-field',
    `${change.record.key} was found by a match; its ${changed} does not change.`,
    { at: `$.body.${changed}` },
  );
};

/** What an approved status does to the finding; that the component is not there at all makes it a false positive. */
function transitionFor(status: VexStatus, justification: unknown): string {
  switch (status) {
    case 'affected':
      return 'decide-affected';
    case 'not_affected':
      return justification === 'component_not_present' ? 'decide-false-positive' : 'decide-not-affected';
    case 'fixed':
      return 'decide-fixed';
    case 'under_investigation':
      return 'reopen';
  }
}

/**
 * As it was just before the act: finding it takes long, and other writers do not wait for it. What moves meanwhile is seen by the
 * approval, which compares again.
 */
type EvidenceByFinding = ReadonlyMap<string, Evidence | null>;

async function evidenceOfFindings(db: Unit['db'], ids: readonly string[]): Promise<EvidenceByFinding> {
  const found = new Map<string, Evidence | null>();
  for (const id of new Set(ids)) found.set(id, await evidenceOfFinding(db, id));
  return found;
}

/**
 * The link to the finding and every edit take the evidence of that moment; an approval moves the finding to the status
 * that was approved; a decision that is taken back opens it again.
 */
export const followAssessment = (kernel: Kernel): Reaction<EvidenceByFinding> => ({
  concerns: (change) =>
    (change.type === 'link' && change.linkType === 'judges') ||
    change.type === 'edit' ||
    change.type === 'transition',
  async prepare(tx, changes) {
    const judged: string[] = [];
    for (const change of changes) {
      if (change.type === 'link') judged.push(change.to.id);
      if (change.type === 'edit') judged.push((await judgedFinding({ db: tx }, change.record.id))?.id ?? '');
    }
    return evidenceOfFindings(
      tx,
      judged.filter((id) => id !== ''),
    );
  },
  async follow(unit, changes, evidence) {
    for (const change of changes) await followOne(kernel, unit, change, evidence);
  },
});

async function followOne(
  kernel: Kernel,
  unit: Unit,
  change: Change,
  evidence: EvidenceByFinding,
): Promise<void> {
  if (change.type === 'link')
    await keepEvidence(unit, change.from.id, 1, change.to.id, evidence.get(change.to.id) ?? null);
  if (change.type !== 'edit' && change.type !== 'transition') return;
  const judged = await judgedFinding(unit, change.record.id);
  if (!judged) return;
  const { key, revision, state, body } = change.record;
  if (change.type === 'edit')
    await keepEvidence(unit, change.record.id, revision + 1, judged.id, evidence.get(judged.id) ?? null);
  if (state === 'approved' && change.type === 'edit') {
    await move(kernel, unit, judged, 'reopen', `${key} is being written anew.`);
  } else if (state === 'approved' && change.type === 'transition' && change.transition === 'links-changed') {
    await move(kernel, unit, judged, 'reopen', `${key} is no longer approved.`);
  } else if (change.type === 'transition' && change.transition === 'approve') {
    const transition = transitionFor(body.status as VexStatus, body.justification);
    await move(kernel, unit, judged, transition, `${key} was approved.`);
    await setDue(unit, change.record);
  }
}

/** From now on the decision comes back by itself when its time is over. */
async function setDue(unit: Unit, { id, body }: WardRecord): Promise<void> {
  const due = expiresOn(
    {
      status: body.status as VexStatus,
      justification: (body.justification as string | null | undefined) ?? null,
      reviewOn: (body.reviewOn as string | null | undefined) ?? null,
    },
    unit.now.toISOString().slice(0, 10),
  );
  await unit.db.deleteFrom('assessment_due').where('assessment_id', '=', id).execute();
  if (due !== null)
    await unit.db
      .insertInto('assessment_due')
      .values({ assessment_id: id, due_on: due, told_at: null })
      .execute();
}

/** A step that follows from another one, made by Ward in the same transaction. */
export async function move(
  kernel: Kernel,
  unit: Unit,
  record: WardRecord,
  transition: string,
  reason: string | null,
): Promise<void> {
  const definition = kernel.kinds
    .get(record.kind)
    .transitions.find((known) => known.id === transition && known.from.includes(record.state));
  if (!definition) return;
  await unit
    .as(SYSTEM)
    .commit([{ type: 'transition', record, transition, to: definition.to, reason, signature: null }]);
  await unit.emit({ type: `${record.kind}.${transition}`, payload: { id: record.id, state: definition.to } });
}
