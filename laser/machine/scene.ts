// A laser that can be commanded, with a person at the device and a clinician at a console: for tests, attacks and the bench.
import type { AuditSink } from '../../device/audit/event.ts';
import type { HandClock } from '../../device/clock.ts';
import { type Connected, makeScene, type Scene } from '../../device/commands/scene.ts';
import type { ControlState } from './control-computer.ts';
import { Laser, type LaserParts } from './laser.ts';
import type { LocalEvent } from './laser-machine.ts';
import { LASER_VOCABULARY, type PatientData, type PrepareBody } from './vocabulary.ts';

export const SAMPLE_PREPARATION: PrepareBody = {
  patient: 'p-7k2m9q4x',
  eye: 'right',
  mode: 'repeat',
  parameters: {
    powerMilliWatt: 200,
    pulseMilliSecond: 20,
    spotMicroMetre: 100,
    repeatHertz: 2,
    pulses: 40,
    treatmentSecond: 600,
  },
};

/** A made-up person. */
export const SAMPLE_PATIENT: PatientData = {
  name: 'Jo Ferrara',
  bornOn: '1961-03-04',
  recordNumber: 'MRN-0098-5523',
  note: 'left eye treated before',
};

export interface LaserScene extends Scene {
  readonly laser: Laser;
  /** A person or a switch at the device. */
  readonly press: (...events: readonly LocalEvent[]) => void;
  readonly prepare: (by: Connected, body?: Partial<PrepareBody>) => ReturnType<Connected['ask']>;
  /** Brings the laser there by hand and by one `prepare` of the clinician. */
  readonly bringTo: (state: ControlState, by: Connected) => Promise<void>;
}

export interface LaserSceneParts extends LaserParts {
  readonly unit?: string;
  readonly clock?: HandClock;
  readonly audit?: AuditSink;
}

export async function makeLaserScene(parts: LaserSceneParts = {}): Promise<LaserScene> {
  const laser = new Laser(parts);
  const scene = await makeScene({ ...parts, vocabulary: LASER_VOCABULARY, device: laser });
  const press: LaserScene['press'] = (...events) => {
    for (const event of events) laser.local(event);
  };
  const prepare: LaserScene['prepare'] = (by, body = {}) =>
    by.ask({
      verb: 'treatment.prepare',
      body: { ...SAMPLE_PREPARATION, ...body },
      patientData: SAMPLE_PATIENT,
    });
  press('power-on', 'self-test-passed');

  const STEPS: readonly (readonly [ControlState, () => unknown])[] = [
    ['standby', () => undefined],
    ['prepared', () => prepareHere()],
    ['confirmed', () => press('key-on', 'confirm-pressed')],
    ['armed', () => press('arm-pressed')],
    ['emitting', () => press('foot-a-down', 'foot-b-down')],
    ['paused', () => press('pause-pressed')],
  ];
  let prepareHere: () => Promise<unknown> = async () => undefined;
  const bringTo: LaserScene['bringTo'] = async (state, by) => {
    prepareHere = () => prepare(by);
    for (const [reached, step] of STEPS) {
      await step();
      if (laser.state !== reached) throw new Error(`the laser is ${laser.state} and not ${reached}`);
      if (reached === state) return;
    }
    throw new Error(`no way to ${state} is known`);
  };
  return { ...scene, laser, press, prepare, bringTo };
}
