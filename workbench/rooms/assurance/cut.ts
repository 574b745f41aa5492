// The fewest flows and interfaces that, cut, leave an attacker no way to a target. Pure.
// Maximum flow by E. A. Dinic (Soviet Mathematics Doklady 11 (1970)); the cut stands where what the source still reaches
// ends (Ford and Fulkerson 1956). With capacities of one it is small, and no kept library has it.
import { byText } from './appraise.ts';
import { type Edge, OUTSIDE } from './graph.ts';
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

/** Arcs in lists that are linked by numbers: the arc back of `n` is `n ^ 1`. */
class Network {
  readonly source: number;
  readonly sink: number;
  readonly #first: number[];
  readonly #next: number[] = [];
  readonly #to: number[] = [];
  readonly #room: number[] = [];
  /** What is cut with the even arc, by half its number; null where nothing is. */
  readonly #vias: (string | null)[] = [];
  readonly #gates = new Map<string, number>();

  constructor(nodes: number) {
    this.source = nodes;
    this.sink = nodes + 1;
    this.#first = new Array<number>(nodes + 2).fill(-1);
  }

  join(from: number, to: number, via: string, shared: boolean): void {
    if (!shared) {
      this.#arc(from, to, 1, via);
      return;
    }
    let gate = this.#gates.get(via);
    if (gate === undefined) {
      gate = this.#first.push(-1) - 1;
      this.#gates.set(via, gate);
      this.#arc(gate, to, 1, via);
    }
    this.#arc(from, gate, ENDLESS, null);
  }

  cut(): string[] {
    let levels = this.#levels();
    for (; (levels[this.sink] as number) >= 0; levels = this.#levels()) this.#fill(levels);
    const ids = new Set<string>();
    for (const [half, via] of this.#vias.entries()) {
      const from = this.#to[2 * half + 1] as number;
      const to = this.#to[2 * half] as number;
      if (via !== null && (levels[from] as number) >= 0 && (levels[to] as number) < 0) ids.add(via);
    }
    return [...ids].sort(byText);
  }

  #arc(from: number, to: number, room: number, via: string | null): void {
    const arc = this.#to.length;
    this.#to.push(to, from);
    this.#room.push(room, 0);
    this.#next.push(this.#first[from] as number, this.#first[to] as number);
    this.#first[from] = arc;
    this.#first[to] = arc + 1;
    this.#vias.push(via);
  }

  /** Steps from the source over arcs with room; -1 where none lead. The sink ends the search. */
  #levels(): Int32Array {
    const levels = new Int32Array(this.#first.length).fill(-1);
    levels[this.source] = 0;
    const queue = [this.source];
    for (const node of queue) {
      if (node === this.sink) break;
      for (let arc = this.#first[node] as number; arc >= 0; arc = this.#next[arc] as number) {
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
    const at = Int32Array.from(this.#first);
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
      const arc = at[node] as number;
      if (arc < 0) {
        const back = way.pop();
        if (back === undefined) return;
        node = this.#to[back ^ 1] as number;
        at[node] = this.#next[at[node] as number] as number;
        continue;
      }
      const to = this.#to[arc] as number;
      if ((this.#room[arc] as number) > 0 && levels[to] === (levels[node] as number) + 1) {
        way.push(arc);
        node = to;
      } else at[node] = this.#next[arc] as number;
    }
  }
}
