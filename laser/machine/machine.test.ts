import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CombinedLimit, checkParameters, quantityOf } from '../../device/commands/parameter-table.ts';
import { laserCommandBench } from './bench.ts';
import { LASER_AT_REST, stepLocal, stepRemote } from './laser-machine.ts';
import { LOCAL_INPUTS } from './local-input.ts';
import { MODES, PARAMETER_TABLE } from './parameter-table.ts';
import { REMOTE_SAMPLES } from './remote-samples.ts';
import { emissionEnabled } from './safety-controller.ts';
import { LASER_VOCABULARY, type LaserParameters, REMOTE_VERBS } from './vocabulary.ts';

const least = (mode: (typeof MODES)[number]): LaserParameters =>
  Object.fromEntries(
    Object.entries(PARAMETER_TABLE[mode].parameters).map(([name, bound]) => [name, bound.least]),
  ) as LaserParameters;

describe('the vocabulary of the laser', () => {
  it('is this list and no more', () => {
    expect([...REMOTE_VERBS].sort()).toEqual([
      'calibration.propose',
      'record.break-glass',
      'record.break-glass-reasons',
      'record.export',
      'record.read',
      'service.diagnostics',
      'service.end',
      'service.open',
      'service.read-logs',
      'service.self-test',
      'stop',
      'treatment.adjust',
      'treatment.end',
      'treatment.prepare',
      'treatment.status',
      'unit.status',
      'update.check',
    ]);
  });

  it('has no verb that arms, emits or raises, and none that is a local input', () => {
    for (const [verb, { effect }] of LASER_VOCABULARY) {
      expect(verb).not.toMatch(
        /arm|emit|emission|fire|shoot|start|resume|raise|foot|key|confirm|install|reset/,
      );
      expect(['reads', 'prepares', 'lowers', 'serves']).toContain(effect);
      expect(LOCAL_INPUTS as readonly string[]).not.toContain(verb);
    }
  });
});

describe('the parameter table', () => {
  it.each(
    MODES.flatMap((mode) =>
      Object.entries(PARAMETER_TABLE[mode].parameters).map(([name, bound]) => ({ mode, name, ...bound })),
    ),
  )('$mode: $name from $least to $most', ({ mode, name, least: low, most: high }) => {
    const verdict = (value: number) =>
      checkParameters(PARAMETER_TABLE, mode, { ...least(mode), [name]: value });
    expect(verdict(low)).toBeNull();
    expect(verdict(low - 1)).toMatchObject({ of: name, kind: 'too-low', bound: low });
    expect(verdict(high + 1)).toMatchObject({ of: name, kind: 'too-high', bound: high });
    // At the upper end a combined limit may be reached first, never the bound itself.
    expect(verdict(high)?.of).not.toBe(name);
    for (const value of [low + 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(verdict(value)?.of).toBe(name);
  });

  it('49 mW is too little, 50 and 51 are not; 600 mJ is the most of a single pulse', () => {
    const single = (given: object) =>
      checkParameters(PARAMETER_TABLE, 'single', { ...least('single'), ...given });
    expect([49, 50, 51].map((powerMilliWatt) => single({ powerMilliWatt })?.kind ?? null)).toEqual([
      'too-low',
      null,
      null,
    ]);
    const wide = { spotMicroMetre: 500, pulseMilliSecond: 1000 };
    expect([599, 600, 601].map((powerMilliWatt) => single({ ...wide, powerMilliWatt })?.of ?? null)).toEqual([
      null,
      null,
      'pulseEnergyMilliJoule',
    ]);
  });

  it('each combined limit refuses something that every bound allows', () => {
    for (const mode of MODES)
      for (const limit of PARAMETER_TABLE[mode].limits) {
        const corner = { ...least(mode) } as Record<string, number>;
        for (const [name, exponent] of Object.entries(limit.exponents))
          if (exponent > 0)
            corner[name] = PARAMETER_TABLE[mode].parameters[name as keyof LaserParameters].most;
        expect([mode, quantityOf(limit, corner) > limit.most]).toEqual([mode, true]);
      }
  });

  it('knows no other mode, no other parameter, and needs all of them', () => {
    for (const mode of ['continuous', '__proto__', 'constructor', 'toString', ''])
      expect(checkParameters(PARAMETER_TABLE, mode, least('single'))?.kind).toBe('no-such-mode');
    expect(checkParameters(PARAMETER_TABLE, 'single', { ...least('single'), boost: 1 })?.kind).toBe(
      'no-such-parameter',
    );
    const { pulses: _, ...fewer } = least('single');
    expect(checkParameters(PARAMETER_TABLE, 'single', fewer)).toMatchObject({
      of: 'pulses',
      kind: 'missing',
    });
  });

  const within = (mode: (typeof MODES)[number]) =>
    fc.record(
      Object.fromEntries(
        Object.entries(PARAMETER_TABLE[mode].parameters).map(([name, bound]) => [
          name,
          fc.integer({ min: bound.least, max: bound.most }),
        ]),
      ),
    ) as fc.Arbitrary<Record<keyof LaserParameters, number>>;

  it.each(MODES)(
    '%s: what is refused for a combined limit is refused with more, what is allowed is allowed with less',
    (mode) => {
      const { limits, parameters: bounds } = PARAMETER_TABLE[mode];
      fc.assert(
        fc.property(within(mode), fc.constantFrom(...limits), (parameters, limit: CombinedLimit) => {
          for (const [name, exponent] of Object.entries(limit.exponents)) {
            const bound = bounds[name as keyof LaserParameters];
            const more = { ...parameters, [name]: exponent > 0 ? bound.most : bound.least };
            const less = { ...parameters, [name]: exponent > 0 ? bound.least : bound.most };
            expect(quantityOf(limit, more)).toBeGreaterThanOrEqual(quantityOf(limit, parameters));
            expect(quantityOf(limit, less)).toBeLessThanOrEqual(quantityOf(limit, parameters));
          }
        }),
      );
    },
  );

  it.each(MODES)('%s: whatever is allowed keeps every limit, computed another way', (mode) => {
    fc.assert(
      fc.property(within(mode), (parameters) => {
        fc.pre(checkParameters(PARAMETER_TABLE, mode, parameters) === null);
        const joule = (parameters.powerMilliWatt / 1000) * (parameters.pulseMilliSecond / 1000);
        const radiusCentimetre = parameters.spotMicroMetre / 2 / 10_000;
        const most = Object.fromEntries(
          PARAMETER_TABLE[mode].limits.map(({ quantity, most }) => [quantity, most]),
        );
        expect(joule * 1000).toBeLessThanOrEqual((most.pulseEnergyMilliJoule as number) + 1e-6);
        expect(joule / (Math.PI * radiusCentimetre ** 2)).toBeLessThanOrEqual(
          (most.fluenceJoulePerSquareCentimetre as number) + 1e-3,
        );
        expect(joule * 1000 * parameters.pulses).toBeLessThanOrEqual(
          (most.totalDoseMilliJoule as number) + 1e-3,
        );
      }),
    );
  });
});

describe('random walks of hands, switches and remote messages', () => {
  const remote = REMOTE_SAMPLES.flatMap(({ command }) => command ?? []);
  const prepare = remote.find(({ verb }) => verb === 'treatment.prepare') as (typeof remote)[number];
  const move = fc.oneof(fc.constantFrom(...LOCAL_INPUTS), fc.constantFrom(...remote));
  /** What a treatment needs in its order, now and then disturbed, and then anything. */
  const course = [
    'power-on',
    'self-test-passed',
    'key-on',
    prepare,
    'confirm-pressed',
    'arm-pressed',
    'foot-a-down',
    'foot-b-down',
  ] as const;
  const seldom = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: move });
  const walk = fc
    .tuple(fc.tuple(...course.map(() => seldom)), fc.array(move, { maxLength: 60 }))
    .map(([between, after]) => [...course.flatMap((step, at) => [step, between[at] ?? []].flat()), ...after]);

  it('never make light without key, feet, door and a setting within its table, nor by a message', () => {
    let emitted = 0;
    fc.assert(
      fc.property(walk, (moves) => {
        let laser = LASER_AT_REST;
        for (const one of moves) {
          const before = laser;
          laser = (typeof one === 'string' ? stepLocal(laser, one) : stepRemote(laser, one)).after;
          if (!emissionEnabled(laser.safety)) continue;
          emitted += 1;
          const { key, footA, footB, doorClosed, emergency, setting } = laser.safety;
          expect([key, footA, footB, doorClosed, emergency]).toEqual([true, true, true, true, false]);
          expect(setting && checkParameters(PARAMETER_TABLE, setting.mode, setting.parameters)).toBeNull();
          if (typeof one !== 'string') expect(emissionEnabled(before.safety)).toBe(true);
          expect(emissionEnabled(stepLocal(laser, 'emergency-pressed').after.safety)).toBe(false);
          expect(emissionEnabled(stepRemote(laser, { verb: 'stop', body: {} }).after.safety)).toBe(false);
        }
      }),
      { numRuns: 3_000, seed: 20261126 },
    );
    expect(emitted).toBeGreaterThan(1_000);
  });

  it('are the same when walked again', () => {
    fc.assert(
      fc.property(walk, (moves) => {
        const follow = () =>
          moves.reduce(
            (laser, one) => (typeof one === 'string' ? stepLocal(laser, one) : stepRemote(laser, one)).after,
            LASER_AT_REST,
          );
        expect(follow()).toEqual(follow());
      }),
    );
  });
});

it('the bench answers every command and gives its figures', async () => {
  const figures = await laserCommandBench(20);
  expect(figures.commands).toBe(20);
  expect(figures.p99Milliseconds).toBeGreaterThanOrEqual(figures.p50Milliseconds);
});
