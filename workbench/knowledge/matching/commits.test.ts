import { describe, expect, it } from 'vitest';
import type { RangeEvent } from '../advisory.ts';
import { commitLiesIn } from './commits.ts';

const id = (letter: string) => letter.repeat(40);
const [a, b, c, d, e, side, release, merge] = ['a', 'b', 'c', 'd', 'e', '1', '2', '3'].map(id) as string[];

/** a - b - c - d - e on the main line; `side` branches off b, `release` off c; `merge` joins e and side. */
const graph = {
  parents: new Map<string, readonly string[]>([
    [a!, []],
    [b!, [a!]],
    [c!, [b!]],
    [d!, [c!]],
    [e!, [d!]],
    [side!, [b!]],
    [release!, [c!]],
    [merge!, [e!, side!]],
  ]),
};
const lies = (commit: string | undefined, ...events: RangeEvent[]) =>
  commitLiesIn({ kind: 'GIT', repo: 'r', events }, commit!, () => graph);

describe('commitLiesIn', () => {
  it.each([
    ['before it was introduced', a, [{ introduced: b }, { fixed: d }], false],
    ['where it was introduced', b, [{ introduced: b }, { fixed: d }], true],
    ['the last one before the fix', c, [{ introduced: b }, { fixed: d }], true],
    ['the fix', d, [{ introduced: b }, { fixed: d }], false],
    ['a branch that left before the fix', release, [{ introduced: b }, { fixed: d }], true],
    ['a branch that left before the flaw', side, [{ introduced: c }, { fixed: e }], false],
    ['a merge that holds the fix', merge, [{ introduced: b }, { fixed: d }], false],
    ['from the first commit on', a, [{ introduced: '0' }, { fixed: d }], true],
    ['introduced again after a fix', e, [{ introduced: a }, { fixed: b }, { introduced: d }], true],
    ['between the fix and the second flaw', c, [{ introduced: a }, { fixed: b }, { introduced: d }], false],
    ['the last affected one', c, [{ introduced: b }, { last_affected: c }], true],
    ['behind the last affected one', d, [{ introduced: b }, { last_affected: c }], false],
    ['behind the limit', merge, [{ introduced: b }, { limit: e }], false],
    ['before the limit', c, [{ introduced: b }, { limit: e }], true],
    ['a commit that the history does not hold', id('9'), [{ introduced: b }], null],
    ['a range that names an unknown commit', c, [{ introduced: id('8') }, { fixed: e }], null],
    ['upper case', c!.toUpperCase(), [{ introduced: b }, { fixed: d }], true],
  ] as [string, string, RangeEvent[], boolean | null][])('%s', (_, commit, events, expected) => {
    expect(lies(commit, ...events)).toBe(expected);
  });
});
