// Cuts the power at every step that the updater takes on its disk, in each way in which a disk forgets, and looks at what the unit does when
// the power is back: steps × outcomes, for the report. Everything is the real part but the disk.
import { type AuditEvent, MemoryAudit } from '../audit/event.ts';
import { AFTERMATHS, type Aftermath, PowerLost, SimulatedDisk } from '../disk/simulated-disk.ts';
import { applicationPath } from './boot-record.ts';
import { newUnit, type Software, software, type TriedUnit, unitOn, World } from './repository/try-out.ts';

/** One act of the updater that is cut. */
export const PHASES = [
  ...(['check', 'stage', 'switch', 'trial boot', 'confirm'] as const),
  ...(['return', 'crash loop', 'damaged slot'] as const),
] as const;
export type Phase = (typeof PHASES)[number];

export interface PowerLossRow {
  readonly phase: Phase;
  /** From 1; the last of a phase is the one after its end, where nothing was cut. */
  readonly step: number;
  /** E.g. `rename updates/boot.new updates/boot`; `nothing was cut` in the last. */
  readonly what: string;
  readonly aftermath: Aftermath;
  /** What the unit started when the power was back. */
  readonly started: string;
  readonly trial: boolean;
  /** How often the power was cut once more while the unit started, each time followed by a start that had to succeed. */
  readonly again: number;
  /** What it runs in the end, after going on as a unit does. */
  readonly ended: string;
  /** What the audit log holds from the cut on. */
  readonly audit: readonly string[];
}

const OLD = software('1.0.0');
const NEW = software('1.1.0', {
  releaseCounter: 2,
  text: `export const version = '1.1.0';\n// ${'new '.repeat(60)}\n`,
});
/** Small, so that staging has several writes. */
const BUFFER_BYTES = 96;

interface Scene {
  readonly world: World;
  readonly image: ReadonlyMap<string, Uint8Array>;
  /** The log so far. */
  readonly told: readonly AuditEvent[];
}

/** Every act up to a phase, then the phase itself, on a unit with the given disk. */
const ACTS: Readonly<Record<Phase, (unit: TriedUnit) => Promise<unknown>>> = {
  check: (unit) => unit.client.check(),
  stage: (unit) => unit.client.stage(),
  switch: (unit) => unit.client.activate(),
  'trial boot': (unit) => unit.bootloader.boot(),
  confirm: (unit) => unit.bootloader.settle(async () => true, 1000),
  return: async (unit) => {
    await unit.bootloader.settle(async () => false, 1000);
    await unit.bootloader.boot();
  },
  'crash loop': async (unit) => {
    for (let boots = 0; boots < 3; boots += 1) await unit.bootloader.boot();
  },
  'damaged slot': (unit) => unit.bootloader.boot(),
};
const BEFORE: Readonly<Record<Phase, readonly Phase[]>> = {
  check: [],
  stage: ['check'],
  switch: ['check', 'stage'],
  'trial boot': ['check', 'stage', 'switch'],
  confirm: ['check', 'stage', 'switch', 'trial boot'],
  return: ['check', 'stage', 'switch', 'trial boot'],
  'crash loop': ['check', 'stage', 'switch', 'trial boot'],
  'damaged slot': ['check', 'stage', 'switch'],
};
/** Phases after whose end the new version has been given up. */
const isFailing = (phase: Phase) => phase === 'return' || phase === 'crash loop';

/**
 * The whole table. Throws, saying where, when a unit did not start, started something else than a whole verified version, started a new
 * version before it was switched to, ended otherwise than it should, or said nothing of it in its log.
 */
export async function updatePowerLoss(phases: readonly Phase[] = PHASES): Promise<PowerLossRow[]> {
  const start = await prepare();
  const rows: PowerLossRow[] = [];
  for (const phase of phases) {
    const scene = await upTo(start, phase);
    for (const aftermath of AFTERMATHS)
      for (let step = 1; ; step += 1) {
        const { row, cut } = await cutOnce(scene, phase, step, aftermath);
        rows.push(row);
        if (!cut) break;
      }
  }
  return rows;
}

/** A unit that runs 1.0.0 and is directed to 1.1.0, in a repository whose timestamp key was rotated meanwhile. */
async function prepare(): Promise<Scene> {
  const world = await World.make();
  const unit = await newUnit(world, OLD);
  await world.direct(null);
  await unit.client.check();
  const { snapshot } = world.imageKeys;
  world.image.rotate('timestamp', { keys: [...snapshot.keys], threshold: 1 });
  await world.publish(NEW);
  await world.direct('1.1.0');
  return { world, image: unit.disk.image(), told: [] };
}

async function upTo({ world, image }: Scene, phase: Phase): Promise<Scene> {
  const disk = new SimulatedDisk();
  disk.putBack(image);
  const unit = unitOn(world, disk, new MemoryAudit());
  await unit.bootloader.load();
  for (const before of BEFORE[phase]) await ACTS[before](unit);
  if (phase === 'damaged slot') disk.poke(applicationPath('B'), NEW.bytes.slice(1));
  return { world, image: disk.image(), told: unit.audit.events };
}

async function cutOnce(
  { world, image, told: before }: Scene,
  phase: Phase,
  step: number,
  aftermath: Aftermath,
) {
  const disk = new SimulatedDisk();
  disk.putBack(image);
  const audit = new MemoryAudit();
  const options = { bufferBytes: BUFFER_BYTES };
  const unit = unitOn(world, disk, audit, options);
  await unit.bootloader.load();
  // What a check found is not kept on the disk.
  if (phase === 'stage') await ACTS.check(unit);
  audit.events.push(...before);
  disk.restart();
  const toldBefore = audit.events.length;

  disk.cutPowerAt(step, aftermath);
  const cut = await ACTS[phase](unit).then(
    () => false,
    (error) => {
      if (!(error instanceof PowerLost)) throw error;
      return true;
    },
  );
  const what = cut ? (disk.steps.at(-1)?.what ?? '') : 'nothing was cut';
  disk.restart();

  const place = `${phase}, step ${step} (${what}), ${aftermath}`;
  const again = await cutAgain(world, disk.image(), aftermath, place);
  const after = unitOn(world, disk, audit, options);
  const booted = await after.bootloader.boot();
  const started = booted.content.version;
  insist(isWhole(disk, booted.slot, started), `${place}: ${started} was started and is not whole`);
  const mayBeNew = !['check', 'stage'].includes(phase);
  insist(started === '1.0.0' || mayBeNew, `${place}: ${started} was started before it was switched to`);
  insist(
    !(booted.trial && booted.content.state === 'confirmed'),
    `${place}: on trial and confirmed at the same time`,
  );

  const ended = await goOn(world, disk, audit, !isFailing(phase));
  const expected = isFailing(phase) ? '1.0.0' : '1.1.0';
  insist(ended === expected, `${place}: ended with ${ended}, not ${expected}`);
  const told = audit.events
    .slice(toldBefore)
    .map(({ what: event, code }) => (code ? `${event} ${code}` : event));
  const all = audit.events.map((event) => event.what);
  const must = isFailing(phase)
    ? ['update.trial-started', 'update.returned']
    : ['update.staged', 'update.confirmed'];
  for (const event of must) insist(all.includes(event), `${place}: the log does not say ${event}`);

  const outcome = { started, trial: booted.trial, again, ended, audit: told };
  return { row: { phase, step, what, aftermath, ...outcome } satisfies PowerLossRow, cut };
}

/** The power fails a second time, at each step of the start that follows the first. */
async function cutAgain(
  world: World,
  image: Scene['image'],
  aftermath: Aftermath,
  place: string,
): Promise<number> {
  for (let step = 1; ; step += 1) {
    const disk = new SimulatedDisk();
    disk.putBack(image);
    disk.cutPowerAt(step, aftermath);
    const cut = await unitOn(world, disk, new MemoryAudit())
      .bootloader.boot()
      .then(
        () => false,
        (error) => {
          if (!(error instanceof PowerLost)) throw error;
          return true;
        },
      );
    if (!cut) return step - 1;
    disk.restart();
    const { slot, content } = await unitOn(world, disk, new MemoryAudit()).bootloader.boot();
    insist(
      isWhole(disk, slot, content.version),
      `${place}, again at ${step}: ${content.version} is not whole`,
    );
  }
}

/** As a unit goes on by itself: settles what is on trial, checks, stages, switches, until there is nothing to do. */
async function goOn(
  world: World,
  disk: SimulatedDisk,
  audit: MemoryAudit,
  healthy: boolean,
): Promise<string> {
  for (let round = 0; round < 8; round += 1) {
    disk.restart();
    const unit = unitOn(world, disk, audit);
    const booted = await unit.bootloader.boot();
    insist(isWhole(disk, booted.slot, booted.content.version), `${booted.content.version} is not whole`);
    if (booted.trial) {
      await unit.bootloader.settle(async () => healthy, 1000);
      continue;
    }
    if (healthy && booted.content.version === NEW.custom.version) return booted.content.version;
    const other = unit.bootloader.record.slots[booted.slot === 'A' ? 'B' : 'A'];
    if (!healthy && other?.state === 'failed') return booted.content.version;
    if ((await unit.client.check()) === null) return booted.content.version;
    await unit.client.stage();
    await unit.client.activate();
  }
  throw new Error('the unit does not come to rest');
}

const BYTES: Readonly<Record<string, Software>> = { '1.0.0': OLD, '1.1.0': NEW };

function isWhole(disk: SimulatedDisk, slot: 'A' | 'B', version: string): boolean {
  const found = disk.peek(applicationPath(slot));
  const expected = BYTES[version]?.bytes;
  return found !== null && expected !== undefined && Buffer.from(found).equals(Buffer.from(expected));
}

function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

export interface PowerLossOutcome {
  readonly phase: Phase;
  readonly steps: number;
  readonly cuts: number;
  /** Second cuts, while the unit started. */
  readonly again: number;
  /** Started with the power back → in how many cuts. */
  readonly started: Readonly<Record<string, number>>;
  readonly ended: string;
}

/** One line a phase, for the report. */
export function summarisePowerLoss(rows: readonly PowerLossRow[]): PowerLossOutcome[] {
  return PHASES.filter((phase) => rows.some((row) => row.phase === phase)).map((phase) => {
    const ours = rows.filter((row) => row.phase === phase);
    const started: Record<string, number> = {};
    for (const row of ours) {
      const name = row.trial ? `${row.started} on trial` : row.started;
      started[name] = (started[name] ?? 0) + 1;
    }
    return {
      phase,
      steps: Math.max(...ours.map(({ step }) => step)) - 1,
      cuts: ours.filter(({ what }) => what !== 'nothing was cut').length,
      again: ours.reduce((sum, { again }) => sum + again, 0),
      started,
      ended: [...new Set(ours.map(({ ended }) => ended))].join(', '),
    };
  });
}
