// Check 25 of the design: one advisory that hits very many releases is one notice a person and one line to judge; the decision
// is recorded in every release, and taking it back restores all of them exactly.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listNotices } from '../../workbench/kernel/notifications/read-notices.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { groupFindings, listFindings } from '../../workbench/rooms/vulnerabilities/list-findings.ts';
import { assessMany, takeBack } from '../../workbench/rooms/vulnerabilities/triage.ts';
import { type MatchingHouse, matchingHouse, NOT_AFFECTED, osvPackage, osvRecord } from './matching-house.ts';

const RELEASES = 200;
const FLAW = 'CVE-2099-2500';

let house: MatchingHouse;
const releases: WardRecord[] = [];

beforeAll(async () => {
  house = await matchingHouse();
  for (let n = 0; n < RELEASES; n += 1) {
    const body = { name: `Mass ${n}`, version: `1.${n}` };
    const release = await createRecord(house.ward.records, SYSTEM, {
      kind: 'release',
      productId: house.product.id,
      body,
    });
    releases.push(release);
    // No two alike, so that each is a file of its own.
    const parts = [
      { name: 'everywhere', version: '1.0.0', purl: 'pkg:npm/everywhere@1.0.0' },
      { name: `own-${n}`, version: '1.0.0', purl: `pkg:npm/own-${n}@1.0.0` },
    ];
    const components = parts.map((part, index) => ({ type: 'library', 'bom-ref': `c${index}`, ...part }));
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components };
    const bytes = Buffer.from(JSON.stringify(bom));
    await importSbom(house.ward, house.lead, { release: release.key, fileName: 'b.json', part: null, bytes });
  }
  await house.ward.jobs.drain();
  await house.know(
    osvRecord({
      id: 'GHSA-mass-even-tttt',
      aliases: [FLAW],
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      affected: [osvPackage('npm', 'everywhere', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
  );
  await house.ward.notifications.follow();
}, 300_000);
afterAll(() => house?.close());

/** Everything that is shown of the findings, in one order. */
async function allFindings() {
  const seen = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const page = await listFindings(house.ward.db, house.lead, { vulnerability: FLAW }, offset, 200);
    seen.push(...page.items);
    offset = page.next;
  }
  return seen.sort((a, b) => a.release_key.localeCompare(b.release_key));
}

describe(`one advisory that hits ${RELEASES} releases`, () => {
  it('is one notice for each person, with one line that counts the releases', async () => {
    for (const person of [house.lead, house.approver]) {
      const notices = await listNotices(house.ward.db, person, house.ward.now(), { limit: 100 });
      const found = notices.filter(({ topic }) => topic === 'finding-new');

      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ count: 1, items: { length: 1 } });
      expect(found[0]?.items[0]?.title).toBe(`${FLAW} in everywhere`);
      expect(found[0]?.items[0]?.text).toContain(String(RELEASES));
    }
  });

  it('is one group in the list of flaws', async () => {
    const groups = await groupFindings(house.ward.db, house.lead, {}, 'vulnerability', 0, 50);

    expect(groups).toMatchObject({
      total: 1,
      items: [{ id: FLAW, findings: RELEASES, releases: RELEASES, undecided: RELEASES }],
    });
  });

  it('is judged once, recorded in every release, and taken back exactly', async () => {
    const before = await allFindings();
    const places = before.map(({ release_key, vulnerability, place }) => ({
      release: release_key,
      vulnerability,
      place,
    }));

    const made = await assessMany(house.ward, house.lead, places, NOT_AFFECTED);

    expect(made.refused).toEqual([]);
    expect(new Set(made.assessments).size).toBe(RELEASES);
    const judged = await allFindings();
    expect(new Set(judged.map(({ assessment_key }) => assessment_key))).toEqual(new Set(made.assessments));
    expect(new Set(judged.map(({ finding_key }) => finding_key)).size).toBe(RELEASES);
    const { rows } = await house.ward.pool.query<{ noted: number }>(
      `select count(distinct l.record)::int as noted from ledger l join record r on r.id = l.record
        where l.action = 'record.created' and r.key = any($1)`,
      [made.assessments],
    );
    expect(rows).toEqual([{ noted: RELEASES }]);

    expect((await takeBack(house.ward, house.lead, made.assessments)).closed).toEqual(made.assessments);

    // The finding keeps its number, undecided, as everything does that has been written once; nothing is left of the decision.
    expect(new Set((await allFindings()).map(({ finding_state }) => finding_state))).toEqual(
      new Set(['in-triage']),
    );
    const bare = (list: typeof before) =>
      list.map(({ finding_id: _id, finding_key: _key, finding_state: _state, ...shown }) => shown);
    expect(bare(await allFindings())).toEqual(bare(before));
    const groups = await groupFindings(house.ward.db, house.lead, {}, 'vulnerability', 0, 50);
    expect(groups.items).toMatchObject([{ findings: RELEASES, undecided: RELEASES }]);
  }, 240_000);
});
