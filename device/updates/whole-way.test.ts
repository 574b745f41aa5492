// The whole way with a real folder, a real server and real processes; and with any bytes in any file of the disk.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { RealDisk } from '../disk/real-disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { applicationPath, type Slot } from './boot-record.ts';
import { Bootloader } from './bootloader.ts';
import { httpFetch } from './http-fetch.ts';
import { sha256 } from './repository/metadata.ts';
import { inPieces, newUnit, SEAL, software, UNIT, unitOn, World } from './repository/try-out.ts';
import { counterFile } from './rollback-counter.ts';
import { UpdateClient } from './update-client.ts';

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

const says = (version: string) => software(version, { text: `console.log('runs ${version}');\n` });

describe('a real folder, server and process', () => {
  it('runs the old version, then the new one', async () => {
    const world = await World.make({ clock: new HandClock(Date.now()) });
    await world.publish(says('1.1.0'));
    await world.direct('1.1.0');
    const server = createServer((request, response) => {
      const bytes = world.server.files.get((request.url ?? '').slice(1));
      if (bytes) response.end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'ward-unit-'));
    closing.push(() => server.close().closeAllConnections());
    closing.push(() => rmSync(folder, { recursive: true }));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const disk = new RealDisk(folder);
    const audit = new MemoryAudit();
    const start = () => new Bootloader({ disk, seal: SEAL, counter: counterFile(disk, SEAL), audit });
    const run = async (slot: Slot) =>
      (await promisify(execFile)(process.execPath, [join(folder, applicationPath(slot))])).stdout.trim();

    const factory = start();
    const first = says('1.0.0');
    expect(await factory.isProvisioned()).toBe(false);
    await factory.provision(inPieces(first.bytes), {
      ...{ version: '1.0.0', releaseCounter: 1, releaseKey: 'REL-1' },
      ...{ length: first.bytes.length, sha256: sha256(first.bytes) },
    });
    expect(await factory.isProvisioned()).toBe(true);
    const bootloader = start();
    expect(await run((await bootloader.boot()).slot)).toBe('runs 1.0.0');
    const client = new UpdateClient({
      time: TrustedTime.inMemory(world.clock),
      ...{ unit: UNIT, disk, clock: world.clock, audit, seal: SEAL, bootloader, fetch: httpFetch() },
      image: { url: `${at}/image/metadata`, targetsUrl: `${at}/image/targets`, root: world.imageRoot },
      director: { url: `${at}/director/${UNIT.id}`, root: world.directorRoot },
      mayInstall: () => true,
    });
    await client.check();
    await client.stage();
    await client.activate();

    const next = start();
    const { slot, trial } = await next.boot();
    expect(trial).toBe(true);
    expect(await next.settle(async () => (await run(slot)) === 'runs 1.1.0', 10_000)).toBe('confirmed');
  });
});

describe('any bytes in any file of the disk', () => {
  it('are a refusal or are got over, and nothing unverified is started', async () => {
    const world = await World.make();
    const unit = await newUnit(world, software('1.0.0'));
    const update = software('1.1.0');
    await world.publish(update);
    await world.direct('1.1.0');
    await unit.client.check();
    await unit.client.stage();
    await unit.client.postpone();
    const image = unit.disk.image();
    const good = [software('1.0.0').bytes, update.bytes].map((bytes) => sha256(bytes));

    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...image.keys()), fc.uint8Array({ maxLength: 200 })), {
          ...{ minLength: 1, maxLength: 3 },
        }),
        async (changes) => {
          const disk = new SimulatedDisk();
          disk.putBack(image);
          for (const [path, bytes] of changes) disk.poke(path, bytes);
          const again = unitOn(world, disk, new MemoryAudit());
          try {
            const { slot } = await again.bootloader.boot();
            expect(good).toContain(sha256(disk.peek(applicationPath(slot)) as Uint8Array));
            await again.client.check();
            await again.client.stage();
            await again.client.activate();
          } catch (error) {
            if (!isRefusal(error)) throw error;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
