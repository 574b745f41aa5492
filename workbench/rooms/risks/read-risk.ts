// A risk with all that its judgement is made of, as it stands now.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { type Level, type PolicyInForce, policyInForce, zoneOf } from '../products/index.ts';
import {
  elementsRunning,
  parsedModel,
  RUNNING_COMPONENT,
  type RunningComponent,
  type SystemModel,
} from '../system/index.ts';
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
const COMPONENTS_MAX = 50_000;
const FINDINGS_MAX = 5_000;
const EXPOSURES_MAX = 500;

/** `targets`: what threats point to in the model. Only what stands behind them is read, and nothing where there are none. */
export async function readSurroundings(
  db: Db,
  productId: string,
  targets: readonly string[],
): Promise<RiskSurroundings> {
  const inForce = await policyInForce(db, productId);
  const models = targets.length === 0 ? [] : await readModels(db, productId);
  const of = elementsByTarget(models);
  const elementsOf = (target: string) => [...(of.get(target) ?? [])];
  const exposures = await readExposures(db, productId, models, new Set(targets.flatMap(elementsOf)));
  return { inForce, exposures, elementsOf };
}

async function readModels(db: Db, productId: string): Promise<SystemModel[]> {
  const rows = await db
    .selectFrom('record')
    .selectAll()
    .where('kind', '=', 'system-model')
    .where('product_id', '=', productId)
    .orderBy('number')
    .execute();
  return rows.map((row) => parsedModel(toRecord(row)));
}

/** Vulnerabilities in components that an SBOM or the model binds to one of these elements (domain: component —realises→ element). */
async function readExposures(
  db: Db,
  productId: string,
  models: readonly SystemModel[],
  wanted: ReadonlySet<string>,
): Promise<Map<string, Exposure[]>> {
  const found = new Map<string, Exposure[]>();
  if (wanted.size === 0) return found;
  const elements = new Map<string, string[]>();
  const places = new Set<string>();
  for (const { release_id, place, ...component } of await matchedComponents(db, productId)) {
    const runsIn = models
      .flatMap((model) => elementsRunning(model, component))
      .filter((id) => wanted.has(id));
    if (runsIn.length === 0) continue;
    const at = `${release_id} ${place}`;
    elements.set(at, [...new Set([...(elements.get(at) ?? []), ...runsIn])]);
    places.add(place);
  }
  if (places.size === 0) return found;
  const filter = { productId, outcome: 'affected', places: [...places] } as const;
  const page = await listFindings(db, SYSTEM, filter, 0, FINDINGS_MAX);
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

/** Components of the SBOMs in force that any advisory may speak of. */
async function matchedComponents(
  db: Db,
  productId: string,
): Promise<(RunningComponent & { readonly release_id: string; readonly place: string })[]> {
  const { rows } = await sql<RunningComponent & { release_id: string; place: string }>`
    select s.release_id, c.place, ${RUNNING_COMPONENT}
    from record r join sbom s on s.release_id = r.id and s.superseded_at is null join component c on c.sbom_id = s.id
    where r.kind = 'release' and r.product_id = ${productId}::uuid and r.state <> 'end-of-life' and exists (
      select 1 from component_identity i join match m on m.version_id = i.version_id and m.closed_at is null
      where i.component_id = c.id)
    order by r.number desc, c.id limit ${COMPONENTS_MAX}`.execute(db);
  return rows;
}

/** A target is an element, or stands on some: the ends of a flow, the holders of an asset, what realises a function. */
function elementsByTarget(models: readonly SystemModel[]): ReadonlyMap<string, ReadonlySet<string>> {
  const of = new Map<string, Set<string>>();
  const add = (target: string, elements: readonly string[]) => {
    const known = of.get(target) ?? new Set<string>();
    for (const element of elements) known.add(element);
    of.set(target, known);
  };
  for (const model of models) {
    for (const element of model.elements) {
      add(element.id, [element.id]);
      for (const asset of element.holds) add(asset, [element.id]);
    }
    for (const flow of model.flows) add(flow.id, [flow.from, flow.to]);
    for (const one of model.interfaces) add(one.id, [one.element]);
    for (const one of model.safetyFunctions) add(one.id, one.realisedBy);
  }
  return of;
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
  const targets = (await targetsOfRisks(db, [record.id])).get(record.id) ?? [];
  const around = await readSurroundings(db, record.productId as string, targets);
  const [read] = await readRisks(db, [record], around);
  return read as ReadRisk;
}

/** What the threats of these risks point to, by risk. */
export async function targetsOfRisks(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  if (ids.length === 0) return found;
  const { rows } = await sql<{ risk: string; target: string }>`
    select l.from_id as risk, t.body->>'target' as target from link l join record t on t.id = l.to_id and t.kind = 'threat'
    where l.from_id = any(${[...ids]}::uuid[]) and l.ended_at is null and t.body->>'target' <> ''`.execute(
    db,
  );
  for (const { risk, target } of rows) {
    const list = found.get(risk);
    if (list) list.push(target);
    else found.set(risk, [target]);
  }
  return found;
}

function severityOfHarm({ body }: WardRecord): Level {
  return severityOf(String(body.severity)) ?? 5;
}

export function targetOf({ body }: WardRecord): string {
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
