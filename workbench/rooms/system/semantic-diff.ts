// What changed between two models, on objects and fields: added, removed, changed, moved to another zone, an answer changed,
// and the reach that follows from it. Layout is no part of a model, so it never shows. Pure.
import type { Answers, ModelPart, SystemModel } from './metamodel.ts';
import {
  answersIn,
  byId,
  fieldKind,
  fieldsOf,
  isSameValue,
  MODEL_FIELDS,
  type ModelObject,
  nameOf,
  objectsOf,
  PARTS,
  wordsIn,
} from './model-fields.ts';

export type AnswerState = 'yes' | 'no' | 'not answered';

interface OnObject {
  readonly part: ModelPart;
  readonly id: string;
  readonly title: string;
}

export type ModelChange =
  | { readonly kind: 'model'; readonly field: string; readonly before: string; readonly after: string }
  | (OnObject & { readonly kind: 'added' | 'removed' })
  | (OnObject & {
      readonly kind: 'changed';
      readonly field: string;
      readonly before: unknown;
      readonly after: unknown;
    })
  /** A field that is a set: only what came and went. */
  | (OnObject & {
      readonly kind: 'words';
      readonly field: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    })
  /** An element or a zone stands in another zone; ids, empty for none. */
  | (OnObject & { readonly kind: 'moved'; readonly before: string; readonly after: string })
  | (OnObject & {
      readonly kind: 'answer';
      readonly field: 'answers' | 'elementDefaults';
      readonly key: string;
      readonly before: AnswerState;
      readonly after: AnswerState;
    })
  /** Derived: a flow crosses other zones now, or none any more; an element stands in a zone of other trust. */
  | (OnObject & { readonly kind: 'reach'; readonly before: string; readonly after: string });

/** Changes in the order of the parts and of the model; empty when the models say the same. Cost grows with the models. */
export function diffModels(before: SystemModel, after: SystemModel): ModelChange[] {
  const changes: ModelChange[] = [];
  for (const field of MODEL_FIELDS)
    if (before[field] !== after[field])
      changes.push({ kind: 'model', field, before: before[field], after: after[field] });
  for (const part of PARTS) diffPart(part, objectsOf(before, part), objectsOf(after, part), changes);
  diffReach(before, after, changes);
  return changes;
}

function diffPart(
  part: ModelPart,
  before: readonly ModelObject[],
  after: readonly ModelObject[],
  changes: ModelChange[],
): void {
  const [old, now] = [byId(before), byId(after)];
  for (const object of before)
    if (!now.has(object.id)) changes.push({ kind: 'removed', part, id: object.id, title: nameOf(object) });
  for (const object of after) {
    const was = old.get(object.id);
    const on = { part, id: object.id, title: nameOf(object) };
    if (!was) changes.push({ kind: 'added', ...on });
    else for (const field of fieldsOf(part)) diffField(on, field, was, object, changes);
  }
}

const PLACES: readonly string[] = ['elements.zone', 'zones.parent'];

function diffField(
  on: OnObject,
  field: string,
  was: ModelObject,
  is: ModelObject,
  changes: ModelChange[],
): void {
  const [before, after] = [was[field], is[field]];
  const kind = fieldKind(on.part, field, after ?? before);
  if (kind === 'answers') {
    diffAnswers(
      on,
      field as 'answers' | 'elementDefaults',
      answersIn(was, field),
      answersIn(is, field),
      changes,
    );
    return;
  }
  if (isSameValue(kind, before, after)) return;
  if (kind === 'set') {
    const [old, now] = [wordsIn(before), wordsIn(after)];
    changes.push({
      kind: 'words',
      ...on,
      field,
      added: now.filter((word) => !old.includes(word)),
      removed: old.filter((word) => !now.includes(word)),
    });
  } else if (PLACES.includes(`${on.part}.${field}`))
    changes.push({ kind: 'moved', ...on, before: String(before ?? ''), after: String(after ?? '') });
  else changes.push({ kind: 'changed', ...on, field, before, after });
}

function diffAnswers(
  on: OnObject,
  field: 'answers' | 'elementDefaults',
  before: Answers,
  after: Answers,
  changes: ModelChange[],
): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const key of keys) {
    const [old, now] = [before[key], after[key]];
    if (old?.value !== now?.value)
      changes.push({
        kind: 'answer',
        ...on,
        field,
        key,
        before: old?.value ?? 'not answered',
        after: now?.value ?? 'not answered',
      });
    else if (JSON.stringify(old) !== JSON.stringify(now))
      changes.push({ kind: 'changed', ...on, field: `${field}.${key}`, before: old, after: now });
  }
}

/** `z-device → z-room`, or empty where both ends stand in one zone or an end hangs loose. */
function crossings(model: SystemModel): Map<string, string> {
  const zones = new Map(model.elements.map((element) => [element.id, element.zone]));
  return new Map(
    model.flows.map((flow) => {
      const [from, to] = [zones.get(flow.from), zones.get(flow.to)];
      return [flow.id, from === undefined || to === undefined || from === to ? '' : `${from} → ${to}`];
    }),
  );
}

/** Trust of the zone in which an element stands; without a zone nothing is known of it. */
function trusts(model: SystemModel): Map<string, string> {
  const zones = new Map(model.zones.map((zone) => [zone.id, `trust ${zone.trust}`]));
  return new Map(model.elements.map((element) => [element.id, zones.get(element.zone) ?? 'no zone']));
}

function diffReach(before: SystemModel, after: SystemModel, changes: ModelChange[]): void {
  for (const [part, facts] of [
    ['elements', trusts],
    ['flows', crossings],
  ] as const) {
    const [old, now] = [facts(before), facts(after)];
    for (const { id, title } of after[part]) {
      const [was, is] = [old.get(id), now.get(id)];
      if (was !== undefined && is !== undefined && was !== is)
        changes.push({ kind: 'reach', part, id, title, before: was, after: is });
    }
  }
}

/** Ids of objects whose threats, paths and views can be other ones now. */
export function touchedIds(changes: readonly ModelChange[]): string[] {
  return [...new Set(changes.flatMap((change) => (change.kind === 'model' ? [] : [change.id])))];
}

/** One line for people and for the command line. */
export function sayChange(change: ModelChange): string {
  switch (change.kind) {
    case 'model':
      return `model: ${change.field} “${short(change.before)}” → “${short(change.after)}”`;
    case 'added':
    case 'removed':
      return `${change.kind} ${change.part} ${change.id} “${change.title}”`;
    case 'changed':
      return `${change.id}: ${change.field} ${short(change.before)} → ${short(change.after)}`;
    case 'words':
      return `${change.id}: ${change.field} ${[...change.added.map((word) => `+${word}`), ...change.removed.map((word) => `-${word}`)].join(' ')}`;
    case 'moved':
      return `${change.id} moved: ${change.before || 'no zone'} → ${change.after || 'no zone'}`;
    case 'answer':
      return `${change.id}: ${change.field === 'answers' ? '' : 'default of the zone, '}${change.key} ${change.before} → ${change.after}`;
    case 'reach':
      return `${change.id} ${change.part === 'flows' ? 'crosses' : 'is reached with'}: ${change.before || 'no border'} → ${change.after || 'no border'}`;
    default:
      return change satisfies never;
  }
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
