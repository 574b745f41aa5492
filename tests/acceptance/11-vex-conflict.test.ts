// Check 11 of the design: the word of a supplier against Ward's own evidence changes nothing silently; a conflict appears.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../workbench/kernel/people/roles.ts';
import { createRecord, editRecord, makeTransition } from '../../workbench/kernel/records/operations.ts';
import { findRecord } from '../../workbench/kernel/records/read.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { findingRelations } from '../../workbench/rooms/vulnerabilities/derive-findings.ts';
import { conflictCondition } from '../../workbench/rooms/vulnerabilities/vex/conflicts.ts';
import { importVex } from '../../workbench/rooms/vulnerabilities/vex/import-vex.ts';
import { saidOfFinding } from '../../workbench/rooms/vulnerabilities/vex/said-of-finding.ts';
import { csafSample, openVexSample } from '../../workbench/rooms/vulnerabilities/vex/samples.ts';
import { PASSWORD } from '../setup/test-ward.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

const PART = { name: 'left-hand', version: '1.2.3', purl: 'pkg:npm/left-hand@1.2.3' };

let house: MatchingHouse;
let supplier: WardRecord;
let approver: Principal;
let serial = 0;

beforeAll(async () => {
  house = await matchingHouse();
  approver = await house.ward.person('Vera Verdict', ['safety-risk-manager']);
  await house.ward.people.setPassword(approver.personId as string, PASSWORD);
  supplier = await createRecord(house.ward.records, house.lead, {
    kind: 'supplier',
    productId: null,
    body: { name: 'Harbour Software' },
  });
  await house.know(
    osvRecord({
      id: 'GHSA-test-1111-2222',
      aliases: ['CVE-2026-0001'],
      affected: [osvPackage('npm', 'left-hand', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
  );
});
afterAll(() => house.close());

async function take(
  document: unknown,
  to: { release?: WardRecord; supplier?: WardRecord } = {},
): ReturnType<typeof importVex> {
  const result = await importVex(house.ward, house.lead, {
    release: to.release?.key ?? null,
    supplier: to.supplier?.key ?? null,
    fileName: 'vex.json',
    bytes: Buffer.from(JSON.stringify(document)),
  });
  await house.ward.jobs.drain();
  return result;
}

/** A document of its own each time, so that none takes the place of another test's. */
function openVex(change: object = {}): object {
  serial += 1;
  return {
    ...openVexSample,
    '@id': `https://harbour.example/vex/${serial}`,
    statements: [{ ...openVexSample.statements[0], ...change }],
  };
}

const said = async (release: WardRecord) => saidOfFinding(house.ward.db, (await house.findings(release))[0]!);

/** Those of the documents that are heard; what other tests gave to the whole house is heard too. */
async function inForce(release: WardRecord, documents: readonly string[]): Promise<string[]> {
  const heard = new Set((await said(release)).map((one) => one.document.id));
  return documents.filter((id) => heard.has(id));
}

async function conflicts(release: WardRecord): Promise<string[]> {
  const { rows } = await sql<{ vulnerability: string }>`
    with ${findingRelations({ releases: sql`r.id = ${release.id}::uuid`, narrow: true })}
    select f.vulnerability from finding f where ${conflictCondition('f')}`.execute(house.ward.db);
  return rows.map((row) => row.vulnerability);
}

async function withPart(part = PART): Promise<WardRecord> {
  const release = await house.release();
  await house.takeIn(release, [part]);
  return release;
}

describe('not affected, says a supplier, where the evidence says affected', () => {
  it.each([
    ['OpenVEX', () => openVex()],
    [
      'CSAF',
      () => ({
        ...csafSample,
        document: { ...csafSample.document, tracking: { ...csafSample.document.tracking, id: 'HARBOUR-X' } },
      }),
    ],
  ])('%s changes no finding and makes a conflict', async (_name, document) => {
    const release = await withPart();
    const before = await house.findings(release);

    const result = await take(document(), { release, supplier });

    expect(result).toMatchObject({ statements: 1, applied: 1, unchanged: false });
    expect(await house.findings(release)).toEqual(before);
    expect(before[0]).toMatchObject({ outcome: 'affected', finding_state: null });
    expect(await conflicts(release)).toEqual(['CVE-2026-0001']);
    expect(await said(release)).toMatchObject([
      {
        status: 'not_affected',
        conflict: true,
        certain: true,
        supplier: { key: supplier.key },
        author: 'Harbour Software',
      },
    ]);
  });

  it('is no conflict for another version, which it does not speak of', async () => {
    const release = await withPart({ ...PART, version: '1.2.4', purl: 'pkg:npm/left-hand@1.2.4' });

    await take(openVex(), { release });

    expect(await conflicts(release)).toEqual([]);
    expect(await said(release)).toEqual([]);
  });

  it('speaks of other releases only where it was not imported for one', async () => {
    const [mine, other] = [await withPart(), await withPart()];

    await take(openVex(), { release: mine });

    expect([await conflicts(mine), await conflicts(other)]).toEqual([['CVE-2026-0001'], []]);
  });

  it('within a product that is not in the release may hold, and is no conflict', async () => {
    const release = await withPart();
    const products = [{ '@id': 'pkg:generic/other-device@9', subcomponents: [{ '@id': PART.purl }] }];
    const document = openVex({ products });

    await take(document);

    expect((await said(release)).map(({ certain, conflict }) => ({ certain, conflict }))).toEqual([
      { certain: false, conflict: false },
    ]);
    expect((await said(release))[0]?.why).toContain('cannot be decided');
  });

  it('about a release that is named otherwise by now is no word about it any more', async () => {
    const release = await withPart();
    const product = await findRecord(house.ward.db, release.productId as string);
    const { version } = release.body as { version: string };
    const named = `pkg:generic/${encodeURIComponent(String(product!.body.name))}@${version}`;
    const { id } = await take(
      openVex({ products: [{ '@id': named, subcomponents: [{ '@id': PART.purl }] }] }),
    );
    const certain = async () => (await said(release)).some((one) => one.document.id === id && one.certain);
    expect(await certain()).toBe(true);

    await editRecord(house.ward.records, house.lead, release.key, {
      seenRevision: release.revision,
      body: { ...release.body, version: `${version}-b` },
      reason: 'It was to be another one.',
    });
    await house.ward.jobs.drain();

    expect(await certain()).toBe(false);
  });

  it('is found for components that come later', async () => {
    const release = await house.release();
    await take(openVex(), { release });

    await house.takeIn(release, [PART]);

    expect(await conflicts(release)).toEqual(['CVE-2026-0001']);
  });

  it('imported twice is one document, and a new version takes the place of the old one', async () => {
    const release = await withPart();
    const document = openVex();
    const first = await take(document, { release });

    expect(await take(document, { release })).toMatchObject({ id: first.id, unchanged: true });
    await take(
      {
        ...document,
        version: 2,
        statements: [
          { ...openVexSample.statements[0], status: 'affected', action_statement: 'Update to 2.0.0.' },
        ],
      },
      { release },
    );

    const certain = (await said(release)).filter((one) => one.certain);
    expect(certain.map((one) => one.status)).toEqual(['affected']);
    expect(await conflicts(release)).toEqual([]);
    expect((await house.ward.blobs.read(first.hash)).toString()).toBe(JSON.stringify(document));
  });
});

describe('versions of one document', () => {
  it('that come in the wrong order: the later one stays in force, and it is said', async () => {
    const release = await withPart();
    const document = openVex();
    const issued = (at: string) => take({ ...document, timestamp: at, last_updated: at }, { release });
    const later = await issued('2026-09-02T00:00:00Z');
    const earlier = await issued('2026-09-01T00:00:00Z');

    expect(later.warnings).toEqual([]);
    expect(earlier.warnings.map(({ message }) => message)).toEqual([
      'A later version of this document is in force, and what this one says does not count.',
    ]);
    expect(await inForce(release, [later.id, earlier.id])).toEqual([later.id]);
  });

  it('that come at the same moment: one of them is in force', async () => {
    const release = await withPart();
    const document = openVex();

    const taken = await Promise.all([1, 2, 3].map((version) => take({ ...document, version }, { release })));

    expect(
      await inForce(
        release,
        taken.map(({ id }) => id),
      ),
    ).toHaveLength(1);
  });
});

describe('a decision', () => {
  async function decided(release: WardRecord, body: object): Promise<WardRecord> {
    const { assessment } = await assessFinding(house.ward, house.lead, {
      release: release.key,
      vulnerability: 'CVE-2026-0001',
      place: 'npm:left-hand',
      body: { rationale: 'Why.', actionStatement: '', safety: 'none', privacy: 'none', ...body } as never,
    });
    return makeTransition(house.ward.records, approver, assessment.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
  }

  it('made with the statement at hand settles the conflict', async () => {
    const release = await withPart();
    await take(openVex(), { release });

    await decided(release, { status: 'affected', actionStatement: 'Update to 2.0.0.' });

    expect(await conflicts(release)).toEqual([]);
  });

  it('is not re-opened by a later word against it: a conflict appears and the next review is told', async () => {
    const release = await withPart();
    const approved = await decided(release, {
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
    });
    expect(await conflicts(release)).toEqual([]);
    house.ward.advance(1_000);

    await take(openVex({ status: 'affected', justification: null, action_statement: 'Update to 2.0.0.' }), {
      release,
    });

    expect((await findRecord(house.ward.db, approved.id))?.state).toBe('approved');
    expect(await conflicts(release)).toEqual(['CVE-2026-0001']);
    const { rows } = await sql<{ content: { reasons: string[] } }>`select content from ledger
      where record = ${approved.id}::uuid and action = 'assessment.evidence-moved'`.execute(house.ward.db);
    expect(rows.map((row) => row.content.reasons)).toEqual([['Harbour Software now says: affected.']]);
  });
});
