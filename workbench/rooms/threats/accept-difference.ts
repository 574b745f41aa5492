// A person accepts what a run of the rules changed: threats are recorded, those that are gone are marked, decisions of people
// stay. All in one transaction; nothing of it when anything is refused.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { decideTransition, requireRole } from '../../kernel/records/decide.ts';
import { createRecordsIn } from '../../kernel/records/operations.ts';
import { findAndLock, lockRecords } from '../../kernel/records/read.ts';
import type { Change, WardRecord } from '../../kernel/records/record.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { refuseThreats } from './errors.ts';
import type { PairResult, ThreatRule } from './evaluate/contract.ts';
import { type Evaluated, evaluateModel } from './evaluate-model.ts';
import { THREATS_ACCEPTED, threat } from './model.ts';
import { type ModelPlaces, statementAt } from './model-places.ts';
import { changeWords, differenceOf, type PairChange, pairId, premisesOf } from './premises.ts';
import { type ModelRecord, modelOf, readModel } from './read-model.ts';
import { storeRun } from './rerun.ts';
import {
  baselineOf,
  type Standing,
  staleOf,
  standingOf,
  type ThreatOfModel,
  threatsOf,
} from './threats-of-model.ts';
import './tables.ts';

export interface Accepting {
  /** Key or id of the model. */
  readonly model: string;
  /** Revision and print of the packs that the difference was shown for. */
  readonly revision: number;
  readonly print: string;
  /** Null: everything. */
  readonly items: readonly { readonly rule: string; readonly target: string }[] | null;
}

export interface AcceptedDifference {
  readonly created: readonly string[];
  readonly reopened: readonly string[];
  readonly gone: readonly string[];
  readonly counts: Readonly<Record<PairChange['change'], number>>;
}

/** Refuses `threats.moved-on`, `threats.nothing-to-accept`, and what roles do not allow. */
export async function acceptDifference(
  kernel: Kernel,
  principal: Principal,
  { model: key, revision, print, items }: Accepting,
): Promise<AcceptedDifference> {
  const seen = await readModel(kernel.db, principal, key);
  requireRole(
    principal,
    threat.rights.edit,
    seen.record.productId,
    `accept what changed in ${seen.record.key}`,
  );
  // Evaluated before the transaction begins: the result of a revision is kept, so inside it only looks it up.
  await evaluateModel(kernel.db, seen);
  const { outcome, current, evaluated } = await kernel.records.write(principal, async (unit) => {
    const locked = (await findAndLock(unit.db, seen.record.id)) as WardRecord;
    const current = locked.revision === seen.record.revision ? { ...seen, record: locked } : modelOf(locked);
    const evaluated = await evaluateModel(unit.db, current);
    if (locked.revision !== revision || evaluated.print !== print)
      throw refuseThreats(
        'threats.moved-on',
        `The difference was shown for revision ${revision} of ${locked.key}; it is at ${locked.revision}${evaluated.print === print ? '' : ', with other rules'}.`,
        { at: `${locked.key}@${revision}` },
      );
    const { outcome, note } = await acceptIn(kernel, unit, current, evaluated, items);
    await unit.commitLast([note]);
    return { outcome, current, evaluated };
  });
  // The figures of lists, at once. What was accepted is durable: should this fail, the job that follows the ledger makes them.
  await storeRun(kernel.db, current, evaluated, kernel.now()).catch(() => undefined);
  return outcome;
}

/** Everything that waits at a model, inside a transaction that the caller holds (the example; nobody has a screen to be behind). */
export async function acceptAllIn(kernel: Kernel, unit: Unit, modelId: string): Promise<void> {
  const current = modelOf((await findAndLock(unit.db, modelId)) as WardRecord);
  const { note } = await acceptIn(kernel, unit, current, await evaluateModel(unit.db, current), null);
  await unit.commit([note]);
}

/** A threat that a person wrote down becomes the record of a rule's result: runs of the rules find it and write no other. */
export async function takeIdentity(
  unit: Unit,
  threatId: string,
  modelId: string,
  { rule, target }: Pick<PairResult, 'rule' | 'target'>,
): Promise<void> {
  await unit.db
    .insertInto('threat_identity')
    .values({ threat_id: threatId, model_id: modelId, rule, target })
    .execute();
}

/** All but the note that ends it. */
async function acceptIn(
  kernel: Kernel,
  unit: Unit,
  { record, model }: ModelRecord,
  evaluated: Evaluated,
  items: Accepting['items'],
): Promise<{ readonly outcome: AcceptedDifference; readonly note: Change }> {
  const standing = standingOf(model, evaluated);
  const { places, results } = standing;
  const baseline = await baselineOf(unit.db, record.id);
  const difference = differenceOf(baseline, evaluated.evaluation, standing.factNow);
  const wanted = items === null ? null : new Set(items.map(({ rule, target }) => pairId(rule, target)));
  const chosen = difference.items.filter(
    ({ rule, target }) => wanted === null || wanted.has(pairId(rule, target)),
  );
  if (chosen.length === 0)
    throw refuseThreats('threats.nothing-to-accept', `Nothing of ${record.key} waits for that.`, {
      at: record.key,
    });

  const known = await threatsOf(unit.db, record.id);
  const byPair = new Map(
    known.flatMap((one) => (one.rule === null ? [] : [[pairId(one.rule, one.target), one] as const])),
  );
  const rules = new Map(evaluated.pack.rules.map((rule) => [rule.id, rule]));
  const counts = { new: 0, gone: 0, changed: 0 };
  const fresh: { readonly result: PairResult; readonly rule: ThreatRule }[] = [];
  const moves: {
    readonly threat: ThreatOfModel;
    readonly step: 'clear' | 'raise';
    readonly reason: string;
  }[] = [];
  for (const item of chosen) {
    counts[item.change] += 1;
    const id = pairId(item.rule, item.target);
    const result = results.get(id);
    const there = byPair.get(id);
    const rule = rules.get(item.rule);
    const stands = result?.state === 'raised' && result.mergedInto === null;
    if (stands && there === undefined && rule !== undefined) fresh.push({ result, rule });
    else if (stands && there?.state === 'gone')
      moves.push({ threat: there, step: 'raise', reason: reasonOf(item, result, places, 'Raised again') });
    else if (!stands && there?.state === 'open')
      moves.push({
        threat: there,
        step: 'clear',
        reason: reasonOf(item, result, places, 'No longer raised'),
      });
  }
  await storeBaseline(unit, record.id, chosen, results);
  const moved = await movedThreats(kernel, unit, moves);
  const confirmed =
    chosen.length === difference.items.length ? await soundLinks(unit, record, known, standing) : [];
  const created = await createThreats(kernel, unit, record, places, fresh);
  const keysOf = (step: 'clear' | 'raise') =>
    moves.filter((move) => move.step === step).map((move) => move.threat.key);
  const outcome = { created, reopened: keysOf('raise'), gone: keysOf('clear'), counts };
  await unit.emit(
    ...moved.map(({ record: { id }, transition, to }) => ({
      type: `${threat.kind}.${transition}`,
      payload: { id, state: to },
    })),
  );
  if (moved.length + confirmed.length > 0) await unit.as(SYSTEM).commit([...moved, ...confirmed]);
  const note: Change = {
    type: 'note',
    action: THREATS_ACCEPTED,
    productId: record.productId,
    record: record.id,
    content: {
      key: record.key,
      revision: record.revision,
      rules: evaluated.pack.version,
      counts,
      created: [...created],
      reopened: outcome.reopened,
      gone: outcome.gone,
    },
  };
  return { outcome, note };
}

async function storeBaseline(
  unit: Unit,
  modelId: string,
  chosen: readonly PairChange[],
  results: ReadonlyMap<string, PairResult>,
): Promise<void> {
  const gone = chosen.filter(({ change }) => change === 'gone');
  const rows = chosen.flatMap(({ rule, target }) => {
    const result = results.get(pairId(rule, target));
    if (result === undefined) return [];
    const { state, ruleVersion, mergedInto, facts } = premisesOf(result);
    return [{ rule, target, state, rule_version: ruleVersion, merged_into: mergedInto, facts }];
  });
  if (gone.length > 0)
    await sql`delete from threat_baseline b using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g(rule text, target text)
      where b.model_id = ${modelId}::uuid and b.rule = g.rule and b.target = g.target`.execute(unit.db);
  if (rows.length > 0)
    await sql`
      insert into threat_baseline (model_id, rule, target, state, rule_version, merged_into, facts, accepted_by, accepted_at)
      select ${modelId}::uuid, n.rule, n.target, n.state, n.rule_version, n.merged_into, n.facts,
        ${unit.principal.personId}::uuid, ${unit.now}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n(
        rule text, target text, state text, rule_version integer, merged_into text, facts jsonb)
      on conflict (model_id, rule, target) do update set state = excluded.state, rule_version = excluded.rule_version,
        merged_into = excluded.merged_into, facts = excluded.facts, accepted_by = excluded.accepted_by,
        accepted_at = excluded.accepted_at`.execute(unit.db);
}

/** Made in the name of Ward: whoever accepts the difference wrote none of them, and may decide about them. */
async function createThreats(
  kernel: Kernel,
  unit: Unit,
  model: WardRecord,
  places: ModelPlaces,
  fresh: readonly { readonly result: PairResult; readonly rule: ThreatRule }[],
): Promise<string[]> {
  if (fresh.length === 0) return [];
  const made = await createRecordsIn(
    kernel.records,
    unit.as(SYSTEM),
    fresh.map(({ result, rule }) => ({
      kind: threat.kind,
      productId: model.productId,
      body: bodyOf(rule, result, places),
      reason: `Raised on revision ${model.revision} of ${model.key}; accepted by ${unit.principal.name}.`,
      links: [{ type: 'targets', to: model.id }],
    })),
  );
  await unit.db
    .insertInto('threat_identity')
    .values(
      fresh.map(({ result: { rule, target } }, index) => ({
        threat_id: made[index]?.id as string,
        model_id: model.id,
        rule,
        target,
      })),
    )
    .execute();
  return made.map(({ key }) => key);
}

const LINE = 300;

function bodyOf(rule: ThreatRule, result: PairResult, places: ModelPlaces) {
  const title = places.titleOf(result.target);
  return {
    title: `${rule.title}: ${title}`.slice(0, LINE),
    category: rule.stride[0] ?? (rule.safetyRelevance === 'none' ? 'embedded' : 'patient safety'),
    target: result.target,
    foundBy: `Rule ${rule.id}`,
    rule: rule.id,
    description: statementAt(rule, title),
    ...fieldsOf(rule),
  };
}

/** What a rule says of every threat that it raises. */
export function fieldsOf(rule: ThreatRule) {
  return {
    ruleVersion: rule.version,
    exploitability: rule.exploitability,
    safetyRelevance: rule.safetyRelevance,
    references: {
      cwe: fitting(rule.references.cwe, /^CWE-\d{1,5}$/),
      capec: fitting(rule.references.capec, /^CAPEC-\d{1,5}$/),
      attackIcs: fitting(rule.references.attackIcs, /^T\d{4}(\.\d{3})?$/),
      emb3d: fitting(rule.references.emb3d, /^TID-\d{1,5}$/),
    },
  };
}

/** A rule from elsewhere may refer to what is no id; the rule itself still says it. */
const fitting = (ids: readonly string[], pattern: RegExp) =>
  ids.filter((id) => pattern.test(id)).slice(0, 50);

type Transition = Extract<Change, { type: 'transition' }>;

async function movedThreats(
  kernel: Kernel,
  unit: Unit,
  moves: readonly {
    readonly threat: ThreatOfModel;
    readonly step: 'clear' | 'raise';
    readonly reason: string;
  }[],
): Promise<Transition[]> {
  const kind = kernel.kinds.get(threat.kind);
  const records = await lockRecords(
    unit.db,
    moves.map((move) => move.threat.id),
  );
  const byId = new Map(records.map((record) => [record.id, record]));
  return moves.map(({ threat: { id }, step, reason }) => {
    const record = byId.get(id) as WardRecord;
    const asked = { transition: step, reason: reason.slice(0, 2_000), authorIds: [] };
    const decided = decideTransition(kind, record, SYSTEM, asked);
    const { to } = decided.transition;
    return { type: 'transition', record, transition: step, to, reason: decided.reason, signature: null };
  });
}

/** `No longer raised: answer fleet.blast-radius of Fleet service: no → yes (Lea Lead, 2026-11-25).` */
function reasonOf(
  item: PairChange,
  result: PairResult | undefined,
  places: ModelPlaces,
  lead: string,
): string {
  if (result === undefined) {
    const moved = item.because.slice(0, 5).map((change) => changeWords(change, places.titleOf));
    const place = `the rule does not apply at ${places.titleOf(item.target)} any more`;
    return `${lead}: ${[place, ...moved].join('; ')}.`;
  }
  if (result.mergedInto !== null) return `${lead}: merged into ${result.mergedInto} at the same place.`;
  const decisive = item.because.filter(({ fact }) => fact !== 'state');
  const because = decisive
    .slice(0, 5)
    .map((change) => changeWords(change, places.titleOf) + saidBy(change, places));
  if (because.length > 0) return `${lead}: ${because.join('; ')}.`;
  const open = result.questions.map(({ key, target }) => `${key} of ${places.titleOf(target)}`);
  return open.length > 0 ? `${lead}: not answered: ${open.slice(0, 5).join('; ')}.` : `${lead}.`;
}

function saidBy(
  { target, fact }: { readonly target: string; readonly fact: string },
  { model }: ModelPlaces,
): string {
  if (!fact.startsWith('answer ')) return '';
  const key = fact.slice('answer '.length);
  const all = [model.zones, model.elements, model.interfaces, model.flows, model.safetyFunctions];
  const answer = all.flatMap((list) => list.filter(({ id }) => id === target))[0]?.answers[key];
  return answer?.by ? ` (${answer.by}, ${answer.at.slice(0, 10)})` : '';
}

/** The model moved, but what these threats rest on did not, or a person has just looked at it: their links are not suspect. */
async function soundLinks(
  unit: Unit,
  model: WardRecord,
  known: readonly ThreatOfModel[],
  standing: Standing,
): Promise<Change[]> {
  const sound = known.filter((one) => one.rule !== null && staleOf(one, standing).length === 0);
  if (sound.length === 0) return [];
  const threats = new Map(sound.map((one) => [one.id, one]));
  const { rows } = await sql<{ id: string; from_id: string; seen_revision: number }>`
    select id, from_id, seen_revision from link where type = 'targets' and to_id = ${model.id}::uuid and ended_at is null
      and from_id = any(${[...threats.keys()]}::uuid[]) and seen_revision < ${model.revision} order by id for update`.execute(
    unit.db,
  );
  return rows.map((row) => ({
    type: 'confirm-link',
    link: {
      id: row.id,
      type: 'targets',
      fromId: row.from_id,
      toId: model.id,
      seenRevision: row.seen_revision,
    },
    from: {
      id: row.from_id,
      kind: threat.kind,
      key: threats.get(row.from_id)?.key ?? '',
      productId: model.productId,
    },
    to: model,
  }));
}
