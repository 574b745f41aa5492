// The light, simulated: while the safety controller lets it out, pulses at the set rate are counted with their energy and told to the machine.
import { emissionEnabled, type Safety, type Setting } from '../machine/safety-controller.ts';

export interface Delivered {
  readonly pulses: number;
  readonly energyMilliJoule: number;
}

export class Emission {
  readonly #pulseDone: () => void;
  #timer: NodeJS.Timeout | null = null;
  #pulses = 0;
  #energy = 0;

  /** `pulseDone` tells the machine; it is called after the pulse was counted. */
  constructor(pulseDone: () => void) {
    this.#pulseDone = pulseDone;
  }

  get delivered(): Delivered {
    return { pulses: this.#pulses, energyMilliJoule: Math.round(this.#energy * 1000) / 1000 };
  }

  /** A new treatment begins. */
  reset(): void {
    this.#pulses = 0;
    this.#energy = 0;
  }

  /** To be called after every step of the machine: starts or stops with the safety controller, at once. */
  follow(safety: Safety): void {
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
      this.#pulses += 1;
      this.#energy += (powerMilliWatt * pulseMilliSecond) / 1000;
      this.#pulseDone();
    }, period);
  }
}
