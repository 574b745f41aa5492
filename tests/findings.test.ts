// The first whole way over a real database: SBOM in, advisories in, finding, assessment, approval, VEX out, and back again
// when the facts move (mission row M3).
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import {
  addLink,
  changeLink,
  createRecord,
  editRecord,
  makeTransition,
  moveBySystem,
} from '../workbench/kernel/records/operations.ts';
import { findRecord } from '../workbench/kernel/records/read.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { coverageOf, listComponents, treeLevel } from '../workbench/rooms/components/read-components.ts';
import { assessFinding } from '../workbench/rooms/vulnerabilities/decide-finding.ts';
import { type FindingRow, listFindings } from '../workbench/rooms/vulnerabilities/list-findings.ts';
import { statementsOf } from '../workbench/rooms/vulnerabilities/read-finding.ts';
import { reopenDue } from '../workbench/rooms/vulnerabilities/reopen-due.ts';
import { vexOfRelease } from '../workbench/rooms/vulnerabilities/vex-of-release.ts';
import { makeProduct, PASSWORD, type TestWard, testWard } from './setup/test-ward.ts';

let ward: TestWard;
let folder: string;
let lead: Principal;
let approver: Principal;
let product: WardRecord;
let release: WardRecord;
let serial = 0;

beforeAll(async () => {
  ward = await testWard();
  folder = await mkdtemp(join(tmpdir(), 'ward-findings-'));
  lead = await ward.person('Lea Lead', ['security-lead']);
  approver = await ward.person('Sam Safety', ['safety-risk-manager']);
  await ward.people.setPassword(approver.personId as string, PASSWORD);
  product = await makeProduct(ward);
  await ward.jobs.start(2);
});
afterAll(async () => {
  await ward.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  serial += 1;
  release = await createRecord(ward.records, lead, {
    kind: 'release',
    productId: product.id,
    body: { name: `Release ${serial}`, version: `1.${serial}` },
  });
});

interface Part {
  name: string;
  version?: string;
  purl?: string;
  cpe?: string;
}

function sbomOf(
  parts: readonly Part[],
  dependencies: readonly { ref: string; dependsOn: string[] }[] = [],
): Uint8Array {
  const components = parts.map((part) => ({
    type: 'library',
    'bom-ref': part.purl ?? part.cpe ?? part.name,
    ...part,
  }));
  return Buffer.from(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: { type: 'device', 'bom-ref': 'device', name: 'Device' } },
      components,
      dependencies,
    }),
  );
}

const takeIn = (parts: readonly Part[], who = lead) =>
  importSbom(ward, who, { release: release.key, fileName: 'bom.json', part: null, bytes: sbomOf(parts) });

/** Every test has packages of its own, so that none sees another's advisories. */
const unique = (name: string) => `${name}-${serial}`;

interface OsvChange {
  id?: string;
  aliases?: string[];
  fixed?: string;
  withdrawn?: string;
  modified?: string;
  severity?: string;
  package?: string;
  lastAffected?: string;
}

function osv(change: OsvChange = {}) {
  const {
    id = `GHSA-test-${serial}`,
    aliases = [`CVE-2099-${serial}000`],
    fixed = '2.0.0',
    modified = '2026-01-01T00:00:00Z',
    severity = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  } = change;
  const last = change.lastAffected === undefined ? { fixed } : { last_affected: change.lastAffected };
  return {
    id,
    modified,
    published: '2026-01-01T00:00:00Z',
    aliases,
    summary: 'A test flaw',
    details: 'Details.',
    ...(change.withdrawn ? { withdrawn: change.withdrawn } : {}),
    severity: [{ type: 'CVSS_V3', score: severity }],
    affected: [
      {
        package: { ecosystem: 'npm', name: change.package ?? unique('left-pad') },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, last] }],
      },
    ],
  };
}

async function know(...records: unknown[]) {
  const file = join(folder, `${serial}-${Math.random()}.jsonl`);
  await writeFile(file, records.map((record) => JSON.stringify(record)).join('\n'));
  const result = await runImport(ward, { paths: [file], source: file, actorId: null });
  await ward.jobs.drain();
  return result;
}

const findings = async (): Promise<readonly FindingRow[]> =>
  (await listFindings(ward.db, lead, { releaseId: release.id }, 0, 100)).items;

const verdicts = {
  safety: 'none',
  safetyRationale: 'No path to emission.',
  privacy: 'none',
  privacyRationale: 'No personal data.',
};

async function decide(finding: FindingRow, body: Record<string, unknown> = {}) {
  const made = await assessFinding(ward, lead, {
    release: release.key,
    vulnerability: finding.vulnerability,
    place: finding.place,
    body: {
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      rationale: 'Never called.',
      ...verdicts,
      ...body,
    } as never,
  });
  const approved = await makeTransition(ward.records, approver, made.assessment.key, {
    seenRevision: 1,
    transition: 'approve',
    reason: null,
    credential: { password: PASSWORD },
  });
  return { ...made, approved };
}
const stateOf = async (id: string) => (await findRecord(ward.db, id))?.state;
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('an SBOM', () => {
  it('is kept by hash, listed, and changes nothing when it comes again', async () => {
    const parts = [
      { name: 'a', version: '1.0.0', purl: `pkg:npm/${unique('a')}@1.0.0` },
      { name: 'firmware' },
    ];
    const first = await takeIn(parts);
    const again = await takeIn(parts);

    expect(first).toMatchObject({ components: 2, watched: 1, unchanged: false });
    expect(again).toMatchObject({ id: first.id, unchanged: true });
    expect((await ward.blobs.read(first.hash)).equals(sbomOf(parts))).toBe(true);
    const { items } = await listComponents(ward.db, release.id, {}, 0, 10);
    expect(items.map((item) => [item.name, item.not_watched])).toEqual([
      ['a', 'no-data'],
      ['firmware', 'no-identity'],
    ]);
    const coverage = await coverageOf(ward.db, release.id);
    expect(coverage.watched + Object.values(coverage.notWatched).reduce((a, b) => a + b, 0)).toBe(
      coverage.total,
    );
  });

  it('takes the place of the one before for the same part, and leaves other parts alone', async () => {
    await takeIn([{ name: 'a', version: '1', purl: `pkg:npm/${unique('a')}@1.0.0` }]);
    await takeIn([{ name: 'b', version: '1', purl: `pkg:npm/${unique('b')}@1.0.0` }]);
    await importSbom(ward, lead, {
      release: release.key,
      fileName: 'x.json',
      part: 'console',
      bytes: sbomOf([{ name: 'c' }]),
    });
    const { items } = await listComponents(ward.db, release.id, {}, 0, 10);
    expect(items.map((item) => item.name)).toEqual(['b', 'c']);
  });

  it('without a subject takes the place of no other file unless people say so', async () => {
    const send = (fileName: string, name: string, part: string | null = null) => {
      const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ type: 'library', name }] };
      const bytes = Buffer.from(JSON.stringify(bom));
      return importSbom(ward, lead, { release: release.key, fileName, part, bytes });
    };
    const names = async () =>
      (await listComponents(ward.db, release.id, {}, 0, 10)).items.map(({ name }) => name);
    await send('console.json', 'a');
    await send('console.json', 'b');
    expect(await names()).toEqual(['b']);

    await expect(send('laser.json', 'c')).rejects.toMatchObject({
      code: 'sbom.part-unclear',
      at: 'laser.json',
      detail: { present: 'console.json' },
    });
    expect(await names()).toEqual(['b']);

    await send('laser.json', 'c', 'laser');
    expect(await names()).toEqual(['b', 'c']);
    await send('whole.json', 'd', '');
    expect(await names()).toEqual(['c', 'd']);
  });

  it('is counted by the planner, however few there are', async () => {
    const known = async () => {
      const { rows } = await ward.pool.query<{ known: number; real: number }>(
        `select reltuples::int as known, (select count(*)::int from sbom) as real from pg_class where oid = 'sbom'::regclass`,
      );
      return rows[0]!;
    };
    await takeIn([{ name: unique('counted') }]);

    const { known: estimated, real } = await known();
    expect(real).toBeLessThanOrEqual(1.2 * estimated);
  });

  it('gives its tree level by level, cycles included', async () => {
    const bytes = sbomOf(
      [{ name: 'root' }, { name: 'mid' }, { name: 'leaf' }],
      [
        { ref: 'device', dependsOn: ['root'] },
        { ref: 'root', dependsOn: ['mid'] },
        { ref: 'mid', dependsOn: ['leaf'] },
        { ref: 'leaf', dependsOn: ['mid'] },
      ],
    );
    await importSbom(ward, lead, { release: release.key, fileName: 'x.json', part: null, bytes });
    const roots = await treeLevel(ward.db, release.id, 'Device', null);
    expect(roots.map((node) => [node.name, node.children])).toEqual([['root', 1]]);
    expect((await treeLevel(ward.db, release.id, 'Device', 'mid')).map((node) => node.name)).toEqual([
      'leaf',
    ]);
  });

  it('is refused whole with place and remedy, and leaves no trace', async () => {
    const count = async () =>
      (
        await ward.pool.query(
          'select (select count(*) from sbom) + (select count(*) from component) + (select count(*) from ledger) as n',
        )
      ).rows[0].n;
    const before = await count();
    const broken = Buffer.from(
      sbomOf([{ name: 'a' }])
        .toString()
        .replace('"name":"a"', '"name":5'),
    );
    expect(
      await code(
        importSbom(ward, lead, { release: release.key, fileName: 'x.json', part: null, bytes: broken }),
      ),
    ).toBe('sbom.wrong-type');
    expect(
      await code(
        importSbom(ward, lead, { release: product.key, fileName: 'x.json', part: null, bytes: sbomOf([]) }),
      ),
    ).toBe('sbom.not-a-release');
    expect(
      await code(
        importSbom(ward, approver, {
          release: release.key,
          fileName: 'x.json',
          part: null,
          bytes: sbomOf([{ name: 'a' }]),
        }),
      ),
    ).toBe('record.not-permitted');
    expect(await count()).toBe(before);
  });
});

describe('matching', () => {
  it('finds a new SBOM in old knowledge and an old SBOM in new knowledge, and says why', async () => {
    await know(osv());
    await takeIn([
      { name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` },
      { name: 'other', version: '1.0.0', purl: `pkg:npm/${unique('other')}@1.0.0` },
    ]);
    expect(await findings()).toMatchObject([
      {
        vulnerability: `CVE-2099-${serial}000`,
        outcome: 'affected',
        level: 'critical',
        fixed: ['2.0.0'],
        versions: ['1.5.0'],
        finding_key: null,
      },
    ]);

    await know(osv({ id: `GHSA-late-${serial}`, aliases: [], package: unique('other'), fixed: '1.0.1' }));
    expect((await findings()).map((finding) => finding.component).sort()).toEqual(['left-pad', 'other']);
    const [why] = await statementsOf(
      ward.db,
      release.id,
      `npm:${unique('left-pad')}`,
      `CVE-2099-${serial}000`,
    );
    expect(why?.why.sentence).toContain('1.5.0');
    expect(why?.why.range).toContain('2.0.0');
  });

  it('does not report near misses: the fixed version, the version before the range, another package', async () => {
    await know(osv());
    await takeIn([
      { name: 'x', version: '2.0.0', purl: `pkg:npm/${unique('left-pad')}@2.0.0` },
      { name: 'y', version: '0.9.9', purl: `pkg:npm/${unique('left-pad')}@0.9.9` },
      { name: 'z', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}er@1.5.0` },
      { name: 'w', version: '1.5.0', purl: `pkg:pypi/${unique('left-pad')}@1.5.0` },
    ]);
    expect(await findings()).toEqual([]);
  });

  it('counts a flaw once however many records name it, and twice when they are split again', async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    const cve = `CVE-2099-${serial}777`;
    await know(
      osv({ id: `GHSA-one-${serial}`, aliases: [cve] }),
      osv({ id: `PYSEC-two-${serial}`, aliases: [cve] }),
    );
    expect((await findings()).map((finding) => finding.ids.length)).toEqual([2]);

    await know(osv({ id: `PYSEC-two-${serial}`, aliases: [], modified: '2026-02-01T00:00:00Z' }));
    expect(await findings()).toHaveLength(2);
  });

  it('lets a withdrawn record count no more, and a record that comes back count again', async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    await know(osv());
    expect(await findings()).toHaveLength(1);
    await know(osv({ withdrawn: '2026-02-01T00:00:00Z', modified: '2026-02-01T00:00:00Z' }));
    expect(await findings()).toHaveLength(0);
    await know(osv({ modified: '2026-03-01T00:00:00Z' }));
    expect(await findings()).toHaveLength(1);
  });

  it('takes the same file again without a change, and never an older state of a record', async () => {
    const first = await know(osv({ fixed: '2.0.0', modified: '2026-05-01T00:00:00Z' }));
    const again = await know(osv({ fixed: '2.0.0', modified: '2026-05-01T00:00:00Z' }));
    const older = await know(osv({ fixed: '9.0.0', modified: '2026-04-01T00:00:00Z' }));
    expect([first.added, again.added + again.changed, again.unchanged, older.changed]).toEqual([1, 0, 1, 0]);
  });

  it('says undetermined where it cannot know', async () => {
    await know(osv());
    await takeIn([{ name: 'left-pad', version: 'banana', purl: `pkg:npm/${unique('left-pad')}@banana` }]);
    expect((await findings()).map((finding) => finding.outcome)).toEqual(['undetermined']);
  });
});

describe('nothing goes around an approval', () => {
  const prepare = async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    await know(osv());
    return (await findings())[0] as FindingRow;
  };
  const judgesOf = async (id: string) =>
    (
      await ward.db
        .selectFrom('link')
        .select('id')
        .where('from_id', '=', id)
        .where('type', '=', 'judges')
        .executeTakeFirstOrThrow()
    ).id;

  it('by hanging a signed assessment on another finding', async () => {
    const decided = await decide(await prepare());
    await know(osv({ id: `GHSA-other-${serial}`, aliases: [`CVE-2098-${serial}111`] }));
    const other = (await findings()).find((one) => one.finding_key === null) as FindingRow;
    const second = await assessFinding(ward, lead, {
      release: release.key,
      vulnerability: other.vulnerability,
      place: other.place,
      body: { status: 'fixed', ...verdicts } as never,
    });
    expect(await code(changeLink(ward.records, lead, await judgesOf(second.assessment.id), 'end', 'x'))).toBe(
      'link.fixed',
    );
    expect(
      await code(addLink(ward.records, lead, decided.assessment.key, 'judges', second.finding.key)),
    ).toBe('link.fixed');
  });

  it('by judging the finding of another product', async () => {
    const decided = await decide(await prepare());
    const elsewhere = await makeProduct(ward, `Elsewhere ${serial}`);
    const make = createRecord(ward.records, lead, {
      kind: 'assessment',
      productId: elsewhere.id,
      body: { title: 'x', status: 'fixed', ...verdicts },
      links: [{ type: 'judges', to: decided.finding.key }],
    });
    expect(await code(make)).toBe('assessment.other-product');
  });

  it('by an assessment that was made by hand: it rests on evidence like every other', async () => {
    const finding = await prepare();
    const made = await assessFinding(ward, lead, {
      release: release.key,
      vulnerability: finding.vulnerability,
      place: finding.place,
      body: { status: 'fixed', ...verdicts } as never,
    });
    const body = { title: 'x', status: 'fixed', ...verdicts };
    expect(
      await code(
        createRecord(ward.records, lead, {
          kind: 'assessment',
          productId: product.id,
          body,
          links: [{ type: 'judges', to: made.finding.key }],
        }),
      ),
    ).toBe('assessment.exists');
    await know(osv({ fixed: '7.0.0', modified: '2026-06-01T00:00:00Z' }));
    const approve = makeTransition(ward.records, approver, made.assessment.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
    expect(await code(approve)).toBe('assessment.evidence-moved');
  });

  it('by making what was decided another flaw, or what was released another version', async () => {
    const { finding } = await decide(await prepare());
    const present = (await findRecord(ward.db, finding.id)) as WardRecord;
    const edit = editRecord(ward.records, lead, finding.key, {
      seenRevision: present.revision,
      body: { ...present.body, vulnerability: 'CVE-1999-0001' },
      reason: 'x',
    });
    expect(await code(edit)).toBe('finding.fixed-field');
    await ward.records.write(SYSTEM, (unit) =>
      moveBySystem(ward.records, unit, release, 'adopt', 'Before Ward.'),
    );
    const out = (await findRecord(ward.db, release.id)) as WardRecord;
    const version = editRecord(ward.records, lead, out.key, {
      seenRevision: out.revision,
      body: { ...out.body, version: '66.6' },
      reason: 'x',
    });
    expect(await code(version)).toBe('release.fixed-field');
    const support = await editRecord(ward.records, lead, out.key, {
      seenRevision: out.revision,
      body: { ...out.body, endOfSupportOn: '2031-01-01' },
      reason: 'Longer.',
    });
    expect(support.state).toBe('released');
  });

  it('by taking a decision back quietly: the finding is undecided again', async () => {
    const decided = await decide(await prepare());
    const present = (await findRecord(ward.db, decided.assessment.id)) as WardRecord;
    await editRecord(ward.records, lead, present.key, {
      seenRevision: 1,
      body: { ...present.body, rationale: 'Other.' },
      reason: 'Thought again.',
    });
    expect(await stateOf(decided.finding.id)).toBe('in-triage');
    expect(
      (await listFindings(ward.db, lead, { releaseId: release.id, states: ['undecided'] }, 0, 10)).total,
    ).toBe(1);
  });

  it('by a change of links: what was approved goes back to draft', async () => {
    const requirement = await createRecord(ward.records, lead, {
      kind: 'requirement',
      productId: product.id,
      body: { title: 'R', category: 'audit' },
    });
    const control = await createRecord(ward.records, lead, {
      kind: 'control',
      productId: product.id,
      body: { title: 'C', category: 'audit' },
    });
    const second = await ward.person(`Quin Quality ${'abcdefghijklmnopqrstuvwxyz'[serial % 26]}`, [
      'quality',
    ]);
    await ward.people.setPassword(second.personId as string, PASSWORD);
    await makeTransition(ward.records, second, requirement.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
    await addLink(ward.records, lead, requirement.key, 'demands', control.key);
    expect(await stateOf(requirement.id)).toBe('draft');
  });
});

describe('what moves a decision', () => {
  it('is also a merge of two flaws into one, and a worse score is noted', async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    await know(
      osv({
        id: `GHSA-low-${serial}`,
        aliases: [`CVE-2097-${serial}001`],
        severity: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N',
      }),
    );
    const decided = await decide((await findings())[0] as FindingRow);
    await know(osv({ id: `GHSA-high-${serial}`, aliases: [] }));
    expect(await findings()).toHaveLength(2);
    await know(
      osv({
        id: `GHSA-high-${serial}`,
        aliases: [`CVE-2097-${serial}001`],
        modified: '2026-06-01T00:00:00Z',
      }),
    );
    expect(await findings()).toHaveLength(1);
    expect(await stateOf(decided.assessment.id)).toBe('reopened');
  });

  it('is not the presence of two versions in two ranges of one record', async () => {
    const name = unique('left-pad');
    const two = {
      ...osv(),
      affected: [
        {
          package: { ecosystem: 'npm', name },
          ranges: [
            {
              type: 'SEMVER',
              events: [
                { introduced: '0.1.0' },
                { fixed: '0.3.0' },
                { introduced: '1.0.0' },
                { fixed: '1.9.0' },
              ],
            },
          ],
        },
      ],
    };
    await know(two);
    await takeIn([
      { name: 'a', version: '0.2.1', purl: `pkg:npm/${name}@0.2.1` },
      { name: 'b', version: '1.2.0', purl: `pkg:npm/${name}@1.2.0` },
    ]);
    const decided = await decide((await findings())[0] as FindingRow);
    await know({ ...two, details: 'Other words.', modified: '2026-06-01T00:00:00Z' });
    expect(await stateOf(decided.assessment.id)).toBe('approved');
  });

  it('is the day of review, and the day until which a finding was deferred', async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    await know(osv());
    const decided = await decide((await findings())[0] as FindingRow, {
      reviewOn: new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10),
    });
    expect(await reopenDue(ward)).not.toContain(decided.assessment.key);
    ward.advance(41 * 86_400_000);
    expect(await reopenDue(ward)).toContain(decided.assessment.key);
    ward.advance(-41 * 86_400_000);
    expect(await stateOf(decided.finding.id)).toBe('in-triage');
  });

  it('cannot slip between an SBOM and an advisory that come at the same time', async () => {
    for (let round = 0; round < 6; round += 1) {
      const name = unique(`race-${round}`);
      await Promise.all([
        know(osv({ id: `GHSA-race-${serial}-${round}`, aliases: [], package: name })),
        takeIn([{ name, version: '1.5.0', purl: `pkg:npm/${name}@1.5.0` }]),
      ]);
      expect((await findings()).map((finding) => finding.component)).toEqual([name]);
    }
  });

  it('is imported by one run of a source at a time', async () => {
    const file = join(folder, 'same.jsonl');
    await writeFile(file, JSON.stringify(osv()));
    const request = { paths: [file], source: 'the same source', actorId: null };
    const outcomes = await Promise.all([
      code(runImport(ward, request)),
      code(runImport(ward, request)),
      code(runImport(ward, request)),
    ]);
    expect(outcomes).toContain('done');
    expect(new Set(outcomes)).toEqual(new Set(['done', 'knowledge.import-running']));
  });
});

describe('an API token', () => {
  it('with the scope sbom:write imports an SBOM, and with read it does not', async () => {
    const token = (scopes: Principal['scopes']): Principal => ({ ...lead, via: 'token', scopes });
    const parts = [{ name: 'a', version: '1.0.0', purl: `pkg:npm/${unique('a')}@1.0.0` }];
    expect(await code(takeIn(parts, token(['read'])))).toBe('record.not-permitted');
    expect(await code(takeIn(parts, token(['read', 'sbom:write'])))).toBe('done');
  });
});

describe('a decision', () => {
  const prepare = async () => {
    await takeIn([{ name: 'left-pad', version: '1.5.0', purl: `pkg:npm/${unique('left-pad')}@1.5.0` }]);
    await know(osv());
    return (await findings())[0] as FindingRow;
  };

  it('is written by one, approved by another, moves the finding, and goes out as VEX', async () => {
    const finding = await prepare();
    const { finding: record, assessment, approved } = await decide(finding);

    expect(approved.state).toBe('approved');
    expect(await stateOf(record.id)).toBe('not-affected');
    expect((await findings())[0]).toMatchObject({
      finding_key: record.key,
      finding_state: 'not-affected',
      assessment_key: assessment.key,
      assessment_status: 'not_affected',
    });
    const open = (await vexOfRelease(ward, release, 'openvex', 'Lea Lead')) as { statements: unknown[] };
    expect(open.statements).toMatchObject([
      {
        vulnerability: { name: finding.vulnerability },
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact_statement: 'Never called.',
      },
    ]);
    const cyclone = (await vexOfRelease(ward, release, 'cyclonedx', 'Lea Lead')) as {
      vulnerabilities: unknown[];
    };
    expect(cyclone.vulnerabilities).toMatchObject([
      { id: finding.vulnerability, analysis: { state: 'not_affected', justification: 'code_not_reachable' } },
    ]);
  });

  it('that the component is not there makes the finding a false positive', async () => {
    const { finding } = await decide(await prepare(), { justification: 'component_not_present' });
    expect(await stateOf(finding.id)).toBe('false-positive');
  });

  it('goes out for each version at its place that matches, and for no other', async () => {
    const name = unique('left-pad');
    await takeIn(
      ['1.4.0', '1.5.0', '9.0.0'].map((version) => ({
        name: 'left-pad',
        version,
        purl: `pkg:npm/${name}@${version}`,
      })),
    );
    await know(osv());
    const vex = (await vexOfRelease(ward, release, 'openvex', 'x')) as {
      statements: { products: { subcomponents: { '@id': string }[] }[] }[];
    };
    const named = vex.statements.flatMap(({ products }) =>
      products.flatMap(({ subcomponents }) => subcomponents.map((one) => one['@id'])),
    );
    expect(named).toEqual([`pkg:npm/${name}@1.4.0`, `pkg:npm/${name}@1.5.0`]);
  });

  it('goes out as under investigation until somebody approved it', async () => {
    const finding = await prepare();
    await assessFinding(ward, lead, {
      release: release.key,
      vulnerability: finding.vulnerability,
      place: finding.place,
      body: { status: 'not_affected', justification: 'component_not_present', ...verdicts } as never,
    });
    const vex = (await vexOfRelease(ward, release, 'openvex', 'x')) as { statements: { status: string }[] };
    expect(vex.statements.map((statement) => statement.status)).toEqual(['under_investigation']);
  });

  it('is refused without what its status asks for, and without both verdicts', async () => {
    const finding = await prepare();
    const place = { release: release.key, vulnerability: finding.vulnerability, place: finding.place };
    expect(await code(assessFinding(ward, lead, { ...place, body: { status: 'affected' } as never }))).toBe(
      'assessment.incomplete',
    );
    expect(
      await code(assessFinding(ward, lead, { ...place, body: { status: 'not_affected' } as never })),
    ).toBe('assessment.incomplete');
    expect(
      await code(
        assessFinding(ward, lead, { ...place, place: 'npm:nowhere', body: { status: 'fixed' } as never }),
      ),
    ).toBe('finding.not-there');
    const made = await assessFinding(ward, lead, {
      ...place,
      body: { status: 'fixed', safety: 'none' } as never,
    });
    const approve = makeTransition(ward.records, approver, made.assessment.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
    expect(await code(approve)).toBe('assessment.verdict-missing');
    expect(await code(assessFinding(ward, lead, { ...place, body: { status: 'fixed' } as never }))).toBe(
      'assessment.exists',
    );
  });

  it.each([
    ['the range moved', () => osv({ fixed: '3.0.0', modified: '2026-06-01T00:00:00Z' })],
    [
      'another record of the same flaw appeared',
      () => osv({ id: `GHSA-second-${serial}`, modified: '2026-06-01T00:00:00Z' }),
    ],
  ])('re-opens itself with the reason when %s', async (_name, record) => {
    const finding = await prepare();
    const decided = await decide(finding);

    await know(record());

    expect(await stateOf(decided.assessment.id)).toBe('reopened');
    expect(await stateOf(decided.finding.id)).toBe('in-triage');
    const [moved] = await ward.ledger.list(
      { record: decided.assessment.id, action: 'record.transitioned', products: 'all' },
      null,
      1,
    );
    expect(moved).toMatchObject({ actor: null, value: { transition: 'reopen' } });
    expect(String(moved?.value.reason)).toMatch(/GHSA-/);
    const vex = (await vexOfRelease(ward, release, 'openvex', 'x')) as { statements: { status: string }[] };
    expect(vex.statements.map((statement) => statement.status)).toEqual(['under_investigation']);
  });

  it('stays when only a reference or the text of the record changed', async () => {
    const decided = await decide(await prepare());
    await know({
      ...osv({ modified: '2026-06-01T00:00:00Z' }),
      details: 'Other words.',
      references: [{ type: 'WEB', url: 'https://example.org/' }],
    });
    expect(await stateOf(decided.assessment.id)).toBe('approved');
  });

  it('re-opens when the release holds another affected version, and closes when the component has gone', async () => {
    const decided = await decide(await prepare());
    await takeIn([{ name: 'left-pad', version: '1.6.0', purl: `pkg:npm/${unique('left-pad')}@1.6.0` }]);
    await ward.jobs.drain();
    expect(await stateOf(decided.assessment.id)).toBe('reopened');

    await takeIn([{ name: 'left-pad', version: '2.0.0', purl: `pkg:npm/${unique('left-pad')}@2.0.0` }]);
    await ward.jobs.drain();
    expect(await stateOf(decided.assessment.id)).toBe('closed');
    expect(await stateOf(decided.finding.id)).toBe('closed');
    expect(await findings()).toEqual([]);
  });

  it('can be approved again as it stands, and then rests on the new facts', async () => {
    const decided = await decide(await prepare());
    await know(osv({ fixed: '3.0.0', modified: '2026-06-01T00:00:00Z' }));
    await makeTransition(ward.records, approver, decided.assessment.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
    expect(await stateOf(decided.finding.id)).toBe('not-affected');

    await know({ ...osv({ fixed: '3.0.0', modified: '2026-07-01T00:00:00Z' }), details: 'Only words.' });
    expect(await stateOf(decided.assessment.id)).toBe('approved');
  });

  it('is closed by a withdrawal and comes back when the record does', async () => {
    const decided = await decide(await prepare());
    await know(osv({ withdrawn: '2026-06-01T00:00:00Z', modified: '2026-06-01T00:00:00Z' }));
    expect(await stateOf(decided.finding.id)).toBe('closed');
    await know(osv({ modified: '2026-08-01T00:00:00Z' }));
    expect(await stateOf(decided.finding.id)).toBe('in-triage');
  });
});
