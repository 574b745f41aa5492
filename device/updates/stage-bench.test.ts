import { expect, it } from 'vitest';
import { benchStage } from './stage-bench.ts';

it('stages a real file and says how fast', async () => {
  const measured = await benchStage({ megabytes: 3, rounds: 1 });

  expect(measured.megabytes).toBe(3);
  expect(measured.staged).toBeGreaterThan(0);
  expect(measured.residentGrowth).toBeLessThan(32);
});
