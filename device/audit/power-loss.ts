// Cuts the power at every step of a log's life, and looks whether a restart holds every acknowledged entry and tells of every cut tail.
import { AFTERMATHS, type Aftermath, SimulatedDisk } from '../disk/simulated-disk.ts';
import { decodeEntry } from './entry.ts';
import { auditEvent } from './event.ts';
import type { AuditLog, AuditLogOptions } from './log.ts';
import { openTestLog, wholeLog } from './testing.ts';
import { verifyAudit } from './verify.ts';

/** One power cut and what the next start found. */
export interface PowerCut {
  readonly step: number;
  /** What the disk did at that step. */
  readonly what: string;
  readonly aftermath: Aftermath;
  /** Step of the restart at which the power failed again; null when it did not. */
  readonly again: number | null;
  readonly acknowledged: number;
  /** Acknowledged before the cut and not there after it: must be 0. */
  readonly lost: number;
  /** Bytes of a torn tail that were cut and told in the log. */
  readonly cutBytes: number;
  /** In words what is wrong: a gap that nobody told, a log that does not verify. Must be empty. */
  readonly wrong: readonly string[];
}

/** A log in one file, or one that is closed after some lines, verified elsewhere, and removed at once. */
export type Life = 'one file' | 'segments';

/** Every step × every aftermath, and for each torn tail every step of the recovery as well. */
export async function auditPowerLoss(life: Life = 'one file'): Promise<readonly PowerCut[]> {
  const cuts: PowerCut[] = [];
  for (const aftermath of AFTERMATHS)
    for (let step = 1; ; step += 1) {
      const { cut, recoverySteps } = await cutOnce(life, step, aftermath, null, null);
      if (cut === null) break;
      cuts.push(cut);
      for (let again = 1; again <= recoverySteps; again += 1)
        for (const second of AFTERMATHS) {
          const twice = await cutOnce(life, step, aftermath, again, second);
          if (twice.cut) cuts.push(twice.cut);
        }
    }
  return cuts;
}

async function cutOnce(
  life: Life,
  step: number,
  aftermath: Aftermath,
  again: number | null,
  second: Aftermath | null,
) {
  const disk = new SimulatedDisk();
  disk.cutPowerAt(step, aftermath);
  const acknowledged = new Map<string, number>();
  await live(disk, acknowledged, OPTIONS[life]).catch(() => undefined);
  if (disk.steps.length < step) return { cut: null, recoverySteps: 0 };
  const what = disk.steps.at(-1)?.what ?? '';
  disk.restart();

  let tornBefore = tornTail(disk);
  if (again !== null && second !== null) {
    disk.cutPowerAt(again, second);
    await openTestLog(disk, OPTIONS[life]).catch(() => undefined);
    if (disk.steps.length < again) return { cut: null, recoverySteps: 0 };
    disk.restart();
    tornBefore = tornTail(disk);
  }
  const found = await lookAt(disk, acknowledged, tornBefore, OPTIONS[life]);
  const { recoverySteps, ...rest } = found;
  return { cut: { step, what, aftermath, again, acknowledged: acknowledged.size, ...rest }, recoverySteps };
}

/** The life of a log: two runs, groups, checkpoints by number, on demand and at the end. */
async function live(
  disk: SimulatedDisk,
  acknowledged: Map<string, number>,
  options: Partial<AuditLogOptions>,
): Promise<void> {
  const append = async (log: AuditLog, name: string) => {
    const { sequence } = await log.append(auditEvent({ what: 'trial.done', outcome: 'done', on: name }));
    acknowledged.set(name, sequence);
  };
  const first = (await openTestLog(disk, options)).log;
  await Promise.all(['a1', 'a2', 'a3'].map((name) => append(first, name)));
  await append(first, 'b');
  await Promise.all(['c1', 'c2'].map((name) => append(first, name)));
  await first.checkpoint();
  await append(first, 'd');
  await first.acknowledge(first.head);
  await first.close();
  const next = (await openTestLog(disk, options)).log;
  await append(next, 'e');
  await Promise.all(['f1', 'f2', 'f3', 'f4'].map((name) => append(next, name)));
  await next.close();
}

const OPTIONS: Readonly<Record<Life, Partial<AuditLogOptions>>> = {
  'one file': { checkpointEvery: 4 },
  segments: { checkpointEvery: 4, segmentBytes: 1_000, keepMs: -1 },
};

function tornTail(disk: SimulatedDisk): number {
  const bytes = disk.peek('audit/log') ?? new Uint8Array();
  return bytes.length - (bytes.lastIndexOf(0x0a) + 1);
}

async function lookAt(
  disk: SimulatedDisk,
  acknowledged: ReadonlyMap<string, number>,
  torn: number,
  options: Partial<AuditLogOptions>,
) {
  const { log, keys } = await openTestLog(disk, options);
  const recoverySteps = disk.steps.length;
  await log.append(auditEvent({ what: 'trial.done', outcome: 'done', on: 'after' }));
  const { lines, last } = await log.read(1, 1000);
  const entries = lines.flatMap((line) => decodeEntry(line) ?? []);
  const there = new Set(entries.map(({ on }) => on));
  const cutBytes = Number(entries.findLast(({ what }) => what === 'audit.recovered')?.detail.bytes ?? 0);
  const starts = entries.filter(({ what }) => what === 'unit.started');

  const wrong: string[] = [];
  if (torn > 0 && cutBytes !== torn) wrong.push(`${torn} bytes were cut and ${cutBytes} were told`);
  for (const entry of entries)
    if (entry.what === 'audit.damaged') wrong.push(`alarm without cause: ${entry.code}`);
  // Of those that are removed it stands in the log.
  const removed = entries.reduce((most, { detail }) => Math.max(most, Number(detail.removedTo ?? 0)), 0);
  if (entries.length !== last.sequence - removed)
    wrong.push(`${last.sequence - removed} entries were counted and ${entries.length} found`);
  if (starts.at(-1)?.boot !== entries.at(-1)?.boot) wrong.push('the restart was not written');
  await log.close();
  const verdict = await verifyAudit(wholeLog(disk), keys, {
    unit: 'L4-0007',
    checkpoint: await anchored(disk),
  });
  for (const { code, sequence } of verdict.findings) wrong.push(`${code} at ${sequence}`);
  const lost = [...acknowledged].filter(([name, at]) => at > removed && !there.has(name)).length;
  return { lost, cutBytes, wrong, recoverySteps };
}

async function anchored(disk: SimulatedDisk): Promise<string | null> {
  const line = disk.peek('audit/anchor');
  if (line === null) return null;
  return JSON.parse(Buffer.from(line).subarray(9).toString()).detail.checkpoint;
}
