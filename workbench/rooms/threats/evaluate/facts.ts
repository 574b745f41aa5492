// What rules may know of a model: the facts of each element, flow, zone, interface and safety function, derived once per
// model. Cost grows with the model, not with its square.
import type { Element, Flow, Interface, SystemModel, Zone } from '../../system/index.ts';
import type { AnswerOrigin, RulePack, RuleTarget } from './contract.ts';
import { FactMemory, NO_ANSWERS, NO_WORDS } from './fact-memory.ts';

type Asset = SystemModel['assets'][number];
type SafetyFunction = SystemModel['safetyFunctions'][number];
export type FactValue = string | number | boolean;

export interface KnownAnswer {
  readonly value: 'yes' | 'no';
  readonly origin: AnswerOrigin;
}

/** One thing that rules look at. */
export interface TargetFacts {
  readonly id: string;
  /** `trust`, `crosses`, `kind`: the fields of its type in `language.ts`. */
  readonly fields: Readonly<Record<string, FactValue>>;
  /** Words asked for by methods: `tag` → the tags, in lower case. */
  readonly words: Readonly<Record<string, ReadonlySet<string>>>;
  /** No entry: nobody answered. */
  readonly answers: ReadonlyMap<string, KnownAnswer>;
  /** Things that it leads to: `src` and `dst` of a flow, `owner` of an interface. */
  readonly ends: Readonly<Record<string, TargetFacts>>;
}

export type ModelFacts = Readonly<Record<RuleTarget, readonly TargetFacts[]>>;

/** Protocols between parts of one machine, or between a person and what is before them. */
const LOCAL = new Set(['ipc', 'ui', 'physical']);
const BUS = new Set(['serial-bus', 'i2c', 'can', 'spi', 'wire', 'analog']);
/** Of a safety function none of whose harms is known here. */
const UNKNOWN_SEVERITY = 5;
const NOBODY_VOUCHES = 0;

const NO_ENDS = {};

/**
 * The facts of a model. What is not known is taken at its worst, never at its best: a flow without a protocol goes over a
 * network, an element in no zone has trust 0 and what joins it crosses a boundary, a safety function without a known harm has
 * the highest severity. Not judged: what is out of scope, interfaces that were removed, and flows with a loose end (a gap that
 * `checkModel` names). References that lead nowhere and zones inside themselves are passed over.
 */
export function deriveFacts(
  model: SystemModel,
  protocolFacts: RulePack['protocolFacts'],
  memory = new FactMemory(protocolFacts),
): ModelFacts {
  const zones = byId(model.zones);
  const assets = byId(model.assets);
  const places = new Map([...zones.values()].map((zone) => [zone.id, placeOf(zone, zones, memory)]));
  const elements = new Map<string, ElementFacts>();
  for (const element of model.elements)
    if (!elements.has(element.id))
      elements.set(element.id, elementFacts(element, places.get(element.zone), assets, memory));
  const flows = [...byId(model.flows).values()].flatMap((flow) => {
    const from = elements.get(flow.from);
    const to = elements.get(flow.to);
    return from && to ? [flowFacts(flow, from, to, assets, memory)] : [];
  });
  markFlows(elements, flows);
  const reachable = markReach(elements, flows);
  const judged = [...elements.values()].filter((element) => !element.outOfScope);
  const severities = new Map(model.harms.map((harm) => [harm.id, harm.severity]));
  return {
    element: judged,
    actor: judged.filter((element) => element.fields.kind === 'actor'),
    external: judged.filter((element) => element.fields.kind === 'external'),
    flow: flows,
    zone: [...zones.values()].map((zone) => zoneFacts(zone, memory)),
    interface: [...byId(model.interfaces).values()].flatMap((face) => {
      const owner = elements.get(face.element);
      return owner && !owner.outOfScope && face.state !== 'removed'
        ? [interfaceFacts(face, owner, memory)]
        : [];
    }),
    function: [...byId(model.safetyFunctions).values()].map((fn) =>
      functionFacts(fn, severities, reachable, memory),
    ),
  };
}

interface ElementFacts extends TargetFacts {
  readonly fields: Record<string, FactValue>;
  readonly zone: string;
  readonly outOfScope: boolean;
}

interface FlowFacts extends TargetFacts {
  readonly ends: { readonly src: ElementFacts; readonly dst: ElementFacts };
}

/** What a zone and those around it give to the elements in it. */
interface Place {
  readonly trust: number;
  readonly kinds: ReadonlySet<string>;
  readonly defaults: ReadonlyMap<string, KnownAnswer>;
}

function byId<T extends { readonly id: string }>(objects: readonly T[]): Map<string, T> {
  const map = new Map<string, T>();
  for (const object of objects) if (!map.has(object.id)) map.set(object.id, object);
  return map;
}

/** The nearer zone's default wins. */
function placeOf(zone: Zone, zones: ReadonlyMap<string, Zone>, memory: FactMemory): Place {
  const way = new Set<Zone>();
  for (let here: Zone | undefined = zone; here && !way.has(here); here = zones.get(here.parent))
    way.add(here);
  const defaults = new Map<string, 'yes' | 'no'>();
  for (const { elementDefaults } of [...way].reverse())
    for (const [key, { value }] of Object.entries(elementDefaults)) defaults.set(key, value);
  return {
    trust: zone.trust,
    kinds: memory.words([...way].map(({ kind }) => kind)),
    defaults: memory.defaults(defaults),
  };
}

function kindsOf(
  ids: readonly string[],
  assets: ReadonlyMap<string, Asset>,
  memory: FactMemory,
): ReadonlySet<string> {
  return ids.length === 0 ? NO_WORDS : memory.words(ids.flatMap((id) => assets.get(id)?.kind ?? []));
}

function elementFacts(
  element: Element,
  place: Place | undefined,
  assets: ReadonlyMap<string, Asset>,
  memory: FactMemory,
): ElementFacts {
  return {
    id: element.id,
    zone: place ? element.zone : '',
    outOfScope: element.outOfScope,
    fields: {
      id: element.id,
      title: element.title,
      kind: element.kind,
      type: element.type,
      trust: place?.trust ?? NOBODY_VOUCHES,
      safety: element.safety,
      remote: false,
      internet: false,
      usedByPeople: false,
      usedRemotely: false,
      sends: false,
      reachableFromNetwork: false,
      reachesSafety: false,
    },
    words: {
      tag: memory.words(element.tags),
      hasTech: memory.words(element.tech),
      holdsKind: kindsOf(element.holds, assets, memory),
      inZone: place?.kinds ?? NO_WORDS,
    },
    answers: memory.answers(element.answers, place?.defaults ?? NO_ANSWERS),
    ends: NO_ENDS,
  };
}

function flowFacts(
  flow: Flow,
  src: ElementFacts,
  dst: ElementFacts,
  assets: ReadonlyMap<string, Asset>,
  memory: FactMemory,
): FlowFacts {
  const protocol = memory.words(flow.protocol);
  const words = [...protocol];
  const isLocal = words.length > 0 && words.every((word) => LOCAL.has(word));
  const bus = words.some((word) => BUS.has(word));
  return {
    id: flow.id,
    fields: {
      id: flow.id,
      title: flow.title,
      crosses: src.zone !== dst.zone || src.zone === '',
      up: (dst.fields.trust as number) > (src.fields.trust as number),
      net: !isLocal && !bus,
      bus,
      safety: src.fields.safety === true || dst.fields.safety === true,
    },
    words: { carriesKind: kindsOf(flow.carries, assets, memory), hasProtocol: protocol },
    answers: memory.answers(flow.answers, memory.ofProtocols(protocol)),
    ends: { src, dst },
  };
}

/** What an element is used for and by whom, from the flows at it. */
function markFlows(elements: ReadonlyMap<string, ElementFacts>, flows: readonly FlowFacts[]): void {
  for (const { fields, ends } of flows) {
    const src = elements.get(ends.src.id)?.fields;
    const dst = elements.get(ends.dst.id)?.fields;
    if (!src || !dst) continue;
    if (fields.net && fields.crosses) {
      src.remote = true;
      dst.remote = true;
    }
    if (fields.net) src.sends = true;
    if (fields.net && ends.src.words.inZone?.has('internet')) dst.internet = true;
    if (src.kind === 'actor') {
      dst.usedByPeople = true;
      if (fields.net) dst.usedRemotely = true;
    }
  }
}

/** Which elements a message from another zone may get to, and from which one may get to a safety function's element. */
function markReach(
  elements: ReadonlyMap<string, ElementFacts>,
  flows: readonly FlowFacts[],
): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  const previous = new Map<string, string[]>();
  for (const { ends } of flows) {
    push(next, ends.src.id, ends.dst.id);
    push(previous, ends.dst.id, ends.src.id);
  }
  const all = [...elements.values()];
  const reachable = reach(
    all.filter(({ fields }) => fields.remote),
    next,
  );
  const towards = reach(
    all.filter(({ fields }) => fields.safety),
    previous,
  );
  for (const element of all) {
    element.fields.reachableFromNetwork = reachable.has(element.id);
    element.fields.reachesSafety = towards.has(element.id);
  }
  return reachable;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function reach(
  starts: readonly TargetFacts[],
  steps: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set(starts.map(({ id }) => id));
  const open = [...seen];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    for (const there of steps.get(here) ?? []) {
      if (seen.has(there)) continue;
      seen.add(there);
      open.push(there);
    }
  }
  return seen;
}

function zoneFacts({ id, title, kind, trust, answers }: Zone, memory: FactMemory): TargetFacts {
  return {
    id,
    fields: { id, title, kind, trust },
    words: {},
    answers: memory.answers(answers, NO_ANSWERS),
    ends: NO_ENDS,
  };
}

function interfaceFacts(
  { id, title, kind, state, answers }: Interface,
  owner: TargetFacts,
  memory: FactMemory,
): TargetFacts {
  return {
    id,
    fields: { id, title, kind, state },
    words: {},
    answers: memory.answers(answers, NO_ANSWERS),
    ends: { owner },
  };
}

function functionFacts(
  { id, title, harms, realisedBy, answers }: SafetyFunction,
  severities: ReadonlyMap<string, number>,
  reachable: ReadonlySet<string>,
  memory: FactMemory,
): TargetFacts {
  const known = harms.flatMap((harm) => severities.get(harm) ?? []);
  return {
    id,
    fields: {
      id,
      title,
      severity: known.length === 0 ? UNKNOWN_SEVERITY : Math.max(...known),
      remotePath: realisedBy.some((element) => reachable.has(element)),
    },
    words: {},
    answers: memory.answers(answers, NO_ANSWERS),
    ends: NO_ENDS,
  };
}
