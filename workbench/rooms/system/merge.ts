// Three-way merge of models, on objects, fields and single answers: two people who answer different questions of one element
// both keep their work; where they disagree, the conflict is listed and nobody overwrites. Pure.
import { checkModel } from './check-model.ts';
import type { ModelPart, SystemModel } from './metamodel.ts';
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

export type Side = 'mine' | 'theirs';

export interface MergeConflict {
  /** Names the conflict in `choices`: `elements e-1 answers.authn.each-user`. */
  readonly key: string;
  readonly part: ModelPart | 'model';
  readonly id: string;
  readonly title: string;
  /** Field or `answers.KEY`; empty where one removed what the other changed or uses. */
  readonly field: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export interface Merge {
  /** With conflicts: what is stored stays (theirs) where nobody chose yet, so it is not to be saved as it is. */
  readonly model: SystemModel;
  readonly conflicts: readonly MergeConflict[];
}

type Choices = Readonly<Record<string, Side>>;

/**
 * `theirs` is what is stored now, `mine` what somebody wants to store, `base` what both began with. Costs as much as two
 * differences. The model is sound where all three are and no conflict is left.
 */
export function mergeModels(
  base: SystemModel,
  mine: SystemModel,
  theirs: SystemModel,
  choices: Choices = {},
): Merge {
  const merging = new Merging(choices);
  const model: Record<string, unknown> = {};
  for (const field of MODEL_FIELDS)
    model[field] = merging.choose(
      {
        part: 'model',
        id: '',
        title: 'Model',
        field,
        base: base[field],
        mine: mine[field],
        theirs: theirs[field],
      },
      'plain',
    );
  for (const part of PARTS)
    model[part] = merging.part(part, objectsOf(base, part), objectsOf(mine, part), objectsOf(theirs, part));
  return merging.finish(model as unknown as SystemModel, { base, mine, theirs });
}

class Merging {
  readonly #choices: Choices;
  readonly #conflicts: MergeConflict[] = [];

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  /** The value of the one who changed it; of both, when they agree. */
  choose(given: Omit<MergeConflict, 'key'>, kind: 'plain' | 'set'): unknown {
    const { base, mine, theirs } = given;
    if (isSameValue('plain', base, mine)) return theirs;
    if (isSameValue('plain', base, theirs)) return mine;
    if (isSameValue(kind, mine, theirs)) return theirs;
    return this.#conflict(given) === 'mine' ? mine : theirs;
  }

  part(
    part: ModelPart,
    base: readonly ModelObject[],
    mine: readonly ModelObject[],
    theirs: readonly ModelObject[],
  ): ModelObject[] {
    const [old, my, their] = [byId(base), byId(mine), byId(theirs)];
    const merged: ModelObject[] = [];
    for (const id of orderOf(base, mine, theirs)) {
      const object = this.#object(part, old.get(id), my.get(id), their.get(id));
      if (object) merged.push(object);
    }
    return merged;
  }

  #object(
    part: ModelPart,
    base?: ModelObject,
    mine?: ModelObject,
    theirs?: ModelObject,
  ): ModelObject | undefined {
    const one = mine ?? theirs;
    if (!one) return undefined;
    if (mine && theirs) return this.#fields(part, base, mine, theirs);
    if (!base) return one;
    // One removed it. Unchanged by the other, it goes; else somebody's work would be lost without a word.
    if (JSON.stringify(one) === JSON.stringify(base)) return undefined;
    const side = this.#conflict({ part, id: one.id, title: nameOf(one), field: '', base, mine, theirs });
    return side === 'mine' ? mine : theirs;
  }

  #fields(
    part: ModelPart,
    base: ModelObject | undefined,
    mine: ModelObject,
    theirs: ModelObject,
  ): ModelObject {
    const merged: Record<string, unknown> = { id: mine.id };
    for (const field of fieldsOf(part)) {
      const values = { base: base?.[field], mine: mine[field], theirs: theirs[field] };
      const kind = fieldKind(part, field, values.mine ?? values.theirs);
      const on = { part, id: mine.id, title: nameOf(mine), field };
      if (kind === 'answers') merged[field] = this.#answers(on, base, mine, theirs);
      else if (kind === 'set' && base)
        merged[field] = mergeSets(wordsIn(values.base), wordsIn(values.mine), wordsIn(values.theirs));
      else merged[field] = this.choose({ ...on, ...values }, kind);
      if (merged[field] === undefined) delete merged[field];
    }
    return merged as ModelObject;
  }

  #answers(
    on: { part: ModelPart; id: string; title: string; field: string },
    base: ModelObject | undefined,
    mine: ModelObject,
    theirs: ModelObject,
  ) {
    const [old, my, their] = [base, mine, theirs].map((object) => answersIn(object, on.field)) as [
      ReturnType<typeof answersIn>,
      ReturnType<typeof answersIn>,
      ReturnType<typeof answersIn>,
    ];
    const merged: Record<string, unknown> = {};
    for (const key of new Set([...Object.keys(their), ...Object.keys(my)])) {
      const answer = this.choose(
        { ...on, field: `${on.field}.${key}`, base: old[key], mine: my[key], theirs: their[key] },
        'plain',
      );
      if (answer !== undefined) merged[key] = answer;
    }
    return merged;
  }

  /** The side that was chosen; without a choice the conflict is listed, and what is stored stays. */
  #conflict(given: Omit<MergeConflict, 'key'>): Side {
    const key = [given.part, given.id, given.field].filter((part) => part !== '').join(' ');
    const chosen = this.#choices[key];
    if (chosen) return chosen;
    this.#conflicts.push({ key, ...given });
    return 'theirs';
  }

  /**
   * One may have removed what the other newly uses, or both may have moved zones into one another. Such an object comes back
   * as it was stored, and the conflict is listed; after a few rounds nothing is left that could dangle.
   */
  finish(model: SystemModel, sides: { base: SystemModel; mine: SystemModel; theirs: SystemModel }): Merge {
    let merged = model;
    for (let round = 0; round < PARTS.length; round += 1) {
      const wrong = checkModel(merged).filter(({ level }) => level === 'refused');
      if (wrong.length === 0) break;
      const next = structuredClone(merged);
      for (const { code, path } of wrong) {
        const [, part = '', at = '', field = ''] = /^\$\.(\w+)\[(\d+)\]\.?(\w*)/.exec(path) ?? [];
        const object = (merged[part as ModelPart] as readonly ModelObject[])[Number(at)];
        if (!object) continue;
        if (code === 'zone-cycle') this.#settleCycle(next, sides, object.id);
        else this.#bringBack(next, sides, object, field);
      }
      merged = next;
    }
    return { model: merged, conflicts: this.#conflicts };
  }

  #settleCycle(
    model: SystemModel,
    sides: { base: SystemModel; mine: SystemModel; theirs: SystemModel },
    id: string,
  ): void {
    const [base, mine, theirs] = [sides.base, sides.mine, sides.theirs].map(
      (one) => one.zones.find((zone) => zone.id === id)?.parent,
    );
    const zone = model.zones.find((one) => one.id === id);
    if (!zone || zone.parent === (theirs ?? '')) return;
    zone.parent = theirs ?? '';
    this.#list({ part: 'zones', id, title: zone.title, field: 'parent', base, mine, theirs });
  }

  #bringBack(
    model: SystemModel,
    sides: { base: SystemModel; mine: SystemModel; theirs: SystemModel },
    user: ModelObject,
    field: string,
  ): void {
    for (const id of [user[field]]
      .flat()
      .filter((one): one is string => typeof one === 'string' && one !== ''))
      for (const part of PARTS) {
        const there = model[part] as ModelObject[];
        if (there.some((object) => object.id === id)) continue;
        const [base, mine, theirs] = [sides.base, sides.mine, sides.theirs].map((one) =>
          objectsOf(one, part).find((object) => object.id === id),
        );
        const back = theirs ?? mine ?? base;
        if (!back) continue;
        there.push(structuredClone(back));
        this.#list({ part, id, title: nameOf(back), field: '', base, mine, theirs });
      }
  }

  #list(given: Omit<MergeConflict, 'key'>): void {
    const key = [given.part, given.id, given.field].filter((part) => part !== '').join(' ');
    if (!this.#conflicts.some((conflict) => conflict.key === key)) this.#conflicts.push({ key, ...given });
  }
}

/** Theirs, with what is new of mine behind it; mine where they left the order as it was. */
function orderOf(
  base: readonly ModelObject[],
  mine: readonly ModelObject[],
  theirs: readonly ModelObject[],
): Set<string> {
  const ids = (objects: readonly ModelObject[]) => objects.map(({ id }) => id);
  const untouched = JSON.stringify(ids(base)) === JSON.stringify(ids(theirs));
  return new Set(untouched ? [...ids(mine), ...ids(theirs)] : [...ids(theirs), ...ids(mine)]);
}

function mergeSets(base: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] {
  if (isSameValue('plain', base, mine)) return [...theirs];
  if (isSameValue('plain', base, theirs)) return [...mine];
  const gone = base.filter((word) => !mine.includes(word) || !theirs.includes(word));
  return [...new Set([...theirs, ...mine])].filter((word) => !gone.includes(word));
}
