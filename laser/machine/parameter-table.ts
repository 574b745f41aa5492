// What the Lumen 400 (fictitious) may be told to do, per treatment mode. Ranges of a single parameter are the product's output profile (532 nm);
// narrower ones and the combined limits are the mode's own. Both the control computer and the safety controller hold this table.
import type { CombinedLimit, ParameterTable } from '../../device/commands/parameter-table.ts';

const energy = (most: number): CombinedLimit => ({
  quantity: 'pulseEnergyMilliJoule',
  scale: 1e-3,
  exponents: { powerMilliWatt: 1, pulseMilliSecond: 1 },
  most,
});

/** Energy of a pulse over the area of a round spot: mW·ms = µJ, and µm² = 1e-8 cm². */
const fluence = (most: number): CombinedLimit => ({
  quantity: 'fluenceJoulePerSquareCentimetre',
  scale: (1e-6 / 1e-8) * (4 / Math.PI),
  exponents: { powerMilliWatt: 1, pulseMilliSecond: 1, spotMicroMetre: -2 },
  most,
});

const dose = (most: number): CombinedLimit => ({
  quantity: 'totalDoseMilliJoule',
  scale: 1e-3,
  exponents: { powerMilliWatt: 1, pulseMilliSecond: 1, pulses: 1 },
  most,
});

/** Share of the time in which there is emission, in percent. */
const dutyCycle = (most: number): CombinedLimit => ({
  quantity: 'dutyCyclePercent',
  scale: 0.1,
  exponents: { pulseMilliSecond: 1, repeatHertz: 1 },
  most,
});

const TREATMENT_SECOND = { least: 10, most: 3600 };

export const PARAMETER_TABLE = {
  /** One pulse for each press of the foot switch. */
  single: {
    parameters: {
      powerMilliWatt: { least: 50, most: 1500 },
      pulseMilliSecond: { least: 10, most: 1000 },
      spotMicroMetre: { least: 50, most: 500 },
      repeatHertz: { least: 0, most: 0 },
      pulses: { least: 1, most: 3000 },
      treatmentSecond: TREATMENT_SECOND,
    },
    limits: [energy(600), fluence(1500), dose(90_000)],
  },
  /** Pulses as long as the foot switch is held. */
  repeat: {
    parameters: {
      powerMilliWatt: { least: 50, most: 1000 },
      pulseMilliSecond: { least: 10, most: 500 },
      spotMicroMetre: { least: 50, most: 500 },
      repeatHertz: { least: 1, most: 10 },
      pulses: { least: 1, most: 3000 },
      treatmentSecond: TREATMENT_SECOND,
    },
    limits: [energy(200), fluence(1000), dutyCycle(50), dose(60_000)],
  },
  /** A grid of short pulses for each press. */
  pattern: {
    parameters: {
      powerMilliWatt: { least: 50, most: 1500 },
      pulseMilliSecond: { least: 10, most: 30 },
      spotMicroMetre: { least: 100, most: 200 },
      repeatHertz: { least: 5, most: 10 },
      pulses: { least: 4, most: 2500 },
      treatmentSecond: TREATMENT_SECOND,
    },
    limits: [energy(30), fluence(300), dutyCycle(25), dose(40_000)],
  },
} as const satisfies ParameterTable;

export const MODES = ['single', 'repeat', 'pattern'] as const;
export type Mode = (typeof MODES)[number];
