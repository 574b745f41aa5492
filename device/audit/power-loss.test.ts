import { expect, it } from 'vitest';
import { auditPowerLoss } from './power-loss.ts';

it('at any step, and again at any step of the restart, loses no acknowledged entry and hides no gap', async () => {
  const cuts = await auditPowerLoss();

  expect(cuts.filter(({ lost, wrong }) => lost > 0 || wrong.length > 0)).toEqual([]);
  expect(new Set(cuts.map(({ aftermath }) => aftermath)).size).toBe(3);
  expect(cuts.some(({ cutBytes }) => cutBytes > 0)).toBe(true);
  expect(cuts.length).toBeGreaterThan(300);
});

it('while a segment is closed or removed, loses nothing that was not said to be removed', async () => {
  const cuts = await auditPowerLoss('segments');

  expect(cuts.filter(({ lost, wrong }) => lost > 0 || wrong.length > 0)).toEqual([]);
  const steps = new Set(cuts.map(({ what }) => what.replace(/\d+/g, 'N')));
  expect([...steps]).toEqual(
    expect.arrayContaining([
      'rename audit/log audit/log-N',
      'rename audit/log.next audit/log',
      'remove audit/log-N',
    ]),
  );
}, 120_000);
