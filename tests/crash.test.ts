// Six power cuts while people work; `npm run soak` makes hundreds of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Endurance, endure } from '../bench/soak/endure.ts';
import { ensureBuilt } from '../bench/ward-process.ts';

describe.skipIf(process.platform !== 'linux')(
  'after kill -9 of the program, of its database, of both',
  () => {
    let folder: string;
    let run: Endurance;

    beforeAll(async () => {
      ensureBuilt();
      folder = await mkdtemp(join(tmpdir(), 'ward-crash-'));
      run = await endure({ data: join(folder, 'data'), rounds: 6, seed: 20 });
    }, 180_000);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test('every kind of kill was tried while people worked', () => {
      const { kills, acknowledged, sboms, advisories } = run;
      console.log({ kills, acknowledged, sboms, advisories });
      expect(Object.values(kills).every((times) => times > 0)).toBe(true);
      // How many depends on the machine; `npm run soak` is the long run that counts.
      expect(acknowledged).toBeGreaterThan(0);
    });

    test('nothing acknowledged is lost and nothing is there twice', () => {
      expect(run.lost).toEqual([]);
      expect(run.doubled).toEqual([]);
      expect(run.surprises).toEqual([]);
    });

    test('nothing is there by half: records, ledger, SBOMs and advisories agree', () => {
      expect(run.torn).toEqual([]);
      expect(run.ledgerEntries).toBeGreaterThan(run.acknowledged);
    });

    test('jobs and imports go on to their end, and the stop is an orderly one', () => {
      expect(run).toMatchObject({ jobsLeft: 0, runsNotDone: 0, stopped: 0 });
    });
  },
);
