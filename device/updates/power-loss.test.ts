import { describe, expect, it } from 'vitest';
import { PHASES, summarisePowerLoss, updatePowerLoss } from './power-loss.ts';

describe('power lost at every step of an update', () => {
  it('always leaves one whole version to start, comes to rest, and the log says what happened', async () => {
    const rows = await updatePowerLoss();

    const table = summarisePowerLoss(rows);
    expect(table.map(({ phase }) => phase)).toEqual([...PHASES]);
    expect(rows.filter(({ what }) => what !== 'nothing was cut').length).toBeGreaterThan(400);
    expect(table.reduce((sum, { again }) => sum + again, 0)).toBeGreaterThan(2000);
    const started = Object.fromEntries(table.map((row) => [row.phase, Object.keys(row.started).sort()]));
    expect(started).toEqual({
      check: ['1.0.0'],
      stage: ['1.0.0'],
      switch: ['1.0.0', '1.1.0 on trial'],
      'trial boot': ['1.1.0 on trial'],
      confirm: ['1.1.0', '1.1.0 on trial'],
      return: ['1.0.0', '1.1.0 on trial'],
      'crash loop': ['1.0.0', '1.1.0 on trial'],
      'damaged slot': ['1.0.0'],
    });
  }, 120_000);
});
