// Everything that the depth of a release is computed from, and the result, kept in memory as long as nothing of it moves.
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { enoughBySeverity, type PolicyInForce, policyInForce } from '../products/index.ts';
import { parsedModel, type SystemModel } from '../system/index.ts';
import { type Evaluated, type Evaluation, evaluateModel, type RulePack } from '../threats/index.ts';
import { assure } from './assure.ts';
import type { Assurance } from './contract.ts';
import { type ControlFacts, type CountedControl, countControl, type Flaw } from './count-controls.ts';
import { type ProductControl, readControls, readEvidence } from './placed-controls.ts';
import { changedControls, changedModel, type WhatIf } from './what-if.ts';

type Db = Kysely<Tables>;

/** What is known of a release, before anything is computed. */
export interface ReleaseFacts {
  readonly release: WardRecord;
  readonly record: WardRecord;
  readonly model: SystemModel;
  /** The model is linked to this release; else it is the newest of the product. */
  readonly linked: boolean;
  readonly evaluation: Evaluation;
  readonly pack: RulePack;
  /** Stands for the packs and their editions. */
  readonly print: string;
  /** The same rules for another state of the model. */
  readonly evaluateChanged: Evaluated['evaluateChanged'];
  readonly controls: readonly ControlFacts[];
  readonly flaws: readonly Flaw[];
  readonly severities: Readonly<Record<string, number>>;
  readonly policy: PolicyInForce;
}

export interface Assured {
  readonly model: SystemModel;
  readonly controls: readonly CountedControl[];
  readonly evaluation: Evaluation;
  readonly assurance: Assurance;
}

/** What all releases of a product have in common; read once for many of them. */
export interface ProductFacts {
  readonly controls: readonly ProductControl[];
  readonly severities: Readonly<Record<string, number>>;
  readonly policy: PolicyInForce;
  /** By the id of the model. */
  readonly evaluated: Map<string, Promise<Evaluated>>;
}

export async function readProductFacts(db: Db, productId: string): Promise<ProductFacts> {
  const [controls, severities, policy] = await Promise.all([
    readControls(db, productId),
    readSeverities(db, productId),
    policyInForce(db, productId),
  ]);
  return { controls, severities, policy, evaluated: new Map() };
}

/** Null where the product has no system model yet. `product`: read before for several releases of it. */
export async function readFacts(
  db: Db,
  release: WardRecord,
  product?: ProductFacts,
): Promise<ReleaseFacts | null> {
  const found = await modelOfRelease(db, release);
  if (!found) return null;
  const { record, linked } = found;
  const model = parsedModel(record);
  const { controls, severities, policy, evaluated } =
    product ?? (await readProductFacts(db, release.productId as string));
  // The model may be saved between one release and the next.
  const revision = `${record.id}@${record.revision}`;
  const asked = evaluated.get(revision) ?? evaluateModel(db, { record, model });
  evaluated.set(revision, asked);
  const [rules, evidence] = await Promise.all([asked, readEvidence(db, release, controls)]);
  const { evaluation, pack, print, evaluateChanged } = rules;
  return {
    ...{ release, record, model, linked },
    ...{ evaluation, pack, print, evaluateChanged },
    ...{ ...evidence, severities, policy },
  };
}

/** The newest model that is linked to the release, else the newest of the product. */
async function modelOfRelease(
  db: Db,
  release: WardRecord,
): Promise<{ readonly record: WardRecord; readonly linked: boolean } | null> {
  const { rows } = await sql<{ id: string; linked: boolean }>`
    select r.id, exists (select 1 from link l where l.from_id = r.id and l.type = 'of-release' and l.ended_at is null
      and l.to_id = ${release.id}::uuid) as linked
    from record r where r.kind = 'system-model' and r.product_id = ${release.productId}::uuid
    order by linked desc, r.number desc limit 1`.execute(db);
  const [row] = rows;
  const record = row && (await findRecord(db, row.id));
  return record ? { record, linked: row.linked } : null;
}

const SEVERITY_WORDS = ['negligible', 'minor', 'serious', 'critical', 'catastrophic'];

/** By the harm's id in the safety file; of two with one id the graver. */
async function readSeverities(db: Db, productId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ source: string; severity: string }>`
    select body->>'sourceId' as source, body->>'severity' as severity from record
    where kind = 'harm' and product_id = ${productId}::uuid and state = 'imported' and body->>'sourceId' <> ''
    order by number limit 10000`.execute(db);
  const severities = new Map<string, number>();
  for (const { source, severity } of rows)
    severities.set(source, Math.max(severities.get(source) ?? 1, SEVERITY_WORDS.indexOf(severity) + 1));
  return Object.fromEntries(severities);
}

const MOST_RESULTS = 60;
const results = new Map<string, Assurance>();

/** How things are. The same facts give the same result, at the price of a look. */
export function assureRelease(facts: ReleaseFacts): Assured {
  const controls = countedControls(facts, []);
  const { model, evaluation } = facts;
  const assurance = keep(results, printOf(facts, controls), MOST_RESULTS, () =>
    compute(facts, model, evaluation, controls),
  );
  return { model, controls, evaluation, assurance };
}

/**
 * How things would be; nothing of it is kept. `draft`: the model as somebody has it on the screen. Refuses `rules.time-limit`
 * where rules of the house take too long.
 */
export async function assureWhatIf(
  facts: ReleaseFacts,
  change: WhatIf,
  draft: SystemModel | null,
): Promise<Assured> {
  const model = changedModel(draft ?? facts.model, change);
  const evaluation = model === facts.model ? facts.evaluation : await facts.evaluateChanged(model);
  const controls = changedControls(countedControls({ ...facts, model }, change.patched), change);
  return { model, controls, evaluation, assurance: compute(facts, model, evaluation, controls) };
}

function countedControls(
  { controls, model, flaws, release }: Pick<ReleaseFacts, 'controls' | 'model' | 'flaws' | 'release'>,
  patched: readonly string[],
): CountedControl[] {
  const left = flaws.filter(({ component }) => !patched.includes(component.name));
  return controls.map((control) => countControl(control, model, left, release.title));
}

function compute(
  facts: ReleaseFacts,
  model: SystemModel,
  evaluation: Evaluation,
  controls: readonly CountedControl[],
): Assurance {
  const { rules } = facts.pack;
  return assure({
    model,
    evaluation,
    controls,
    severities: facts.severities,
    exploitabilities: Object.fromEntries(rules.map(({ id, exploitability }) => [id, exploitability])),
    strides: Object.fromEntries(rules.map(({ id, stride }) => [id, stride])),
    enough: enoughBySeverity(facts.policy.policy),
  });
}

function printOf(facts: ReleaseFacts, controls: readonly CountedControl[]): string {
  const { record, print, severities, policy } = facts;
  const state = controls.map(({ id, places, claimed, counted }) => [id, places, claimed, counted]);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([record.id, record.revision, print, state, severities, policy.policy.enough]));
  return hash.digest('base64');
}

/** The one that was used longest ago goes first. */
function keep<Value>(cache: Map<string, Value>, key: string, most: number, make: () => Value): Value {
  const value = cache.get(key) ?? make();
  cache.delete(key);
  if (cache.size >= most) cache.delete(cache.keys().next().value as string);
  cache.set(key, value);
  return value;
}
