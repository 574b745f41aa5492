// Every OSV and NVD record of the shared data set is read out of its packed file and understood.

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Advisory } from '../advisory.ts';
import { readAdvisory } from './read-advisory.ts';
import { readRecords } from './read-records.ts';

const sharedData = resolve('../shared/data');
const present = existsSync(sharedData);
const title = (text: string) => (present ? text : `${text} (skipped: ../shared is absent)`);

/** The colons in its only criteria lost their quoting when the record was re-shaped. */
const namelessBecauseBroken = ['CVE-2015-8978'];

interface Count {
  records: number;
  problems: string[];
  packages: number;
  withoutScore: number;
  milliseconds: number;
}

async function readAll(
  paths: string[],
  see: (advisory: Advisory) => void = () => {},
): Promise<Map<string, Count>> {
  const counts = new Map<string, Count>();
  let started = performance.now();
  let count = emptyCount();
  for await (const item of readRecords(paths)) {
    if (item.kind === 'record') {
      const advisory = readAdvisory(item.record);
      see(advisory);
      count.records += 1;
      count.packages += advisory.affected.length;
      count.withoutScore += advisory.severities.filter(({ score }) => score === null).length;
    } else if (item.kind === 'problem') count.problems.push(`${item.problem.code} ${item.problem.at}`);
    else {
      counts.set(item.file.split('/').at(-1)!, { ...count, milliseconds: performance.now() - started });
      count = emptyCount();
      started = performance.now();
    }
  }
  if (count.problems.length > 0) counts.set('refused', count);
  return counts;
}

function emptyCount(): Count {
  return { records: 0, problems: [], packages: 0, withoutScore: 0, milliseconds: 0 };
}

function print(counts: ReadonlyMap<string, Count>): void {
  console.table(
    [...counts].map(([file, { records, packages, withoutScore, problems, milliseconds }]) => ({
      file,
      records,
      packages,
      'vectors without score': withoutScore,
      problems: problems.length,
      'records/s': Math.round((records / milliseconds) * 1_000),
    })),
  );
}

describe.skipIf(!present)(title('the shared advisories'), () => {
  it('in OSV are all read', async () => {
    const counts = await readAll(
      [join(sharedData, 'advisories/osv'), join(sharedData, 'advisories/osv-derived')],
      (advisory) => {
        if (advisory.id.startsWith('DRV-')) expect(advisory.derived).toBe(true);
      },
    );

    print(counts);
    expect([...counts.values()].flatMap(({ problems }) => problems)).toEqual([]);
    expect([...counts.values()].reduce((sum, { records }) => sum + records, 0)).toBe(24_551);
  });

  it('of NVD are all read, and every vulnerable product is named', async () => {
    const files = readdirSync(join(sharedData, 'nvd')).filter((name) =>
      /^nvd-2\.0-.*\.jsonl\.gz$/.test(name),
    );
    const nameless: string[] = [];
    const counts = await readAll(
      files.map((name) => join(sharedData, 'nvd', name)),
      ({ id, affected, configurations }) => {
        const isVulnerable = configurations.some(({ nodes }) =>
          nodes.some(({ matches }) => matches.some(({ vulnerable }) => vulnerable)),
        );
        if (isVulnerable !== affected.length > 0) nameless.push(id);
      },
    );

    print(counts);
    expect(nameless).toEqual(namelessBecauseBroken);
    expect([...counts.values()].flatMap(({ problems }) => problems)).toEqual([]);
    expect([...counts.values()].reduce((sum, { records }) => sum + records, 0)).toBe(7_256);
  });

  it('of the CVE programme are all read', async () => {
    const counts = await readAll([join(sharedData, 'nvd/cve5-cisa-vulnrichment.jsonl.gz')]);

    expect([...counts.values()].flatMap(({ problems }) => problems)).toEqual([]);
    expect([...counts.values()].reduce((sum, { records }) => sum + records, 0)).toBe(1_876);
  });

  it('in other formats are told apart', async () => {
    const others = ['nvd/nvd-1.1-original.jsonl.gz', 'advisories/native/npm-nodejs-security-wg.jsonl.gz'];
    for (const other of others) {
      const counts = await readAll([join(sharedData, other)]);

      expect(counts.get('refused')?.problems.at(-1), other).toContain('advisory.not-advisories');
      expect(counts.get('refused')?.records, other).toBe(0);
    }
  });
});
