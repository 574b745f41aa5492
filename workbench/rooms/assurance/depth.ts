// Defence in depth: the fewest distinct controls on any way to a target. Pure.
import type { PlacedControl } from './contract.ts';
import type { Edge } from './graph.ts';
import { OUTSIDE } from './graph.ts';
import { endOf, type Target } from './targets.ts';
import type { Ways } from './ways.ts';

/**
 * Labels (a place and the set of controls passed to get there) that one search may make. One control that stands at two
 * steps of a way counts once, which makes the exact answer as hard as a set cover; models of devices need a few hundred.
 */
export const MAX_LABELS = 20_000;

export interface FoundDepth {
  /** Null: there is no way. */
  readonly depth: number | null;
  /** Where the depth is 1: controls that stand alone on some way. */
  readonly single: readonly number[];
  /** False: stopped at the bound, and the depth is at least what is given. */
  readonly exact: boolean;
}

interface Label {
  readonly node: number;
  readonly set: bigint;
  readonly size: number;
}

/**
 * One search for all targets of one attacker: label-setting over (node, set of controls). Labels come in the order of
 * their size; one whose set holds another's of the same node is dropped, for it can lead to nothing better.
 */
export function depthsOf(
  ways: Ways,
  targets: readonly Target[],
  controls: readonly PlacedControl[],
  counts: (control: PlacedControl) => boolean,
  maxLabels = MAX_LABELS,
): FoundDepth[] {
  const bits = controls.map((control, index) => (counts(control) ? 1n << BigInt(index) : 0n));
  const setOf = (on: readonly number[]) => on.reduce((set, index) => set | (bits[index] as bigint), 0n);
  const passing = ways.edges.map((edge) => setOf(edge.appraisals.pass.controls));
  const ends = endsOf(ways, targets, setOf);
  const best: (number | null)[] = targets.map(() => null);
  const single = targets.map(() => new Set<bigint>());
  const known: bigint[][] = ways.graph.nodes.map(() => []);
  const waiting: Label[][] = [];
  let made = 0;
  let complete = true;

  const arrive = (target: number, set: bigint) => {
    const size = sizeOf(set);
    const before = best[target] ?? null;
    if (before === null || size < before) best[target] = size;
    if (size === 1) single[target]?.add(set);
  };
  const leave = (node: number, set: bigint) => {
    for (const at of ways.leaving(node)) {
      const edge = ways.edges[at] as Edge;
      for (const end of ends[at] ?? []) arrive(end.target, set | end.set);
      if (!ways.leadsOn(edge)) continue;
      const next = set | (passing[at] as bigint);
      const there = known[edge.to] as bigint[];
      if (there.some((other) => (other & next) === other)) continue;
      if (made >= maxLabels) {
        complete = false;
        continue;
      }
      made += 1;
      const size = sizeOf(next);
      known[edge.to] = [...there.filter((other) => (other & next) !== next), next];
      const bucket = waiting[size];
      if (bucket) bucket.push({ node: edge.to, set: next, size });
      else waiting[size] = [{ node: edge.to, set: next, size }];
    }
  };
  /** Nothing that is still to come can change an answer. */
  const settled = (size: number) =>
    size >= 2 && best.every((depth, target) => (depth !== null ? depth <= size : unreachable[target]));

  const unreachable = unreachableTargets(ways, ends, targets.length);
  leave(OUTSIDE, 0n);
  let size = 0;
  let least = Number.POSITIVE_INFINITY;
  search: for (; size < waiting.length; size += 1) {
    if (settled(size)) break;
    const bucket = waiting[size] ?? [];
    for (let at = 0; at < bucket.length; at += 1) {
      const label = bucket[at] as Label;
      if (!known[label.node]?.includes(label.set)) continue;
      leave(label.node, label.set);
      if (!complete) {
        // Every label of fewer controls was followed to its end; those of this size were not.
        least = size;
        break search;
      }
    }
  }
  return targets.map((_, target) => {
    if (unreachable[target]) return { depth: null, single: [], exact: true };
    const found = best[target] ?? null;
    const exact = complete || (found !== null && found <= least);
    const depth = exact ? found : Math.min(found ?? least, least);
    const alone = depth === 1 ? [...(single[target] ?? [])].map(indexOfBit).sort((a, b) => a - b) : [];
    return { depth, single: alone, exact: exact && (complete || depth !== 1 || least > 1) };
  });
}

interface End {
  readonly target: number;
  readonly set: bigint;
}

function endsOf(
  ways: Ways,
  targets: readonly Target[],
  setOf: (on: readonly number[]) => bigint,
): readonly (readonly End[])[] {
  return ways.edges.map((edge) => {
    const ends: End[] = [];
    targets.forEach((target, index) => {
      const end = endOf(target, edge);
      if (end) ends.push({ target: index, set: setOf(edge.appraisals[end].controls) });
    });
    return ends;
  });
}

function unreachableTargets(ways: Ways, ends: readonly (readonly End[])[], count: number): boolean[] {
  const out = new Array<boolean>(count).fill(true);
  const reached = new Set<number>();
  const waiting = [OUTSIDE];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const at of ways.leaving(node)) {
      for (const { target } of ends[at] ?? []) out[target] = false;
      const edge = ways.edges[at] as Edge;
      if (reached.has(edge.to) || !ways.leadsOn(edge)) continue;
      reached.add(edge.to);
      waiting.push(edge.to);
    }
  }
  return out;
}

function sizeOf(set: bigint): number {
  let size = 0;
  for (let rest = set; rest !== 0n; rest &= rest - 1n) size += 1;
  return size;
}

const indexOfBit = (bit: bigint) => bit.toString(2).length - 1;
