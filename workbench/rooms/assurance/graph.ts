// The graph on which attackers move: elements as nodes, flows and interfaces as ways into them. Pure.
import type { SystemModel } from '../system/index.ts';
import { type Appraisal, byText, type Judge, judgeOf, type Purpose } from './appraise.ts';
import type { AssuranceInput, PlacedControl } from './contract.ts';
import { type Attacker, entriesOf } from './entries.ts';

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
  /** Positions in `edges` by the node into which they lead. */
  readonly arriving: readonly (readonly number[])[];
  readonly judge: Judge;
}

/** One attacker on the graph: where the ways begin. */
export interface Intruder {
  /** Id of the attacker; empty for all of them together. */
  readonly id: string;
  readonly entering: readonly Edge[];
  /** Nodes that the attacker holds from the start: no way leads through them again. */
  readonly held: ReadonlySet<number>;
}

/** Nodes, edges and controls in the order of their ids, so that every result is the same whatever the order of the model. */
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
  const arriving: number[][] = nodes.map(() => []);
  for (const [at, edge] of edges.entries()) {
    leaving[edge.from]?.push(at);
    arriving[edge.to]?.push(at);
  }
  return { nodes, indexOf, controls, edges, leaving, arriving, judge };
}

/** Where the attacker comes in. Who begins in an element has passed no control of it; who comes by an interface passes all. */
export function intruderOf(graph: AttackGraph, model: SystemModel, attacker: Attacker): Intruder {
  const entries = entriesOf(model, attacker);
  const { judge } = graph;
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

export function attackersOf(model: SystemModel): readonly Attacker[] {
  return [...model.attackers].sort((a, b) => byText(a.id, b.id));
}
