// What stands beside a match for the sake of speed is what follows from the records, whatever happens in whatever order.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seeded } from '../bench/generate.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import {
  type MatchingHouse,
  matchingHouse,
  nvdRecord,
  osvPackage,
  osvRecord,
} from './acceptance/matching-house.ts';

const STEPS = 60;
const FLAWS = 12;
const PACKAGES = 5;
const VECTORS = [
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N',
];

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
}, 60_000);
afterAll(() => house?.close());

/** Matches whose group, rank or score is not that of their advisory. */
async function untrueFacts(): Promise<unknown[]> {
  const { rows } = await house.ward.pool.query(`
    select a.ext_id, m.group_id, am.group_id as is_group, m.rank, a.level, m.score, a.score as is_score
    from match m join advisory a on a.id = m.advisory_id left join alias_member am on am.ext_id = a.ext_id
    where m.group_id is distinct from am.group_id or m.score is distinct from a.score
      or m.rank is distinct from case a.level when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2
        when 'unknown' then 1 else 0 end`);
  return rows;
}

it.each([1, 2, 3])(
  'group, rank and score of each match after changes at random (%i)',
  async (seed) => {
    const random = seeded(seed);
    const below = (n: number) => Math.floor(random() * n);
    const releases: WardRecord[] = [];
    const idOf = (prefix: string, n: number) => `${prefix}-2026-${seed}00${n}`;
    let clock = Date.parse('2026-01-01T00:00:00Z');

    for (let step = 0; step < STEPS; step += 1) {
      clock += 60_000;
      const modified = new Date(clock).toISOString();
      const n = below(FLAWS);
      const dice = random();
      if (dice < 0.2) {
        const release = releases.length < 3 ? await house.release() : (releases[below(3)] as WardRecord);
        if (!releases.includes(release)) releases.push(release);
        const parts = Array.from({ length: PACKAGES }, (_, index) => {
          const version = `1.${below(6)}.0`;
          return {
            name: `part-${index}`,
            version,
            purl: `pkg:npm/part-${index}@${version}`,
            cpe: `cpe:2.3:a:house:part-${index}:${version}:*:*:*:*:*:*:*`,
          };
        });
        await house.takeIn(release, parts);
      } else if (dice < 0.35) {
        await house.know(
          nvdRecord(idOf('CVE', n), [
            {
              vulnerable: true,
              criteria: `cpe:2.3:a:house:part-${below(PACKAGES)}:*:*:*:*:*:*:*:*`,
              versionEndExcluding: `1.${below(6)}.0`,
            },
          ]),
        );
      } else {
        await house.know(
          osvRecord({
            id: idOf(random() < 0.5 ? 'GHSA' : 'PYSEC', n),
            // Merges of groups, and their splits when the next revision names others.
            aliases: Array.from({ length: below(3) }, () => idOf('CVE', below(FLAWS))),
            modified,
            ...(random() < 0.15 ? { withdrawn: modified } : {}),
            ...(random() < 0.7
              ? { severity: [{ type: 'CVSS_V3', score: VECTORS[below(3)] as string }] }
              : {}),
            affected: [
              osvPackage('npm', `part-${below(PACKAGES)}`, { introduced: '0' }, { fixed: `1.${below(6)}.0` }),
            ],
          }),
        );
      }
      expect(await untrueFacts()).toEqual([]);
    }

    const { rows } = await house.ward.pool.query<{ open: number; joined: number }>(
      `select count(*) filter (where closed_at is null)::int as open,
      (select count(*)::int from (select group_id from alias_member group by 1 having count(*) > 1) g) as joined from match`,
    );
    expect(rows[0]?.open).toBeGreaterThan(0);
    expect(rows[0]?.joined).toBeGreaterThan(0);
  },
  120_000,
);
