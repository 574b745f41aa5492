// WARD_UPDATE_GOLDEN=1 renews docs/reports/no-emission.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKEN_SAFETY, BROKEN_TABLES, SECOND_LINES, weakenedSafety } from './broken-tables.ts';
import { CONTROL_STATES } from './control-computer.ts';
import { explore, exploreSafety, STATEMENTS } from './explore.ts';
import { explorationReport } from './explore-report.ts';
import { REMOTE_SAMPLES } from './remote-samples.ts';
import { REMOTE_VERBS } from './vocabulary.ts';

const REPORT = new URL('../../docs/reports/no-emission.md', import.meta.url);
const RENEW = 'WARD_UPDATE_GOLDEN=1 npx vitest run --project unit laser/machine/explore.test.ts';

describe('every remote message and every local input in every state and order', () => {
  const found = explore();
  const alone = exploreSafety();

  it('keeps each statement', () => {
    console.log(
      `no emission from remote: ${found.states} states, ${found.transitions} transitions, of them ` +
        `${found.remoteTransitions} remote (${found.remoteMessages} messages, ${found.refusedRemote} refused) and ` +
        `${found.localTransitions} local; safety controller against a hostile control computer: ${alone.states} states, ` +
        `${alone.transitions} transitions, of them ${alone.wireTransitions} of the wire; ` +
        `${Object.keys(STATEMENTS).length} statements, ${BROKEN_TABLES.length + BROKEN_SAFETY.length} broken tables caught`,
    );
    expect(Object.fromEntries(found.violations)).toEqual({});
    expect(Object.fromEntries(alone.violations)).toEqual({});
  });

  it('reaches every state and takes every row of both tables', () => {
    expect([...found.controlStates].sort()).toEqual([...CONTROL_STATES].sort());
    expect(found.rowsNotTaken).toBe(0);
    expect(found.states).toBeGreaterThan(3_000);
    expect(found.transitions).toBeGreaterThan(500_000);
    expect(alone.states).toBeGreaterThan(300);
  });

  it('is written down as it is', () => {
    const report = explorationReport(found, alone, RENEW);
    if (process.env.WARD_UPDATE_GOLDEN) writeFileSync(REPORT, report);
    expect(readFileSync(REPORT, 'utf8')).toBe(report);
  });

  it('tries every verb with a body that is read, and messages that are not', () => {
    const read = new Set(REMOTE_SAMPLES.map(({ command }) => command?.verb));
    expect(REMOTE_VERBS.filter((verb) => !read.has(verb))).toEqual([]);
    expect(REMOTE_SAMPLES.filter(({ command }) => command === null).length).toBeGreaterThan(80);
    for (const { name, command } of REMOTE_SAMPLES)
      if (/too low|too high|above|no verb|unknown mode/.test(name))
        expect([name, command]).toEqual([name, null]);
  });
});

describe('the exploration itself', () => {
  it.each(BROKEN_TABLES)('catches: $name', ({ tables, breaks }) => {
    expect([...explore(tables, { until: breaks }).violations.keys()]).toContain(breaks);
  });

  it.each(BROKEN_SAFETY)('catches with a hostile control computer: $name', ({ table, breaks }) => {
    expect([...exploreSafety(table, { until: breaks }).violations.keys()]).toContain(breaks);
  });

  it('misses nothing that is left out of the safety table, but for the second lines of defence', () => {
    const missed = weakenedSafety()
      .filter(({ table }) => exploreSafety(table, { until: 'any' }).violations.size === 0)
      .map(({ name }) => name);
    expect(missed.sort()).toEqual([...SECOND_LINES].sort());
  });
});
