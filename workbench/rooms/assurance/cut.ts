// The fewest flows and interfaces that, cut, leave an attacker no way to a target. Pure.
// Maximum flow by E. A. Dinic (Soviet Mathematics Doklady 11 (1970)); the cut stands where what the source still reaches
// ends (Ford and Fulkerson 1956). With capacities of one it is small, and no kept library has it.
import { byText, type Edge, OUTSIDE } from './graph.ts';
import { endOf, type Target } from './targets.ts';
import type { Ways } from './ways.ts';

const ENDLESS = 0x3fffffff;

/**
 * Ids of the cut, in order; null where nothing can be cut, for the attacker begins at the target. An interface is cut
 * for who stands at it; a flow that goes over it is a flow of its own.
 */
export function minimumCut(ways: Ways, target: Target): readonly string[] | null {
  const { intruder, graph } = ways;
  if (intruder.entering.some((edge) => edge.kind === 'begin' && endOf(target, edge))) return null;
  const network = new Network(graph.nodes.length);
  // What he holds is where he is: one node.
  const nodeOf = (node: number) => (node === OUTSIDE || intruder.held.has(node) ? network.source : node);
  // A flow that is also tapped has two ways in and is cut as one.
  const tapped = new Set(intruder.entering.flatMap((edge) => (edge.kind === 'tap' ? edge.via : [])));
  for (const edge of ways.edges) {
    const end = endOf(target, edge);
    if (edge.kind === 'begin' || (!end && !ways.leadsOn(edge))) continue;
    const to = end ? network.sink : edge.to;
    network.join(nodeOf(edge.from), to, edge.via, tapped.has(edge.via));
  }
  return network.cut();
}

/** All attackers together: what one of them holds is held, and need not be reached by the others. */
export function together(
  all: readonly Ways[],
  make: (entering: readonly Edge[], held: ReadonlySet<number>) => Ways,
): Ways {
  const held = new Set(all.flatMap(({ intruder }) => [...intruder.held]));
  const entering = new Map<string, Edge>();
  for (const { intruder } of all)
    for (const edge of intruder.entering) entering.set(`${edge.kind} ${edge.via}`, edge);
  const ordered = [...entering].sort(([a], [b]) => byText(a, b)).map(([, edge]) => edge);
  return make(ordered, held);
}

class Network {
  readonly source: number;
  readonly sink: number;
  readonly #arcs: number[][];
  readonly #to: number[] = [];
  readonly #room: number[] = [];
  /** By the even arc that is cut with it. */
  readonly #vias = new Map<number, string>();
  readonly #gates = new Map<string, number>();

  constructor(nodes: number) {
    this.source = nodes;
    this.sink = nodes + 1;
    this.#arcs = Array.from({ length: nodes + 2 }, () => []);
  }

  join(from: number, to: number, via: string, shared: boolean): void {
    if (!shared) {
      this.#vias.set(this.#arc(from, to, 1), via);
      return;
    }
    let gate = this.#gates.get(via);
    if (gate === undefined) {
      gate = this.#arcs.push([]) - 1;
      this.#gates.set(via, gate);
      this.#vias.set(this.#arc(gate, to, 1), via);
    }
    this.#arc(from, gate, ENDLESS);
  }

  cut(): string[] {
    for (let levels = this.#levels(); (levels[this.sink] as number) >= 0; levels = this.#levels())
      this.#fill(levels);
    const near = this.#levels();
    const ids = [...this.#vias].flatMap(([arc, via]) => {
      const from = this.#to[arc ^ 1] as number;
      const to = this.#to[arc] as number;
      return (near[from] as number) >= 0 && (near[to] as number) < 0 ? via : [];
    });
    return [...new Set(ids)].sort(byText);
  }

  #arc(from: number, to: number, room: number): number {
    const arc = this.#to.length;
    this.#arcs[from]?.push(arc);
    this.#arcs[to]?.push(arc + 1);
    this.#to.push(to, from);
    this.#room.push(room, 0);
    return arc;
  }

  #levels(): Int32Array {
    const levels = new Int32Array(this.#arcs.length).fill(-1);
    levels[this.source] = 0;
    const queue = [this.source];
    for (const node of queue) {
      for (const arc of this.#arcs[node] ?? []) {
        const to = this.#to[arc] as number;
        if ((this.#room[arc] as number) <= 0 || (levels[to] as number) >= 0) continue;
        levels[to] = (levels[node] as number) + 1;
        queue.push(to);
      }
    }
    return levels;
  }

  /** Takes ways of this level graph until none is left; every way has an arc of one, so each takes one. */
  #fill(levels: Int32Array): void {
    const next = new Int32Array(this.#arcs.length);
    const way: number[] = [];
    let node = this.source;
    for (;;) {
      if (node === this.sink) {
        for (const arc of way) {
          this.#room[arc] = (this.#room[arc] as number) - 1;
          this.#room[arc ^ 1] = (this.#room[arc ^ 1] as number) + 1;
        }
        way.length = 0;
        node = this.source;
        continue;
      }
      const arc = this.#arcs[node]?.[next[node] as number];
      if (arc === undefined) {
        const back = way.pop();
        if (back === undefined) return;
        node = this.#to[back ^ 1] as number;
        next[node] = (next[node] as number) + 1;
        continue;
      }
      const to = this.#to[arc] as number;
      if ((this.#room[arc] as number) > 0 && levels[to] === (levels[node] as number) + 1) {
        way.push(arc);
        node = to;
      } else next[node] = (next[node] as number) + 1;
    }
  }
}
