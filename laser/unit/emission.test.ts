import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SAFETY_AT_REST, type Safety } from '../machine/safety-controller.ts';
import { SAMPLE_PREPARATION } from '../machine/scene.ts';
import { Emission } from './emission.ts';

const { mode, parameters } = SAMPLE_PREPARATION;
const at = (phase: Safety['phase'], setting: Safety['setting'] = { mode, parameters }): Safety => ({
  ...SAFETY_AT_REST,
  ...{ phase, setting },
});

describe('the simulated light', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('counts pulses and their energy at the set rate, while the safety controller lets it out', () => {
    const emission = new Emission(() => emission.follow(at('emitting')));
    emission.follow(at('emitting'));
    vi.advanceTimersByTime(2_000);
    // 2 Hz, 200 mW for 20 ms.
    expect(emission.delivered).toMatchObject({ pulses: 4, energyMilliJoule: 16 });
  });

  it('counts each setting apart, also one that was armed and gave nothing', () => {
    const first = { mode, parameters };
    const second = { mode, parameters: { ...parameters, powerMilliWatt: 300 } };
    const emission = new Emission(() => emission.follow(at('emitting', first)));
    emission.follow(at('emitting', first));
    vi.advanceTimersByTime(1_000);
    emission.follow(at('loaded', second));
    emission.follow(at('armed', second));
    emission.follow(at('idle', null));
    expect(emission.delivered).toEqual({
      ...{ pulses: 2, energyMilliJoule: 8 },
      settings: [
        { setting: first, pulses: 2, energyMilliJoule: 8 },
        { setting: second, pulses: 0, energyMilliJoule: 0 },
      ],
    });
  });

  it('stops at once with the safety controller, whatever it was doing', () => {
    const emission = new Emission(() => emission.follow(at('emitting')));
    emission.follow(at('emitting'));
    vi.advanceTimersByTime(499);
    emission.follow(at('armed'));
    vi.advanceTimersByTime(10_000);
    expect(emission.delivered.pulses).toBe(0);
  });

  it('is dark in every other phase, and without a setting', () => {
    const emission = new Emission(() => undefined);
    for (const phase of ['off', 'idle', 'loaded', 'confirmed', 'armed', 'tripped'] as const)
      emission.follow(at(phase));
    emission.follow(at('emitting', null));
    vi.advanceTimersByTime(10_000);
    expect(emission.delivered.pulses).toBe(0);
  });

  it('gives one pulse of its length in single mode', () => {
    const single = { mode: 'single' as const, parameters: { ...parameters, repeatHertz: 0 } };
    const emission = new Emission(() => emission.follow(at('armed')));
    emission.follow(at('emitting', single));
    vi.advanceTimersByTime(5_000);
    expect(emission.delivered.pulses).toBe(1);
  });
});
