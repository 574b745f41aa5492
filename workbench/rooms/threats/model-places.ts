// The objects of a system model by id: title, kind, zone, and which safety functions and harms stand behind them. Pure.
import type { SystemModel } from '../system/index.ts';
import type { RuleTarget, ThreatRule } from './evaluate/contract.ts';

export type PlaceKind = 'zone' | 'element' | 'interface' | 'flow' | 'asset' | 'function' | 'other';

export interface Place {
  readonly id: string;
  readonly title: string;
  readonly kind: PlaceKind;
  /** `process`, `debug`, `hospital`: the kind inside its part. */
  readonly word: string;
  /** Id of the zone that it stands in, or empty; a flow stands where it ends. */
  readonly zone: string;
  readonly type: string;
  readonly tags: readonly string[];
}

export interface HarmBehind {
  readonly id: string;
  readonly title: string;
  readonly severity: number;
}

export interface Behind {
  /** Ids of safety functions that lie behind the place along the flows. */
  readonly functions: readonly string[];
  /** Highest severity of their harms; 0 where none is known. */
  readonly severity: number;
}

const NOTHING: Behind = { functions: [], severity: 0 };

export class ModelPlaces {
  readonly #places = new Map<string, Place>();
  readonly #behind = new Map<string, Behind>();
  readonly #harms: ReadonlyMap<string, HarmBehind>;

  /** `harms`: of the safety file; the model's own copy counts where it says nothing. */
  constructor(
    readonly model: SystemModel,
    harms: readonly HarmBehind[] = [],
  ) {
    const add = (place: Place) => this.#places.set(place.id, place);
    const none = { type: '', tags: [] as readonly string[] };
    for (const zone of model.zones)
      add({ id: zone.id, title: zone.title, kind: 'zone', word: zone.kind, zone: zone.id, ...none });
    for (const { id, title, kind, zone, type, tags } of model.elements)
      add({ id, title, kind: 'element', word: kind, zone, type, tags });
    for (const { id, title, kind, element } of model.interfaces)
      add({ id, title, kind: 'interface', word: kind, zone: this.#places.get(element)?.zone ?? '', ...none });
    for (const { id, title, protocol, from, to } of model.flows) {
      const zone = this.#places.get(to)?.zone ?? this.#places.get(from)?.zone ?? '';
      add({ id, title, kind: 'flow', word: protocol.join(', '), zone, ...none });
    }
    for (const { id, title, kind } of model.assets)
      add({ id, title, kind: 'asset', word: kind, zone: '', ...none });
    for (const { id, title, realisedBy } of model.safetyFunctions) {
      const zone = this.#places.get(realisedBy[0] ?? '')?.zone ?? '';
      add({ id, title, kind: 'function', word: 'safety function', zone, ...none });
    }
    this.#harms = new Map([
      ...model.harms.map(({ id, title, severity }) => [id, { id, title, severity }] as const),
      ...harms.map((harm) => [harm.id, harm] as const),
    ]);
    this.#findBehind();
  }

  get(id: string): Place | undefined {
    return this.#places.get(id);
  }

  readonly titleOf = (id: string): string => this.#places.get(id)?.title ?? id;

  behind(id: string): Behind {
    return this.#behind.get(id) ?? NOTHING;
  }

  harmsOf(functionId: string): HarmBehind[] {
    const found = this.model.safetyFunctions.find(({ id }) => id === functionId);
    return (found?.harms ?? []).map((id) => this.#harms.get(id) ?? { id, title: id, severity: 0 });
  }

  /** Ids of places that a selection names: by zone (and those inside it), type, tag, kind; `answersAt`: what a question applies to. */
  select(where: Selection): string[] {
    const zones = where.zone === undefined ? null : this.#zonesWithin(where.zone);
    return [...this.#places.values()]
      .filter(
        (place) =>
          (where.appliesTo === undefined || applies(where.appliesTo, place)) &&
          (zones === null || zones.has(place.zone)) &&
          (where.type === undefined || place.type === where.type) &&
          (where.tag === undefined || place.tags.includes(where.tag)) &&
          (where.kind === undefined || place.word === where.kind),
      )
      .map(({ id }) => id);
  }

  #zonesWithin(zone: string): Set<string> {
    const within = new Set([zone]);
    for (let size = 0; size !== within.size; ) {
      size = within.size;
      for (const { id, parent } of this.model.zones) if (within.has(parent)) within.add(id);
    }
    return within;
  }

  /** Backwards along the flows from what realises each function: whoever holds the place can work towards it. */
  #findBehind(): void {
    const { model } = this;
    const into = new Map<string, string[]>();
    for (const { from, to } of model.flows) {
      if (from === '' || to === '') continue;
      const list = into.get(to);
      if (list) list.push(from);
      else into.set(to, [from]);
    }
    const functions = new Map<string, Set<string>>();
    const note = (id: string, fn: string) => {
      const known = functions.get(id);
      if (known) known.add(fn);
      else functions.set(id, new Set([fn]));
    };
    for (const fn of model.safetyFunctions) {
      note(fn.id, fn.id);
      const seen = new Set(fn.realisedBy);
      const queue = [...seen];
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        note(next, fn.id);
        for (const before of into.get(next) ?? []) {
          if (seen.has(before)) continue;
          seen.add(before);
          queue.push(before);
        }
      }
    }
    const inherit = (id: string, from: string) => {
      for (const fn of functions.get(from) ?? []) note(id, fn);
    };
    for (const { id, to } of model.flows) inherit(id, to);
    for (const { id, element } of model.interfaces) inherit(id, element);
    for (const { id, zone } of model.elements) if (zone !== '') inherit(zone, id);
    const severity = new Map(
      model.safetyFunctions.map(({ id }) => [
        id,
        Math.max(0, ...this.harmsOf(id).map((harm) => harm.severity)),
      ]),
    );
    for (const [id, found] of functions) {
      const list = [...found];
      this.#behind.set(id, {
        functions: list,
        severity: Math.max(0, ...list.map((fn) => severity.get(fn) ?? 0)),
      });
    }
  }
}

export interface Selection {
  readonly zone?: string | undefined;
  readonly type?: string | undefined;
  readonly tag?: string | undefined;
  readonly kind?: string | undefined;
  readonly appliesTo?: RuleTarget | undefined;
}

/** Whether a question of this kind can be put at the place. */
export function applies(target: RuleTarget, place: Place): boolean {
  switch (target) {
    case 'element':
      return place.kind === 'element';
    case 'actor':
    case 'external':
      return place.kind === 'element' && place.word === target;
    default:
      return place.kind === target;
  }
}

/** The statement of a rule with the target's title in place of its variable. */
export function statementAt(rule: Pick<ThreatRule, 'statement'>, title: string): string {
  return rule.statement.replace(/\{[efzis]\}/g, () => title);
}

/** What a threat of this rule at this place may cost in the safety file: 0 where the rule is not about safety. */
export function severityAt(rule: Pick<ThreatRule, 'safetyRelevance'>, behind: Behind): number {
  return rule.safetyRelevance === 'none' ? 0 : behind.severity;
}
