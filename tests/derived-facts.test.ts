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
import { kevCatalogue, kevEntry } from './feeds/feed-server.ts';

const STEPS = 60;
const FLAWS = 12;
const PACKAGES = 5;
const VECTORS = [
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N',
];

const catalogueOf = (cves: readonly string[], day: string) =>
  kevCatalogue(
    cves.map((cve, index) =>
      kevEntry(cve, day, {
        dueDate: `2026-12-0${index + 1}`,
        knownRansomwareCampaignUse: index % 2 === 0 ? 'Known' : 'Unknown',
      }),
    ),
    day,
  );

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

/** Flaws whose signs are not those of all their ids and of the flaws that their records pass on. */
async function untrueSigns(): Promise<unknown[]> {
  const { rows } = await house.ward.pool.query(`
    with name as (
      select group_id, ext_id from alias_member
      union select am.group_id, u.ext_id from advisory_upstream u join advisory a on a.id = u.advisory_id
        join alias_member am on am.ext_id = a.ext_id
    ), sign as (
      select n.group_id, max(e.score) as epss, max(e.percentile) as percentile, count(k.cve) > 0 as kev, min(k.due_on) as kev_due,
        count(*) filter (where k.ransomware = 'known') > 0 as ransomware
      from name n left join epss_score e on e.cve = n.ext_id left join kev_entry k on k.cve = n.ext_id and k.removed_at is null
      group by 1 having count(e.cve) + count(k.cve) > 0
    )
    (select 'missing' as what, * from (select * from sign except select * from flaw_signal) x)
    union all (select 'wrong', * from (select * from flaw_signal except select * from sign) x)`);
  return rows;
}

const untruePlaces = async (): Promise<unknown[]> =>
  (
    await house.ward.pool.query(
      `select i.place, c.place as is_place from component_identity i join component c on c.id = i.component_id where i.place <> c.place`,
    )
  ).rows;

it.each([1, 2, 3])(
  'facts of matches and signs of flaws after changes at random (%i)',
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
      } else if (dice < 0.3) {
        const cve = idOf('CVE', n);
        await house.learn(
          'epss.csv',
          `#model_version:v2025.03.14,score_date:${modified}\ncve,epss,percentile\n${cve},${random().toFixed(3)},${random().toFixed(3)}\n`,
        );
      } else if (dice < 0.4) {
        // One of them drops out of the catalogue now and then, and comes back.
        const listed = Array.from({ length: 1 + below(4) }, (_, index) => idOf('CVE', (n + index) % FLAWS));
        await house.learn('kev.json', catalogueOf(listed, modified.slice(0, 10)));
      } else if (dice < 0.5) {
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
            ...(random() < 0.3 ? { upstream: [idOf('CVE', below(FLAWS))] } : {}),
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
      expect(await untrueSigns()).toEqual([]);
      expect(await untruePlaces()).toEqual([]);
    }

    const { rows } = await house.ward.pool.query(`
    select count(*) filter (where closed_at is null) > 0 as open, (select count(*) > 0 from flaw_signal where not kev) as signs,
      (select count(*) > 0 from (select group_id from alias_member group by 1 having count(*) > 1) g) as joined,
      (select count(*) > 0 from kev_entry) as kev, (select count(*) > 0 from advisory_upstream) as upstream from match`);
    expect(rows).toEqual([{ open: true, signs: true, joined: true, kev: true, upstream: true }]);
  },
  180_000,
);
