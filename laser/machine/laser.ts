// The laser as the commands see it: holds the machine's state, answers verbs, and tells the parts around it what to do.
import { refuseCommand } from '../../device/commands/refusals.ts';
import type { Command, CommandAnswer, CommandedDevice } from '../../device/commands/unit.ts';
import type { ControlEffect } from './control-computer.ts';
import {
  LASER_AT_REST,
  type LaserState,
  type LaserStep,
  type LocalEvent,
  stepLocal,
  stepRemote,
} from './laser-machine.ts';
import type { PatientData, RemoteVerb } from './vocabulary.ts';

/** What happened, for those who record treatments, install updates, show the display. */
export interface LaserNews {
  readonly effects: readonly ControlEffect[];
  readonly before: LaserState;
  readonly after: LaserState;
  readonly by: 'local' | Command;
}

/** Answers what the machine itself does not hold: records, service, updates. */
export type VerbHandler = (command: Command) => CommandAnswer | Promise<CommandAnswer>;

export interface LaserParts {
  /** Told at once, in the same turn as the change; it must not throw. */
  readonly tell?: (news: LaserNews) => void;
  readonly handlers?: Partial<Readonly<Record<RemoteVerb, VerbHandler>>>;
  /** Facts of `unit.status` beside the state, e.g. versions. No patient data. */
  readonly facts?: () => Readonly<Record<string, string | number | boolean | null>>;
}

export class Laser implements CommandedDevice {
  readonly #parts: LaserParts;
  #now: LaserState = LASER_AT_REST;
  /** Of the patient who is prepared; shown at the device, forgotten at the end. */
  #patientData: PatientData | null = null;

  constructor(parts: LaserParts = {}) {
    this.#parts = parts;
  }

  get state(): string {
    return this.#now.control.state;
  }

  /** The whole state, for the display at the device. */
  get now(): LaserState {
    return this.#now;
  }

  get patientOnDisplay(): PatientData | null {
    return this.#patientData;
  }

  /** A person, a switch or a signal at the device. Gives whether it did anything. */
  local(event: LocalEvent): boolean {
    const step = stepLocal(this.#now, event);
    const changed = step.after !== this.#now;
    this.#take(step, 'local');
    return changed;
  }

  decide(command: Command): void {
    this.#step(command);
  }

  perform(command: Command): CommandAnswer | Promise<CommandAnswer> {
    const step = this.#step(command);
    // Before anybody is told, so that the display never shows a treatment without its patient.
    if (command.verb === 'treatment.prepare') this.#patientData = command.patientData as PatientData;
    this.#take(step, command);
    const handler = this.#parts.handlers?.[command.verb as RemoteVerb];
    if (handler !== undefined) return handler(command);
    if (command.verb === 'unit.status') return { open: { ...this.#parts.facts?.(), state: this.state } };
    if (command.verb === 'treatment.status') return { open: this.#treatmentStatus() };
    return {};
  }

  #step(command: Command): LaserStep {
    const step = stepRemote(this.#now, { verb: command.verb as RemoteVerb, body: command.body });
    if (step.row === null)
      throw refuseCommand('command.wrong-state', { verb: command.verb, state: this.state });
    return step;
  }

  #take(step: LaserStep, by: LaserNews['by']): void {
    const before = this.#now;
    this.#now = step.after;
    if (step.after.control.treatment === null) this.#patientData = null;
    if (step.effects.length > 0) this.#parts.tell?.({ effects: step.effects, before, after: step.after, by });
  }

  #treatmentStatus() {
    const { control, safety } = this.#now;
    return {
      patient: control.treatment?.patient ?? null,
      eye: control.treatment?.eye ?? null,
      mode: control.treatment?.setting.mode ?? null,
      pulsesLeft: safety.pulsesLeft,
      key: safety.key,
      doorClosed: safety.doorClosed,
    };
  }
}
