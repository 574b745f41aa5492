// Everything that can happen to the laser, tried: each remote message and each local input in every state that any order of them reaches. What must
// never happen is said here anew, by a watcher that knows the switches and not the tables.
import { checkParameters } from '../../device/commands/parameter-table.ts';
import type { ControlState, Treatment } from './control-computer.ts';
import {
  LASER_AT_REST,
  LASER_TABLES,
  type LaserState,
  type LaserStep,
  type LaserTables,
  type LocalEvent,
  stepLocal,
  stepRemote,
} from './laser-machine.ts';
import { LOCAL_INPUTS } from './local-input.ts';
import { PARAMETER_TABLE } from './parameter-table.ts';
import { REMOTE_SAMPLES, type RemoteSample, SETTINGS, settingsBeyondBounds } from './remote-samples.ts';
import {
  SAFETY_AT_REST,
  type Safety,
  type SafetyEvent,
  type Setting,
  stepSafety,
} from './safety-controller.ts';

/** What a person at the device has really done since the setting was loaded. */
interface Watch {
  readonly confirmed: boolean;
  readonly armed: boolean;
}

interface World {
  readonly laser: LaserState;
  readonly session: boolean;
  readonly watch: Watch;
}

export type WorldEvent =
  | { readonly kind: 'local'; readonly name: string; readonly event: LocalEvent }
  | { readonly kind: 'remote'; readonly name: string; readonly sample: RemoteSample }
  | { readonly kind: 'session'; readonly name: string; readonly open: boolean };

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly remoteTransitions: number;
  readonly refusedRemote: number;
  readonly localTransitions: number;
  readonly remoteMessages: number;
  readonly controlStates: ReadonlySet<ControlState>;
  /** Rows of the tables that were never taken: dead rows. */
  readonly rowsNotTaken: number;
  /** Statements that did not hold, each with the first way to it. */
  readonly violations: ReadonlyMap<Statement, readonly string[]>;
}

export const STATEMENTS = {
  'remote-never-arms-or-emits': 'no remote message leads into armed or emitting',
  'remote-never-raises-emission': 'no remote message changes the setting while armed or emitting',
  'remote-needs-session': 'without a session a remote message changes nothing',
  'refused-changes-nothing': 'a refused message changes nothing',
  'emission-begins-at-the-foot-switch':
    'emission begins by a local press of the foot switch and by nothing else',
  'emission-only-with-all-conditions':
    'while there is emission: key, door, both channels of the foot switch, no emergency stop, setting within the table',
  'emission-only-confirmed-and-armed-by-hand':
    'emission and arming follow a confirmation and an arming by a person at the device, of this very setting',
  'switch-off-ends-emission':
    'key, door, foot switch, emergency stop, watchdog and power loss each end emission at once',
  'stop-always-ends-emission':
    'a remote stop and the emergency stop lead from every state to one without emission',
  'processors-agree':
    'control computer and safety controller agree on what is armed and emitting, and with which setting',
  'update-only-from-standby':
    'an update begins in standby only, when one was found, and restarts nothing elsewhere',
  'service-only-from-standby':
    'a service session begins in standby only, by consent at the device to a request',
  'treatment-ends-service': 'the start of a treatment ends a service session',
  'calibration-only-by-hand':
    'a calibration is applied by a person at the device only, when one was proposed',
  'each-pulse-counts':
    'each pulse takes one from those left, the last ends emission, and in single mode each does',
  'pulses-never-grow': 'pulses left never grow without a new setting',
  'settings-do-not-linger':
    'the safety controller holds a setting from its loading to the end of the treatment only',
  'disagreement-trips': 'a foot switch whose channels disagree trips the safety controller',
  'reset-only-when-safe':
    'what has tripped is left by a reset at the device only, emergency stop released and foot lifted',
  'adjusting-names-its-patient': 'a setting is adjusted for the patient who is prepared only',
  'patient-only-in-treatment': 'no patient is held outside of a treatment',
  'nothing-waits-elsewhere': 'a service request waits in standby only, a calibration in service only',
} as const;
export type Statement = keyof typeof STATEMENTS;

const PANEL_TREATMENTS: readonly Treatment[] = [
  { patient: 'p-panel0000', eye: 'left', setting: SETTINGS.single },
];

const EVENTS: readonly WorldEvent[] = [
  ...LOCAL_INPUTS.map((event) => ({ kind: 'local', name: event, event }) as const),
  ...PANEL_TREATMENTS.map(
    (treatment) =>
      ({ kind: 'local', name: 'panel:prepare', event: { panel: 'prepare', treatment } }) as const,
  ),
  ...REMOTE_SAMPLES.map((sample) => ({ kind: 'remote', name: `remote:${sample.name}`, sample }) as const),
  { kind: 'session', name: 'session-opened', open: true },
  { kind: 'session', name: 'session-ended', open: false },
];

const READ_EVENTS = EVENTS.filter((event) => event.kind !== 'remote' || event.sample.command !== null);

const NOTHING_DONE: Watch = { confirmed: false, armed: false };
const START: World = { laser: LASER_AT_REST, session: false, watch: NOTHING_DONE };

export interface ExploreOptions {
  /** Goes no further when this statement has fallen; or any. */
  readonly until?: Statement | 'any';
  /** Leaves out the messages that never reach the machine. */
  readonly onlyRead?: boolean;
  /** Throws when there are more states. */
  readonly most?: number;
}

/** Breadth first from power off, until nothing new is found. */
export function explore(
  tables: LaserTables = LASER_TABLES,
  { until, onlyRead = false, most = 200_000 }: ExploreOptions = {},
): Exploration {
  const keys = new Map<string, number>();
  const worlds: World[] = [];
  const cameFrom: { readonly from: number; readonly by: string }[] = [];
  const violations = new Map<Statement, readonly string[]>();
  const rowsTaken = new Set<object>();
  const safetyRowsTaken = new Set<object>();
  const controlStates = new Set<ControlState>();
  const counts = { remote: 0, refused: 0, local: 0, session: 0 };

  const visit = (world: World, from: number, by: string) => {
    const key = keyOf(world);
    if (keys.has(key)) return;
    if (worlds.length >= most) throw new Error(`more than ${most} states`);
    keys.set(key, worlds.length);
    worlds.push(world);
    cameFrom.push({ from, by });
    controlStates.add(world.laser.control.state);
  };

  const observed = observe(tables, safetyRowsTaken);
  visit(START, 0, 'start');
  for (let index = 0; index < worlds.length; index += 1) {
    if (hasFallen(violations, until)) break;
    const before = worlds[index] as World;
    for (const event of onlyRead ? READ_EVENTS : EVENTS) {
      const move = moveOf(before, event, observed);
      if (event.kind === 'remote') {
        counts.remote += 1;
        if (move.refused) counts.refused += 1;
      } else if (event.kind === 'local') counts.local += 1;
      else counts.session += 1;
      if (move.step.row !== null) rowsTaken.add(move.step.row);
      for (const statement of brokenBy(before, event, move))
        if (!violations.has(statement)) violations.set(statement, [...pathTo(cameFrom, index), event.name]);
      if (move.after !== before) visit(move.after, index, event.name);
    }
  }
  return {
    states: worlds.length,
    transitions: counts.remote + counts.local + counts.session,
    remoteTransitions: counts.remote,
    refusedRemote: counts.refused,
    localTransitions: counts.local,
    remoteMessages: REMOTE_SAMPLES.length,
    controlStates,
    rowsNotTaken: tables.control.length - rowsTaken.size + tables.safety.length - safetyRowsTaken.size,
    violations,
  };
}

function hasFallen(violations: ReadonlyMap<Statement, unknown>, until: ExploreOptions['until']): boolean {
  if (until === undefined) return false;
  return until === 'any' ? violations.size > 0 : violations.has(until);
}

function pathTo(
  cameFrom: readonly { readonly from: number; readonly by: string }[],
  index: number,
): readonly string[] {
  const path: string[] = [];
  for (let at = index; at > 0; at = cameFrom[at]?.from ?? 0) path.unshift(cameFrom[at]?.by ?? '');
  return path;
}

/** A setting that comes again is another setting, also with the same numbers. */
function afresh(event: SafetyEvent): SafetyEvent {
  if (typeof event === 'string' || event.wire !== 'load') return event;
  return { wire: 'load', setting: { ...event.setting } };
}

/** The same safety rows, each of which notes that it was taken: its effects are read only then. */
function observe(tables: LaserTables, taken: Set<object>): LaserTables {
  const safety = tables.safety.map((row) => ({
    ...row,
    get effects() {
      taken.add(row);
      return row.effects;
    },
  }));
  return { control: tables.control, safety };
}

interface Move {
  readonly after: World;
  readonly step: LaserStep;
  readonly refused: boolean;
}

function moveOf(before: World, event: WorldEvent, tables: LaserTables): Move {
  switch (event.kind) {
    case 'session': {
      const step: LaserStep = event.open
        ? { after: before.laser, effects: [], row: null }
        : stepLocal(before.laser, 'channel-lost', tables);
      const same = before.session === event.open && step.after === before.laser;
      return {
        after: same ? before : { ...before, laser: step.after, session: event.open },
        step,
        refused: false,
      };
    }
    case 'local':
      return moved(before, stepLocal(before.laser, event.event, tables), event);
    case 'remote': {
      const { command } = event.sample;
      const nothing: LaserStep = { after: before.laser, effects: [], row: null };
      if (!before.session || command === null) return { after: before, step: nothing, refused: true };
      const step = stepRemote(before.laser, command, tables);
      return { ...moved(before, step, event), refused: step.row === null };
    }
  }
}

function moved(before: World, step: LaserStep, event: WorldEvent): Move {
  if (step.after === before.laser) return { after: before, step, refused: false };
  const name = event.kind === 'remote' ? `remote:${event.sample.command?.verb}` : event.name;
  const watch = watched(before.watch, before.laser.safety, step.after.safety, name);
  return { after: { ...before, laser: step.after, watch }, step, refused: false };
}

/** Knows only hands and switches: a new setting forgets both, whatever makes it unsafe to go on forgets the arming. */
function watched(watch: Watch, was: Safety, safety: Safety, event: string): Watch {
  if (safety.setting !== was.setting || safety.setting === null) return NOTHING_DONE;
  switch (event) {
    case 'confirm-pressed':
      return { ...watch, confirmed: watch.confirmed || safety.key };
    case 'arm-pressed':
      return { ...watch, armed: watch.armed || mayArm(watch, safety) };
    case 'key-off':
      return NOTHING_DONE;
    case 'door-opened':
    case 'emergency-pressed':
    case 'watchdog-expired':
    case 'power-lost':
    case 'pause-pressed':
    case 'remote:stop':
    case 'wire:disarm':
      return { ...watch, armed: false };
    default:
      return watch;
  }
}

function mayArm(watch: Watch, { key, doorClosed, emergency, footA, footB }: Safety): boolean {
  return watch.confirmed && key && doorClosed && !emergency && !footA && !footB;
}

const ENDS_EMISSION = new Set([
  'key-off',
  'door-opened',
  'foot-a-up',
  'foot-b-up',
  'emergency-pressed',
  'watchdog-expired',
  'power-lost',
  'pause-pressed',
  'end-pressed',
  'treatment-time-over',
]);

const isLive = ({ phase }: Safety) => phase === 'armed' || phase === 'emitting';

/** The statements that a move breaks. */
function* brokenBy(before: World, event: WorldEvent, { after, step, refused }: Move): Generator<Statement> {
  const was = before.laser;
  const now = after.laser;
  const emits = now.safety.phase === 'emitting';
  const begins = emits && was.safety.phase !== 'emitting';

  if (event.kind === 'remote') {
    if (begins || (isLive(now.safety) && !isLive(was.safety))) yield 'remote-never-arms-or-emits';
    const controlLive = now.control.state === 'armed' || now.control.state === 'emitting';
    if (controlLive && now.control.state !== was.control.state) yield 'remote-never-arms-or-emits';
    if (isLive(now.safety) && was.safety.setting !== now.safety.setting) yield 'remote-never-raises-emission';
    if (!before.session && after !== before) yield 'remote-needs-session';
    if (refused && after !== before) yield 'refused-changes-nothing';
    if (event.sample.command?.verb === 'stop' && before.session && isLive(now.safety))
      yield 'stop-always-ends-emission';
  }
  yield* brokenInSafety(was.safety, now.safety, after.watch, event.name);
  if (!agree(now)) yield 'processors-agree';
  if ((now.control.treatment !== null) !== WITH_PATIENT.has(now.control.state))
    yield 'patient-only-in-treatment';
  if (now.control.serviceRequested && now.control.state !== 'standby') yield 'nothing-waits-elsewhere';
  if (now.control.calibrationProposed && now.control.state !== 'service') yield 'nothing-waits-elsewhere';
  if (event.kind === 'remote' && event.sample.command?.verb === 'treatment.adjust' && !refused) {
    const { patient } = event.sample.command.body as { readonly patient: string };
    if (was.control.treatment?.patient !== patient) yield 'adjusting-names-its-patient';
  }

  for (const effect of step.effects) {
    if (effect === 'install-update' && (was.control.state !== 'standby' || !was.control.updateFound))
      yield 'update-only-from-standby';
    if (effect === 'restart' && was.control.state !== 'updating') yield 'update-only-from-standby';
    const mayServe =
      was.control.state === 'standby' && event.name === 'service-consented' && was.control.serviceRequested;
    if (effect === 'open-service' && !mayServe) yield 'service-only-from-standby';
    if (effect === 'apply-calibration' && (event.kind !== 'local' || !was.control.calibrationProposed))
      yield 'calibration-only-by-hand';
  }
  const entered = now.control.state !== was.control.state ? now.control.state : null;
  if (entered === 'updating' && was.control.state !== 'standby') yield 'update-only-from-standby';
  if (entered === 'service' && was.control.state !== 'standby') yield 'service-only-from-standby';
  if (was.control.state === 'service' && entered !== null && !step.effects.includes('end-service'))
    yield 'treatment-ends-service';
}

/** The statements about light itself, for whatever reached the safety controller. */
function* brokenInSafety(was: Safety, now: Safety, watch: Watch, event: string): Generator<Statement> {
  const emits = now.phase === 'emitting';
  if (emits && was.phase !== 'emitting' && event !== 'foot-a-down' && event !== 'foot-b-down')
    yield 'emission-begins-at-the-foot-switch';
  if (emits && !mayEmit(now)) yield 'emission-only-with-all-conditions';
  if (isLive(now) && !(watch.confirmed && watch.armed)) yield 'emission-only-confirmed-and-armed-by-hand';
  if (emits && ENDS_EMISSION.has(event)) yield 'switch-off-ends-emission';
  if (isLive(now) && event === 'emergency-pressed') yield 'stop-always-ends-emission';
  if (now.setting !== null && now.setting === was.setting && now.pulsesLeft > was.pulsesLeft)
    yield 'pulses-never-grow';
  if (event === 'pulse-done' && was.phase === 'emitting') {
    const last = was.pulsesLeft <= 1;
    const counted = last ? now.setting === null : now.pulsesLeft === was.pulsesLeft - 1;
    if (!counted || (emits && (last || was.setting?.mode === 'single'))) yield 'each-pulse-counts';
  }
  const holdsNothing = now.phase === 'off' || now.phase === 'idle' || now.phase === 'tripped';
  if (holdsNothing && (now.setting !== null || now.pulsesLeft !== 0)) yield 'settings-do-not-linger';
  if (
    event === 'foot-disagreement' &&
    was.phase !== 'off' &&
    was.footA !== was.footB &&
    now.phase !== 'tripped'
  )
    yield 'disagreement-trips';
  const mayReset =
    event === 'power-lost' || (event === 'reset-pressed' && !now.emergency && !now.footA && !now.footB);
  if (was.phase === 'tripped' && now.phase !== 'tripped' && !mayReset) yield 'reset-only-when-safe';
}

/** Said once more, by the switches alone. */
function mayEmit({ key, footA, footB, doorClosed, emergency, setting, pulsesLeft }: Safety): boolean {
  return (
    key &&
    footA &&
    footB &&
    doorClosed &&
    !emergency &&
    pulsesLeft > 0 &&
    setting !== null &&
    isWithin(setting)
  );
}

function isWithin(setting: Setting): boolean {
  return checkParameters(PARAMETER_TABLE, setting.mode, setting.parameters) === null;
}

/** What the safety controller is in each state of the control computer. */
const PHASES: Readonly<Record<ControlState, readonly Safety['phase'][]>> = {
  off: ['off'],
  'self-test': ['idle', 'tripped'],
  standby: ['idle'],
  prepared: ['loaded'],
  confirmed: ['confirmed'],
  armed: ['armed'],
  emitting: ['emitting'],
  paused: ['confirmed'],
  ended: ['idle'],
  service: ['idle'],
  updating: ['idle', 'tripped'],
  fault: ['idle', 'tripped'],
  'emergency-stopped': ['idle', 'tripped'],
};

function agree({ control, safety }: LaserState): boolean {
  if (!PHASES[control.state].includes(safety.phase)) return false;
  return safety.setting === null || nameOf(control.treatment?.setting) === nameOf(safety.setting);
}

const WITH_PATIENT: ReadonlySet<ControlState> = new Set([
  'prepared',
  'confirmed',
  'armed',
  'emitting',
  'paused',
  'ended',
]);

const settingNames = new WeakMap<Setting, string>();
/** By value: two settings of the same numbers are one state. */
function nameOf(setting: Setting | null | undefined): string {
  if (setting === null || setting === undefined) return '-';
  let name = settingNames.get(setting);
  if (name === undefined) {
    name = JSON.stringify([setting.mode, ...Object.values(setting.parameters)]);
    settingNames.set(setting, name);
  }
  return name;
}

function keyOf({ laser: { control, safety }, session, watch }: World): string {
  const bits = [
    safety.key,
    safety.footA,
    safety.footB,
    safety.doorClosed,
    safety.emergency,
    session,
    watch.confirmed,
    watch.armed,
    control.updateFound,
    control.serviceRequested,
    control.calibrationProposed,
  ].reduce((sum, bit, index) => sum + (bit ? 1 << index : 0), 0);
  const { treatment } = control;
  const who = treatment === null ? '-' : `${treatment.patient}${treatment.eye}${nameOf(treatment.setting)}`;
  return `${control.state}|${safety.phase}|${bits}|${who}|${nameOf(safety.setting)}|${safety.pulsesLeft}`;
}

export interface SafetyExploration {
  readonly states: number;
  readonly transitions: number;
  readonly wireTransitions: number;
  readonly violations: ReadonlyMap<Statement, readonly string[]>;
}

/**
 * The safety controller alone, with a control computer that is wholly in an attacker's hand: any message of the wire, with any setting within or
 * beyond the bounds, at any moment and in any order.
 */
export function exploreSafety(
  table = LASER_TABLES.safety,
  { until, most = 200_000 }: ExploreOptions = {},
): SafetyExploration {
  const wire: readonly SafetyEvent[] = [
    ...[...Object.values(SETTINGS), ...settingsBeyondBounds()].map(
      (setting) => ({ wire: 'load', setting }) as const,
    ),
    { wire: 'clear' },
    { wire: 'disarm' },
  ];
  const events: readonly SafetyEvent[] = [...LOCAL_INPUTS, ...wire];
  const keys = new Set<string>();
  const found: {
    readonly safety: Safety;
    readonly watch: Watch;
    readonly from: number;
    readonly by: string;
  }[] = [];
  const violations = new Map<Statement, readonly string[]>();
  const visit = (safety: Safety, watch: Watch, from: number, by: string) => {
    const { setting, ...rest } = safety;
    const key = `${Object.values(rest).join()}|${nameOf(setting)}|${watch.confirmed}|${watch.armed}`;
    if (keys.has(key)) return;
    if (found.length >= most) throw new Error(`more than ${most} states`);
    keys.add(key);
    found.push({ safety, watch, from, by });
  };

  visit(SAFETY_AT_REST, NOTHING_DONE, 0, 'start');
  let transitions = 0;
  for (let index = 0; index < found.length; index += 1) {
    if (hasFallen(violations, until)) break;
    const { safety: was, watch } = found[index] as (typeof found)[number];
    for (const event of events) {
      transitions += 1;
      const name = typeof event === 'string' ? event : `wire:${event.wire}`;
      const now = stepSafety(was, afresh(event), table);
      const after = watched(watch, was, now, name);
      const broken = [...brokenInSafety(was, now, after, name)];
      if (typeof event !== 'string') {
        if (isLive(now) && !isLive(was)) broken.push('remote-never-arms-or-emits');
        if (isLive(now) && was.setting !== now.setting) broken.push('remote-never-raises-emission');
      }
      for (const statement of broken)
        if (!violations.has(statement)) violations.set(statement, [...pathTo(found, index), name]);
      if (now !== was) visit(now, after, index, name);
    }
  }
  return {
    states: found.length,
    transitions,
    wireTransitions: found.length * wire.length,
    violations,
  };
}
