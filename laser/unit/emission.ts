// The light, simulated: while the safety controller lets it out, pulses at the set rate are counted with their energy, under the setting that they
// were given with, and told to the machine.
import { emissionEnabled, type Safety, type Setting } from '../machine/safety-controller.ts';

export interface Delivered {
  readonly pulses: number;
  readonly energyMilliJoule: number;
  /** Each setting that was armed, in this order, with what was given under it. */
  readonly settings: readonly {
    readonly setting: Setting;
    readonly pulses: number;
    readonly energyMilliJoule: number;
  }[];
}

interface Under {
  readonly setting: Setting;
  pulses: number;
  energy: number;
}

export class Emission {
  readonly #pulseDone: () => void;
  #timer: NodeJS.Timeout | null = null;
  #settings: Under[] = [];

  /** `pulseDone` tells the machine; it is called after the pulse was counted. */
  constructor(pulseDone: () => void) {
    this.#pulseDone = pulseDone;
  }

  get delivered(): Delivered {
    let [pulses, energy] = [0, 0];
    for (const one of this.#settings) {
      pulses += one.pulses;
      energy += one.energy;
    }
    return {
      ...{ pulses, energyMilliJoule: rounded(energy) },
      settings: this.#settings.map((one) => ({
        ...{ setting: one.setting, pulses: one.pulses, energyMilliJoule: rounded(one.energy) },
      })),
    };
  }

  /** A new treatment begins. */
  reset(): void {
    this.#settings = [];
  }

  /** To be called after every step of the machine: starts or stops with the safety controller, at once. */
  follow(safety: Safety): void {
    if (safety.setting && (safety.phase === 'armed' || safety.phase === 'emitting'))
      this.#under(safety.setting);
    if (!emissionEnabled(safety) || !safety.setting) {
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
    } else this.#timer ??= this.#pulse(safety.setting);
  }

  #pulse(setting: Setting): NodeJS.Timeout {
    const { powerMilliWatt, pulseMilliSecond, repeatHertz } = setting.parameters;
    const period = setting.mode === 'single' ? pulseMilliSecond : 1000 / Math.max(1, repeatHertz);
    return setTimeout(() => {
      this.#timer = null;
      const under = this.#under(setting);
      under.pulses += 1;
      under.energy += (powerMilliWatt * pulseMilliSecond) / 1000;
      this.#pulseDone();
    }, period);
  }

  /** Where pulses of this setting are counted. One that is laid ready anew, even with the same values, begins to count anew. */
  #under(setting: Setting): Under {
    const last = this.#settings.at(-1);
    if (last?.setting === setting) return last;
    const next = { setting, pulses: 0, energy: 0 };
    this.#settings.push(next);
    return next;
  }
}

const rounded = (energy: number): number => Math.round(energy * 1000) / 1000;
