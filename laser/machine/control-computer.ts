// The control computer: the processor with the network. A table says what each event does in each state; remote verbs are events like any other
// and have rows of their own. It cannot make light: it loads settings into the safety controller and asks it for less.
import type { LocalInput } from './local-input.ts';
import type { SafetyPhase, Setting } from './safety-controller.ts';
import type { RemoteVerb } from './vocabulary.ts';

export const CONTROL_STATES = [
  'off',
  'self-test',
  'standby',
  'prepared',
  'confirmed',
  'armed',
  'emitting',
  'paused',
  'ended',
  'service',
  'updating',
  'fault',
  'emergency-stopped',
] as const;
export type ControlState = (typeof CONTROL_STATES)[number];

export interface Treatment {
  /** Pseudonym. */
  readonly patient: string;
  readonly eye: 'left' | 'right';
  readonly setting: Setting;
}

export interface Control {
  readonly state: ControlState;
  readonly treatment: Treatment | null;
  readonly updateFound: boolean;
  readonly serviceRequested: boolean;
  readonly calibrationProposed: boolean;
}

export const CONTROL_AT_REST: Control = {
  state: 'off',
  treatment: null,
  updateFound: false,
  serviceRequested: false,
  calibrationProposed: false,
};

/** What an event brings to the control computer beside its name. */
export interface ControlEvent {
  readonly name: ControlEventName;
  /** Of `panel:prepare` and `treatment.prepare`. */
  readonly treatment?: Treatment;
  /** Of `treatment.adjust`. */
  readonly adjusted?: { readonly patient: string; readonly setting: Setting };
}
export type ControlEventName = LocalInput | 'panel:prepare' | RemoteVerb;

type Guard =
  | `safety-${SafetyPhase}`
  | 'safety-not-live'
  | 'update-found'
  | 'service-requested'
  | 'calibration-proposed'
  | 'same-patient';

const GUARDS: Partial<Readonly<Record<Guard, (control: Control, event: ControlEvent) => boolean>>> = {
  'update-found': ({ updateFound }) => updateFound,
  'service-requested': ({ serviceRequested }) => serviceRequested,
  'calibration-proposed': ({ calibrationProposed }) => calibrationProposed,
  'same-patient': ({ treatment }, { adjusted }) => treatment?.patient === adjusted?.patient,
};

export type ControlEffect =
  // On the wire to the safety controller.
  | 'load'
  | 'clear'
  | 'disarm'
  // On its own state.
  | 'take-treatment'
  | 'take-adjusted'
  | 'drop-treatment'
  | 'note-update'
  | 'note-service-request'
  | 'drop-service-request'
  | 'note-calibration'
  | 'drop-calibration'
  // For the parts around it.
  | 'record-treatment'
  | 'open-service'
  | 'end-service'
  | 'apply-calibration'
  | 'look-for-update'
  | 'install-update'
  | 'restart';

export interface ControlRow {
  readonly from: readonly ControlState[];
  readonly event: readonly ControlEventName[];
  /** On the state before, and on the safety controller after it saw the event. */
  readonly when: readonly Guard[];
  readonly to: ControlState | 'same';
  readonly effects: readonly ControlEffect[];
}

const LIVE: readonly ControlState[] = ['armed', 'emitting'];
const IN_TREATMENT: readonly ControlState[] = ['prepared', 'confirmed', 'paused', ...LIVE];
const AT_WORK: readonly ControlState[] = ['standby', ...IN_TREATMENT, 'ended', 'service'];
const POWERED: readonly ControlState[] = CONTROL_STATES.filter((state) => state !== 'off');
const END_OF_ALL: readonly ControlEffect[] = ['drop-service-request', 'drop-calibration'];

/** The first row that fits is taken. An event without a row does nothing; a remote verb without one is refused (`command.wrong-state`). */
export const CONTROL_TABLE: readonly ControlRow[] = [
  // Power, faults, emergency stop.
  {
    from: IN_TREATMENT,
    event: ['power-lost'],
    when: [],
    to: 'off',
    effects: ['record-treatment', 'drop-treatment'],
  },
  { from: ['service'], event: ['power-lost'], when: [], to: 'off', effects: ['end-service', ...END_OF_ALL] },
  { from: POWERED, event: ['power-lost'], when: [], to: 'off', effects: ['drop-treatment', ...END_OF_ALL] },
  { from: ['off'], event: ['power-on'], when: [], to: 'self-test', effects: [] },
  { from: ['self-test'], event: ['self-test-passed'], when: ['safety-idle'], to: 'standby', effects: [] },
  { from: ['self-test'], event: ['self-test-passed'], when: [], to: 'emergency-stopped', effects: [] },
  { from: ['self-test'], event: ['self-test-failed'], when: [], to: 'fault', effects: [] },
  {
    from: IN_TREATMENT,
    event: ['emergency-pressed'],
    when: [],
    to: 'emergency-stopped',
    effects: ['clear', 'record-treatment', 'drop-treatment'],
  },
  {
    from: ['service'],
    event: ['emergency-pressed'],
    when: [],
    to: 'emergency-stopped',
    effects: ['end-service', ...END_OF_ALL],
  },
  {
    from: ['standby', 'ended', 'fault'],
    event: ['emergency-pressed'],
    when: [],
    to: 'emergency-stopped',
    effects: ['drop-treatment', ...END_OF_ALL],
  },
  {
    from: IN_TREATMENT,
    event: ['watchdog-expired'],
    when: [],
    to: 'fault',
    effects: ['clear', 'record-treatment', 'drop-treatment'],
  },
  {
    from: IN_TREATMENT,
    event: ['foot-disagreement'],
    when: ['safety-tripped'],
    to: 'fault',
    effects: ['clear', 'record-treatment', 'drop-treatment'],
  },
  {
    from: ['service'],
    event: ['watchdog-expired'],
    when: [],
    to: 'fault',
    effects: ['end-service', ...END_OF_ALL],
  },
  {
    from: ['service'],
    event: ['foot-disagreement'],
    when: ['safety-tripped'],
    to: 'fault',
    effects: ['end-service', ...END_OF_ALL],
  },
  {
    from: ['standby', 'ended'],
    event: ['watchdog-expired'],
    when: [],
    to: 'fault',
    effects: ['drop-treatment', ...END_OF_ALL],
  },
  {
    from: ['standby', 'ended'],
    event: ['foot-disagreement'],
    when: ['safety-tripped'],
    to: 'fault',
    effects: ['drop-treatment', ...END_OF_ALL],
  },
  {
    from: ['fault', 'emergency-stopped'],
    event: ['reset-pressed'],
    when: ['safety-idle'],
    to: 'self-test',
    effects: [],
  },

  // Treatment.
  {
    from: ['standby'],
    event: ['panel:prepare', 'treatment.prepare'],
    when: ['safety-idle'],
    to: 'prepared',
    effects: ['take-treatment', 'load', 'drop-service-request'],
  },
  {
    from: ['service'],
    event: ['panel:prepare', 'treatment.prepare'],
    when: ['safety-idle'],
    to: 'prepared',
    effects: ['end-service', ...END_OF_ALL, 'take-treatment', 'load'],
  },
  {
    from: ['prepared', 'confirmed', 'paused'],
    event: ['treatment.adjust'],
    when: ['same-patient'],
    to: 'prepared',
    effects: ['take-adjusted', 'load'],
  },
  {
    from: ['prepared'],
    event: ['confirm-pressed'],
    when: ['safety-confirmed'],
    to: 'confirmed',
    effects: [],
  },
  {
    from: ['confirmed', 'paused'],
    event: ['arm-pressed'],
    when: ['safety-armed'],
    to: 'armed',
    effects: [],
  },
  {
    from: ['armed'],
    event: ['foot-a-down', 'foot-b-down'],
    when: ['safety-emitting'],
    to: 'emitting',
    effects: [],
  },
  { from: ['emitting'], event: ['foot-a-up', 'foot-b-up'], when: ['safety-armed'], to: 'armed', effects: [] },
  {
    from: ['emitting'],
    event: ['pulse-done'],
    when: ['safety-idle'],
    to: 'ended',
    effects: ['record-treatment'],
  },
  { from: ['emitting'], event: ['pulse-done'], when: ['safety-armed'], to: 'armed', effects: [] },
  {
    from: LIVE,
    event: ['door-opened', 'pause-pressed'],
    when: ['safety-not-live'],
    to: 'paused',
    effects: [],
  },
  {
    from: ['confirmed', 'paused', ...LIVE],
    event: ['key-off'],
    when: ['safety-loaded'],
    to: 'prepared',
    effects: [],
  },
  {
    from: IN_TREATMENT,
    event: ['end-pressed', 'treatment-time-over', 'treatment.end'],
    when: [],
    to: 'ended',
    effects: ['clear', 'record-treatment'],
  },
  { from: ['ended'], event: ['acknowledge-pressed'], when: [], to: 'standby', effects: ['drop-treatment'] },

  // From remote: less, and looking.
  { from: LIVE, event: ['stop'], when: [], to: 'paused', effects: ['disarm'] },
  { from: POWERED, event: ['stop', 'unit.status', 'treatment.status'], when: [], to: 'same', effects: [] },
  {
    from: ['standby', 'prepared', 'confirmed', 'paused', 'ended'],
    event: ['record.read', 'record.break-glass'],
    when: [],
    to: 'same',
    effects: [],
  },
  {
    from: ['standby', 'ended'],
    event: ['record.export', 'record.break-glass-reasons'],
    when: [],
    to: 'same',
    effects: [],
  },

  // Updates: never outside standby.
  { from: AT_WORK, event: ['update-found'], when: [], to: 'same', effects: ['note-update'] },
  { from: ['standby'], event: ['update.check'], when: [], to: 'same', effects: ['look-for-update'] },
  {
    from: ['standby'],
    event: ['update-consented'],
    when: ['update-found', 'safety-idle'],
    to: 'updating',
    effects: ['drop-service-request', 'install-update'],
  },
  { from: ['updating'], event: ['update-finished'], when: [], to: 'self-test', effects: ['restart'] },

  // Service: never outside standby.
  { from: ['standby'], event: ['service.open'], when: [], to: 'same', effects: ['note-service-request'] },
  {
    from: ['standby'],
    event: ['service-consented'],
    when: ['service-requested', 'safety-idle'],
    to: 'service',
    effects: ['drop-service-request', 'open-service'],
  },
  {
    from: ['standby'],
    event: ['service-declined', 'channel-lost'],
    when: ['service-requested'],
    to: 'same',
    effects: ['drop-service-request'],
  },
  {
    from: ['service'],
    event: ['service.read-logs', 'service.self-test', 'service.diagnostics'],
    when: [],
    to: 'same',
    effects: [],
  },
  { from: ['service'], event: ['calibration.propose'], when: [], to: 'same', effects: ['note-calibration'] },
  {
    from: ['service'],
    event: ['calibration-confirmed'],
    when: ['calibration-proposed'],
    to: 'same',
    effects: ['apply-calibration', 'drop-calibration'],
  },
  {
    from: ['service'],
    event: ['calibration-declined'],
    when: ['calibration-proposed'],
    to: 'same',
    effects: ['drop-calibration'],
  },
  {
    from: ['service'],
    event: ['service.end', 'service-ended', 'service-time-over', 'channel-lost'],
    when: [],
    to: 'standby',
    effects: ['end-service', 'drop-calibration'],
  },
];

/** The row that an event takes, or null. */
export function findControlRow(
  control: Control,
  event: ControlEvent,
  safety: SafetyPhase,
  table: readonly ControlRow[],
): ControlRow | null {
  for (const row of table) {
    const fits =
      row.from.includes(control.state) &&
      row.event.includes(event.name) &&
      row.when.every((guard) => holds(guard, control, event, safety));
    if (fits) return row;
  }
  return null;
}

function holds(guard: Guard, control: Control, event: ControlEvent, safety: SafetyPhase): boolean {
  if (guard === 'safety-not-live') return safety !== 'armed' && safety !== 'emitting';
  return GUARDS[guard]?.(control, event) ?? guard === `safety-${safety}`;
}

/** Its own state after a row; what goes to the wire and to other parts is the caller's. */
export function followRow(control: Control, row: ControlRow, event: ControlEvent): Control {
  const state = row.to === 'same' ? control.state : row.to;
  if (state === control.state && row.effects.length === 0) return control;
  return row.effects.reduce((now, effect) => applyOwn(now, effect, event), { ...control, state });
}

function applyOwn(control: Control, effect: ControlEffect, event: ControlEvent): Control {
  switch (effect) {
    case 'take-treatment':
      return { ...control, treatment: event.treatment ?? null };
    case 'take-adjusted':
      if (control.treatment === null || event.adjusted === undefined) return control;
      return { ...control, treatment: { ...control.treatment, setting: event.adjusted.setting } };
    case 'drop-treatment':
      return { ...control, treatment: null };
    case 'note-update':
      return { ...control, updateFound: true };
    case 'install-update':
      return { ...control, updateFound: false };
    case 'note-service-request':
      return { ...control, serviceRequested: true };
    case 'drop-service-request':
      return { ...control, serviceRequested: false };
    case 'note-calibration':
      return { ...control, calibrationProposed: true };
    case 'drop-calibration':
      return { ...control, calibrationProposed: false };
    default:
      return control;
  }
}
