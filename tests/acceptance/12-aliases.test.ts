// Checks 12 and 13 of the design: one finding and one decision for all names of a flaw, through merge, split and withdrawal; and
// the weighing of sources, in the database as in the pure function.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { decideSources, type SourceStatement } from '../../workbench/knowledge/matching/decide-sources.ts';
import { whereUsed } from '../../workbench/rooms/components/where-used.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { newsOfAdvisories, newsOfSbom } from '../../workbench/rooms/vulnerabilities/notices.ts';
import { evidenceNow } from '../../workbench/rooms/vulnerabilities/read-finding.ts';
import { weighSources } from '../../workbench/rooms/vulnerabilities/weigh-sources.ts';
import {
  type MatchingHouse,
  matchingHouse,
  nvdRecord,
  osvPackage,
  osvRecord,
  shown,
} from './matching-house.ts';

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
});
afterAll(() => house.close());

const names = ['GHSA-acc1-aaaa-bbbb', 'PYSEC-2099-12', 'CVE-2099-1201'] as const;
const affected = [osvPackage('PyPI', 'merged', { introduced: '0' }, { fixed: '2.0' })];
const record = (id: string, aliases: readonly string[], modified = '2026-01-01T00:00:00Z') =>
  osvRecord({ id, aliases, modified, affected });

describe('GHSA, PYSEC and CVE of one flaw', () => {
  it('are one finding with one decision, and a later split leaves the decision with its id', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'merged', purl: 'pkg:pypi/merged@1.0' }]);
    await house.know(record(names[0], [names[2]]), record(names[1], [names[2]]));
    const [finding, ...others] = await house.findings(release);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ vulnerability: names[2], ids: [names[0], names[1]] });

    const decided = await assessFinding(house.ward, house.lead, {
      release: release.key,
      vulnerability: names[2],
      place: finding!.place,
      body: {
        status: 'under_investigation',
        rationale: 'Being looked at.',
        safety: 'none',
        safetyRationale: 'No path.',
        privacy: 'none',
        privacyRationale: 'No data.',
      } as never,
    });
    await house.know(record(names[1], [], '2026-02-01T00:00:00Z'));

    const after = await house.findings(release);
    expect(after.map(({ vulnerability }) => vulnerability).sort()).toEqual([names[2], names[1]]);
    const bound = after.filter(({ finding_id }) => finding_id !== null);
    expect(bound).toMatchObject([{ vulnerability: names[2], finding_key: decided.finding.key }]);
  });

  it('a withdrawn record closes its finding within one import, and a second import changes nothing', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'taken', purl: 'pkg:pypi/taken@1.0' }]);
    const of = (change: object) =>
      osvRecord({
        id: 'PYSEC-2099-13',
        affected: [osvPackage('PyPI', 'taken', { introduced: '0' })],
        ...change,
      });
    await house.know(of({}));
    expect(shown(await house.findings(release))).toEqual(['PYSEC-2099-13 taken affected']);

    await house.know(of({ modified: '2026-03-01T00:00:00Z', withdrawn: '2026-03-01T00:00:00Z' }));

    expect(shown(await house.findings(release))).toEqual([]);
    const kept = await house.ward.db.selectFrom('match').select('closed_at').execute();
    expect(kept.some(({ closed_at }) => closed_at !== null)).toBe(true);
  });
});

/** Components that news of the advisories with these ids speak of, once their SBOM came and once they themselves did. */
async function toldOf(ids: string, release: WardRecord): Promise<string[]> {
  return house.ward.db.transaction().execute(async (tx) => {
    const advisories = await tx
      .selectFrom('advisory')
      .select(['id', 'first_seen'])
      .where('ext_id', 'like', `${ids}%`)
      .execute();
    const drafts = await newsOfAdvisories(
      tx,
      advisories.map(({ id }) => id),
      'test',
      advisories[0]!.first_seen,
    );
    const names = drafts.flatMap(({ items }) => items.map(({ title }) => title.split(' in ')[1] as string));
    const sbom = await tx
      .selectFrom('sbom')
      .select('id')
      .where('release_id', '=', release.id)
      .executeTakeFirstOrThrow();
    const [draft] = await newsOfSbom(tx, sbom.id);
    expect(draft?.items[0]?.title).toContain(`${names.length} new finding`);
    return [...new Set(names)].sort();
  });
}

describe('sources that disagree', () => {
  const CPE = 'cpe:2.3:a:acme:';
  const product = (name: string) => `${CPE}${name}:2.0.0:*:*:*:*:*:*:*`;
  /** Name, what the ecosystem's record says of 2.0.0 (null: there is none), and what NVD says. */
  const CASES = [
    ['both', 'affected', 'affected'],
    ['only-nvd', 'not-affected', 'affected'],
    ['only-ecosystem', 'affected', 'not-affected'],
    ['nvd-alone', null, 'affected'],
    ['neither', 'not-affected', 'not-affected'],
  ] as const;
  const fixed = (outcome: string) => (outcome === 'affected' ? '3.0.0' : '1.0.0');

  it.each(['ecosystem', 'wider'] as const)('come out as the pure function says (%s)', async (when) => {
    const body = { name: `Weighed ${when}`, safetyClass: when === 'wider' ? 'C' : 'A' };
    const made = await createRecord(house.ward.records, SYSTEM, { kind: 'product', productId: null, body });
    const release = await house.release(made);
    const nameOf = (name: string) => `${name}-${when}`;
    await house.takeIn(
      release,
      CASES.map(([name]) => ({ name, purl: `pkg:npm/${nameOf(name)}@2.0.0`, cpe: product(nameOf(name)) })),
    );
    await house.know(
      ...CASES.flatMap(([name, own, nvd], index) => {
        const id = `CVE-2099-${when === 'wider' ? 7 : 6}00${index}`;
        const events = [{ introduced: '0' }, { fixed: fixed(own ?? '') }];
        return [
          nvdRecord(id, [
            {
              vulnerable: true,
              criteria: `${CPE}${nameOf(name)}:*:*:*:*:*:*:*:*`,
              versionEndExcluding: fixed(nvd),
            },
          ]),
          ...(own === null
            ? []
            : [
                osvRecord({
                  id: `GHSA-${when}-${name}`,
                  aliases: [id],
                  affected: [osvPackage('npm', nameOf(name), ...events)],
                }),
              ]),
        ];
      }),
    );

    const expected = CASES.flatMap(([name, own, nvd]) => {
      const statement = (
        outcome: 'affected' | 'not-affected',
        basis: SourceStatement['basis'],
      ): SourceStatement => ({
        source: basis,
        id: name,
        outcome,
        range: '',
        basis,
        tied: false,
      });
      const statements = [...(own === null ? [] : [statement(own, 'package')]), statement(nvd, 'product')];
      const { outcome } = decideSources(statements, { watchedByEcosystem: true, when });
      return outcome === 'not-affected' ? [] : [`${name} ${outcome}`];
    });
    const found = (await house.findings(release)).map(({ component, outcome }) => `${component} ${outcome}`);
    expect(found.sort()).toEqual(expected.sort());
    // A decision rests on evidence just where there is a finding, although the two are asked for in different ways.
    for (const [index, [name]] of CASES.entries()) {
      const id = `CVE-2099-${when === 'wider' ? 7 : 6}00${index}`;
      const evidence = await evidenceNow(house.ward.db, release.id, `npm:${nameOf(name)}`, id);
      const isListed = expected.some((line) => line.startsWith(`${name} `));
      expect([name, evidence !== null]).toEqual([name, isListed]);
    }
    // Nobody is told of what the list leaves out.
    const told = await toldOf(when === 'wider' ? 'CVE-2099-700' : 'CVE-2099-600', release);
    expect(told).toEqual(expected.map((line) => line.split(' ')[0]).sort());
    // Both ranges are shown, also that of a record which makes no finding by itself.
    const id = `CVE-2099-${when === 'wider' ? 7 : 6}001`;
    const weighed = await weighSources(house.ward.db, release.id, `npm:${nameOf('only-nvd')}`, id);
    expect(weighed).toMatchObject({
      outcome: when === 'wider' ? 'affected' : 'not-affected',
      disagree: true,
    });
    expect(weighed?.statements.map(({ outcome }) => outcome).sort()).toEqual(['affected', 'not-affected']);
  });
});

it('tells of a finding when the source that decides changes its mind, and once', async () => {
  const made = await createRecord(house.ward.records, SYSTEM, {
    kind: 'product',
    productId: null,
    body: { name: 'Told later', safetyClass: 'A' },
  });
  const release = await house.release(made);
  const name = 'told-later';
  await house.takeIn(release, [
    { name, purl: `pkg:npm/${name}@2.0.0`, cpe: `cpe:2.3:a:acme:${name}:2.0.0:*:*:*:*:*:*:*` },
  ]);
  const upTo = (fixed: string) =>
    osvRecord({
      id: 'GHSA-told-later',
      aliases: ['CVE-2099-8001'],
      affected: [osvPackage('npm', name, { introduced: '0' }, { fixed })],
    });
  const told = async () =>
    (
      await sql<{ title: string; text: string }>`
        select title, text from notice_item where product_id = ${made.id}::uuid order by id`.execute(
        house.ward.db,
      )
    ).rows;
  await house.know(
    nvdRecord('CVE-2099-8001', [
      {
        vulnerable: true,
        criteria: `cpe:2.3:a:acme:${name}:*:*:*:*:*:*:*:*`,
        versionEndExcluding: '3.0.0',
      },
    ]),
    upTo('1.0.0'),
  );
  expect(await told()).toEqual([]);

  await house.know(upTo('3.0.0'));
  await house.know({ ...upTo('3.0.0'), modified: '2099-03-03T00:00:00Z' });

  expect(await told()).toMatchObject([{ title: `CVE-2099-8001 in ${name}` }]);
});

it('tells what came with an SBOM that was replaced before its turn', async () => {
  const release = await house.release();
  await house.know(
    ...['first', 'second'].map((name, index) =>
      osvRecord({
        id: `GHSA-turn-${name}`,
        aliases: [`CVE-2099-810${index}`],
        affected: [osvPackage('npm', `turn-${name}`, { introduced: '0' })],
      }),
    ),
  );
  const part = (name: string) => ({ name, purl: `pkg:npm/turn-${name}@1.0.0` });
  const first = await house.takeIn(release, [part('first')]);
  const second = await house.takeIn(release, [part('first'), part('second')]);

  const news = await house.ward.db
    .transaction()
    .execute(async (tx) => [await newsOfSbom(tx, first.id), await newsOfSbom(tx, second.id)]);
  expect(news.map(([draft]) => draft?.items[0]?.text)).toEqual([
    'With its new SBOM: CVE-2099-8100.',
    'With its new SBOM: CVE-2099-8101.',
  ]);
});

describe('from a name to the releases that hold it', () => {
  it('finds a part of the name and the versions below one', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'core', purl: 'pkg:maven/org.acme/where-core@2.14.1' }]);

    const found = await whereUsed(house.ward.db, house.lead, 'where-core', '2.14');

    expect(found).toMatchObject([
      { release_key: release.key, name: 'org.acme:where-core', versions: ['2.14.1'] },
    ]);
    expect(await whereUsed(house.ward.db, house.lead, 'where-core', '2.1')).toEqual([]);
    expect(await whereUsed(house.ward.db, house.lead, 'org.acme:where-core', null)).toHaveLength(1);
  });
});
