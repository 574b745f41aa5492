import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HaltRule, nextStep, type WaveCount } from './next-step.ts';
import { planWaves } from './plan-waves.ts';

const same = (serial: string) => serial;
const SERIALS = Array.from({ length: 10 }, (_, at) => `L4-${at}`);

describe('waves', () => {
  it('named units first, then shares, then the rest', () => {
    const plan = planWaves(
      [
        { name: 'Pilot', units: '20 %' },
        { name: 'Own clinic', units: 'l4-0, L4-1' },
        { name: 'All', units: 'rest' },
      ],
      SERIALS,
      same,
    );

    expect(plan).toEqual({
      kind: 'plan',
      waves: [
        { name: 'Pilot', units: ['L4-2', 'L4-3'] },
        { name: 'Own clinic', units: ['L4-0', 'L4-1'] },
        { name: 'All', units: ['L4-4', 'L4-5', 'L4-6', 'L4-7', 'L4-8', 'L4-9'] },
      ],
    });
  });

  it.each([
    ['L4-0, L4-99', 'Wave 2 names L4-99, which is no enrolled unit of this product.'],
    ['L4-3', 'Wave 2 names L4-3, which is in wave 1 already.'],
    [' , ', 'Wave 2 names no unit, no share and no rest.'],
    ['0 %', 'Wave 2 has a share that is not between 1 % and 100 %.'],
    ['101%', 'Wave 2 has a share that is not between 1 % and 100 %.'],
  ])('a second wave of "%s" is a problem', (units, message) => {
    const plan = planWaves(
      [
        { name: 'One', units: 'L4-3' },
        { name: 'Two', units },
      ],
      SERIALS,
      same,
    );

    expect(plan).toEqual({ kind: 'problem', wave: 1, message });
  });

  it('no unit is in two waves, and with a rest every unit is in one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 5 }),
        fc.integer({ min: 0, max: 60 }),
        (shares, many) => {
          const serials = Array.from({ length: many }, (_, at) => `U-${at}`);
          const waves = [
            ...shares.map((share) => ({ name: 'w', units: `${share} %` })),
            { name: 'r', units: 'rest' },
          ];
          const plan = planWaves(waves, serials, same);
          const units = plan.kind === 'plan' ? plan.waves.flatMap((wave) => wave.units) : [];
          expect([...units].sort()).toEqual([...serials].sort());
        },
      ),
    );
  });
});

const NOW = new Date('2026-11-26T12:00:00Z');
const HOURS_AGO = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const RULE: HaltRule = { haltAfterFailures: 3, haltAtPercent: 50, nextWaveAfterHours: 24 };
const wave = (count: Partial<WaveCount>): WaveCount => ({
  total: 4,
  waiting: 0,
  confirmed: 0,
  failed: 0,
  lastEndAt: null,
  ...count,
});
const fresh = wave({ waiting: 4 });

describe('the next step of a campaign', () => {
  it.each<[string, readonly WaveCount[], ReturnType<typeof nextStep>]>([
    ['the first wave is offered', [fresh, fresh], { kind: 'offer', wave: 0 }],
    [
      'a wave whose units have not answered is waited for',
      [wave({ confirmed: 3 }), fresh],
      { kind: 'wait', wave: 0, until: null },
    ],
    [
      'a day after a wave has ended the next one is offered',
      [wave({ confirmed: 4, lastEndAt: HOURS_AGO(24) }), fresh],
      { kind: 'offer', wave: 1 },
    ],
    [
      'not before',
      [wave({ confirmed: 4, lastEndAt: HOURS_AGO(23) }), fresh],
      { kind: 'wait', wave: 1, until: new Date('2026-11-26T13:00:00Z') },
    ],
    ['an empty wave is passed over', [wave({ total: 0 }), fresh], { kind: 'offer', wave: 1 }],
    ['it is done when all have ended', [wave({ confirmed: 4, lastEndAt: NOW })], { kind: 'done' }],
    [
      'so many failures halt it',
      [wave({ total: 10, waiting: 1, confirmed: 4, failed: 3 })],
      { kind: 'halt', wave: 0, reason: 'Wave 1: 3 units failed, and the campaign halts after 3.' },
    ],
    [
      'so large a share of failures halts it',
      [wave({ confirmed: 1, failed: 1 })],
      {
        kind: 'halt',
        wave: 0,
        reason: 'Wave 1: 50 % of the 2 units that answered failed, and the campaign halts at 50 %.',
      },
    ],
    [
      'a late failure of an earlier wave halts the later ones',
      [wave({ confirmed: 1, failed: 3, lastEndAt: HOURS_AGO(30) }), fresh],
      { kind: 'halt', wave: 0, reason: 'Wave 1: 3 units failed, and the campaign halts after 3.' },
    ],
  ])('%s', (_name, waves, step) => {
    expect(nextStep(waves, RULE, NOW)).toEqual(step);
  });

  it('a unit that has failed is never followed by an offer beyond the rule', () => {
    const count = fc.record({ confirmed: fc.nat(5), failed: fc.nat(5), waiting: fc.nat(5), open: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(count, { minLength: 1, maxLength: 4 }), (counts) => {
        const waves = counts.map(({ open, ...rest }) =>
          wave({ ...rest, total: rest.confirmed + rest.failed + rest.waiting + open }),
        );
        const step = nextStep(waves, RULE, NOW);
        if (waves.some(({ failed }) => failed >= RULE.haltAfterFailures)) expect(step.kind).toBe('halt');
      }),
    );
  });
});
