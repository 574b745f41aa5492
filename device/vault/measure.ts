// Measures a vault with its audit log on a real folder: what a benchmark prints. Nothing here is a test.
import { randomUUID } from 'node:crypto';
import { NO_LOG } from '../audit/event.ts';
import { openTestLog } from '../audit/testing.ts';
import { systemClock } from '../clock.ts';
import { RealDisk } from '../disk/real-disk.ts';
import { rememberAnchor } from './anchor.ts';
import { FileKeys } from './file-keys.ts';
import type { KeyProvider } from './key-provider.ts';
import { treating, treatment } from './testing.ts';
import { Vault } from './vault.ts';

export interface VaultMeasures {
  readonly records: number;
  readonly patients: number;
  /** Durable, each with its durable audit entry, `inFlight` at a time. */
  readonly writesPerSecond: number;
  /** One record at a time, each with its durable audit entry. */
  readonly readMsP50: number;
  readonly readMsP99: number;
  /** The same without the wait for the audit log: find, read, open. */
  readonly bareReadMsP99: number;
  /** The disk alone: a line as long as an entry of the log appended and synced. No durable entry is faster. */
  readonly syncMsP50: number;
  readonly syncMsP99: number;
  /** Verifies audit log and vault as a start does. */
  readonly openAuditMs: number;
  readonly openVaultMs: number;
  readonly residentMegabytes: number;
}

export async function measureVault(
  folder: string,
  { records = 100_000, patients = 500, reads = 2000, inFlight = 256, keys = null as KeyProvider | null } = {},
): Promise<VaultMeasures> {
  const disk = new RealDisk(folder);
  const provider = keys ?? new FileKeys(disk);
  const start = async () => {
    const { remember, anchor, carry } = rememberAnchor();
    const began = performance.now();
    const { log } = await openTestLog(disk, { remember, carry, clock: systemClock });
    const openAuditMs = performance.now() - began;
    const vault = await Vault.open({
      disk,
      unit: 'L4-0007',
      keys: provider,
      clock: systemClock,
      audit: log,
      anchor: anchor(),
      newId: randomUUID,
    });
    return { log, vault, openAuditMs, openVaultMs: performance.now() - began - openAuditMs };
  };

  const first = await start();
  const written: { patient: string; record: string }[] = [];
  const began = performance.now();
  let next = 0;
  const writer = async () => {
    while (next < records) {
      const patient = `p-${next++ % patients}`;
      const { record } = await first.vault.write(treating, patient, treatment());
      written.push({ patient, record });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, writer));
  const writesPerSecond = Math.round((written.length * 1000) / (performance.now() - began));
  await first.vault.close();
  await first.log.close();

  const { log, vault, openAuditMs, openVaultMs } = await start();
  // The disk is measured in turn with the reads: what it does besides (it still writes what came before) meets both alike.
  const line = await lineOnDisk(disk);
  const syncMs: number[] = [];
  const readMs = await timed(
    reads,
    written,
    ({ patient, record }) => vault.read(treating, patient, record),
    async () => {
      const began = performance.now();
      await line.append();
      syncMs.push(performance.now() - began);
    },
  );
  syncMs.sort((a, b) => a - b);
  await line.close();
  await vault.close();
  const bare = await Vault.open({
    disk,
    unit: 'L4-0007',
    keys: provider,
    clock: systemClock,
    audit: NO_LOG,
    anchor: null,
    newId: randomUUID,
  });
  const bareMs = await timed(reads, written, ({ patient, record }) => bare.read(treating, patient, record));
  const residentMegabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
  await bare.close();
  await log.close();
  return {
    records,
    patients,
    writesPerSecond,
    readMsP50: percentile(readMs, 0.5),
    readMsP99: percentile(readMs, 0.99),
    bareReadMsP99: percentile(bareMs, 0.99),
    syncMsP50: percentile(syncMs, 0.5),
    syncMsP99: percentile(syncMs, 0.99),
    openAuditMs: Math.round(openAuditMs),
    openVaultMs: Math.round(openVaultMs),
    residentMegabytes,
  };
}

/** A line as long as an entry of the audit log, synced. */
async function lineOnDisk(disk: RealDisk) {
  const file = await disk.open('lines', { create: true });
  const line = new Uint8Array(400).fill(0x61);
  return {
    async append() {
      await file.write(file.size, line);
      await file.sync();
    },
    close: () => file.close(),
  };
}

async function timed<Item>(
  count: number,
  items: readonly Item[],
  job: (item: Item) => Promise<unknown>,
  between: () => Promise<void> = async () => undefined,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const item = items[Math.floor(Math.random() * items.length)] as Item;
    const began = performance.now();
    await job(item);
    took.push(performance.now() - began);
    await between();
  }
  return took.sort((a, b) => a - b);
}

const percentile = (sorted: readonly number[], share: number) =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 1000) / 1000;
