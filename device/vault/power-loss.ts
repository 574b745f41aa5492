// Cuts the power at every step of a vault's life (writes, new patients, rotation, erasure, with audit log and key files on the same disk), and
// looks whether a restart holds every acknowledged record, keeps the erased erased, and tells of every cut tail.
import { AFTERMATHS, type Aftermath, SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { frameLength } from './frame.ts';
import { accessAs, openTestUnit, type TestUnit, treating, treatment } from './testing.ts';

/** One power cut and what the next start found. */
export interface VaultPowerCut {
  readonly step: number;
  readonly what: string;
  readonly aftermath: Aftermath;
  /** Step of the restart at which the power failed again; null when it did not. */
  readonly again: number | null;
  readonly acknowledged: number;
  /** Acknowledged records that do not read: must be 0. */
  readonly lost: number;
  /** In words what is wrong. Must be empty. */
  readonly wrong: readonly string[];
}

interface Lived {
  /** Note of each acknowledged record → patient and id. */
  readonly records: Map<string, { patient: string; record: string }>;
  /** Erasure was acknowledged, or at least begun. */
  erased: 'no' | 'begun' | 'done';
}

/** Every step × every aftermath, and every step of each restart that had something to mend. */
export async function vaultPowerLoss(): Promise<readonly VaultPowerCut[]> {
  const cuts: VaultPowerCut[] = [];
  for (const aftermath of AFTERMATHS)
    for (let step = 1; ; step += 1) {
      const { cut, recovery } = await cutOnce(step, aftermath, null);
      if (cut === null) break;
      cuts.push(cut);
      for (let again = 1; again <= recovery; again += 1) {
        const twice = await cutOnce(step, aftermath, again);
        if (twice.cut) cuts.push(twice.cut);
      }
    }
  return cuts;
}

async function cutOnce(step: number, aftermath: Aftermath, again: number | null) {
  const disk = new SimulatedDisk();
  const lived: Lived = { records: new Map(), erased: 'no' };
  disk.cutPowerAt(step, aftermath);
  await live(disk, lived).catch(() => undefined);
  if (disk.steps.length < step) return { cut: null, recovery: 0 };
  const what = disk.steps.at(-1)?.what ?? '';
  disk.restart();
  if (again !== null) {
    disk.cutPowerAt(again, aftermath);
    await openTestUnit(disk).catch(() => undefined);
    if (disk.steps.length < again) return { cut: null, recovery: 0 };
    disk.restart();
  }
  const torn = tornBytes(disk);
  const wrong: string[] = [];
  let lost = lived.records.size;
  let recovery = 0;
  try {
    const unit = await openTestUnit(disk);
    recovery = disk.steps.length;
    lost = await lookAt(disk, unit, lived, torn, wrong);
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  const acknowledged = lived.records.size;
  return { cut: { step, what, aftermath, again, acknowledged, lost, wrong }, recovery };
}

async function live(disk: SimulatedDisk, lived: Lived): Promise<void> {
  const write = async ({ vault }: TestUnit, patient: string, note: string) => {
    const { record } = await vault.write(treating, patient, treatment({ note }));
    lived.records.set(note, { patient, record });
  };
  const unit = await openTestUnit(disk);
  await write(unit, 'p-kept', 'a');
  await Promise.all(['b1', 'b2'].map((note) => write(unit, 'p-kept', note)));
  await write(unit, 'p-gone', 'c');
  await unit.vault.rotate(accessAs('unit', 'key-rotation'));
  await write(unit, 'p-kept', 'd');
  lived.erased = 'begun';
  await unit.vault.erase(accessAs('data-protection', 'erasure'), 'p-gone');
  lived.erased = 'done';
  await write(unit, 'p-kept', 'e');
}

/** Bytes after the last whole frame. */
function tornBytes(disk: SimulatedDisk): number {
  let rest = disk.peek('vault/data') ?? new Uint8Array();
  for (let length = frameLength(rest); typeof length === 'number'; length = frameLength(rest)) {
    if (length > rest.length) break;
    rest = rest.subarray(length);
  }
  return rest.length;
}

/** Gives how many acknowledged records do not read. */
async function lookAt(
  disk: SimulatedDisk,
  { vault, log, events }: TestUnit,
  lived: Lived,
  torn: number,
  wrong: string[],
): Promise<number> {
  let lost = 0;
  for (const [note, { patient, record }] of lived.records) {
    const found = await vault.read(treating, patient, record).then(
      ({ fields }) => ('note' in fields ? (fields.note ?? '') : ''),
      (error) => (isRefusal(error) ? error.code : String(error)),
    );
    const mayBeGone = patient === 'p-gone' && lived.erased !== 'no';
    if (patient === 'p-gone' && lived.erased === 'done' && found !== 'vault.erased')
      wrong.push(`the erased reads: ${found}`);
    if (found !== note && !(mayBeGone && found === 'vault.erased')) lost += 1;
  }
  const told = (await events()).findLast(({ what }) => what === 'vault.recovered')?.detail.bytes ?? 0;
  if (torn > 0 && told !== torn) wrong.push(`${torn} bytes were cut and ${told} were told`);
  const keys = disk.paths().filter((path) => /^keys\/kek-\d+$/.test(path));
  if (keys.length !== 1) wrong.push(`${keys.length} generations of keys are there`);
  // It goes on working.
  const { record } = await vault.write(treating, 'p-kept', treatment({ note: 'after' }));
  if ((await vault.read(treating, 'p-kept', record)).version !== 1) wrong.push('a new record does not read');
  for (const { what, code } of await events()) if (what === 'audit.damaged') wrong.push(`${code}`);
  await vault.close();
  await log.close();
  return lost;
}
