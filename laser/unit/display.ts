// What the screen at the laser shows: plain sentences from the state, nothing that a person has to decode. Pure.
import type { VaultHealth } from '@ward/device/vault/vault.ts';
import type { LaserState } from '../machine/laser-machine.ts';
import type { Setting } from '../machine/safety-controller.ts';
import type { PatientData } from '../machine/vocabulary.ts';
import type { Delivered } from './emission.ts';

export interface ServiceOnDisplay {
  readonly state: 'waiting' | 'open';
  /** The workbench shows the same one; the person compares them and enters it. Null once it is open. */
  readonly code: string | null;
  readonly why: string;
  readonly who: string;
  readonly minutes: number;
}

export interface DisplayParts {
  readonly unit: string;
  readonly version: string;
  readonly laser: LaserState;
  readonly patient: PatientData | null;
  readonly delivered: Delivered;
  /** True while the record of the last treatment is not durable yet. */
  readonly recordPending: boolean;
  readonly service: ServiceOnDisplay | null;
  readonly calibration: string | null;
  /** Version that waits to be installed. */
  readonly updateStaged: string | null;
  /** From when it was ready: then it is installed in standby, unless somebody postpones it. */
  readonly graceMinutes: number;
  readonly online: boolean;
  readonly auditWritable: boolean;
  readonly auditProblem: boolean;
  readonly vault: VaultHealth;
  /** What the last input met. */
  readonly notice: string | null;
}

export interface Display {
  readonly unit: string;
  readonly version: string;
  /** Of the machine; `not-enrolled` before the unit is anybody. */
  readonly state: string;
  /** The first is the headline. */
  readonly sentences: readonly string[];
  /** Things that need a person; none when all is well. */
  readonly warnings: readonly string[];
  readonly patient: PatientData | null;
  readonly eye: 'left' | 'right' | null;
  readonly setting: Setting | null;
  readonly pulses: { readonly done: number; readonly of: number } | null;
  readonly energyMilliJoule: number;
  /** When the treatment was adjusted: what was given under each setting, one line each; else none. */
  readonly givenBySetting: readonly string[];
  readonly switches: {
    readonly key: boolean;
    readonly foot: boolean;
    readonly doorClosed: boolean;
    readonly emergency: boolean;
  };
  readonly service: ServiceOnDisplay | null;
  readonly calibration: string | null;
  readonly updateStaged: string | null;
  readonly online: boolean;
}

export function displayOf(parts: DisplayParts): Display {
  const { unit, version, laser, patient, delivered, service, calibration, updateStaged, online } = parts;
  const { control, safety } = laser;
  const setting = control.treatment?.setting ?? null;
  return {
    ...{ unit, version, state: control.state, patient, setting, service, calibration, updateStaged, online },
    sentences: sentencesOf(parts),
    warnings: warningsOf(parts),
    eye: control.treatment?.eye ?? null,
    // Of this setting: an adjustment begins to count anew.
    pulses: setting && { done: doneUnder(setting, delivered), of: setting.parameters.pulses },
    energyMilliJoule: delivered.energyMilliJoule,
    givenBySetting: givenBySetting(setting, delivered),
    switches: {
      key: safety.key,
      foot: safety.footA && safety.footB,
      doorClosed: safety.doorClosed,
      emergency: safety.emergency,
    },
  };
}

const doneUnder = (setting: Setting, { settings }: Delivered): number => {
  const last = settings.at(-1);
  return last?.setting === setting ? last.pulses : 0;
};

function givenBySetting(setting: Setting | null, { settings }: Delivered): string[] {
  const adjusted = settings.length > 1 || (settings.length === 1 && settings[0]?.setting !== setting);
  if (setting === null || !adjusted) return [];
  return settings.map(({ setting: { mode, parameters }, pulses, energyMilliJoule }) => {
    const { powerMilliWatt, pulseMilliSecond, spotMicroMetre } = parameters;
    return `${mode}, ${powerMilliWatt} mW, ${pulseMilliSecond} ms, ${spotMicroMetre} µm: ${pulses} pulses, ${energyMilliJoule} mJ`;
  });
}

function sentencesOf({
  laser,
  patient,
  delivered,
  recordPending,
  updateStaged,
  graceMinutes,
  service,
}: DisplayParts): string[] {
  const { control, safety } = laser;
  const given = `${delivered.pulses} pulses, ${delivered.energyMilliJoule} mJ`;
  switch (control.state) {
    case 'off':
      return ['Off.'];
    case 'self-test':
      return ['Self test.'];
    case 'standby':
      return [
        'Ready. No treatment is prepared.',
        ...(service?.state === 'waiting'
          ? [
              `${service.who} asks for service: ${service.why}. Compare the code ${service.code} with the engineer's and enter it, or decline.`,
            ]
          : []),
        ...(updateStaged
          ? [
              `Version ${updateStaged} is ready. Install it now, or postpone it for a day; untouched it is installed after ${graceMinutes} min.`,
            ]
          : []),
      ];
    case 'prepared':
      return [
        patient
          ? `Prepared for ${patient.name}, born ${patient.bornOn}, ${control.treatment?.eye} eye.`
          : `Prepared at the panel, ${control.treatment?.eye} eye.`,
        safety.key
          ? 'Compare with the person in the chair and the parameters, then confirm.'
          : 'Turn the key on. Then compare with the person in the chair and confirm.',
      ];
    case 'confirmed':
      return ['Confirmed. Eye protection on, door closed: then arm.', ...blocked(laser)];
    case 'armed':
      return ['Armed. The foot switch fires.', `Given: ${given}.`];
    case 'emitting':
      return ['Laser on.', `Given: ${given}.`];
    case 'paused':
      return ['Paused. Arm to go on, or end the treatment.', `Given: ${given}.`, ...blocked(laser)];
    case 'ended':
      return [
        `Treatment ended: ${given}.`,
        recordPending
          ? 'The record is being kept. Please wait.'
          : 'The record is kept. Acknowledge to go on.',
      ];
    case 'service':
      return [
        'Service session open. No treatment meanwhile; preparing one ends it.',
        ...(service ? [`${service.who}: ${service.why}. End it here at any time.`] : []),
      ];
    case 'updating':
      return ['Installing the new version. The laser starts again by itself.'];
    case 'fault':
      return ['Fault. Do not treat. Press reset; if it comes back, call service.'];
    case 'emergency-stopped':
      return ['Emergency stop. Release the button, then press reset.'];
  }
}

function blocked({ safety }: LaserState): string[] {
  return [
    ...(safety.key ? [] : ['The key is off.']),
    ...(safety.doorClosed ? [] : ['The door is open.']),
    ...(safety.footA || safety.footB ? ['Take the foot off the switch.'] : []),
  ];
}

function warningsOf({ auditWritable, auditProblem, online, notice, vault }: DisplayParts): string[] {
  return [
    ...(notice ? [notice] : []),
    ...(vault.state === 'closed'
      ? [
          'The store of patient data cannot be opened: no treatment can be recorded, so none is prepared. Call service.',
        ]
      : []),
    ...(vault.state === 'damaged'
      ? [
          `Stored patient data are damaged (${vault.damagedRecords} records). New treatments are kept; the damaged ones are not given out. Call service.`,
        ]
      : []),
    ...(auditWritable ? [] : ['The audit log cannot be written: nothing is done from remote. Call service.']),
    ...(auditProblem ? ['The workbench does not believe the audit trail of this unit. Call service.'] : []),
    ...(online ? [] : ['No contact to the workbench. Treatment goes on as usual.']),
  ];
}
