// What a vulnerability reaches in a release, along the thread: component → element → threats → ways to safety functions → harms → risks →
// documents. Everything in one answer, from what is known; nothing is stored.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { elementsRunning, RUNNING_COMPONENT, type RunningComponent } from '../system/index.ts';
import { listFindings } from '../vulnerabilities/index.ts';
import type { Depth } from './contract.ts';
import { assureRelease, readFacts } from './read-assurance.ts';

type Db = Kysely<Tables>;

interface Named {
  readonly key: string;
  readonly title: string;
  readonly state: string;
}

export interface Reach {
  /** Key of the system model; null where the product has none. */
  readonly model: string | null;
  readonly components: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly elements: readonly string[];
  }[];
  readonly elements: readonly { readonly id: string; readonly title: string }[];
  /** Results of rules at the elements, and at the flows and interfaces through which one comes to them; raised before open. */
  readonly results: readonly {
    readonly rule: string;
    readonly title: string;
    readonly target: string;
    readonly targetTitle: string;
    readonly state: 'raised' | 'open';
  }[];
  readonly threats: readonly Named[];
  readonly functions: readonly {
    readonly id: string;
    readonly title: string;
    readonly severity: number;
    readonly counted: number | null;
    readonly ways: number;
    /** The easiest way through an element that carries the component, by the titles of what is entered. */
    readonly way: readonly string[];
  }[];
  readonly harms: readonly (Named & { readonly severity: string })[];
  readonly risks: readonly Named[];
  readonly documents: readonly Named[];
}

const MOST = 500;

/** Null where the product has no system model. Only what this person may read. */
export async function reachOf(
  db: Db,
  principal: Principal,
  release: WardRecord,
  vulnerability: string,
): Promise<Reach | null> {
  const facts = await readFacts(db, release);
  if (facts === null) return null;
  const { model, assurance, evaluation } = assureRelease(facts);
  const components = await componentsOf(db, principal, release, vulnerability);
  const hit = new Set(components.flatMap((component) => elementsRunning(model, component)));
  const titles = new Map(
    [model.zones, model.elements, model.interfaces, model.flows, model.safetyFunctions]
      .flat()
      .map(({ id, title }) => [id, title]),
  );
  const titleOf = (id: string) => titles.get(id) ?? id;
  const places = new Set([
    ...hit,
    ...model.flows.filter(({ from, to }) => hit.has(from) || hit.has(to)).map(({ id }) => id),
    ...model.interfaces.filter(({ element }) => hit.has(element)).map(({ id }) => id),
  ]);
  const rules = new Map(facts.pack.rules.map(({ id, title }) => [id, title]));
  const results = (['raised', 'open'] as const).flatMap((state) =>
    evaluation.results
      .filter((result) => result.state === state && result.mergedInto === null && places.has(result.target))
      .map(({ rule, target }) => ({
        rule,
        title: rules.get(rule) ?? rule,
        target,
        targetTitle: titleOf(target),
        state,
      })),
  );
  const through = (depth: Depth) =>
    depth.paths.filter(({ steps }) => steps.some(({ to, from }) => hit.has(to) || hit.has(from)));
  const functions = assurance.depths
    .filter(({ attacker, targetKind }) => attacker === null && targetKind === 'safety function')
    .flatMap((depth) => {
      const ways = through(depth);
      const realised = model.safetyFunctions.find(({ id }) => id === depth.target)?.realisedBy ?? [];
      if (ways.length === 0 && !realised.some((id) => hit.has(id))) return [];
      const { target: id, severity } = depth;
      // Of the ways through these elements: the weakest way of all may be another one.
      const counted = ways.length === 0 ? null : Math.min(...ways.map((one) => one.counted.length));
      const way = (ways[0]?.steps ?? []).map(({ to }) => titleOf(to));
      return [{ id, title: titleOf(id), severity, counted, ways: ways.length, way }];
    })
    .sort((a, b) => b.severity - a.severity || (a.id < b.id ? -1 : 1));
  const harmIds = new Set(
    model.safetyFunctions
      .filter(({ id }) => functions.some((one) => one.id === id))
      .flatMap(({ harms }) => harms),
  );
  return {
    model: facts.record.key,
    components: components.map((component) => ({
      name: component.name,
      version: component.version,
      elements: elementsRunning(model, component),
    })),
    elements: [...hit].map((id) => ({ id, title: titleOf(id) })),
    results: results.slice(0, MOST),
    functions,
    ...(await recordsBehind(db, release, facts.record, [...places], [...harmIds])),
  };
}

type Component = RunningComponent & { readonly version: string | null };

async function componentsOf(
  db: Db,
  principal: Principal,
  release: WardRecord,
  vulnerability: string,
): Promise<Component[]> {
  const { items } = await listFindings(db, principal, { releaseId: release.id, vulnerability }, 0, MOST);
  const found = [...new Set(items.map(({ place }) => place))];
  if (found.length === 0) return [];
  const { rows } = await sql<Component>`
    select distinct c.version, ${RUNNING_COMPONENT}
    from component c join sbom s on s.id = c.sbom_id and s.superseded_at is null
    where s.release_id = ${release.id}::uuid and c.place = any(${found}::text[]) order by c.name limit ${MOST}`.execute(
    db,
  );
  return rows;
}

/** Threats at these places, harms by their ids, the risks that join them, and the documents that cite any of it. */
async function recordsBehind(
  db: Db,
  release: WardRecord,
  model: WardRecord,
  places: readonly string[],
  harmIds: readonly string[],
): Promise<Pick<Reach, 'threats' | 'harms' | 'risks' | 'documents'>> {
  const product = release.productId;
  const { rows: threats } = await sql<Named & { id: string }>`
    select t.id, t.key, t.title, t.state from record t where t.kind = 'threat' and t.product_id = ${product}::uuid and t.state <> 'gone'
      and t.body->>'target' = any(${[...places]}::text[]) and exists (select 1 from link l where l.from_id = t.id
        and l.type = 'targets' and l.to_id = ${model.id}::uuid and l.ended_at is null)
    order by t.number limit ${MOST}`.execute(db);
  const { rows: harms } = await sql<Named & { severity: string }>`
    select key, title, state, body->>'severity' as severity from record where kind = 'harm' and product_id = ${product}::uuid
      and state = 'imported' and body->>'sourceId' = any(${[...harmIds]}::text[]) order by number limit ${MOST}`.execute(
    db,
  );
  const { rows: risks } = await sql<Named>`
    select distinct r.key, r.title, r.state, r.number from record r join link l on l.from_id = r.id and l.type = 'of' and l.ended_at is null
    where r.kind = 'risk' and r.product_id = ${product}::uuid and l.to_id = any(${threats.map(({ id }) => id)}::uuid[])
    order by r.number limit ${MOST}`.execute(db);
  const cited = [model.key, release.key, ...[...threats, ...harms, ...risks].map(({ key }) => key)];
  const { rows: documents } = await sql<Named>`
    select d.key, d.title, d.state from record d where d.kind = 'document' and d.product_id = ${product}::uuid
      and exists (select 1 from jsonb_array_elements(d.body->'cites') c where c->>'key' = any(${cited}::text[]))
    order by d.number limit ${MOST}`.execute(db);
  const plain = ({ key, title, state }: Named): Named => ({ key, title, state });
  return {
    threats: threats.map(plain),
    harms: harms.map((harm) => ({ ...plain(harm), severity: harm.severity })),
    risks: risks.map(plain),
    documents: documents.map(plain),
  };
}
