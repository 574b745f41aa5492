// One attacker and one target on the graph: which edges can be taken from where, as what, at what price. Pure.
import type { Appraisal } from './appraise.ts';
import type { AttackGraph, Edge, Intruder } from './graph.ts';
import { OUTSIDE } from './graph.ts';
import { endOf, type Target } from './targets.ts';

/** Edges of an intruder in one numbering: those of the graph, then the ways in. */
export interface Ways {
  readonly graph: AttackGraph;
  readonly intruder: Intruder;
  readonly edges: readonly Edge[];
  /** Positions of the ways in. */
  readonly entering: readonly number[];
  /** A place that is held already is not entered again, so no way goes in circles through it. */
  leadsOn(edge: Edge): boolean;
  leaving(node: number): readonly number[];
}

export function waysOf(graph: AttackGraph, intruder: Intruder): Ways {
  const edges = [...graph.edges, ...intruder.entering];
  const entering = intruder.entering.map((_, at) => graph.edges.length + at);
  return {
    graph,
    intruder,
    edges,
    entering,
    leadsOn: (edge) => edge.kind === 'begin' || !intruder.held.has(edge.to),
    leaving: (node) => (node === OUTSIDE ? entering : (graph.leaving[node] ?? [])),
  };
}

export function appraisalFor(edge: Edge, target: Target): Appraisal {
  return edge.appraisals[endOf(target, edge) ?? 'pass'];
}
