// Triage of many findings: filters, groups, one judgement for a list, taking it back, signing a list, taking over from another
// release. Acceptance checks 16 and 25.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTransitions } from '../workbench/kernel/records/operations.ts';
import { readRecord } from '../workbench/kernel/records/read.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import {
  FINDING_SORTS,
  type FindingFilter,
  type FindingRow,
  groupFindings,
  listFindings,
  pageOfFindings,
} from '../workbench/rooms/vulnerabilities/list-findings.ts';
import { assessMany, proposalsFor, takeBack, takeOver } from '../workbench/rooms/vulnerabilities/triage.ts';
import {
  type MatchingHouse,
  matchingHouse,
  NOT_AFFECTED,
  osvPackage,
  osvRecord,
} from './acceptance/matching-house.ts';
import { kevCatalogue, kevEntry } from './feeds/feed-server.ts';
import { makeProduct, PASSWORD } from './setup/test-ward.ts';

const CRITICAL = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const LOW = 'CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N';
const FLAWS = 30;
const DAY_MS = 86_400_000;

let house: MatchingHouse;
let first: WardRecord;
let second: WardRecord;
let third: WardRecord;

const parts = (version = '1.0.0') =>
  ['alpha', 'beta', 'gamma'].map((name) => ({ name, version, purl: `pkg:npm/${name}@${version}` }));

/** Ten flaws in each of three components; every third is critical, every fifth has no fix. */
function flaws() {
  return Array.from({ length: FLAWS }, (_, index) => {
    const event = index % 5 === 0 ? { last_affected: '1.9.9' } : { fixed: '2.0.0' };
    return osvRecord({
      id: `GHSA-many-${String(index).padStart(4, '0')}`,
      aliases: [`CVE-2096-${1000 + index}`],
      summary: `Flaw number ${index} of ${['the parser', 'the cache', 'the logger'][index % 3]}`,
      severity: [{ type: 'CVSS_V3', score: index % 3 === 0 ? CRITICAL : LOW }],
      affected: [osvPackage('npm', ['alpha', 'beta', 'gamma'][index % 3]!, { introduced: '0' }, event)],
    });
  });
}

beforeAll(async () => {
  house = await matchingHouse();
  [first, second, third] = [await house.release(), await house.release(), await house.release()];
  await house.takeIn(first, parts());
  await house.takeIn(second, parts());
  await house.takeIn(third, parts('1.5.0'));
  await house.know(...flaws());
  await house.learn(
    'epss.csv',
    `#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2096-1001,0.71,0.98\nCVE-2096-1002,0.02,0.4\n`,
  );
  await house.learn(
    'kev.json',
    kevCatalogue(
      [kevEntry('CVE-2096-1004', '2026-11-01', { knownRansomwareCampaignUse: 'Known' })],
      '2026.11.01',
    ),
  );
}, 120_000);
afterAll(() => house.close());

const list = (filter: FindingFilter, limit = 500) =>
  listFindings(house.ward.db, house.lead, filter, 0, limit, house.ward.now());
const placesOf = async (release: WardRecord, filter: FindingFilter = {}) =>
  (await list({ releaseId: release.id, ...filter })).items.map(({ vulnerability, place }) => ({
    release: release.key,
    vulnerability,
    place,
  }));

describe('the list', () => {
  it.each<[string, FindingFilter, number]>([
    ['everything', {}, 90],
    ['critical only', { levels: ['critical'] }, 30],
    ['known to be exploited', { kev: true }, 3],
    ['likely to be exploited', { epss: 0.5 }, 3],
    ['without a known fix', { hasFix: false }, 18],
    ['one flaw by another of its ids', { vulnerability: 'CVE-2096-1003' }, 3],
    ['one place', { place: 'npm:alpha' }, 30],
    ['words of the summary', { text: 'the CACHE' }, 30],
    ['an id in part', { text: '2096-1007' }, 3],
    ['a wildcard of SQL, which is a letter here', { text: '%' }, 0],
    ['first seen tomorrow', { since: '2099-01-01' }, 0],
    ['undecided', { states: ['undecided'] }, 90],
    ['overdue', { states: ['overdue'] }, 0],
    ['everything in vain', { levels: ['high'] }, 0],
  ])('filters by %s', async (_what, filter, count) => {
    const page = await list(filter, 10);

    expect(page.total).toBe(count);
    expect(page.items.length).toBe(Math.min(10, count));
    expect(Object.values(page.byLevel).reduce((sum, n) => sum + n, 0)).toBe(count);
  });

  it('puts what is exploited first, and pages without a gap', async () => {
    const byExploitation = await list({ sort: 'exploitation' }, 6);
    expect(byExploitation.items.map(({ kev }) => kev)).toEqual([true, true, true, false, false, false]);
    expect(byExploitation.items.map(({ epss }) => epss)).toEqual([null, null, null, 0.71, 0.71, 0.71]);

    const seen = new Set<string>();
    for (let offset: number | null = 0; offset !== null; ) {
      const page = await listFindings(house.ward.db, house.lead, { sort: 'component' }, offset, 7);
      for (const { release_key, vulnerability, place } of page.items)
        seen.add(`${release_key} ${vulnerability} ${place}`);
      offset = page.next;
    }
    expect(seen.size).toBe(90);
  });

  it('has the same pages with and without its counts', async () => {
    const filters: FindingFilter[] = [
      {},
      { levels: ['critical'] },
      { levels: ['low'], hasFix: false },
      { states: ['undecided'], epss: 0.01 },
      { states: ['in-triage'] },
      { kev: true },
      { releaseId: second.id },
      { text: 'cache' },
      { vulnerability: 'CVE-2096-1003' },
    ];
    for (const sort of FINDING_SORTS)
      for (const filter of filters)
        for (const offset of [0, 7, 80]) {
          const asked = { ...filter, sort };
          const whole = await listFindings(house.ward.db, house.lead, asked, offset, 10);
          const page = await pageOfFindings(house.ward.db, house.lead, asked, offset, 10);
          const keys = (items: readonly FindingRow[]) =>
            items.map(({ release_key, vulnerability, place, decide_by, ids }) =>
              [release_key, vulnerability, place, decide_by, ...ids].join(' '),
            );
          expect([asked, offset, page.next, keys(page.items)]).toEqual([
            asked,
            offset,
            whole.next,
            keys(whole.items),
          ]);
        }
  });

  it('calls overdue what nobody decided in its time', async () => {
    const inDays = async (days: number) =>
      (
        await listFindings(
          house.ward.db,
          house.lead,
          { releaseId: first.id, states: ['overdue'] },
          0,
          1,
          new Date(Date.now() + days * DAY_MS),
        )
      ).total;

    expect(await inDays(4)).toBe(1); // exploited: three days
    expect(await inDays(8)).toBe(11); // and the critical ones: seven
    expect(await inDays(181)).toBe(30);
  });

  it('is summed up by flaw and by component', async () => {
    const byFlaw = await groupFindings(house.ward.db, house.lead, {}, 'vulnerability', 0, 50);
    expect(byFlaw.total).toBe(FLAWS);
    expect(byFlaw.items[0]).toMatchObject({
      id: 'CVE-2096-1004',
      kev: true,
      findings: 3,
      releases: 3,
      undecided: 3,
      others: 1,
    });
    expect(byFlaw.items[0]?.summary).toContain('Flaw number 4');

    const byComponent = await groupFindings(
      house.ward.db,
      house.lead,
      { levels: ['critical'] },
      'component',
      0,
      50,
    );
    expect(byComponent.items).toMatchObject([
      { id: 'npm:alpha', title: 'alpha', findings: 30, others: 10, level: 'critical' },
    ]);
  });

  it('holds nothing that the person may not read', async () => {
    const product = await makeProduct(house.ward, 'Another device');
    const other = await house.ward.person('Olga Other', ['security-lead'], product.id);
    expect((await listFindings(house.ward.db, other, {}, 0, 10)).total).toBe(0);
    expect((await groupFindings(house.ward.db, other, {}, 'component', 0, 10)).total).toBe(0);
  });
});

describe('one judgement for a list', () => {
  it('gives each finding its own assessment, is taken back exactly, and signed record by record', async () => {
    const places = await placesOf(first, { place: 'npm:gamma' });
    const before = await list({ releaseId: first.id });

    const made = await assessMany(house.ward, house.lead, places, NOT_AFFECTED);
    expect(made).toMatchObject({ refused: [] });
    expect(new Set(made.assessments).size).toBe(10);
    const again = await assessMany(house.ward, house.lead, places.slice(0, 1), NOT_AFFECTED);
    expect(again.refused.map(({ error }) => error.code)).toEqual(['assessment.exists']);

    expect(await takeBack(house.ward, house.lead, made.assessments)).toEqual({
      closed: made.assessments,
      refused: [],
    });
    const after = await list({ releaseId: first.id });
    expect(after).toMatchObject({ total: before.total, undecided: before.undecided });
    expect(after.items.every(({ assessment_key }) => assessment_key === null)).toBe(true);
    expect(await house.reasonsOf(made.assessments[0]!)).toEqual(['Taken back by Lea Lead.']);

    const anew = await assessMany(house.ward, house.lead, places, NOT_AFFECTED);
    const wanted = anew.assessments.map((record) => ({ record, seenRevision: 1 }));
    const sign = (who = house.approver, password = PASSWORD) =>
      makeTransitions(house.ward.records, who, wanted, {
        transition: 'approve',
        reason: null,
        credential: { password },
      });

    await expect(sign(house.approver, 'not the password')).rejects.toMatchObject({
      code: 'people.wrong-credential',
    });
    expect((await sign(house.lead)).refused.map(({ error }) => error.code)).toEqual(
      Array(10).fill('signature.own-work'),
    );
    expect(await sign()).toMatchObject({ done: { length: 10 }, refused: [] });

    const { rows } = await house.ward.pool.query<{ hashes: number; records: number }>(
      `select count(distinct l.content->>'revisionHash')::int as hashes, count(distinct l.record)::int as records from ledger l
        join record r on r.id = l.record where l.action = 'signature.made' and r.key = any($1)`,
      [anew.assessments],
    );
    expect(rows).toEqual([{ hashes: 10, records: 10 }]);
    expect((await list({ releaseId: first.id, states: ['not-affected'] })).total).toBe(10);
    const late = await takeBack(house.ward, house.lead, anew.assessments);
    expect(late.closed).toEqual([]);
    expect(late.refused.map(({ error }) => error.code)).toEqual(Array(10).fill('assessment.not-yours'));
  });

  it('is taken back as far as it may be', async () => {
    const places = await placesOf(second, { place: 'npm:alpha' });
    const made = await assessMany(house.ward, house.lead, places.slice(0, 3), NOT_AFFECTED);
    const [signed, ...others] = made.assessments as [string, ...string[]];
    await makeTransitions(house.ward.records, house.approver, [{ record: signed, seenRevision: 1 }], {
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });

    const back = await takeBack(house.ward, house.lead, [signed, 'ASM-99999', ...others]);

    expect(back.closed).toEqual(others);
    expect(back.refused.map(({ at, error }) => [at, error.code])).toEqual([
      [signed, 'assessment.not-yours'],
      ['ASM-99999', 'record.not-found'],
    ]);
  });

  it('goes on where one of the list is refused', async () => {
    const [good] = await placesOf(second, { place: 'npm:beta' });
    const made = await assessMany(
      house.ward,
      house.lead,
      [{ ...good!, place: 'npm:nowhere' }, good!],
      NOT_AFFECTED,
    );

    expect(made.assessments).toHaveLength(1);
    expect(made.refused.map(({ error }) => error.code)).toEqual(['finding.not-there']);
  });
});

describe('decisions of another release', () => {
  it('are proposed where the facts are the same, with the difference where they are not, and taken over as drafts', async () => {
    const same = (await proposalsFor(house.ward, second)).filter(({ place }) => place === 'npm:gamma');
    const newer = await proposalsFor(house.ward, third);

    expect(same).toHaveLength(10);
    expect(same.every(({ equal }) => equal)).toBe(true);
    expect(newer.every(({ equal }) => equal)).toBe(false);
    expect(newer[0]?.differences.join(' ')).toContain('from 1.0.0 to 1.5.0');

    const taken = await takeOver(
      house.ward,
      house.lead,
      second,
      same.map(({ vulnerability, place, from }) => ({ vulnerability, place, from: from.assessment })),
    );
    expect(taken).toMatchObject({ assessments: { length: 10 }, refused: [] });
    const draft = await readRecord(house.ward.db, house.lead, taken.assessments[0]!);
    expect(draft).toMatchObject({
      state: 'draft',
      body: { status: 'not_affected', rationale: NOT_AFFECTED.rationale },
    });
    const { rows } = await house.ward.pool.query(
      `select 1 from link l join record f on f.id = l.from_id where l.type = 'taken-over-from' and f.key = any($1)`,
      [taken.assessments],
    );
    expect(rows).toHaveLength(10);
    expect((await proposalsFor(house.ward, second)).filter(({ place }) => place === 'npm:gamma')).toEqual([]);
  });

  it('are not taken over onto another flaw or another place', async () => {
    const [approved] = await placesOf(first, { place: 'npm:gamma' });
    const { rows } = await house.ward.pool.query(
      `select a.key from record a join link l on l.from_id = a.id and l.type = 'judges' join finding_place fp on fp.finding_id = l.to_id
        where a.state = 'approved' and fp.release_id = $1 and fp.place = 'npm:gamma' and fp.ext_id = $2`,
      [first.id, approved!.vulnerability],
    );
    const from = rows[0].key as string;
    const others = (await placesOf(third, { place: 'npm:gamma' })).filter(
      ({ vulnerability }) => vulnerability !== approved!.vulnerability,
    );
    const taken = await takeOver(house.ward, house.lead, third, [
      { vulnerability: others[0]!.vulnerability, place: 'npm:gamma', from },
      { vulnerability: approved!.vulnerability, place: 'npm:alpha', from },
    ]);

    expect(taken.assessments).toEqual([]);
    expect(taken.refused.map(({ error }) => error.code)).toEqual([
      'assessment.not-approved',
      'assessment.not-approved',
    ]);
  });

  it('are not taken over from a draft', async () => {
    const [finding] = await placesOf(third, { place: 'npm:alpha' });
    const [draft] = (await assessMany(house.ward, house.lead, [finding!], NOT_AFFECTED)).assessments;
    const taken = await takeOver(house.ward, house.lead, second, [
      { vulnerability: finding!.vulnerability, place: finding!.place, from: draft! },
    ]);

    expect(taken.refused.map(({ error }) => error.code)).toEqual(['assessment.not-approved']);
  });
});
