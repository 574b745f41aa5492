// The safety controller: a processor of its own that alone enables emission. It has no network path. It sees the switches and buttons itself, and
// takes from the control computer only settings (while not armed, within its own table) and requests for less.
import { checkParameters, type ParameterTable } from '../../device/commands/parameter-table.ts';
import type { LocalInput } from './local-input.ts';
import { type Mode, PARAMETER_TABLE } from './parameter-table.ts';
import type { LaserParameters } from './vocabulary.ts';

export interface Setting {
  readonly mode: Mode;
  readonly parameters: LaserParameters;
}

export type SafetyPhase = 'off' | 'idle' | 'loaded' | 'confirmed' | 'armed' | 'emitting' | 'tripped';

export interface Safety {
  readonly phase: SafetyPhase;
  readonly key: boolean;
  readonly footA: boolean;
  readonly footB: boolean;
  readonly doorClosed: boolean;
  readonly emergency: boolean;
  readonly setting: Setting | null;
  readonly pulsesLeft: number;
}

/** All that the wire from the control computer carries. */
export type WireMessage =
  | { readonly wire: 'load'; readonly setting: Setting }
  | { readonly wire: 'clear' }
  | { readonly wire: 'disarm' };
export type SafetyEvent = LocalInput | WireMessage;
type SafetyEventName = LocalInput | `wire:${WireMessage['wire']}`;

export const SAFETY_AT_REST: Safety = {
  phase: 'off',
  key: false,
  footA: false,
  footB: false,
  doorClosed: true,
  emergency: false,
  setting: null,
  pulsesLeft: 0,
};

type Condition =
  | 'key'
  | 'door'
  | 'no-emergency'
  | 'both-feet'
  | 'no-foot'
  | 'feet-differ'
  | 'pulses-left'
  | 'last-pulse'
  | 'one-pulse-a-press'
  | 'within-table';

const CONDITIONS: Readonly<Record<Condition, (safety: Safety, event: SafetyEvent) => boolean>> = {
  key: ({ key }) => key,
  door: ({ doorClosed }) => doorClosed,
  'no-emergency': ({ emergency }) => !emergency,
  'both-feet': ({ footA, footB }) => footA && footB,
  'no-foot': ({ footA, footB }) => !footA && !footB,
  'feet-differ': ({ footA, footB }) => footA !== footB,
  'pulses-left': ({ pulsesLeft }) => pulsesLeft > 0,
  'last-pulse': ({ pulsesLeft }) => pulsesLeft <= 1,
  'one-pulse-a-press': ({ setting }) => setting?.mode === 'single',
  'within-table': (_safety, event) => isWithin(PARAMETER_TABLE, event),
};

function isWithin(table: ParameterTable, event: SafetyEvent): boolean {
  if (typeof event === 'string' || event.wire !== 'load') return false;
  const { mode, parameters } = event.setting;
  return checkParameters(table, mode, parameters) === null;
}

type SafetyEffect = 'take-setting' | 'forget-setting' | 'count-pulse';

export interface SafetyRow {
  readonly from: readonly SafetyPhase[];
  readonly event: readonly SafetyEventName[];
  readonly when: readonly Condition[];
  readonly to: SafetyPhase;
  readonly effects: readonly SafetyEffect[];
}

const POWERED: readonly SafetyPhase[] = ['idle', 'loaded', 'confirmed', 'armed', 'emitting', 'tripped'];
const LIVE: readonly SafetyPhase[] = ['armed', 'emitting'];

/** The first row that fits is taken; an event without one changes only the switches. */
export const SAFETY_TABLE: readonly SafetyRow[] = [
  {
    from: ['off', ...POWERED],
    event: ['power-lost'],
    when: [],
    to: 'off',
    effects: ['forget-setting'],
  },
  { from: ['off'], event: ['power-on'], when: [], to: 'idle', effects: [] },
  {
    from: POWERED,
    event: ['emergency-pressed', 'watchdog-expired'],
    when: [],
    to: 'tripped',
    effects: ['forget-setting'],
  },
  {
    from: POWERED,
    event: ['foot-disagreement'],
    when: ['feet-differ'],
    to: 'tripped',
    effects: ['forget-setting'],
  },
  {
    from: ['tripped'],
    event: ['reset-pressed'],
    when: ['no-emergency', 'no-foot'],
    to: 'idle',
    effects: [],
  },
  { from: ['confirmed', ...LIVE], event: ['key-off'], when: [], to: 'loaded', effects: [] },
  {
    from: LIVE,
    event: ['door-opened', 'pause-pressed', 'wire:disarm'],
    when: [],
    to: 'confirmed',
    effects: [],
  },
  {
    from: ['loaded', 'confirmed', ...LIVE],
    event: ['wire:clear', 'end-pressed', 'treatment-time-over'],
    when: [],
    to: 'idle',
    effects: ['forget-setting'],
  },
  {
    from: ['idle', 'loaded', 'confirmed'],
    event: ['wire:load'],
    when: ['within-table'],
    to: 'loaded',
    effects: ['take-setting'],
  },
  { from: ['loaded'], event: ['confirm-pressed'], when: ['key'], to: 'confirmed', effects: [] },
  {
    from: ['confirmed'],
    event: ['arm-pressed'],
    when: ['key', 'door', 'no-emergency', 'no-foot', 'pulses-left'],
    to: 'armed',
    effects: [],
  },
  {
    from: ['armed'],
    event: ['foot-a-down', 'foot-b-down'],
    when: ['both-feet', 'key', 'door', 'no-emergency', 'pulses-left'],
    to: 'emitting',
    effects: [],
  },
  { from: ['emitting'], event: ['foot-a-up', 'foot-b-up'], when: [], to: 'armed', effects: [] },
  {
    from: ['emitting'],
    event: ['pulse-done'],
    when: ['last-pulse'],
    to: 'idle',
    effects: ['forget-setting'],
  },
  {
    from: ['emitting'],
    event: ['pulse-done'],
    when: ['one-pulse-a-press'],
    to: 'armed',
    effects: ['count-pulse'],
  },
  { from: ['emitting'], event: ['pulse-done'], when: [], to: 'emitting', effects: ['count-pulse'] },
];

/** Pure: switches first, then the table. */
export function stepSafety(
  before: Safety,
  event: SafetyEvent,
  table: readonly SafetyRow[] = SAFETY_TABLE,
): Safety {
  const sensed = sense(before, event);
  const name = typeof event === 'string' ? event : (`wire:${event.wire}` as const);
  for (const row of table) {
    const fits =
      row.from.includes(sensed.phase) &&
      row.event.includes(name) &&
      row.when.every((condition) => CONDITIONS[condition](sensed, event));
    if (fits)
      return row.effects.reduce((safety, effect) => apply(safety, effect, event), withPhase(sensed, row.to));
  }
  return sensed;
}

/** The only thing that lets light out. */
export function emissionEnabled(safety: Safety): boolean {
  return safety.phase === 'emitting';
}

const withPhase = (safety: Safety, phase: SafetyPhase): Safety => ({ ...safety, phase });

/** Follows the switches, also while off: they are mechanical. */
function sense(safety: Safety, event: SafetyEvent): Safety {
  switch (event) {
    case 'key-on':
      return { ...safety, key: true };
    case 'key-off':
      return { ...safety, key: false };
    case 'foot-a-down':
      return { ...safety, footA: true };
    case 'foot-a-up':
      return { ...safety, footA: false };
    case 'foot-b-down':
      return { ...safety, footB: true };
    case 'foot-b-up':
      return { ...safety, footB: false };
    case 'door-opened':
      return { ...safety, doorClosed: false };
    case 'door-closed':
      return { ...safety, doorClosed: true };
    case 'emergency-pressed':
      return { ...safety, emergency: true };
    case 'emergency-released':
      return { ...safety, emergency: false };
    default:
      return safety;
  }
}

function apply(safety: Safety, effect: SafetyEffect, event: SafetyEvent): Safety {
  switch (effect) {
    case 'take-setting':
      if (typeof event === 'string' || event.wire !== 'load') return safety;
      return { ...safety, setting: event.setting, pulsesLeft: event.setting.parameters.pulses };
    case 'forget-setting':
      return { ...safety, setting: null, pulsesLeft: 0 };
    case 'count-pulse':
      return { ...safety, pulsesLeft: safety.pulsesLeft - 1 };
  }
}
