// Known exploitation, its forecast and the end of support: from files into tables, told to those who must reconsider.
import { existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { createRecord } from '../workbench/kernel/records/operations.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { epssHistoryOf, lifecycleOf, signalsOf } from '../workbench/knowledge/store/read-signals.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { SBOM } from './rights/requests.ts';
import { writeTemporary } from './setup/temporary.ts';
import { makeProduct, type TestWard, testWard } from './setup/test-ward.ts';

let ward: TestWard;
const told: string[][] = [];
beforeAll(async () => {
  ward = await testWard();
  ward.jobs.task('test-signals', async (payload) => {
    told.push(payload.ids as string[]);
  });
  ward.jobs.on('knowledge.signals-changed', 'test-signals');
  await ward.jobs.start(1);
});
afterAll(() => ward.close());
beforeEach(() => {
  told.length = 0;
});

let count = 0;
async function importText(name: string, content: string | Uint8Array) {
  count += 1;
  const path = await writeTemporary(`${count}-${name}`, content);
  const result = await runImport(ward, { paths: [path], source: `test ${count}`, actorId: null });
  await ward.jobs.drain();
  return result;
}

const entry = (cve: string, addedOn = '2026-03-01', more: object = {}) => ({
  cveID: cve,
  vendorProject: 'Harbour',
  product: 'Crane',
  vulnerabilityName: 'Harbour Crane flaw',
  dateAdded: addedOn,
  shortDescription: 'A flaw',
  requiredAction: 'Update it',
  dueDate: '2026-03-22',
  knownRansomwareCampaignUse: 'Unknown',
  notes: '',
  cwes: [],
  ...more,
});
const catalogue = (entries: readonly object[]) =>
  JSON.stringify({
    title: 'Catalogue',
    catalogVersion: '2026.03.01',
    count: entries.length,
    vulnerabilities: entries,
  });
const ids = () => told.flat().sort();

describe('the catalogue of known exploited vulnerabilities', () => {
  const all = Array.from({ length: 12 }, (_, index) => entry(`CVE-2026-10${String(index).padStart(2, '0')}`));

  it('comes in, tells who must reconsider, and comes again without a change', async () => {
    const first = await importText('kev.json', catalogue(all));
    expect(first).toMatchObject({ read: 12, added: 12, changed: 0, unchanged: 0, problems: 0 });
    expect(ids()).toHaveLength(12);
    told.length = 0;

    const again = await importText('kev.json', catalogue(all));

    expect(again).toMatchObject({ read: 12, added: 0, changed: 0, unchanged: 12 });
    expect(told).toEqual([]);
    expect(
      (await signalsOf(ward.db, ['CVE-2026-1000', 'CVE-1999-0001'])).get('CVE-2026-1000')?.kev,
    ).toMatchObject({
      addedOn: '2026-03-01',
      dueOn: '2026-03-22',
      ransomware: 'unknown',
      removedAt: null,
    });
  });

  it('marks an entry that is gone, and takes it back when it returns', async () => {
    const gone = await importText('kev.json', catalogue(all.slice(1)));
    expect(gone).toMatchObject({ added: 0, changed: 1 });
    expect(ids()).toEqual(['CVE-2026-1000']);
    expect((await signalsOf(ward.db, ['CVE-2026-1000'])).get('CVE-2026-1000')?.kev?.removedAt).not.toBeNull();
    told.length = 0;

    await importText('kev.json', catalogue(all));

    expect(ids()).toEqual(['CVE-2026-1000']);
    expect((await signalsOf(ward.db, ['CVE-2026-1000'])).get('CVE-2026-1000')?.kev?.removedAt).toBeNull();
  });

  it('takes nothing out for a list that was cut short, damaged or old', async () => {
    const short = await importText('kev.json', catalogue(all.slice(6)));
    expect(short.firstProblems[0]?.message).toContain('more than a tenth');
    const damaged = await importText(
      'kev.json',
      catalogue([...all.slice(1), { cveID: 'CVE-x', dateAdded: '' }]),
    );
    expect(damaged.problems).toBe(1);
    const cut = await importText('kev.json', catalogue(all).slice(0, -300));
    expect(cut.problems).toBeGreaterThan(0);
    const old = await importText('kev.json', catalogue([entry('CVE-2026-1001', '2025-01-01')]));
    expect(old.firstProblems[0]?.message).toContain('before the one that is known');

    expect(ids()).toEqual([]);
  });

  it('reads the table form, quoted line ends and all', async () => {
    const csv = `cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes\r\nCVE-2026-2000,Harbour,"Crane, large","Flaw ""one""\nand two",2026-03-02,x,Update,2026-03-23,Known,,CWE-1\r\n${all
      .map((e) => `${e.cveID},a,b,c,2026-03-01,d,e,2026-03-22,Unknown,,`)
      .join('\r\n')}\r\n`;

    const result = await importText('kev.csv', csv);

    expect(result).toMatchObject({ read: 13, added: 1, problems: 0 });
    expect((await signalsOf(ward.db, ['CVE-2026-2000'])).get('CVE-2026-2000')?.kev).toMatchObject({
      ransomware: 'known',
      name: 'Flaw "one"\nand two',
    });
  });
});

describe('EPSS', () => {
  const table = (day: string, rows: readonly string[]) =>
    `#model_version:v2026.03.14,score_date:${day}T12:55:00Z\ncve,epss,percentile\n${rows.join('\n')}\n`;

  it('tells of a score that crosses a band, keeps the newest day, and has no curve for what matches nothing', async () => {
    const first = await importText(
      'epss.csv.gz',
      gzipSync(table('2026-03-01', ['CVE-2026-3000,0.04,0.5', 'CVE-2026-3001,0.2,0.9'])),
    );
    expect(first).toMatchObject({ read: 2, added: 2, problems: 0 });
    expect(ids()).toEqual(['CVE-2026-3001']);
    told.length = 0;

    await importText('epss.csv', table('2026-03-02', ['CVE-2026-3000,0.95,0.99', 'CVE-2026-3001,0.21,0.9']));
    expect(ids()).toEqual(['CVE-2026-3000']);
    const older = await importText('epss.csv', table('2026-02-01', ['CVE-2026-3000,0.01,0.1']));
    expect(older).toMatchObject({ changed: 0, unchanged: 1 });

    const signals = await signalsOf(ward.db, ['CVE-2026-3000']);
    expect(signals.get('CVE-2026-3000')).toEqual({
      epss: { score: 0.95, percentile: 0.99, day: '2026-03-02' },
      kev: null,
      ssvc: null,
    });
    expect((await epssHistoryOf(ward.db, ['CVE-2026-3000'])).size).toBe(0);
  });

  it('reads the answer of the API', async () => {
    const answer = {
      status: 'OK',
      total: 1,
      data: [{ cve: 'CVE-2026-3002', epss: '0.500000000', percentile: '0.97', date: '2026-03-02' }],
    };

    expect(await importText('epss.json', JSON.stringify(answer))).toMatchObject({ read: 1, added: 1 });
  });

  it('keeps a curve for what a component in use matches: the first score and those that moved', async () => {
    const product = await makeProduct(ward, 'Curve');
    const release = await createRecord(ward.records, SYSTEM, {
      kind: 'release',
      productId: product.id,
      body: { name: 'One', version: '1.0' },
    });
    await importSbom(ward, SYSTEM, {
      release: release.key,
      fileName: 'bom.json',
      part: null,
      bytes: Buffer.from(SBOM),
    });
    await importText(
      'osv.json',
      JSON.stringify({
        schema_version: '1.6.0',
        id: 'GHSA-curve-1',
        aliases: ['CVE-2026-3100'],
        modified: '2026-01-01T00:00:00Z',
        affected: [{ package: { ecosystem: 'npm', name: 'left-hand' }, versions: ['1.2.3'] }],
      }),
    );

    for (const [day, score] of [
      ['2026-03-01', 0.01],
      ['2026-03-02', 0.012],
      ['2026-03-03', 0.02],
      ['2026-03-03', 0.03],
    ] as const)
      await importText('epss.csv', table(day, [`CVE-2026-3100,${score},0.5`, 'CVE-2026-3101,0.2,0.5']));

    expect([...(await epssHistoryOf(ward.db, ['CVE-2026-3100', 'CVE-2026-3101']))]).toEqual([
      [
        'CVE-2026-3100',
        [
          { day: '2026-03-01', score: 0.01, percentile: 0.5 },
          { day: '2026-03-03', score: 0.03, percentile: 0.5 },
        ],
      ],
    ]);
  });

  it('takes a day of 300,000 scores in seconds, and the next day writes only what moved', async () => {
    const rows = (moved: number) =>
      Array.from(
        { length: 300_000 },
        (_, n) => `CVE-2020-${100_000 + n},${n < moved ? 0.00123 : 0.00042},0.1`,
      );
    const started = performance.now();
    const first = await importText('big.csv', table('2026-04-01', rows(0)));
    const ms = performance.now() - started;
    const again = await importText('big.csv', table('2026-04-01', rows(1_000)));

    expect(first).toMatchObject({ read: 300_000, added: 300_000 });
    expect(again).toMatchObject({ added: 0, changed: 1_000, unchanged: 299_000 });
    process.stderr.write(`300,000 EPSS scores: ${Math.round(ms)} ms\n`);
  }, 120_000);
});

describe('the end of support', () => {
  it('is found by the identity of a component, with the cycle of its version', async () => {
    const product = {
      name: 'crane-os',
      label: 'Crane OS',
      identifiers: [
        { type: 'purl', id: 'pkg:npm/%40harbour/crane' },
        { type: 'cpe', id: 'cpe:2.3:o:harbour:crane_os' },
      ],
      releases: [
        {
          name: '2.0',
          releaseDate: '2025-01-01',
          isEoas: false,
          eoasFrom: '2027-01-01',
          isEol: false,
          eolFrom: '2028-01-01',
        },
        { name: '2', releaseDate: '2020-01-01', isEol: true, eolFrom: null },
      ],
    };
    const result = await importText(
      'eol.json',
      JSON.stringify({ schema_version: '1.2.0', total: 1, result: [product] }),
    );

    expect(result).toMatchObject({ read: 1, added: 2, problems: 0 });
    expect(
      await lifecycleOf(ward.db, { ecosystem: 'npm', name: '@harbour/crane', version: '2.0.7' }),
    ).toMatchObject([
      { cycle: '2.0', lifeUntil: '2028-01-01', activeUntil: '2027-01-01', ofVersion: true },
      { cycle: '2', lifeUntil: null, lifeEnded: true, ofVersion: false },
    ]);
    expect(
      await lifecycleOf(ward.db, { ecosystem: 'cpe', name: 'harbour:crane_os', version: '2.1' }),
    ).toMatchObject([{ ofVersion: false }, { ofVersion: true }]);
    expect(await importText('eol.json', JSON.stringify({ result: product }))).toMatchObject({
      added: 0,
      unchanged: 2,
    });
  });
});

const SHARED = '../shared/data';
describe.skipIf(!existsSync(SHARED))('the real files (skipped where ../shared is absent)', () => {
  it.each([
    ['intel/kev/known_exploited_vulnerabilities.json', 1_404],
    ['intel/kev/known_exploited_vulnerabilities.csv', 1_404],
    ['intel/endoflife/endoflife.jsonl.gz', 464],
    ['nvd/cve5-cisa-vulnrichment.jsonl.gz', 1_876],
    ['csaf/medical', 107],
    ['csaf/it', 3],
    ['csaf/oasis-examples', 16],
  ])(
    '%s',
    async (path, read) => {
      const result = await runImport(ward, { paths: [`${SHARED}/${path}`], source: path, actorId: null });

      expect(result.read).toBe(read);
      process.stderr.write(`${path}: ${JSON.stringify(result)}\n`.slice(0, 900));
      const again = await runImport(ward, { paths: [`${SHARED}/${path}`], source: path, actorId: null });
      expect(again).toMatchObject({ read, added: 0, changed: 0 });
    },
    120_000,
  );

  it('a sample of EPSS without a day', async () => {
    const path = `${SHARED}/intel/epss/epss_kev_nvd.csv`;
    const result = await runImport(ward, { paths: [path], source: 'epss', actorId: null });

    process.stderr.write(`${JSON.stringify(result)}\n`.slice(0, 900));
    expect(result.added).toBeGreaterThan(1_500);
  });
});
