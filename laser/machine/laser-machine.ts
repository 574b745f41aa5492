// Both processors together, pure: a local input reaches the safety controller first, then the control computer; a remote message reaches the
// control computer alone, whose wire then reaches the safety controller.
import {
  CONTROL_AT_REST,
  CONTROL_TABLE,
  type Control,
  type ControlEffect,
  type ControlEvent,
  type ControlRow,
  findControlRow,
  followRow,
  type Treatment,
} from './control-computer.ts';
import type { LocalInput } from './local-input.ts';
import {
  SAFETY_AT_REST,
  SAFETY_TABLE,
  type Safety,
  type SafetyRow,
  type Setting,
  stepSafety,
} from './safety-controller.ts';
import type { AdjustBody, PrepareBody, RemoteVerb } from './vocabulary.ts';

export interface LaserState {
  readonly control: Control;
  readonly safety: Safety;
}

export const LASER_AT_REST: LaserState = { control: CONTROL_AT_REST, safety: SAFETY_AT_REST };

export interface LaserTables {
  readonly control: readonly ControlRow[];
  readonly safety: readonly SafetyRow[];
}
export const LASER_TABLES: LaserTables = { control: CONTROL_TABLE, safety: SAFETY_TABLE };

/** At the device: a switch, a button, a signal of its own; or a treatment laid ready at its panel, which needs no network. */
export type LocalEvent = LocalInput | { readonly panel: 'prepare'; readonly treatment: Treatment };

/** From remote, after every check of `device/commands`: body by its schema and within its bounds. */
export interface RemoteEvent {
  readonly verb: RemoteVerb;
  readonly body: unknown;
}

export interface LaserStep {
  readonly after: LaserState;
  readonly effects: readonly ControlEffect[];
  /** The row that was taken; null when the event had none. A remote event without a row is refused. */
  readonly row: ControlRow | null;
}

export function stepLocal(
  before: LaserState,
  event: LocalEvent,
  tables: LaserTables = LASER_TABLES,
): LaserStep {
  if (typeof event !== 'string')
    return stepControl(before, { name: 'panel:prepare', treatment: event.treatment }, tables);
  const safety = stepSafety(before.safety, event, tables.safety);
  const sensed = safety === before.safety ? before : { control: before.control, safety };
  return stepControl(sensed, { name: event }, tables);
}

export function stepRemote(
  before: LaserState,
  { verb, body }: RemoteEvent,
  tables: LaserTables = LASER_TABLES,
): LaserStep {
  return stepControl(before, controlEventOf(verb, body), tables);
}

function stepControl(before: LaserState, event: ControlEvent, tables: LaserTables): LaserStep {
  const row = findControlRow(before.control, event, before.safety.phase, tables.control);
  if (row === null) return { after: before, effects: [], row };
  const control = followRow(before.control, row, event);
  let { safety } = before;
  for (const effect of row.effects) {
    if (effect === 'load' && control.treatment !== null)
      safety = stepSafety(safety, { wire: 'load', setting: control.treatment.setting }, tables.safety);
    else if (effect === 'clear' || effect === 'disarm')
      safety = stepSafety(safety, { wire: effect }, tables.safety);
  }
  const same = control === before.control && safety === before.safety;
  return { after: same ? before : { control, safety }, effects: row.effects, row };
}

function controlEventOf(verb: RemoteVerb, body: unknown): ControlEvent {
  switch (verb) {
    case 'treatment.prepare': {
      const { patient, eye, ...setting } = body as PrepareBody;
      return { name: verb, treatment: { patient, eye, setting } };
    }
    case 'treatment.adjust': {
      const { patient, ...setting } = body as AdjustBody;
      return { name: verb, adjusted: { patient, setting: setting satisfies Setting } };
    }
    default:
      return { name: verb };
  }
}
