// Deciding on many findings: one judgement written for a list of them, taken back, signed, or taken over from another release.
// Each finding keeps an assessment of its own; a list is only a way to write it.
import { sql } from 'kysely';
import { isWardError, type WardError } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { JsonObject, WardRecord } from '../../kernel/records/record.ts';
import { assessFinding, judgedFinding, move, refuseFinding } from './decide-finding.ts';
import { compareEvidence, type Evidence } from './evidence.ts';
import { assessment } from './model.ts';
import { evidenceNow } from './read-finding.ts';
import './tables.ts';

export interface FindingPlace {
  readonly release: string;
  readonly vulnerability: string;
  readonly place: string;
}

export interface Refused<At> {
  readonly at: At;
  readonly error: WardError;
}

export interface Assessed {
  readonly assessments: readonly string[];
  readonly refused: readonly Refused<FindingPlace>[];
}

/** The same judgement for each finding, in a transaction each; what is refused for one does not hold up the others. */
export async function assessMany(
  kernel: Kernel,
  principal: Principal,
  places: readonly FindingPlace[],
  body: JsonObject,
): Promise<Assessed> {
  const assessments: string[] = [];
  const refused: Refused<FindingPlace>[] = [];
  for (const at of places) {
    try {
      const made = await assessFinding(kernel, principal, { ...at, body });
      assessments.push(made.assessment.key);
    } catch (error) {
      if (!isWardError(error)) throw error;
      refused.push({ at, error });
    }
  }
  return { assessments, refused };
}

export interface TakenBack {
  readonly closed: readonly string[];
  /** `at`: key of the assessment. */
  readonly refused: readonly Refused<string>[];
}

/**
 * Takes drafts back that this person has just written, in a transaction each: each is closed with that as its reason, and its
 * finding is undecided as before. One that is signed, edited by others or not theirs is refused with `assessment.not-yours` and
 * does not hold up the others; nothing is deleted.
 */
export async function takeBack(
  kernel: Kernel,
  principal: Principal,
  keys: readonly string[],
): Promise<TakenBack> {
  const closed: string[] = [];
  const refused: Refused<string>[] = [];
  for (const key of keys) {
    try {
      closed.push(await takeOneBack(kernel, principal, key));
    } catch (error) {
      if (!isWardError(error)) throw error;
      refused.push({ at: key, error });
    }
  }
  return { closed, refused };
}

function takeOneBack(kernel: Kernel, principal: Principal, key: string): Promise<string> {
  return kernel.records.write(principal, async (unit) => {
    const record = await readRecord(unit.db, principal, key);
    await sql`select 1 from record where id = ${record.id}::uuid for no key update`.execute(unit.db);
    const now = await readRecord(unit.db, principal, key);
    requireRole(principal, assessment.rights.edit, now.productId, `take ${now.key} back`);
    if (
      now.kind !== assessment.kind ||
      now.state !== 'draft' ||
      now.revision !== 1 ||
      now.authorId !== principal.personId
    ) {
      throw refuseFinding('assessment.not-yours', `${now.key} is no untouched draft of yours.`, {
        at: now.key,
      });
    }
    await move(kernel, unit, now, 'close', `Taken back by ${principal.name}.`);
    return now.key;
  });
}

export interface Proposal {
  readonly vulnerability: string;
  readonly place: string;
  readonly component: string;
  readonly from: {
    readonly assessment: string;
    readonly release: string;
    readonly status: string;
    readonly justification: string | null;
    readonly rationale: string;
  };
  /** True when the facts here are those that the other decision rests on. */
  readonly equal: boolean;
  /** What differs, in plain sentences. */
  readonly differences: readonly string[];
}

const MOST_PROPOSALS = 500;

interface Candidate {
  readonly vulnerability: string;
  readonly place: string;
  readonly assessment_key: string;
  readonly release_key: string;
  readonly body: JsonObject;
  readonly evidence: Evidence | null;
}

/**
 * Undecided findings of a release that were decided, and approved, in another release of the product: the newest approved
 * decision of each. A proposal is no decision: taking it over writes a draft that somebody else approves.
 */
export async function proposalsFor(kernel: Kernel, release: WardRecord): Promise<Proposal[]> {
  const { rows } = await sql<Candidate>`
    select distinct on (fp.place, am.group_id) g.preferred as vulnerability, fp.place, a.key as assessment_key, o.key as release_key, a.body,
      (select e.evidence from assessment_evidence e where e.assessment_id = a.id order by e.id desc limit 1) as evidence
    from record o join finding_place fp on fp.release_id = o.id and o.kind = 'release' and o.product_id = ${release.productId}::uuid
      and o.id <> ${release.id}::uuid
    join alias_member am on am.ext_id = fp.ext_id join alias_group g on g.id = am.group_id
    join link l on l.to_id = fp.finding_id and l.type = 'judges' and l.ended_at is null
    join record a on a.id = l.from_id and a.kind = 'assessment' and a.state = 'approved'
    where exists (
      select 1 from sbom s join component c on c.sbom_id = s.id
      where s.release_id = ${release.id}::uuid and s.superseded_at is null and c.place = fp.place
    ) and not exists (
      select 1 from finding_place here join alias_member ham on ham.ext_id = here.ext_id and ham.group_id = am.group_id
      join link hl on hl.to_id = here.finding_id and hl.type = 'judges' and hl.ended_at is null
      join record ha on ha.id = hl.from_id and ha.state <> 'closed'
      where here.release_id = ${release.id}::uuid and here.place = fp.place
    )
    order by fp.place, am.group_id, a.updated_at desc limit ${MOST_PROPOSALS}`.execute(kernel.db);
  const proposals: Proposal[] = [];
  for (const row of rows) {
    const here = await evidenceNow(kernel.db, release.id, row.place, row.vulnerability);
    if (here === null || row.evidence === null) continue;
    const change = compareEvidence(row.evidence, here);
    proposals.push({
      vulnerability: row.vulnerability,
      place: row.place,
      component: row.place.slice(row.place.indexOf(':') + 1),
      from: {
        assessment: row.assessment_key,
        release: row.release_key,
        status: String(row.body.status),
        justification: (row.body.justification as string | null | undefined) ?? null,
        rationale: String(row.body.rationale ?? ''),
      },
      equal: change.kind === 'same',
      differences: change.kind === 'same' ? [] : [...change.reasons],
    });
  }
  return proposals;
}

export interface TakeOver {
  readonly vulnerability: string;
  readonly place: string;
  /** Key of the approved assessment. */
  readonly from: string;
}

/** Writes a draft from each approved assessment, linked to where it came from. */
export async function takeOver(
  kernel: Kernel,
  principal: Principal,
  release: WardRecord,
  items: readonly TakeOver[],
): Promise<Assessed> {
  const assessments: string[] = [];
  const refused: Refused<FindingPlace>[] = [];
  for (const item of items) {
    const at = { release: release.key, vulnerability: item.vulnerability, place: item.place };
    try {
      const source = await readRecord(kernel.db, principal, item.from);
      const judged = await judgedFinding({ db: kernel.db as never }, source.id);
      if (
        source.kind !== assessment.kind ||
        source.state !== 'approved' ||
        source.productId !== release.productId ||
        !judged ||
        !(await judgesSame(kernel, judged.id, item))
      ) {
        throw refuseFinding(
          'assessment.not-approved',
          `${source.key} is no approved assessment of ${item.vulnerability} at ${item.place} in this product.`,
          {
            at: source.key,
          },
        );
      }
      const { title: _title, ...body } = source.body;
      const made = await assessFinding(kernel, principal, { ...at, body }, source.key);
      assessments.push(made.assessment.key);
    } catch (error) {
      if (!isWardError(error)) throw error;
      refused.push({ at, error });
    }
  }
  return { assessments, refused };
}

/** Whether a finding is the same flaw, by any of its names, at the same place: a decision on another one is not taken over. */
async function judgesSame(
  { db }: Pick<Kernel, 'db'>,
  findingId: string,
  { vulnerability, place }: TakeOver,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from finding_place fp join alias_member one on one.ext_id = fp.ext_id
    join alias_member other on other.group_id = one.group_id and other.ext_id = ${vulnerability}
    where fp.finding_id = ${findingId}::uuid and fp.place = ${place}`.execute(db);
  return rows.length > 0;
}
