// The graph on which attackers move: elements as nodes, flows and interfaces as ways into them. Pure.
import type { Attacker, Flow, SystemModel } from '../system/index.ts';
import type { Evaluation, OpenQuestion, PairResult, Stride, UsedFact } from '../threats/index.ts';
import type { AssuranceInput, PlacedControl, StepState } from './contract.ts';
import { entriesOf, zoneChains } from './entries.ts';

/** How hard one crossing is, and why. */
export interface Appraisal {
  readonly state: StepState;
  readonly threat: { readonly rule: string; readonly target: string } | null;
  readonly facts: readonly UsedFact[];
  readonly questions: readonly OpenQuestion[];
  /** Indices into the graph's controls. */
  readonly controls: readonly number[];
  readonly cost: number;
}

/** What a step leads to: further on; or, as the last step, to a safety function, to stored data, to data on its way. */
export type Purpose = 'pass' | 'function' | 'stored' | 'carried';

export interface Edge {
  /** Index of an element; `OUTSIDE` where the attacker enters. */
  readonly from: number;
  readonly to: number;
  readonly via: string;
  /** Id of the flow; null for an interface and for a beginning. */
  readonly flow: string | null;
  readonly kind: 'begin' | 'interface' | 'flow' | 'tap';
  readonly appraisals: Readonly<Record<Purpose, Appraisal>>;
}

export const OUTSIDE = -1;

export interface AttackGraph {
  /** Ids of elements, in order; the index is the node. */
  readonly nodes: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly controls: readonly PlacedControl[];
  /** Flows between two elements. */
  readonly edges: readonly Edge[];
  /** Positions in `edges` by the node that they leave. */
  readonly leaving: readonly (readonly number[])[];
}

/** One attacker on the graph: where the ways begin. */
export interface Intruder {
  /** Id of the attacker; empty for all of them together. */
  readonly id: string;
  readonly entering: readonly Edge[];
  /** Nodes that the attacker holds from the start: no way leads through them again. */
  readonly held: ReadonlySet<number>;
}

/**
 * Categories that let an attacker act at the far end of a flow or an interface. What happens inside of an element lets
 * him in only where he pretends to be somebody or gains rights: a changed calibration is an effect, not a way in.
 */
const THROUGH: readonly Stride[] = ['spoofing', 'tampering', 'elevation of privilege'];
const INTO: readonly Stride[] = ['spoofing', 'elevation of privilege'];
/** The last step: reading is enough to harm data, silence to harm a safety function. */
const LAST: Readonly<Record<Purpose, readonly Stride[]>> = {
  pass: [],
  function: ['denial of service'],
  stored: ['information disclosure'],
  carried: ['information disclosure'],
};

/** A step of which nothing is known costs what a threat of middle exploitability would. */
const UNKNOWN_EXPLOITABILITY = 3;
/** Above the hardest step that nobody answered for (7 − 1). */
const GUARDED = 8;
const COUNTED_ADDS = 4;
const CLAIMED_ADDS = 1;

/**
 * Nodes, edges and controls in the order of their ids, so that every result is the same whatever the order of the model.
 *
 * A step is *open* when a raised threat lets it pass, *assumed* when only questions are open or nothing is known,
 * *guarded* when answers say that it is closed, which is a claim: it is passed all the same, at a price. What counts as
 * a threat of a step: of its flow and of the interfaces that it goes over, of the element and the zones that it enters
 * (`THROUGH`, `INTO`, `LAST`).
 *
 * Resistance: open 6 − exploitability; assumed 7 − exploitability; guarded 8; and 4 for each control that counts, 1 for
 * each that is claimed only.
 */
export function attackGraph(input: AssuranceInput): AttackGraph {
  const { model } = input;
  const nodes = model.elements.map((element) => element.id).sort(byText);
  const indexOf = new Map(nodes.map((id, index) => [id, index]));
  const controls = [...input.controls].sort((a, b) => byText(a.id, b.id));
  const judge = judgeOf(input, controls);
  const edges: Edge[] = [];
  for (const flow of [...model.flows].sort((a, b) => byText(a.id, b.id))) {
    const from = indexOf.get(flow.from);
    const to = indexOf.get(flow.to);
    if (from === undefined || to === undefined || from === to) continue;
    edges.push({
      from,
      to,
      via: flow.id,
      flow: flow.id,
      kind: 'flow',
      appraisals: judge.flow(flow, flow.from),
    });
  }
  const leaving: number[][] = nodes.map(() => []);
  for (const [at, edge] of edges.entries()) leaving[edge.from]?.push(at);
  return { nodes, indexOf, controls, edges, leaving };
}

/** Where the attacker comes in. Who begins in an element has passed no control of it; who comes by an interface passes all. */
export function intruderOf(graph: AttackGraph, input: AssuranceInput, attacker: Attacker): Intruder {
  const { model } = input;
  const entries = entriesOf(model, attacker);
  const judge = judgeOf(input, graph.controls);
  const entering: Edge[] = [];
  const held = new Set<number>();
  const begun: Appraisal = { state: 'open', threat: null, facts: [], questions: [], controls: [], cost: 0 };
  for (const id of [...entries.held].sort(byText)) {
    const to = graph.indexOf.get(id);
    if (to === undefined) continue;
    held.add(to);
    entering.push({
      from: OUTSIDE,
      to,
      via: id,
      flow: null,
      kind: 'begin',
      appraisals: { pass: begun, function: begun, stored: begun, carried: begun },
    });
  }
  const faces = model.interfaces.filter((face) => entries.interfaces.has(face.id));
  for (const face of faces.sort((a, b) => byText(a.id, b.id))) {
    const to = graph.indexOf.get(face.element);
    if (to === undefined || held.has(to)) continue;
    const appraisals = judge.interface(face.id, face.element);
    entering.push({ from: OUTSIDE, to, via: face.id, flow: null, kind: 'interface', appraisals });
  }
  const taps = model.flows.filter((flow) => entries.flows.has(flow.id));
  for (const flow of taps.sort((a, b) => byText(a.id, b.id))) {
    const to = graph.indexOf.get(flow.to);
    const from = graph.indexOf.get(flow.from);
    // From an element that he holds the attacker sends as that element.
    if (to === undefined || (from !== undefined && held.has(from))) continue;
    const appraisals = judge.flow(flow, null);
    entering.push({ from: OUTSIDE, to, via: flow.id, flow: flow.id, kind: 'tap', appraisals });
  }
  return { id: attacker.id, entering, held };
}

interface Judge {
  flow(flow: Flow, from: string | null): Readonly<Record<Purpose, Appraisal>>;
  interface(id: string, element: string): Readonly<Record<Purpose, Appraisal>>;
}

function judgeOf(input: AssuranceInput, controls: readonly PlacedControl[]): Judge {
  const { model, evaluation } = input;
  const results = resultsByTarget(evaluation);
  const standing = controlsByPlace(controls);
  const chains = zoneChains(model.zones);
  const zoneOf = new Map(model.elements.map((element) => [element.id, element.zone]));
  const chainOf = (element: string | null) =>
    element === null ? [] : (chains.get(zoneOf.get(element) ?? '') ?? []);

  const appraise = (
    purpose: Purpose,
    through: readonly string[],
    into: readonly string[],
    places: readonly string[],
  ): Appraisal => {
    const found = [
      ...concerning(results, input, through, [...THROUGH, ...LAST[purpose]]),
      ...concerning(results, input, into, [...INTO, ...LAST[purpose]]),
    ];
    const on = [...new Set(places.flatMap((place) => standing.get(place) ?? []))].sort((a, b) => a - b);
    return { ...stateOf(found, input), controls: on, cost: costOf(found, input, on, controls) };
  };
  const all = (through: readonly string[], into: readonly string[]) => {
    const places = [...through, ...into];
    return {
      pass: appraise('pass', through, into, places),
      function: appraise('function', through, into, places),
      stored: appraise('stored', through, into, places),
      // Who listens on the way does not enter the element.
      carried: appraise('carried', through, [], through),
    };
  };
  return {
    flow(flow, from) {
      const inside = new Set(chainOf(from));
      const entered = chainOf(flow.to).filter((zone) => !inside.has(zone));
      return all([flow.id, ...flow.via], [flow.to, ...entered]);
    },
    interface: (id, element) => all([id], [element, ...chainOf(element)]),
  };
}

function resultsByTarget(evaluation: Evaluation): ReadonlyMap<string, readonly PairResult[]> {
  const map = new Map<string, PairResult[]>();
  for (const result of evaluation.results) {
    // What was merged into another stands there.
    if (result.mergedInto !== null) continue;
    const list = map.get(result.target);
    if (list) list.push(result);
    else map.set(result.target, [result]);
  }
  return map;
}

function controlsByPlace(controls: readonly PlacedControl[]): ReadonlyMap<string, readonly number[]> {
  const map = new Map<string, number[]>();
  controls.forEach((control, index) => {
    if (!control.claimed && !control.counted) return;
    for (const place of new Set(control.places)) map.set(place, [...(map.get(place) ?? []), index]);
  });
  return map;
}

function concerning(
  results: ReadonlyMap<string, readonly PairResult[]>,
  input: AssuranceInput,
  targets: readonly string[],
  categories: readonly Stride[],
): PairResult[] {
  return targets.flatMap((target) =>
    (results.get(target) ?? []).filter(({ rule }) => {
      const strides = input.strides[rule];
      return strides === undefined || strides.some((stride) => categories.includes(stride));
    }),
  );
}

const exploitabilityOf = (result: PairResult, input: AssuranceInput) =>
  Math.min(5, Math.max(1, input.exploitabilities[result.rule] ?? UNKNOWN_EXPLOITABILITY));

/** The most exploitable in this state; of equals the first by rule and target. */
function weakest(
  found: readonly PairResult[],
  state: PairResult['state'],
  input: AssuranceInput,
): PairResult | undefined {
  let best: PairResult | undefined;
  for (const result of found) {
    if (result.state !== state) continue;
    if (best === undefined || before(result, best)) best = result;
  }
  return best;

  function before(a: PairResult, b: PairResult): boolean {
    const difference = exploitabilityOf(a, input) - exploitabilityOf(b, input);
    if (difference !== 0) return difference > 0;
    return (byText(a.rule, b.rule) || byText(a.target, b.target)) < 0;
  }
}

function decisive(found: readonly PairResult[], input: AssuranceInput): PairResult | undefined {
  return (
    weakest(found, 'raised', input) ?? weakest(found, 'open', input) ?? weakest(found, 'answered', input)
  );
}

function stateOf(
  found: readonly PairResult[],
  input: AssuranceInput,
): Pick<Appraisal, 'state' | 'threat' | 'facts' | 'questions'> {
  const result = decisive(found, input);
  if (!result) return { state: 'assumed', threat: null, facts: [], questions: [] };
  const { rule, target, facts, questions } = result;
  if (result.state === 'answered') return { state: 'guarded', threat: null, facts, questions: [] };
  const threat = { rule, target };
  return result.state === 'raised'
    ? { state: 'open', threat, facts, questions: [] }
    : { state: 'assumed', threat, facts, questions };
}

function costOf(
  found: readonly PairResult[],
  input: AssuranceInput,
  on: readonly number[],
  controls: readonly PlacedControl[],
): number {
  const result = decisive(found, input);
  const exploitability = result ? exploitabilityOf(result, input) : UNKNOWN_EXPLOITABILITY;
  const base =
    result?.state === 'raised'
      ? 6 - exploitability
      : result?.state === 'answered'
        ? GUARDED
        : 7 - exploitability;
  let adds = 0;
  for (const index of on) adds += controls[index]?.counted ? COUNTED_ADDS : CLAIMED_ADDS;
  return base + adds;
}

/** By code units: the same on every machine, whatever its language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function attackersOf(model: SystemModel): readonly Attacker[] {
  return [...model.attackers].sort((a, b) => byText(a.id, b.id));
}
