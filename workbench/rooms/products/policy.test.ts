import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkMatrix,
  checkPolicy,
  DEFAULT_POLICY,
  enoughBySeverity,
  LEVELS,
  type Level,
  nextZone,
  RiskPolicy,
  rowOf,
  ZONES,
  zoneOf,
} from './policy.ts';

const grade = (zone: (typeof ZONES)[number]) => ZONES.indexOf(zone);

describe('the default policy', () => {
  it('fits its schema and has no fault', () => {
    expect(RiskPolicy.parse(DEFAULT_POLICY)).toEqual(DEFAULT_POLICY);
    expect(checkPolicy(DEFAULT_POLICY)).toEqual([]);
  });

  it('asks for two counted controls from serious harm on', () => {
    expect(enoughBySeverity(DEFAULT_POLICY)).toEqual({ 1: 1, 2: 1, 3: 2, 4: 2, 5: 2 });
  });

  it.each([
    [1, 5, false, 'acceptable'],
    [2, 2, false, 'acceptable'],
    [2, 3, false, 'reduce'],
    [3, 5, false, 'unacceptable'],
    [4, 2, false, 'reduce'],
    [4, 3, false, 'unacceptable'],
    [5, 1, false, 'acceptable'],
    [5, 2, false, 'reduce'],
    [2, 2, true, 'reduce'],
    [5, 5, true, 'unacceptable'],
  ] as const)('severity %i at exploitability %i (many: %s) is %s', (severity, exploitability, many, zone) => {
    expect(zoneOf(DEFAULT_POLICY, severity, exploitability, many)).toBe(zone);
  });
});

describe('a policy', () => {
  it('is refused a matrix that gets milder where matters are worse', () => {
    const matrix = DEFAULT_POLICY.matrix.map((row) => [...row]);
    matrix[4]![4] = 'reduce';

    expect(checkMatrix(matrix)).toEqual([
      { at: 'matrix[4][4]', message: expect.stringContaining('milder than at exploitability 4') },
      { at: 'matrix[4][4]', message: expect.stringContaining('milder than severity 4') },
    ]);
  });

  it('is refused less depth for more severity, and more time for what is worse', () => {
    const faults = checkPolicy({
      ...DEFAULT_POLICY,
      enough: [1, 2, 1, 2, 2],
      decideWithinDays: { ...DEFAULT_POLICY.decideWithinDays, high: 5 },
    });

    expect(faults.map(({ at }) => at)).toEqual(['enough[2]', 'decideWithinDays.high']);
  });

  it('is refused a matrix with a cell too few', () => {
    const matrix = DEFAULT_POLICY.matrix.map((row, index) => (index === 2 ? row.slice(1) : row));

    expect(RiskPolicy.safeParse({ ...DEFAULT_POLICY, matrix }).success).toBe(false);
  });

  it('never judges more mildly when severity or exploitability rises, or many are reached', () => {
    const row = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 });
    const sound = fc
      .record({ rows: fc.array(row, { minLength: 5, maxLength: 5 }), lift: fc.integer({ min: 0, max: 2 }) })
      .map(({ rows, lift }) => {
        let below = [0, 0, 0, 0, 0];
        const matrix = rows.map((cells) => {
          let left = 0;
          below = cells.map((cell, column) => {
            left = Math.max(left, cell, below[column]!);
            return left;
          });
          return below.map((cell) => ZONES[cell]!);
        });
        return { ...DEFAULT_POLICY, matrix, multiPatientLift: lift };
      });
    fc.assert(
      fc.property(sound, fc.constantFrom(...LEVELS), fc.constantFrom(...LEVELS), (one, severity, exploit) => {
        expect(checkMatrix(one.matrix)).toEqual([]);
        const here = grade(zoneOf(one, severity, exploit, false));
        if (severity < 5)
          expect(grade(zoneOf(one, (severity + 1) as Level, exploit, false))).toBeGreaterThanOrEqual(here);
        if (exploit < 5)
          expect(grade(zoneOf(one, severity, (exploit + 1) as Level, false))).toBeGreaterThanOrEqual(here);
        expect(grade(zoneOf(one, severity, exploit, true))).toBeGreaterThanOrEqual(here);
        expect(rowOf(one, severity, true)).toBeGreaterThanOrEqual(severity);
      }),
    );
  });

  it('cycles through the zones of a cell', () => {
    expect(ZONES.map(nextZone)).toEqual(['reduce', 'unacceptable', 'acceptable']);
  });
});
