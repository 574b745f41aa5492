// A risk with all that its judgement is made of, as it stands now.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { type Level, type PolicyInForce, policyInForce, zoneOf } from '../products/index.ts';
import { listFindings } from '../vulnerabilities/index.ts';
import { type JudgeInput, type Judgement, judge, severityOf } from './judge.ts';
import { riskBody } from './model.ts';
import type { Exposure, Premises } from './premises.ts';
import './tables.ts';

type Db = Kysely<Tables>;
type Row = Parameters<typeof toRecord>[0];

export interface ReadRisk {
  readonly record: WardRecord;
  readonly input: JudgeInput;
  readonly premises: Premises;
  readonly judgement: Judgement;
}

/** All that hangs on one product and is read once for many risks. */
export interface RiskSurroundings {
  readonly inForce: PolicyInForce;
  /** Exposures by the id of the model's element. */
  readonly exposures: ReadonlyMap<string, readonly Exposure[]>;
  /** Elements that a target of the model stands on. */
  readonly elementsOf: (target: string) => readonly string[];
}

/** Far more than a device has; a product that has more is told of those that were read. */
const FINDINGS_MAX = 5_000;
const EXPOSURES_MAX = 500;

export async function readSurroundings(db: Db, productId: string): Promise<RiskSurroundings> {
  const [inForce, exposures, elementsOf] = await Promise.all([
    policyInForce(db, productId),
    readExposures(db, productId),
    readTargets(db, productId),
  ]);
  return { inForce, exposures, elementsOf };
}

/** Vulnerabilities in components that an SBOM or the model binds to an element (domain: component —realises→ element). */
async function readExposures(db: Db, productId: string): Promise<Map<string, Exposure[]>> {
  const { rows: bound } = await sql<{ release_id: string; place: string; element: string }>`
    select distinct s.release_id, c.place, e.element from sbom s
    join record r on r.id = s.release_id and r.product_id = ${productId}::uuid
    join component c on c.sbom_id = s.id
    cross join lateral (
      select property->>'value' as element from jsonb_array_elements(
          case when jsonb_typeof(c.detail->'properties') = 'array' then c.detail->'properties' else '[]' end) property
        where property->>'name' = 'ward:element'
      union
      select el->>'id' from record m, jsonb_array_elements(
          case when jsonb_typeof(m.body->'elements') = 'array' then m.body->'elements' else '[]' end) el,
        jsonb_array_elements_text(case when jsonb_typeof(el->'contains') = 'array' then el->'contains' else '[]' end) part
      where m.kind = 'system-model' and m.product_id = ${productId}::uuid
        and (part = c.name or part = c.purl or c.purl like replace(replace(part, '\\', '\\\\'), '%', '\\%') || '@%')
    ) e
    where s.superseded_at is null and e.element is not null limit 50000`.execute(db);
  if (bound.length === 0) return new Map();
  const elements = new Map<string, string[]>();
  for (const { release_id, place, element } of bound) {
    const at = `${release_id} ${place}`;
    elements.set(at, [...(elements.get(at) ?? []), element]);
  }
  const found = new Map<string, Exposure[]>();
  const page = await listFindings(db, SYSTEM, { productId, outcome: 'affected' }, 0, FINDINGS_MAX);
  for (const row of page.items) {
    // What was judged as not affecting, or is fixed, exposes nothing.
    if (['not-affected', 'fixed', 'false-positive', 'closed'].includes(row.finding_state ?? '')) continue;
    for (const element of elements.get(`${row.release_id} ${row.place}`) ?? []) {
      const { vulnerability, component, kev, release_key: release } = row;
      const list = found.get(element) ?? [];
      list.push({ vulnerability, component, element, release, kev });
      found.set(element, list);
    }
  }
  return found;
}

interface LooseModel {
  readonly elements?: readonly { readonly id?: string; readonly holds?: readonly string[] }[];
  readonly flows?: readonly { readonly id?: string; readonly from?: string; readonly to?: string }[];
  readonly interfaces?: readonly { readonly id?: string; readonly element?: string }[];
  readonly safetyFunctions?: readonly { readonly id?: string; readonly realisedBy?: readonly string[] }[];
}

/** A target is an element, or stands on some: the ends of a flow, the holders of an asset, what realises a function. */
async function readTargets(db: Db, productId: string): Promise<(target: string) => readonly string[]> {
  const models = await db
    .selectFrom('record')
    .select('body')
    .where('kind', '=', 'system-model')
    .where('product_id', '=', productId)
    .execute();
  const of = new Map<string, Set<string>>();
  const add = (target: string | undefined, elements: readonly (string | undefined)[] = []) => {
    if (target === undefined) return;
    const known = of.get(target) ?? new Set<string>();
    for (const element of elements) if (element !== undefined) known.add(element);
    of.set(target, known);
  };
  for (const { body } of models) {
    const model = body as LooseModel;
    for (const element of model.elements ?? []) {
      add(element.id, [element.id]);
      for (const asset of element.holds ?? []) add(asset, [element.id]);
    }
    for (const flow of model.flows ?? []) add(flow.id, [flow.from, flow.to]);
    for (const one of model.interfaces ?? []) add(one.id, [one.element]);
    for (const one of model.safetyFunctions ?? []) add(one.id, one.realisedBy);
  }
  return (target) => [...(of.get(target) ?? [])];
}

/** Risks of one product by their ids, with what is linked to them; reads in bulk. */
export async function readRisks(
  db: Db,
  records: readonly WardRecord[],
  around: RiskSurroundings,
): Promise<readonly ReadRisk[]> {
  const linked = await linkedRecords(
    db,
    records.map((record) => record.id),
  );
  const kev = await exploitedFindings(
    db,
    [...linked.values()].flat().filter(({ record }) => record.kind === 'finding'),
  );
  return records.map((record) => {
    const links = linked.get(record.id) ?? [];
    const ofKind = (kind: string) =>
      links.filter((link) => link.record.kind === kind).map((link) => link.record);
    const harms = ofKind('harm');
    const findings = ofKind('finding');
    const controls = ofKind('control');
    const threats = ofKind('threat');
    const { inForce } = around;
    const input: JudgeInput = {
      body: riskBody(record.body),
      harms: harms.map((harm) => ({
        key: harm.key,
        title: harm.title,
        severity: severityOfHarm(harm),
        gone: harm.state === 'gone',
      })),
      controls: controls.map(({ key, title, state }) => ({ key, title, state })),
      kev: findings.some(({ id }) => kev.has(id)),
      policy: inForce.policy,
    };
    const seen = ({ key, title, revision, state }: WardRecord) => ({ key, title, revision, state });
    const elements = new Set(threats.flatMap((threat) => around.elementsOf(targetOf(threat))));
    const premises: Premises = {
      plan: inForce.plan,
      policy: contentHash(inForce.policy).slice(0, 16),
      harms: harms.map((harm) => ({ ...seen(harm), severity: severityOfHarm(harm) })),
      threats: threats.map(seen),
      findings: findings.map((finding) => ({ ...seen(finding), kev: kev.has(finding.id) })),
      controls: controls.map(seen),
      exposures: [...elements]
        .flatMap((element) => around.exposures.get(element) ?? [])
        .slice(0, EXPOSURES_MAX),
    };
    return { record, input, premises, judgement: judge(input, zoneOf) };
  });
}

export async function readRiskNow(db: Db, record: WardRecord): Promise<ReadRisk> {
  const around = await readSurroundings(db, record.productId as string);
  const [read] = await readRisks(db, [record], around);
  return read as ReadRisk;
}

function severityOfHarm({ body }: WardRecord): Level {
  return severityOf(String(body.severity)) ?? 5;
}

function targetOf({ body }: WardRecord): string {
  return typeof body.target === 'string' ? body.target : '';
}

interface Linked {
  readonly type: string;
  readonly record: WardRecord;
}

async function linkedRecords(db: Db, ids: readonly string[]): Promise<Map<string, Linked[]>> {
  const found = new Map<string, Linked[]>();
  if (ids.length === 0) return found;
  const { rows } = await sql<Row & { from_id: string; link_type: string }>`
    select l.from_id, l.type as link_type, r.* from link l join record r on r.id = l.to_id
    where l.from_id = any(${[...ids]}::uuid[]) and l.ended_at is null
    order by l.type, r.kind, r.number`.execute(db);
  for (const row of rows) {
    const list = found.get(row.from_id) ?? [];
    list.push({ type: row.link_type, record: toRecord(row) });
    found.set(row.from_id, list);
  }
  return found;
}

async function exploitedFindings(db: Db, findings: readonly Linked[]): Promise<ReadonlySet<string>> {
  const ids = findings.map(({ record }) => record.id);
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select distinct r.id from record r
    left join alias_member a on a.ext_id = r.body->>'vulnerability'
    left join alias_member b on b.group_id = a.group_id
    join kev_entry k on k.removed_at is null and k.cve in (r.body->>'vulnerability', b.ext_id)
    where r.id = any(${[...new Set(ids)]}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}
