// Deliberately broken tables, each with the statement that has to fall: a check of the exploration itself. A proof that finds nothing wrong here
// would prove nothing.
import type { ControlRow } from './control-computer.ts';
import type { Statement } from './explore.ts';
import { LASER_TABLES, type LaserTables } from './laser-machine.ts';
import type { SafetyRow } from './safety-controller.ts';

export interface BrokenTables {
  readonly name: string;
  readonly breaks: Statement;
  readonly tables: LaserTables;
}

const control = (change: (rows: readonly ControlRow[]) => readonly ControlRow[]): LaserTables => ({
  ...LASER_TABLES,
  control: change(LASER_TABLES.control),
});
const safety = (change: (rows: readonly SafetyRow[]) => readonly SafetyRow[]): LaserTables => ({
  ...LASER_TABLES,
  safety: change(LASER_TABLES.safety),
});

const added = (row: ControlRow) => control((rows) => [row, ...rows]);
const safetyAdded = (row: SafetyRow) => safety((rows) => [row, ...rows]);

/** The safety row of an event into a phase, without one of its conditions. */
const without = (
  event: SafetyRow['event'][number],
  to: SafetyRow['to'],
  condition: SafetyRow['when'][number],
) =>
  safety((rows) =>
    rows.map((row) =>
      row.event.includes(event) && row.to === to
        ? { ...row, when: row.when.filter((one) => one !== condition) }
        : row,
    ),
  );
/** Every row no longer knows an event. */
const deaf = (event: SafetyRow['event'][number]) =>
  safety((rows) => rows.map((row) => ({ ...row, event: row.event.filter((one) => one !== event) })));
const remoteDeaf = (event: ControlRow['event'][number]) =>
  control((rows) => rows.map((row) => ({ ...row, event: row.event.filter((one) => one !== event) })));
const withoutEffect = (event: ControlRow['event'][number], effect: ControlRow['effects'][number]) =>
  control((rows) =>
    rows.map((row) =>
      row.event.includes(event) ? { ...row, effects: row.effects.filter((one) => one !== effect) } : row,
    ),
  );

const loadInto = (from: SafetyRow['from'], to: SafetyRow['to']): SafetyRow => ({
  from,
  event: ['wire:load'],
  when: ['within-table'],
  to,
  effects: ['take-setting'],
});
const adjustWhileLive: ControlRow = {
  from: ['armed', 'emitting'],
  event: ['treatment.adjust'],
  when: [],
  to: 'same',
  effects: ['take-adjusted', 'load'],
};

export const BROKEN_TABLES: readonly BrokenTables[] = [
  {
    name: 'a remote verb arms',
    breaks: 'remote-never-arms-or-emits',
    tables: added({ from: ['confirmed'], event: ['treatment.status'], when: [], to: 'armed', effects: [] }),
  },
  {
    name: 'preparing from remote arms at once',
    breaks: 'remote-never-arms-or-emits',
    tables: safetyAdded(loadInto(['idle'], 'armed')),
  },
  {
    name: 'the wire takes a setting while armed and stays armed, and the control computer lets it pass',
    breaks: 'remote-never-raises-emission',
    tables: {
      control: [adjustWhileLive, ...LASER_TABLES.control],
      safety: [loadInto(['armed'], 'armed'), loadInto(['emitting'], 'emitting'), ...LASER_TABLES.safety],
    },
  },
  {
    name: 'a new setting keeps the confirmation of the one before',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: safetyAdded(loadInto(['confirmed'], 'confirmed')),
  },
  {
    name: 'the control computer adjusts while armed and forgets the disarming',
    breaks: 'processors-agree',
    tables: added({
      from: ['armed'],
      event: ['treatment.adjust'],
      when: [],
      to: 'prepared',
      effects: ['take-adjusted', 'load'],
    }),
  },
  {
    name: 'the display shows another setting than the one that is armed',
    breaks: 'processors-agree',
    tables: added({
      from: ['armed'],
      event: ['treatment.adjust'],
      when: [],
      to: 'same',
      effects: ['take-adjusted', 'load'],
    }),
  },
  {
    name: 'arming without confirmation',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: safetyAdded({
      from: ['loaded'],
      event: ['arm-pressed'],
      when: ['key', 'door'],
      to: 'armed',
      effects: [],
    }),
  },
  {
    name: 'a confirmation arms',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: safetyAdded({
      from: ['loaded'],
      event: ['confirm-pressed'],
      when: ['key'],
      to: 'armed',
      effects: [],
    }),
  },
  {
    name: 'arming with a foot on the switch',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: without('arm-pressed', 'armed', 'no-foot'),
  },
  {
    name: 'arming without the door interlock',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: without('arm-pressed', 'armed', 'door'),
  },
  {
    name: 'arming with the emergency stop pressed',
    breaks: 'emission-only-confirmed-and-armed-by-hand',
    tables: without('arm-pressed', 'armed', 'no-emergency'),
  },
  {
    name: 'one channel of the foot switch is enough',
    breaks: 'emission-only-with-all-conditions',
    tables: without('foot-a-down', 'emitting', 'both-feet'),
  },
  {
    name: 'emission begins by arming',
    breaks: 'emission-begins-at-the-foot-switch',
    tables: safetyAdded({
      from: ['armed'],
      event: ['acknowledge-pressed'],
      when: ['both-feet'],
      to: 'emitting',
      effects: [],
    }),
  },
  {
    name: 'emission goes on with the foot lifted',
    breaks: 'switch-off-ends-emission',
    tables: deaf('foot-b-up'),
  },
  { name: 'the door does not interrupt', breaks: 'switch-off-ends-emission', tables: deaf('door-opened') },
  { name: 'the key does not interrupt', breaks: 'switch-off-ends-emission', tables: deaf('key-off') },
  {
    name: 'the emergency stop reaches the control computer only',
    breaks: 'stop-always-ends-emission',
    tables: {
      control: LASER_TABLES.control.map((row) =>
        row.event.includes('emergency-pressed')
          ? { ...row, effects: row.effects.filter((effect) => effect !== 'clear') }
          : row,
      ),
      safety: deaf('emergency-pressed').safety,
    },
  },
  {
    name: 'a remote stop is told and not done',
    breaks: 'stop-always-ends-emission',
    tables: withoutEffect('stop', 'disarm'),
  },
  { name: 'a remote stop has no row', breaks: 'stop-always-ends-emission', tables: remoteDeaf('stop') },
  {
    name: 'a remote end leaves the safety controller armed',
    breaks: 'processors-agree',
    tables: {
      control: withoutEffect('treatment.end', 'clear').control,
      safety: LASER_TABLES.safety,
    },
  },
  {
    name: 'an update begins while prepared',
    breaks: 'update-only-from-standby',
    tables: added({
      from: ['prepared'],
      event: ['update-consented'],
      when: ['update-found'],
      to: 'updating',
      effects: ['clear', 'install-update'],
    }),
  },
  {
    name: 'an update found in service restarts the laser',
    breaks: 'update-only-from-standby',
    tables: added({
      from: ['service'],
      event: ['update-found'],
      when: [],
      to: 'self-test',
      effects: ['end-service', 'restart'],
    }),
  },
  {
    name: 'a service session opens while paused',
    breaks: 'service-only-from-standby',
    tables: added({
      from: ['paused'],
      event: ['service-consented'],
      when: [],
      to: 'service',
      effects: ['clear', 'open-service'],
    }),
  },
  {
    name: 'a service session opens without consent',
    breaks: 'service-only-from-standby',
    tables: added({
      from: ['standby'],
      event: ['service.open'],
      when: [],
      to: 'service',
      effects: ['open-service'],
    }),
  },
  {
    name: 'a treatment starts and the service session stays open',
    breaks: 'treatment-ends-service',
    tables: withoutEffect('treatment.prepare', 'end-service'),
  },
  {
    name: 'a calibration is applied as it is proposed',
    breaks: 'calibration-only-by-hand',
    tables: added({
      from: ['service'],
      event: ['calibration.propose'],
      when: [],
      to: 'same',
      effects: ['note-calibration', 'apply-calibration'],
    }),
  },
];

/** Broken in a way that a sound control computer hides: only an attacker in its place shows it. */
export const BROKEN_SAFETY: readonly {
  readonly name: string;
  readonly breaks: Statement;
  readonly table: readonly SafetyRow[];
}[] = [
  {
    name: 'the watchdog does not interrupt',
    breaks: 'switch-off-ends-emission',
    table: deaf('watchdog-expired').safety,
  },
  {
    name: 'a setting beyond the table is taken',
    breaks: 'emission-only-with-all-conditions',
    table: without('wire:load', 'loaded', 'within-table').safety,
  },
  {
    name: 'a setting is taken while armed',
    breaks: 'remote-never-raises-emission',
    table: safetyAdded(loadInto(['armed'], 'armed')).safety,
  },
  {
    name: 'the wire arms',
    breaks: 'remote-never-arms-or-emits',
    table: safetyAdded({ from: ['confirmed'], event: ['wire:disarm'], when: [], to: 'armed', effects: [] })
      .safety,
  },
  {
    name: 'the wire emits',
    breaks: 'emission-begins-at-the-foot-switch',
    table: safetyAdded({ from: ['armed'], event: ['wire:disarm'], when: [], to: 'emitting', effects: [] })
      .safety,
  },
];

/** The safety table with one condition or one effect of one row left out: all of them. */
export function weakenedSafety(): readonly { readonly name: string; readonly table: readonly SafetyRow[] }[] {
  return LASER_TABLES.safety.flatMap((row) => {
    const place = `${row.event.join(' or ')} → ${row.to}`;
    const instead = (weaker: SafetyRow) => LASER_TABLES.safety.map((one) => (one === row ? weaker : one));
    return [
      ...row.when.map((left) => ({
        name: `${place} without ${left}`,
        table: instead({ ...row, when: row.when.filter((one) => one !== left) }),
      })),
      ...row.effects.map((left) => ({
        name: `${place} without ${left}`,
        table: instead({ ...row, effects: row.effects.filter((one) => one !== left) }),
      })),
    ];
  });
}

/**
 * What may be left out of the safety table without a statement falling, because something else holds it too: second lines of defence, which stay; or
 * because less light comes out: no setting taken, one pulse a press in every mode, a trip though the channels agree.
 */
export const SECOND_LINES: readonly string[] = [
  'foot-disagreement → tripped without feet-differ',
  'wire:load → loaded without take-setting',
  'pulse-done → armed without one-pulse-a-press',
  'arm-pressed → armed without key',
  'arm-pressed → armed without pulses-left',
  'foot-a-down or foot-b-down → emitting without key',
  'foot-a-down or foot-b-down → emitting without door',
  'foot-a-down or foot-b-down → emitting without no-emergency',
  'foot-a-down or foot-b-down → emitting without pulses-left',
];
