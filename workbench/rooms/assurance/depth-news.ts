// What is news of a depth: it fell, and is now below what the policy asks for. Pure.

import type { Depth } from './contract.ts';
import type { CountedControl } from './count-controls.ts';

export interface KnownDepth {
  readonly target: string;
  /** Empty: all attackers together. */
  readonly attacker: string;
  /** Null: there is no way. */
  readonly counted: number | null;
}

export interface DepthNews {
  readonly target: string;
  readonly severity: number;
  readonly text: string;
}

export const knownDepths = (depths: readonly Depth[]): KnownDepth[] =>
  depths.map(({ target, attacker, counted }) => ({ target, attacker: attacker ?? '', counted }));

/**
 * One piece of news for a target, about the attacker against whom it fell the most; a way that opened where none was
 * counts as a fall. What is still enough is no news.
 */
export function depthNews(
  before: readonly KnownDepth[],
  after: readonly Depth[],
  lost: readonly CountedControl[],
  titleOf: (id: string) => string,
): DepthNews[] {
  const past = new Map(before.map((known) => [`${known.target} ${known.attacker}`, known]));
  const worst = new Map<
    string,
    { readonly depth: Depth; readonly was: number | null; readonly fell: number }
  >();
  for (const depth of after) {
    const known = past.get(`${depth.target} ${depth.attacker ?? ''}`);
    if (!known || depth.counted === null || depth.counted >= depth.enough) continue;
    const fell = (known.counted ?? depth.enough) - depth.counted;
    if (fell <= 0) continue;
    const other = worst.get(depth.target);
    if (!other || fell > other.fell) worst.set(depth.target, { depth, was: known.counted, fell });
  }
  return [...worst.values()].map(({ depth, was }) => ({
    target: depth.target,
    severity: depth.severity,
    text: sentence(depth, was, lost, titleOf),
  }));
}

function sentence(
  depth: Depth,
  was: number | null,
  lost: readonly CountedControl[],
  titleOf: (id: string) => string,
): string {
  const against = depth.attacker === null ? '' : ` against ${titleOf(depth.attacker)}`;
  const from = was === null ? 'a way opened where none was' : `it fell from ${was} to ${depth.counted}`;
  const number = was === null ? `, with ${depth.counted} counted controls on it` : '';
  const [first, ...more] = lost;
  const because = first
    ? ` because ${first.why.replace(/\.$/, '')}${more.length > 0 ? ` (${more.length + 1} controls count no longer)` : ''}`
    : ' because the system model or what is asked of it has changed';
  return `Defence in depth of ${titleOf(depth.target)}${against}: ${from}${number}${because}. ${depth.enough} are enough.`;
}
