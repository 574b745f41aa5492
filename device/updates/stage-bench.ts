// How fast a large update is brought into a slot, beside a plain SHA-256 of the same file, and how much memory that takes.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { RealDisk } from '../disk/real-disk.ts';
import { bounded } from './fetch.ts';
import { isSlotRight, writeSlot } from './slots.ts';

export interface StageBench {
  readonly megabytes: number;
  /** Megabytes a second, the best of the rounds. */
  readonly plainSha256: number;
  /** From a file on the same disk into a slot that was used before, hash verified, synced. */
  readonly staged: number;
  /** The same into a slot that never held anything, so that the disk has to find the room. */
  readonly stagedFirst: number;
  /** Goal: 0.7. */
  readonly ratio: number;
  /** Hashing the slot again, as at each boot. */
  readonly verifiedAtBoot: number;
  /** Most resident memory above what was there before staging, in megabytes. Goal: below 32. */
  readonly residentGrowth: number;
}

/** A folder on a real disk may be given; the system's folder for temporary files otherwise. Rounds alternate, so that both meet the same noise. */
export async function benchStage({
  megabytes = 100,
  rounds = 5,
  folder = tmpdir(),
}: {
  readonly megabytes?: number;
  readonly rounds?: number;
  readonly folder?: string;
} = {}): Promise<StageBench> {
  const place = await mkdtemp(join(folder, 'ward-stage-'));
  try {
    const path = join(place, 'update');
    const size = megabytes << 20;
    await makeFile(path, megabytes);
    const sha256 = await hashOf(path);
    const disk = new RealDisk(join(place, 'disk'));
    await disk.makeFolder('.');
    const expected = { length: size, sha256 };
    const stage = () =>
      writeSlot(
        disk,
        'B',
        bounded(readFile(path), { maxBytes: size, deadline: 600_000 }, systemClock),
        expected,
      );
    const first = await secondsOf(stage);
    let [plain, staged, verified, growth] = [
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      0,
    ];
    for (let round = 0; round < rounds; round += 1) {
      plain = Math.min(plain, await secondsOf(() => hashOf(path)));
      const before = process.memoryUsage.rss();
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, 5);
      staged = Math.min(staged, await secondsOf(stage));
      clearInterval(watch);
      growth = Math.max(growth, most - before);
      verified = Math.min(
        verified,
        await secondsOf(async () => {
          if (!(await isSlotRight(disk, 'B', expected))) throw new Error('the slot is not right');
        }),
      );
    }
    const speed = (seconds: number) => Math.round(megabytes / seconds);
    return {
      megabytes,
      plainSha256: speed(plain),
      staged: speed(staged),
      stagedFirst: speed(first),
      ratio: Math.round((plain / staged) * 100) / 100,
      verifiedAtBoot: speed(verified),
      residentGrowth: Math.round((growth / (1 << 20)) * 10) / 10,
    };
  } finally {
    await rm(place, { recursive: true });
  }
}

async function makeFile(path: string, megabytes: number): Promise<void> {
  const handle = await open(path, 'w');
  // Not all the same, so that no disk makes it smaller.
  let seed = Buffer.alloc(64);
  for (let at = 0; at < megabytes; at += 1) {
    const piece = Buffer.alloc(1 << 20);
    for (let from = 0; from < piece.length; from += 64) {
      if (from % 8192 === 0) seed = createHash('sha512').update(seed).digest();
      piece.set(seed, from);
    }
    await handle.write(piece);
  }
  await handle.sync();
  await handle.close();
}

const readFile = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: 1 << 20 });

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
