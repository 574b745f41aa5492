// The ways of least resistance to a target, without circles. Pure.
// J. Y. Yen, Finding the K Shortest Loopless Paths in a Network, Management Science 17 (1971); only deviations after the
// last one are searched (E. L. Lawler, Management Science 18 (1972)), each guided by the distances that are left.
import type { AttackGraph, Edge } from './graph.ts';
import { OUTSIDE } from './graph.ts';
import { endOf, type Target } from './targets.ts';
import { appraisalFor, type Ways } from './ways.ts';

export const LISTED_PATHS = 10;
const FAR = 0x3fffffff;

export interface FoundPath {
  /** Positions in the edges of the ways. */
  readonly edges: readonly number[];
  readonly cost: number;
}

/** Resistance from each node to the target when nothing is in the way: never more than what is really left. */
export function distancesTo(graph: AttackGraph, target: Target): Int32Array {
  const distances = new Int32Array(graph.nodes.length).fill(FAR);
  const queue = new BucketQueue();
  const shorten = (node: number, distance: number) => {
    if (distance >= (distances[node] as number)) return;
    distances[node] = distance;
    queue.push(distance, node);
  };
  for (const edge of graph.edges) {
    const end = endOf(target, edge);
    if (end) shorten(edge.from, edge.appraisals[end].cost);
  }
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (queue.last > (distances[node] as number)) continue;
    for (const at of graph.arriving[node] ?? []) {
      const edge = graph.edges[at] as Edge;
      if (!endOf(target, edge)) shorten(edge.from, (distances[node] as number) + edge.appraisals.pass.cost);
    }
  }
  return distances;
}

/** At most `wanted` paths, the easiest first; of equals the order is that of the graph. */
export function easiestPaths(ways: Ways, target: Target, distances: Int32Array, wanted: number): FoundPath[] {
  const search = searcher(ways, target, distances);
  const first = search([], 0, new Set(), FAR);
  if (!first) return [];
  const found: (FoundPath & { readonly from: number })[] = [];
  const waiting: (FoundPath & { readonly from: number })[] = [{ ...first, from: 0 }];
  const seen = new Set([first.edges.join(' ')]);
  while (found.length < wanted) {
    const path = takeEasiest(waiting);
    if (!path) break;
    found.push(path);
    if (found.length === wanted) break;
    let before = 0;
    for (let at = 0; at < path.edges.length; at += 1) {
      if (at >= path.from) {
        const root = path.edges.slice(0, at);
        const taken = new Set(
          found
            .filter((other) => root.every((edge, index) => other.edges[index] === edge))
            .flatMap((other) => other.edges[at] ?? []),
        );
        const next = search(root, before, taken, worstWanted(waiting, wanted - found.length));
        const name = next?.edges.join(' ');
        if (next && name !== undefined && !seen.has(name)) {
          seen.add(name);
          waiting.push({ ...next, from: at });
        }
      }
      before += appraisalFor(ways.edges[path.edges[at] as number] as Edge, target).cost;
    }
  }
  return found.map(({ edges, cost }) => ({ edges, cost }));
}

/** Once so many paths wait that no more are needed, a harder one is not worth a search. */
function worstWanted(waiting: readonly FoundPath[], wanted: number): number {
  if (waiting.length < wanted) return FAR;
  return waiting.map((path) => path.cost).sort((a, b) => a - b)[wanted - 1] ?? FAR;
}

function takeEasiest<T extends FoundPath>(waiting: T[]): T | undefined {
  let best = 0;
  for (let at = 1; at < waiting.length; at += 1)
    if (comesBefore(waiting[at] as T, waiting[best] as T)) best = at;
  return waiting.splice(best, 1)[0];
}

function comesBefore(a: FoundPath, b: FoundPath): boolean {
  if (a.cost !== b.cost) return a.cost < b.cost;
  if (a.edges.length !== b.edges.length) return a.edges.length < b.edges.length;
  for (const [at, edge] of a.edges.entries()) {
    const other = b.edges[at] as number;
    if (edge !== other) return edge < other;
  }
  return false;
}

/** Finds the easiest way on from the end of a root: not through the root's nodes, not by the taken edges first. */
function searcher(ways: Ways, target: Target, left: Int32Array) {
  const size = ways.graph.nodes.length;
  // A stamp says in which search a number was written, so that nothing has to be wiped.
  const stamps = new Int32Array(size);
  const costs = new Int32Array(size);
  const cameBy = new Int32Array(size);
  const blocked = new Int32Array(size);
  const purposes = ways.edges.map((edge) => endOf(target, edge));
  let stamp = 0;

  return (
    root: readonly number[],
    before: number,
    taken: ReadonlySet<number>,
    most: number,
  ): FoundPath | null => {
    stamp += 1;
    for (const at of root) blocked[(ways.edges[at] as Edge).to] = stamp;
    const last = root.at(-1);
    const start = last === undefined ? OUTSIDE : (ways.edges[last] as Edge).to;
    const queue = new BucketQueue();
    let arrival: { readonly edge: number; readonly cost: number } | null = null;

    const leave = (node: number, cost: number) => {
      for (const at of ways.leaving(node)) {
        if (node === start && taken.has(at)) continue;
        const edge = ways.edges[at] as Edge;
        const purpose = purposes[at];
        if (purpose) {
          const whole = cost + edge.appraisals[purpose].cost;
          if (whole <= most && (arrival === null || whole < arrival.cost))
            arrival = { edge: at, cost: whole };
          continue;
        }
        if (blocked[edge.to] === stamp || !ways.leadsOn(edge)) continue;
        const rest = left[edge.to] as number;
        const next = cost + edge.appraisals.pass.cost;
        if (rest >= FAR || next + rest > most) continue;
        if (stamps[edge.to] === stamp && (costs[edge.to] as number) <= next) continue;
        stamps[edge.to] = stamp;
        costs[edge.to] = next;
        cameBy[edge.to] = at;
        queue.push(next + rest, edge.to);
      }
    };
    const cheapest = () => arrival?.cost ?? FAR;

    leave(start, before);
    for (let node = queue.pop(); node !== undefined && queue.last < cheapest(); node = queue.pop()) {
      if (queue.last > (costs[node] as number) + (left[node] as number)) continue;
      leave(node, costs[node] as number);
    }
    if (arrival === null) return null;
    const { edge, cost } = arrival as { edge: number; cost: number };
    const way = [edge];
    for (let node = (ways.edges[edge] as Edge).from; node !== start; ) {
      const at = cameBy[node] as number;
      way.push(at);
      node = (ways.edges[at] as Edge).from;
    }
    return { edges: [...root, ...way.reverse()], cost };
  };
}

/** Costs are small whole numbers and never fall while a search goes on: one list for each. */
class BucketQueue {
  readonly #buckets: number[][] = [];
  #at = 0;

  /** Cost of what was popped last. */
  get last(): number {
    return this.#at;
  }

  push(cost: number, item: number): void {
    const bucket = this.#buckets[cost];
    if (bucket) bucket.push(item);
    else this.#buckets[cost] = [item];
  }

  pop(): number | undefined {
    for (; this.#at < this.#buckets.length; this.#at += 1) {
      const item = this.#buckets[this.#at]?.pop();
      if (item !== undefined) return item;
    }
    return undefined;
  }
}
