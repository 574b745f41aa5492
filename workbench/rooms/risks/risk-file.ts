// The risk management file of a product on one page: what is there, what is missing, what is due. Counts and links, no copies.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { RoleAssignment } from '../../kernel/people/role-assignment.ts';
import type { Role } from '../../kernel/people/roles.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { type PolicyInForce, plan, policyInForce } from '../products/index.ts';
import { listRisks, type Statement, stateResidualRisk } from './list-risks.ts';
import './tables.ts';

type Db = Kernel['db'];

export interface PlannedHolder {
  readonly personId: string;
  readonly key: string;
  readonly training: string;
  readonly independence: string;
  /** Farther from those whose work is judged than the plan asks, or as far. */
  readonly independentEnough: boolean;
}

export interface RoleCover {
  readonly role: Role;
  readonly duty: string;
  readonly training: string;
  readonly independence: string;
  readonly holders: readonly PlannedHolder[];
}

export interface SafetyFileState {
  readonly harms: number;
  readonly gone: number;
  readonly last: {
    readonly fileName: string;
    readonly format: string;
    readonly at: Date;
    readonly byId: string | null;
    readonly sha256: string;
  } | null;
}

export interface Due {
  readonly record: WardRecord;
  readonly on: string;
  readonly what: string;
}

export interface RiskFile {
  readonly plan: WardRecord | null;
  readonly signatures: readonly {
    readonly revision: number;
    readonly signer: string;
    readonly meaning: string;
    readonly at: Date;
  }[];
  readonly inForce: PolicyInForce;
  readonly roles: readonly RoleCover[];
  readonly safetyFile: SafetyFileState;
  /** Records of each kind and state: `{ threat: { open: 3 } }`. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly model: WardRecord | null;
  readonly releases: readonly WardRecord[];
  readonly statement: Statement;
  readonly suspect: number;
  readonly due: readonly Due[];
  /** What is missing, in words, the gravest first. */
  readonly missing: readonly { readonly what: string; readonly remedy: string; readonly to: string }[];
}

const INDEPENDENCE_ORDER = ['same team', 'other team', 'other department', 'other organisation'];
const COUNTED = ['harm', 'threat', 'risk', 'control', 'requirement', 'verification', 'attacker'];
const DUE_SOON_DAYS = 30;

export async function readRiskFile(kernel: Kernel, product: WardRecord): Promise<RiskFile> {
  const { db } = kernel;
  const today = kernel.now().toISOString().slice(0, 10);
  const [plans, inForce, counts, models, releases, risks, safetyFile, assignments, suspect] =
    await Promise.all([
      recordsOf(db, product.id, 'plan'),
      policyInForce(db, product.id),
      countStates(db, product.id),
      recordsOf(db, product.id, 'system-model'),
      recordsOf(db, product.id, 'release'),
      listRisks(db, product.id),
      safetyFileState(db, product.id),
      assignmentsOf(db, product.id),
      countSuspect(db, product.id),
    ]);
  const current = plans.find((one) => one.state !== 'superseded') ?? null;
  const roles = coverRoles(current, assignments);
  const statement = stateResidualRisk(risks);
  const base = {
    plan: current,
    signatures: current ? await signaturesOf(db, current.id) : [],
    inForce,
    roles,
    safetyFile,
    counts,
    model: models.at(-1) ?? null,
    releases,
    statement,
    suspect,
    due: dueOf(current, releases, risks, today),
  };
  return { ...base, missing: missingOf(product, base) };
}

async function recordsOf(db: Db, productId: string, kind: string): Promise<WardRecord[]> {
  const rows = await db
    .selectFrom('record')
    .selectAll()
    .where('kind', '=', kind)
    .where('product_id', '=', productId)
    .orderBy('number')
    .limit(500)
    .execute();
  return rows.map((row) => toRecord(row));
}

async function countStates(db: Db, productId: string): Promise<Record<string, Record<string, number>>> {
  const { rows } = await sql<{ kind: string; state: string; n: number }>`
    select kind, state, count(*)::int as n from record
    where product_id = ${productId}::uuid and kind = any(${COUNTED}::text[]) group by 1, 2`.execute(db);
  const found: Record<string, Record<string, number>> = {};
  for (const { kind, state, n } of rows) found[kind] = { ...found[kind], [state]: n };
  return found;
}

async function countSuspect(db: Db, productId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from link l join record f on f.id = l.from_id join record t on t.id = l.to_id
    where l.ended_at is null and t.revision > l.seen_revision and f.product_id = ${productId}::uuid`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

async function signaturesOf(db: Db, planId: string): Promise<RiskFile['signatures']> {
  const { rows } = await sql<{ revision: number; at: Date; signer: string; meaning: string }>`
    select revision, at, content->>'signerName' as signer, content->>'meaning' as meaning from ledger
    where record = ${planId}::uuid and action = 'signature.made' order by seq desc limit 20`.execute(db);
  return rows;
}

async function safetyFileState(db: Db, productId: string): Promise<SafetyFileState> {
  const [last, counted] = await Promise.all([
    db
      .selectFrom('harm_import')
      .selectAll()
      .where('product_id', '=', productId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst(),
    sql<{ harms: number; gone: number }>`
      select count(*) filter (where state = 'imported')::int as harms, count(*) filter (where state = 'gone')::int as gone
      from record where kind = 'harm' and product_id = ${productId}::uuid`.execute(db),
  ]);
  const { harms = 0, gone = 0 } = counted.rows[0] ?? {};
  return {
    harms,
    gone,
    last: last
      ? { fileName: last.file_name, format: last.format, at: last.at, byId: last.by_id, sha256: last.sha256 }
      : null,
  };
}

interface Assignment {
  readonly key: string;
  readonly body: RoleAssignment;
}

async function assignmentsOf(db: Db, productId: string): Promise<readonly Assignment[]> {
  const rows = await db
    .selectFrom('record')
    .select(['key', 'body'])
    .where('kind', '=', 'role-assignment')
    .where('state', '=', 'active')
    .where((on) => on.or([on('product_id', '=', productId), on('product_id', 'is', null)]))
    .orderBy('number')
    .limit(2_000)
    .execute();
  return rows.flatMap(({ key, body }) => {
    const read = RoleAssignment.safeParse(body);
    return read.success ? [{ key, body: read.data }] : [];
  });
}

/** Roles that the plan needs, with the people who hold them; those of the house count too. */
function coverRoles(current: WardRecord | null, assignments: readonly Assignment[]): readonly RoleCover[] {
  const read = plan.schema.shape.roles.safeParse(current?.body.roles ?? undefined);
  return (read.success ? read.data : []).map((wanted) => ({
    ...wanted,
    holders: assignments
      .filter(({ body }) => body.role === wanted.role)
      .map(({ key, body }) => ({
        personId: body.person,
        key,
        training: body.training,
        independence: body.independence,
        independentEnough:
          INDEPENDENCE_ORDER.indexOf(body.independence) >= INDEPENDENCE_ORDER.indexOf(wanted.independence),
      })),
  }));
}

function dueOf(
  current: WardRecord | null,
  releases: readonly WardRecord[],
  risks: Awaited<ReturnType<typeof listRisks>>,
  today: string,
): readonly Due[] {
  const soon = new Date(Date.parse(today) + DUE_SOON_DAYS * 86_400_000).toISOString().slice(0, 10);
  const due: Due[] = [];
  const add = (record: WardRecord, on: unknown, what: string) => {
    if (typeof on === 'string' && on <= soon) due.push({ record, on, what });
  };
  if (current) add(current, current.body.reviewOn, 'Review of the plan');
  for (const release of releases) {
    if (release.state === 'end-of-life') continue;
    if (release.state !== 'end-of-support') add(release, release.body.endOfSupportOn, 'Support ends');
    add(release, release.body.endOfLifeOn, 'Life ends: duties at decommissioning');
  }
  for (const { record, acceptedUntil } of risks) add(record, acceptedUntil, 'Acceptance ends');
  return due.sort((a, b) => (a.on < b.on ? -1 : 1));
}

function missingOf(product: WardRecord, file: Omit<RiskFile, 'missing'>): RiskFile['missing'] {
  const missing: { what: string; remedy: string; to: string }[] = [];
  const planPage = `/products/${product.key}/plan`;
  if (!file.plan) missing.push({ what: 'There is no plan.', remedy: 'Write the plan', to: planPage });
  else if (!file.inForce.plan)
    missing.push({
      what: `${file.plan.key} was never approved, so Ward's default policy stands in.`,
      remedy: 'Have it approved',
      to: `/r/${file.plan.key}`,
    });
  for (const { role, holders, training } of file.roles) {
    if (holders.length === 0)
      missing.push({ what: `Nobody holds the role ${role}.`, remedy: 'Assign it', to: '/people' });
    else if (training !== '' && holders.every((holder) => holder.training.trim() === ''))
      missing.push({
        what: `No training is on record for ${role}.`,
        remedy: 'Name the evidence',
        to: `/r/${holders[0]?.key}`,
      });
    if (holders.length > 0 && holders.every((holder) => !holder.independentEnough))
      missing.push({
        what: `Nobody in the role ${role} is as independent as the plan asks.`,
        remedy: 'Look at the assignment',
        to: `/r/${holders[0]?.key}`,
      });
  }
  if (file.safetyFile.harms === 0)
    missing.push({
      what: 'There are no harms of the safety file, so no risk has a severity.',
      remedy: 'Import the safety file',
      to: `/harms/import?product=${product.id}`,
    });
  if (!file.model)
    missing.push({
      what: 'There is no system model.',
      remedy: 'Make one',
      to: `/new/system-model?product=${product.id}`,
    });
  else if (file.model.state !== 'approved')
    missing.push({
      what: `${file.model.key} is not approved.`,
      remedy: 'Open the model',
      to: `/r/${file.model.key}`,
    });
  if (!file.counts.threat)
    missing.push({
      what: 'No threat has been found yet.',
      remedy: 'Look for threats',
      to: '/records/threat',
    });
  if (file.statement.total === 0)
    missing.push({
      what: 'No risk has been judged yet.',
      remedy: 'Make a risk',
      to: `/risks?product=${product.id}`,
    });
  if (file.statement.byZone['not judged'] > 0)
    missing.push({
      what: `${file.statement.byZone['not judged']} risks are not judged.`,
      remedy: 'Judge them',
      to: `/risks?product=${product.id}&zone=not+judged`,
    });
  return missing;
}
