// Check-ins of many units at once: read together, verified one by one, written together. Whoever is answered has been written.

import { readCheckpoint } from '@ward/device/audit/checkpoint.ts';
import { AuditEntry, beginningOf, decodeEntry, type Head } from '@ward/device/audit/entry.ts';
import { verifyBatch } from '@ward/device/audit/verify.ts';
import type { Peer } from '@ward/device/identity/peer.ts';
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import type { Tx, Unit } from '../../../kernel/records/records.ts';
import { beyondKnown } from '../audit/beyond-known.ts';
import type { UnitStep } from '../campaigns/next-step.ts';
import { keepShown } from '../issued.ts';
import type { AuditUpload, CheckIn, CheckInAnswer, UnitReport } from '../report.ts';
import { raiseAbove } from '../revocations.ts';
import type { LiveRequest, ServiceSigner } from '../service/sign-requests.ts';
import { noteUnits } from '../units.ts';
import type { Director } from './director.ts';
import type { VerifiedTrails } from './verified-trails.ts';

export interface Arrived {
  readonly serial: string;
  /** Of the key that the channel was opened with: an older one of the unit is not it any more. */
  readonly thumbprint: string;
  /** With which certificate. */
  readonly peer: Pick<Peer, 'serial' | 'notAfter'>;
  readonly checkIn: CheckIn;
}

interface Known {
  id: string;
  serial: string;
  product_id: string;
  hardware_id: string;
  key_thumbprint: string | null;
  public_key: JsonWebKey | null;
  thumbprint_before: string | null;
  public_key_before: JsonWebKey | null;
  audit_sequence: string;
  audit_head: string | null;
  audit_signed_to: string;
  audit_problem: string | null;
  audit_part: number;
  /** A closing that the unit has not written down yet. */
  closing: string | null;
  /** The campaign that reaches it, or the last one that did: a unit may end what was begun before a halt. */
  campaign_id: string | null;
  offered: string | null;
  step: UnitStep | null;
  /** What it is to run: what a campaign offers while it runs, and to those that try again after it has ended. */
  wanted: string | null;
  /** The director's number for what is offered. */
  attempt: number;
  director_version: number | null;
  director_sha256: string | null;
  director_attempt: number;
  director_key: string | null;
  director_documents: Readonly<Record<string, string>> | null;
  director_signed_at: Date | null;
  requests: readonly LiveRequest[] | null;
}

/** The state of what is signed for all, made once for many answers. */
export interface Signed {
  readonly revocations: string;
  /** Of that list. */
  readonly number: number;
  /** Certificates of the issuer, DER in base64. */
  readonly maker: string[];
  readonly services: ServiceSigner;
}

/** What is kept from one group of check-ins to the next. */
export interface Kept {
  readonly director: Director;
  readonly trails: VerifiedTrails;
}

/** Answers in the order of what arrived; null for a unit that is not (or no longer) enrolled. Each unit may stand once in it. */
export async function takeCheckIns(
  kernel: Kernel,
  { director, trails }: Kept,
  signed: Signed,
  arrived: readonly Arrived[],
): Promise<readonly (CheckInAnswer | null)[]> {
  const known = new Map((await readKnown(kernel, arrived)).map((row) => [row.serial, row]));
  const judged = await Promise.all(
    arrived.map(async ({ serial, thumbprint, peer, checkIn }) => {
      const unit = known.get(serial);
      if (!unit || ![unit.key_thumbprint, unit.thumbprint_before].includes(thumbprint)) return null;
      const withNewKey = unit.key_thumbprint === thumbprint;
      return { unit, peer, checkIn, withNewKey, audit: await judgeAudit(trails, unit, checkIn.audit) };
    }),
  );
  const taken = judged.filter((one) => one !== null);
  if (taken.length === 0) return judged.map(() => null);
  for (const { checkIn } of taken)
    if (checkIn.revocations > signed.number) await raiseAbove(kernel, checkIn.revocations);
  const { documents, requests } = await kernel.records.write(SYSTEM, async (work) => {
    await lockAsKnown(work.db, taken);
    await writeUnits(work.db, work.now, taken);
    await keepShown(
      work,
      taken.map(({ unit, peer }) => ({ ...peer, unitId: unit.id, holder: unit.serial })),
    );
    await writeLines(work.db, taken);
    await writeBreaks(work, taken);
    const moved = await writeSteps(work.db, work.now, taken);
    await writeServices(work.db, work.now, taken);
    if (moved.length > 0)
      await work.emit(...moved.map((id) => ({ type: 'fleet.campaign-moved', payload: { id } })));
    const requests = await signed.services.askUnits(
      work.db,
      taken.map(({ unit, checkIn }) => ({
        unitId: unit.id,
        serial: unit.serial,
        challenge: checkIn.report.serviceChallenge,
        requests: (unit.requests ?? []).filter(({ state }) => state === 'requested'),
      })),
    );
    const documents = await director.sayTo(
      work.db,
      work.now,
      taken.map(({ unit, checkIn }) => ({
        unitId: unit.id,
        serial: unit.serial,
        hardwareId: unit.hardware_id,
        sha256: unit.wanted,
        attempt: unit.wanted === null ? 1 : unit.attempt,
        holds: checkIn.director,
        said:
          unit.director_version === null
            ? null
            : {
                version: unit.director_version,
                sha256: unit.director_sha256,
                attempt: unit.director_attempt,
                key: unit.director_key,
                documents: unit.director_documents ?? {},
                signedAt: unit.director_signed_at as Date,
              },
      })),
    );
    return { documents, requests };
  });
  return judged.map((one) =>
    one === null
      ? null
      : {
          revocations: signed.revocations,
          director: documents.get(one.unit.id) ?? null,
          maker: signed.maker,
          services: [...(requests.get(one.unit.id) ?? [])],
          endServices: (one.unit.requests ?? [])
            .filter(({ state }) => state === 'ended' || state === 'expired')
            .map(({ id }) => id)
            // The one that the unit has first: of a busy day not all fit.
            .sort(
              (a, b) =>
                Number(b === one.checkIn.report.service?.id) - Number(a === one.checkIn.report.service?.id),
            )
            .slice(0, 20),
          auditKnown: one.audit.head,
          auditProblem: one.audit.problem,
          auditClosing: one.audit.problem === null ? one.unit.closing : null,
        },
  );
}

async function readKnown({ db }: Kernel, arrived: readonly Arrived[]): Promise<readonly Known[]> {
  const serials = arrived.map(({ serial }) => serial);
  // The director's documents are read for those alone that do not hold them: they are most of the row.
  const holds = arrived.map(({ checkIn }) => checkIn.director);
  const { rows } = await sql<Known>`
    select u.id, u.serial, u.product_id, u.hardware_id, u.key_thumbprint, u.public_key, u.thumbprint_before, u.public_key_before, u.audit_sequence, u.audit_head, u.audit_signed_to, u.audit_problem, u.audit_part,
      case when u.audit_part > 0 and u.audit_problem is null then (select l.statement from unit_trail_closing l
        where l.unit_id = u.id and l.part = u.audit_part and not exists (select 1 from unit_audit a
          where a.unit_id = u.id and a.part = l.part and a.what = 'audit.closed')) end as closing,
      c.campaign_id, c.sha256 as offered, c.step, case when c.running then c.sha256 end as wanted, coalesce(t.attempt, 1) as attempt,
      d.version as director_version, d.sha256 as director_sha256, d.attempt as director_attempt, d.online_key as director_key,
      case when d.version <> a.holds then d.documents end as director_documents, d.signed_at as director_signed_at,
      s.requests
    from unnest(${serials}::text[], ${holds}::bigint[]) as a (serial, holds) join unit u on u.serial = a.serial
      left join director_document d on d.unit_id = u.id
      left join lateral (select m.campaign_id, m.step, t.sha256, k.state in ('running', 'done') as running from campaign_unit m
          join record k on k.id = m.campaign_id
          join campaign_target t on t.campaign_id = m.campaign_id
        where m.unit_id = u.id and m.step in ('offered', 'postponed', 'staged')
        order by k.state = 'running' desc, m.changed_at desc limit 1) c on true
      left join unit_attempt t on t.unit_id = u.id and t.sha256 = c.sha256
      left join lateral (select json_agg(json_build_object('id', id, 'request', request, 'challenge', challenge, 'state', state,
          'engineer', engineer, 'why', why, 'verbs', verbs, 'minutes', minutes)) as requests
        from service_request q where q.unit_id = u.id
          and (q.state in ('requested', 'open') or q.ended_at > now() - interval '1 day')) s on true
    where u.state = 'enrolled'`.execute(db);
  return rows;
}

interface JudgedAudit {
  readonly head: Head;
  readonly signedTo: number;
  readonly problem: string | null;
  /** While it is broken: the newest line that the unit signed with this report. */
  readonly claim: Head | null;
  /** Lines that were verified just now. */
  readonly lines: readonly string[];
}

/** A trail that was broken once stays broken until somebody has looked and closed it: nothing is taken on top of it. */
async function judgeAudit(
  trails: VerifiedTrails,
  unit: Known,
  upload: AuditUpload | null,
): Promise<JudgedAudit> {
  const head: Head =
    unit.audit_head === null
      ? beginningOf(unit.serial)
      : { sequence: Number(unit.audit_sequence), hash: unit.audit_head };
  const signedTo = Number(unit.audit_signed_to);
  // Checkpoints from before a renewal are signed with the key of then.
  const publicKeys = [unit.public_key, unit.public_key_before].filter((key) => key !== null);
  const claimed = () => claimOf(unit.serial, upload, publicKeys);
  if (unit.audit_problem !== null)
    return { head, signedTo, problem: unit.audit_problem, claim: await claimed(), lines: [] };
  if (upload === null) return { head, signedTo, problem: null, claim: null, lines: [] };
  const { last, checkpoint } = upload;
  // The unit has not heard yet that its trail goes on from a later line: what it sends from before that is what nobody verified.
  const sent = unit.closing === null ? upload.lines : upload.lines.filter((line) => isAfter(line, head));
  const lines = beyondKnown(sent, head);
  const keys = [unit.key_thumbprint, unit.thumbprint_before, String(unit.audit_part)];
  const nothingNew = lines.length === 0 && last.sequence === head.sequence && last.hash === head.hash;
  if (nothingNew && checkpoint !== null && trails.holds(unit.id, checkpoint, [...keys, String(signedTo)]))
    return { head, signedTo, problem: null, claim: null, lines };
  const verdict = await verifyBatch(
    { unit: unit.serial, lines, last, checkpoint },
    { unit: unit.serial, head, signedTo },
    publicKeys,
  );
  if (!verdict.whole) return { head, signedTo, problem: verdict.code, claim: await claimed(), lines: [] };
  const { known } = verdict;
  if (checkpoint !== null) trails.keep(unit.id, checkpoint, [...keys, String(known.signedTo)]);
  return { head: known.head, signedTo: known.signedTo, problem: null, claim: null, lines };
}

const isAfter = (line: string, { sequence }: Head): boolean =>
  (decodeEntry(line)?.sequence ?? Number.POSITIVE_INFINITY) > sequence;

/** The newest line that the unit itself signed: a person may let a broken trail go on from there, and from no line that nobody answers for. */
async function claimOf(
  serial: string,
  upload: AuditUpload | null,
  keys: readonly JsonWebKey[],
): Promise<Head | null> {
  if (upload === null || upload.checkpoint === null) return null;
  const claims = await readCheckpoint(upload.checkpoint, keys);
  if (!claims || claims.unit !== serial || claims.sequence > upload.last.sequence) return null;
  return { sequence: claims.sequence, hash: claims.head };
}

interface Taken {
  readonly unit: Known;
  readonly peer: Arrived['peer'];
  readonly checkIn: CheckIn;
  readonly audit: JudgedAudit;
  readonly withNewKey: boolean;
}

/**
 * What was verified is written onto the very trail that it was verified against. Throws when somebody else wrote meanwhile (another gateway, a
 * revocation): the unit is told to report again.
 */
async function lockAsKnown(db: Tx, taken: readonly Taken[]): Promise<void> {
  const ids = taken.map(({ unit }) => unit.id);
  const { rows } = await sql<{
    id: string;
    audit_sequence: string;
    audit_part: number;
    audit_problem: string | null;
    state: string;
  }>`
    select id, audit_sequence, audit_part, audit_problem, state from unit where id = any(${ids}::uuid[]) order by id for no key update`.execute(
    db,
  );
  const now = new Map(rows.map((row) => [row.id, row]));
  for (const { unit } of taken) {
    const row = now.get(unit.id);
    const same =
      row?.audit_sequence === unit.audit_sequence &&
      row.audit_part === unit.audit_part &&
      row.audit_problem === unit.audit_problem;
    if (row?.state !== 'enrolled' || !same) throw new Error(`unit ${unit.serial} was written meanwhile`);
  }
}

async function writeUnits(db: Tx, now: Date, taken: readonly Taken[]): Promise<void> {
  const rows = taken.map(({ unit, checkIn, audit, withNewKey }) => ({
    id: unit.id,
    version: checkIn.report.version,
    sha256: checkIn.report.sha256,
    product: unit.product_id,
    report: checkIn.report,
    sequence: audit.head.sequence,
    head: audit.head.sequence === 0 ? null : audit.head.hash,
    signed: audit.signedTo,
    verified: audit.problem === null && checkIn.audit !== null,
    problem: audit.problem,
    claim: audit.claim,
    new_key: withNewKey,
  }));
  await sql`update unit u set last_seen_at = ${now.toISOString()}::timestamptz, runs_version = n.version, report = n.report,
      release_id = coalesce(
        (select t.release_id from fleet_target t where t.sha256 = n.sha256),
        (select r.id from record r where r.kind = 'release' and r.product_id = n.product and r.body->>'version' = n.version limit 1)),
      audit_sequence = n.sequence, audit_head = n.head, audit_signed_to = n.signed,
      audit_verified_at = case when n.verified then ${now.toISOString()}::timestamptz else u.audit_verified_at end,
      thumbprint_before = case when n.new_key then null else u.thumbprint_before end,
      audit_problem = n.problem,
      audit_claim = case when n.problem is null then null
        when n.claim is null then u.audit_claim
        else n.claim || jsonb_build_object('at', ${now.toISOString()}::text) end,
      audit_problem_at = case when n.problem is null then null else coalesce(u.audit_problem_at, ${now.toISOString()}::timestamptz) end
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as n (id uuid, version text, sha256 text, product uuid, report jsonb, sequence bigint, head text, signed bigint, verified boolean, problem text, claim jsonb, new_key boolean)
    where u.id = n.id`.execute(db);
}

async function writeLines(db: Tx, taken: readonly Taken[]): Promise<void> {
  const rows = taken.flatMap(({ unit, audit }) =>
    audit.lines.map((line) => {
      const { sequence, at, what, outcome, code } = AuditEntry.parse(JSON.parse(line));
      return {
        ...{ unit: unit.id, part: unit.audit_part },
        ...{ sequence, at: instantOf(at), what: storable(what), outcome },
        ...{ code: code === null ? null : storable(code), line: line.toWellFormed() },
      };
    }),
  );
  if (rows.length === 0) return;
  await sql`insert into unit_audit (unit_id, part, sequence, at, what, outcome, code, line)
    select unit, part, sequence, at, what, outcome, code, line from json_to_recordset(${JSON.stringify(rows)}::json)
      as n (unit uuid, part integer, sequence bigint, at timestamptz, what text, outcome text, code text, line text)
    on conflict do nothing`.execute(db);
}

/** A break is numbered and stays, whatever becomes of it. */
async function writeBreaks(work: Unit, taken: readonly Taken[]): Promise<void> {
  for (const { unit, audit } of taken) {
    if (audit.problem === null || unit.audit_problem !== null) continue;
    const { rows } = await sql<{ number: number }>`
      insert into unit_trail_break (unit_id, number, code, found_at, part, known_sequence, known_hash)
      select ${unit.id}::uuid, coalesce(max(number), 0) + 1, ${audit.problem}::text, ${work.now.toISOString()}::timestamptz,
        ${unit.audit_part}::integer, ${audit.head.sequence}::bigint, ${audit.head.hash}::text
      from unit_trail_break where unit_id = ${unit.id}::uuid returning number`.execute(work.db);
    await noteUnits(work, unit.product_id, 'fleet.trail-broken', {
      ...{ serial: unit.serial, break: rows[0]?.number ?? 0, code: audit.problem },
      verified: audit.head.sequence,
    });
  }
}

/** A unit's wall clock may be anywhere, a database's years end: what is shown is the nearest. The line itself says what the unit said. */
const LATEST = Date.parse('9999-12-31T23:59:59Z');
const instantOf = (at: number) => new Date(Math.min(Math.max(at, 0), LATEST)).toISOString();
/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed();

/** What the unit did with the update that its campaign offers; gives the campaigns that may go on now. */
async function writeSteps(db: Tx, now: Date, taken: readonly Taken[]): Promise<readonly string[]> {
  const rows = taken.flatMap(({ unit, checkIn: { report } }) => {
    const step = stepOf(unit, report);
    return step === null || step === unit.step
      ? []
      : [{ campaign: unit.campaign_id, unit: unit.id, step, detail: report.update?.code ?? null }];
  });
  if (rows.length === 0) return [];
  await sql`update campaign_unit c set step = n.step, detail = n.detail, changed_at = ${now.toISOString()}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as n (campaign uuid, unit uuid, step text, detail text)
    where c.campaign_id = n.campaign and c.unit_id = n.unit and c.step not in ('confirmed', 'failed')`.execute(
    db,
  );
  return [...new Set(rows.map(({ campaign }) => campaign as string))];
}

function stepOf({ offered, attempt }: Known, { update, sha256 }: UnitReport): UnitStep | null {
  if (offered === null) return null;
  // It may run it already, whoever brought it there.
  if (sha256 === offered && (update === null || update.step === 'confirmed')) return 'confirmed';
  if (update?.sha256 !== offered) return null;
  // It still tells of the attempt before: it has not heard yet that it is to try again, or has not begun.
  if (update.step === 'failed' && (update.attempt ?? 1) < attempt) return null;
  return update.step;
}

async function writeServices(db: Tx, now: Date, taken: readonly Taken[]): Promise<void> {
  const rows = taken.flatMap(({ unit, checkIn: { report } }) => [
    ...report.endedServices.map(({ id, because }) => ({ unit: unit.id, id, state: 'ended', because })),
    ...(report.service === null || report.service.state === 'waiting'
      ? []
      : [
          {
            unit: unit.id,
            id: report.service.id,
            state: report.service.state,
            because: report.service.because,
          },
        ]),
  ]);
  if (rows.length === 0) return;
  await sql`update service_request q set
      state = case when n.state = 'open' then 'open' when n.state = 'refused' then 'refused' else 'ended' end,
      opened_at = case when n.state = 'open' then coalesce(q.opened_at, ${now.toISOString()}::timestamptz) else q.opened_at end,
      ended_at = case when n.state = 'open' then q.ended_at else coalesce(q.ended_at, ${now.toISOString()}::timestamptz) end,
      ended_because = coalesce(q.ended_because, n.because)
    from json_to_recordset(${JSON.stringify(rows)}::json) as n (unit uuid, id uuid, state text, because text)
    where q.id = n.id and q.unit_id = n.unit and q.state in ('requested', 'open')`.execute(db);
}
