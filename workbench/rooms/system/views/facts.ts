// What the views ask of a model: titles, zones, answers, what goes over what. Built once per view. Pure.
import { checkModel, type ModelProblem } from '../check-model.ts';
import type { Answers, Asset, Element, Flow, SafetyFunction, SystemModel, Zone } from '../metamodel.ts';
import type { ViewGap } from './contract.ts';

/** Open questions by object id, from the rules that are in force; without rules only what the views themselves need is checked. */
export type OpenQuestions = ReadonlyMap<string, readonly string[]>;

/** There is nothing to say. */
export const NONE = '—';
/** Services that many units share. */
export const FLEET_TAGS = ['fleet-service', 'service-broker', 'update-repository', 'cloud-hosted', 'tenant'];
/** Where an element has software of its own. */
const SOFTWARE_TAGS = ['has-firmware', 'runs-os', 'bare-metal', 'native-code', 'bootloader'];
const NAMED_PARTS = [
  'zones',
  'elements',
  'interfaces',
  'flows',
  'assets',
  'safetyFunctions',
  'useCases',
  'assumptions',
  'harms',
] as const;

type Identified = { readonly id: string };
type Asked = { readonly answers: Answers; readonly zone?: string };

export const gap = (target: string, message: string): ViewGap => ({ target, message });

export class Facts {
  readonly model: SystemModel;
  readonly open: OpenQuestions;
  readonly zones: ReadonlyMap<string, Zone>;
  readonly elements: ReadonlyMap<string, Element>;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly #titles: ReadonlyMap<string, string>;
  readonly #numbers: ReadonlyMap<Flow, number>;
  readonly #inZone: Index<Element>;
  readonly #holders: Index<Element>;
  readonly #carriers: Index<Flow>;
  readonly #over: Index<Flow>;

  constructor(model: SystemModel, open: OpenQuestions) {
    this.model = model;
    this.open = open;
    this.zones = byId(model.zones);
    this.elements = byId(model.elements);
    this.flows = byId(model.flows);
    this.assets = byId(model.assets);
    this.#titles = new Map(NAMED_PARTS.flatMap((part) => model[part].map(({ id, title }) => [id, title])));
    this.#numbers = new Map(model.flows.map((flow, at) => [flow, at + 1]));
    this.#inZone = indexed(model.elements, ({ zone }) => [zone]);
    this.#holders = indexed(model.elements, ({ holds }) => holds);
    this.#carriers = indexed(model.flows, ({ carries }) => carries);
    this.#over = indexed(model.flows, ({ via }) => via);
  }

  title(id: string): string {
    return id === '' ? NONE : (this.#titles.get(id) ?? id);
  }
  titles(ids: readonly string[]): string {
    return ids.length === 0 ? NONE : ids.map((id) => this.title(id)).join(', ');
  }
  titlesOf(objects: readonly Identified[]): string {
    return this.titles(objects.map(({ id }) => id));
  }
  /** `Hospital › Treatment room`; the zone of an element with those around it. */
  zonePath(id: string): string {
    const names: string[] = [];
    const seen = new Set<string>();
    for (let here = id; here !== '' && !seen.has(here); here = this.zones.get(here)?.parent ?? '') {
      seen.add(here);
      names.unshift(this.title(here));
    }
    return names.length === 0 ? NONE : names.join(' › ');
  }
  zoneOf(element: string): string {
    return this.elements.get(element)?.zone ?? '';
  }
  crosses(flow: Flow): boolean {
    return flow.from !== '' && flow.to !== '' && this.zoneOf(flow.from) !== this.zoneOf(flow.to);
  }

  elementsIn(zone: string): readonly Element[] {
    return this.#inZone.get(zone) ?? [];
  }
  holdersOf(asset: string): readonly Element[] {
    return this.#holders.get(asset) ?? [];
  }
  carriersOf(asset: string): readonly Flow[] {
    return this.#carriers.get(asset) ?? [];
  }
  flowsOver(face: string): readonly Flow[] {
    return this.#over.get(face) ?? [];
  }

  /** Everything that is not stored as a fault and is still missing, of some kinds. */
  problems(...codes: readonly string[]): ViewGap[] {
    return checkModel(this.model)
      .filter((problem) => codes.includes(problem.code))
      .map((problem) => gap(this.#at(problem), problem.message));
  }
  #at({ path }: ModelProblem): string {
    const [, part, at] = /^\$\.(\w+)\[(\d+)\]/.exec(path) ?? [];
    const objects = this.model[part as 'elements'] as readonly Identified[] | undefined;
    return objects?.[Number(at)]?.id ?? '';
  }

  /** The answer, or that there is none. A zone's default counts where the element itself says nothing. */
  answer({ answers, zone = '' }: Asked, key: string): 'yes' | 'no' | 'not answered' {
    return answers[key]?.value ?? this.zones.get(zone)?.elementDefaults[key]?.value ?? 'not answered';
  }
  answers(asked: Asked, keys: readonly string[]): string[] {
    return keys.map((key) => this.answer(asked, key));
  }
  unanswered(asked: Asked, keys: readonly string[]): string[] {
    return keys.filter((key) => this.answer(asked, key) === 'not answered');
  }

  /** Its number on the drawing. */
  number(flow: Flow): string {
    return String(this.#numbers.get(flow));
  }
  /** Cells of `FLOW_COLUMNS`. */
  flowCells(flow: Flow): string[] {
    return [flow.title, this.title(flow.from), this.title(flow.to), protocolsOf(flow)];
  }
}

export const FLOW_COLUMNS = ['Flow', 'From', 'To', 'Protocol'] as const;
export const protocolsOf = (flow: Flow) => flow.protocol.join(', ') || 'not stated';

export const hasTag = (element: Element, tags: readonly string[]) =>
  element.tags.some((tag) => tags.includes(tag));

export function hasSoftware(element: Element): boolean {
  if (element.outOfScope || element.kind === 'actor' || element.kind === 'external') return false;
  return element.kind === 'process' || hasTag(element, SOFTWARE_TAGS);
}

/** Name, what realises it, harms, safe state. */
export const safetyCells = (facts: Facts, fn: SafetyFunction) => [
  fn.title,
  facts.titles(fn.realisedBy),
  facts.titles(fn.harms),
  fn.safeState || NONE,
];

export const unansweredGaps = (facts: Facts, element: Element, keys: readonly string[]) =>
  facts
    .unanswered(element, keys)
    .map((key) => gap(element.id, `${element.title}: \`${key}\` is not answered.`));

/** Elements that can be reached from some others along flows, with those. */
export function downstream(flows: readonly Flow[], from: readonly string[]): Set<string> {
  const next = indexed(
    flows.filter((flow) => flow.from !== '' && flow.to !== ''),
    (flow) => [flow.from],
  );
  const reached = new Set(from);
  // A set is walked on to what is added meanwhile.
  for (const here of reached) for (const { to } of next.get(here) ?? []) reached.add(to);
  return reached;
}

type Index<T> = ReadonlyMap<string, readonly T[]>;

/** By each of its words, in the order of the list. */
function indexed<T>(items: readonly T[], words: (item: T) => readonly string[]): Index<T> {
  const index = new Map<string, T[]>();
  for (const item of items)
    for (const word of new Set(words(item))) {
      const found = index.get(word);
      if (found) found.push(item);
      else index.set(word, [item]);
    }
  return index;
}

const byId = <T extends Identified>(objects: readonly T[]) =>
  new Map(objects.map((object) => [object.id, object]));
