// The results of a model joined with its threat records, with what people accepted, and with the difference since then.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { refuseThreats } from './errors.ts';
import type { PairResult, ThreatRule } from './evaluate/contract.ts';
import { type Evaluated, evaluateModel, evaluateWith } from './evaluate-model.ts';
import { factsNow } from './facts-now.ts';
import { harmsOf } from './harms.ts';
import { ModelPlaces, severityAt, statementAt } from './model-places.ts';
import { packsOf } from './packs.ts';
import {
  changeWords,
  type Difference,
  differenceOf,
  type PairChange,
  pairId,
  premisesOf,
} from './premises.ts';
import type { ModelRecord } from './read-model.ts';
import {
  type Accepted,
  baselineOf,
  type Standing,
  staleOf,
  standingOf,
  type ThreatOfModel,
  threatsOf,
} from './threats-of-model.ts';

type Db = Kernel['db'];

/** A model with what the rules say of it. */
export interface Ruled extends ModelRecord, Evaluated, Standing {}

export async function applyRules(db: Db, found: ModelRecord): Promise<Ruled> {
  const [evaluated, harms] = await Promise.all([
    evaluateModel(db, found),
    harmsOf(db, found.record.productId),
  ]);
  return { ...found, ...evaluated, ...standingOf(found.model, evaluated, harms) };
}

/** The same beside what people keep and accepted. */
export interface Judged extends Ruled {
  readonly threats: readonly ThreatOfModel[];
  readonly baseline: readonly Accepted[];
  readonly difference: Difference;
}

export async function judge(db: Db, found: ModelRecord): Promise<Judged> {
  const [ruled, baseline, threats] = await Promise.all([
    applyRules(db, found),
    baselineOf(db, found.record.id),
    threatsOf(db, found.record.id),
  ]);
  const difference = differenceOf(baseline, ruled.evaluation, ruled.factNow);
  return { ...ruled, threats, baseline, difference };
}

export interface ThreatRow {
  /** `WR-NET-001 f-14`, or the key of a threat that a person found. */
  readonly id: string;
  /** Empty: a person found it. */
  readonly rule: string;
  readonly ruleVersion: number;
  readonly title: string;
  readonly statement: string;
  readonly categories: readonly string[];
  readonly target: string;
  readonly targetTitle: string;
  readonly targetKind: string;
  readonly zone: string;
  readonly zoneTitle: string;
  readonly functions: readonly string[];
  /** `by a person` and `imported` (from the file of another tool): no rule judges it. */
  readonly state: PairResult['state'] | 'by a person' | 'imported';
  readonly mergedInto: string | null;
  /** Only where answered: keys of verified controls that stand at the place; none means that the answer is a claim. */
  readonly verifiedBy: readonly string[];
  readonly openQuestions: number;
  readonly exploitability: number | null;
  readonly safetyRelevance: string;
  readonly severity: number;
  readonly threat: { readonly key: string; readonly state: string; readonly stale: readonly string[] } | null;
  readonly change: 'new' | 'changed' | null;
}

/** `only`: the row of one result. */
export async function threatRows(
  db: Db,
  judged: Judged,
  only?: { readonly rule: string; readonly target: string },
): Promise<ThreatRow[]> {
  const isWanted = (rule: string | null, target: string) =>
    only === undefined || (only.rule === rule && only.target === target);
  const { evaluation, pack, places, threats, difference } = judged;
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]));
  const byPair = new Map(
    threats.flatMap((one) => (one.rule === null ? [] : [[pairId(one.rule, one.target), one] as const])),
  );
  const changes = new Map(difference.items.map((item) => [pairId(item.rule, item.target), item.change]));
  const verified = await verifiedControls(db, judged);
  const recordOf = (threat: ThreatOfModel | undefined): ThreatRow['threat'] =>
    threat === undefined ? null : { key: threat.key, state: threat.state, stale: staleOf(threat, judged) };
  const placed = (target: string) => {
    const place = places.get(target);
    const zone = place?.zone ?? '';
    const behind = places.behind(target);
    return {
      target,
      targetTitle: place?.title ?? target,
      targetKind: place?.kind ?? 'other',
      zone,
      zoneTitle: zone === '' ? '' : places.titleOf(zone),
      functions: behind.functions,
    };
  };
  const rows = evaluation.results.flatMap((result): ThreatRow[] => {
    const rule = rules.get(result.rule);
    if (rule === undefined || !isWanted(result.rule, result.target)) return [];
    const id = pairId(result.rule, result.target);
    const change = changes.get(id);
    return [
      {
        id,
        rule: rule.id,
        ruleVersion: result.ruleVersion,
        title: rule.title,
        statement: statementAt(rule, places.titleOf(result.target)),
        categories: categoriesOf(rule),
        ...placed(result.target),
        state: result.state,
        mergedInto: result.mergedInto,
        verifiedBy: result.state === 'answered' ? verifiedAt(verified, places, result.target) : [],
        openQuestions: result.questions.length,
        exploitability: rule.exploitability,
        safetyRelevance: rule.safetyRelevance,
        severity: severityAt(rule, places.behind(result.target)),
        threat: recordOf(byPair.get(id)),
        change: change === 'new' || change === 'changed' ? change : null,
      },
    ];
  });
  const shown = new Set(rows.map(({ id }) => id));
  for (const threat of threats) {
    if (!isWanted(threat.rule, threat.target)) continue;
    if (threat.rule !== null && shown.has(pairId(threat.rule, threat.target))) continue;
    // The rule does not apply any more; a decision of a person stays in sight, what was merely raised does not.
    if (threat.rule !== null && staleOf(threat, judged).length === 0) continue;
    rows.push(rowOfRecord(threat, placed(threat.target), recordOf(threat)));
  }
  return rows;
}

function rowOfRecord(
  threat: ThreatOfModel,
  placed: Pick<ThreatRow, 'target' | 'targetTitle' | 'targetKind' | 'zone' | 'zoneTitle' | 'functions'>,
  record: ThreatRow['threat'],
): ThreatRow {
  const { body } = threat;
  return {
    id: threat.key,
    rule: threat.rule ?? '',
    ruleVersion: Number(body.ruleVersion ?? 0),
    title: threat.title,
    statement: String(body.description ?? ''),
    categories: [String(body.category)],
    ...placed,
    state: body.imported == null ? 'by a person' : 'imported',
    mergedInto: null,
    verifiedBy: [],
    openQuestions: 0,
    exploitability: typeof body.exploitability === 'number' ? body.exploitability : null,
    safetyRelevance: String(body.safetyRelevance ?? 'not stated'),
    severity: 0,
    threat: record,
    change: null,
  };
}

/** STRIDE, and what the rule says beyond it. */
function categoriesOf(rule: ThreatRule): string[] {
  const beyond =
    rule.safetyRelevance === 'direct' || rule.safetyRelevance === 'multi-patient' ? ['patient safety'] : [];
  return [...rule.stride, ...beyond];
}

interface VerifiedControl {
  readonly key: string;
  readonly places: readonly string[];
}

/** Controls that a tester signed as verified; the room of controls comes later, records are the kernel's. */
async function verifiedControls(db: Db, { record }: ModelRecord): Promise<VerifiedControl[]> {
  const { rows } = await sql<VerifiedControl>`
    select key, coalesce(body->'places', '[]'::jsonb) as places from record
    where kind = 'control' and state = 'verified' and product_id = ${record.productId}::uuid order by number limit 5000`.execute(
    db,
  );
  return rows;
}

function verifiedAt(controls: readonly VerifiedControl[], places: ModelPlaces, target: string): string[] {
  const zone = places.get(target)?.zone ?? '';
  return controls
    .filter((control) => control.places.includes(target) || (zone !== '' && control.places.includes(zone)))
    .map(({ key }) => key);
}

export interface ChangeRow extends PairChange {
  readonly title: string;
  readonly targetTitle: string;
  /** In words, for people. */
  readonly why: readonly string[];
  readonly threat: { readonly key: string; readonly state: string } | null;
}

export function changeRows({ difference, pack, places, threats }: Judged): ChangeRow[] {
  return describeChanges(difference.items, pack.rules, places, threats);
}

function describeChanges(
  items: readonly PairChange[],
  rules: readonly ThreatRule[],
  places: ModelPlaces,
  threats: readonly ThreatOfModel[],
): ChangeRow[] {
  const titles = new Map(rules.map((rule) => [rule.id, rule.title]));
  const byPair = new Map(threats.map((one) => [pairId(one.rule ?? '', one.target), one]));
  return items.map((item) => {
    const threat = byPair.get(pairId(item.rule, item.target));
    return {
      ...item,
      title: titles.get(item.rule) ?? item.rule,
      targetTitle: places.titleOf(item.target),
      why: item.because.map((change) => changeWords(change, places.titleOf)),
      threat: threat === undefined ? null : { key: threat.key, state: threat.state },
    };
  });
}

/** What would change if the product used these packs: nothing is stored, decisions are not touched. */
export async function previewPacks(
  db: Db,
  found: ModelRecord,
  ids: readonly string[],
): Promise<{ readonly changes: ChangeRow[]; readonly before: Evaluated; readonly after: Evaluated }> {
  const known = await packsOf(db, found.record.productId);
  const missing = ids.find((id) => !known.some(({ pack }) => pack.id === id));
  if (missing !== undefined)
    throw refuseThreats('rules.no-pack', `There is no rule pack ${missing.slice(0, 60)}.`, {
      at: missing.slice(0, 60),
    });
  const before = await evaluateModel(db, found);
  const after = await evaluateWith(
    known.filter(({ pack }) => ids.includes(pack.id)),
    found.model,
    found.record,
  );
  const asIs = before.evaluation.results.map((result) => ({
    rule: result.rule,
    target: result.target,
    ...premisesOf(result),
  }));
  const { items } = differenceOf(asIs, after.evaluation, factsNow(found.model, after.pack.protocolFacts));
  const rules = [...after.pack.rules, ...before.pack.rules];
  const threats = await threatsOf(db, found.record.id);
  return { changes: describeChanges(items, rules, new ModelPlaces(found.model), threats), before, after };
}
