import { expect, it } from 'vitest';
import { vaultPowerLoss } from './power-loss.ts';

it('at any step, and again at any step of the restart, loses no acknowledged record and keeps the erased erased', async () => {
  const cuts = await vaultPowerLoss();

  expect(cuts.filter(({ lost, wrong }) => lost > 0 || wrong.length > 0)).toEqual([]);
  expect(new Set(cuts.map(({ aftermath }) => aftermath)).size).toBe(3);
  expect(cuts.length).toBeGreaterThan(300);
}, 120_000);
