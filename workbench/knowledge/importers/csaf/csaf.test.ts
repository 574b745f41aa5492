import { describe, expect, it } from 'vitest';
import { identify } from '../../identity/identify.ts';
import { match } from '../../matching/match.ts';
import { readCsaf } from './csaf.ts';
import { eventsOf, readVersionStatement } from './version-statement.ts';

const product = (id: string, helper?: object) => ({
  name: `Product ${id}`,
  product_id: id,
  ...(helper ? { product_identification_helper: helper } : {}),
});
const branch = (category: string, name: string, id: string, helper?: object) => ({
  category,
  name,
  product: product(id, helper),
});
const makeDocument = (
  branches: readonly object[],
  vulnerabilities: readonly object[],
  more: object = {},
) => ({
  document: {
    csaf_version: '2.0',
    title: 'Harbour advisory',
    distribution: { tlp: { label: 'WHITE' } },
    publisher: { name: 'Harbour', namespace: 'https://www.harbour.example' },
    tracking: { id: 'H-1', current_release_date: '2026-03-01T10:00:00Z', initial_release_date: '2026-02-01' },
  },
  product_tree: { branches, ...more },
  vulnerabilities,
});

const outcomeOf = (record: object, component: { purl?: string; cpe?: string; version?: string }) => {
  const [advisory] = readCsaf(record);
  const { identities } = identify({
    name: 'x',
    version: component.version ?? null,
    purl: component.purl ?? null,
    cpes: component.cpe ? [component.cpe] : [],
    commit: null,
  });
  const results = advisory!.affected.flatMap((affected) =>
    identities
      .filter(({ ecosystem, name }) => ecosystem === affected.ecosystem && name === affected.name)
      .map((identity) => match(identity, affected, { configurations: [], withdrawn: null }).outcome),
  );
  return (
    ['affected', 'undetermined', 'not-affected'].find((one) => (results as string[]).includes(one)) ??
    'nothing'
  );
};
const affects = (ids: readonly string[]) => [{ cve: 'CVE-2026-1', product_status: { known_affected: ids } }];

describe('a document over several vulnerabilities', () => {
  it('becomes an advisory for each, so that its CVEs stay apart', () => {
    const advisories = readCsaf(
      makeDocument(
        [branch('product_version', '1.0', 'P1', { purl: 'pkg:npm/crane' })],
        [
          { cve: 'CVE-2026-1001', product_status: { known_affected: ['P1'] } },
          { cve: 'CVE-2026-1002', product_status: { known_affected: ['P1'] } },
          { ids: [{ system_name: 'Harbour', text: 'HB-7' }] },
          { cve: 'CVE-2026-1001' },
        ],
      ),
    );

    expect(advisories.map(({ id, aliases, upstream }) => [id, aliases, upstream])).toEqual([
      ['H-1#CVE-2026-1001', ['CVE-2026-1001'], []],
      ['H-1#CVE-2026-1002', ['CVE-2026-1002'], []],
      ['H-1#HB-7', [], []],
      ['H-1#CVE-2026-1001~2', ['CVE-2026-1001'], []],
    ]);
    expect(advisories[0]).toMatchObject({
      source: 'CSAF harbour.example',
      modified: '2026-03-01T10:00:00.000Z',
    });
  });

  it('keeps remedies, and products that nothing identifies, which match nothing', () => {
    const [advisory] = readCsaf(
      makeDocument(
        [branch('product_version', 'Rev B', 'P1')],
        [
          {
            cve: 'CVE-2026-1001',
            product_status: { known_affected: ['P1', 'P9'], known_not_affected: ['P8'] },
            remediations: [{ category: 'vendor_fix', details: 'Update', product_ids: ['P1'] }],
          },
        ],
      ),
    );

    expect(advisory).toMatchObject({
      affected: [],
      csaf: {
        tlp: 'CLEAR',
        notMatched: 2,
        products: [
          { name: 'Product P1', status: 'affected', matched: false },
          { name: 'P9', status: 'affected', matched: false },
          { name: 'P8', status: 'not affected', matched: false },
        ],
        remedies: [{ category: 'vendor_fix', details: 'Update', products: ['Product P1'] }],
      },
    });
  });
});

describe('a product with a purl', () => {
  it.each([
    ['product_version_range', 'vers:npm/>=1.0.0|<2.0.0', '1.5.0', 'affected'],
    ['product_version_range', 'vers:npm/>=1.0.0|<2.0.0', '2.0.0', 'not-affected'],
    ['product_version_range', 'vers:npm/<=1.4|>=2.0|<2.3', '1.5.0', 'not-affected'],
    ['product_version_range', 'vers:npm/<=1.4|>=2.0|<2.3', '2.1.0', 'affected'],
    ['product_version_range', '<= 1.4.1', '1.4.1', 'affected'],
    ['product_version_range', '>= 4.0 | <= 4.6', '4.7.0', 'not-affected'],
    ['product_version', 'vers:all/*', '9.9.9', 'affected'],
    ['product_version', '1.2.3', '1.2.3', 'affected'],
    ['product_version', '1.2.3', '1.2.4', 'not-affected'],
    ['product_version', 'Rev J-M', '1.0.0', 'undetermined'],
  ])('%s %s: %s is %s', (category, name, version, outcome) => {
    const record = makeDocument([branch(category, name, 'P', { purl: 'pkg:npm/crane' })], affects(['P']));

    expect(outcomeOf(record, { purl: `pkg:npm/crane@${version}` })).toBe(outcome);
  });

  it('is undetermined while it is under investigation', () => {
    const record = makeDocument(
      [branch('product_version', '1.0.0', 'P', { purl: 'pkg:npm/crane@1.0.0' })],
      [{ cve: 'CVE-2026-1', product_status: { under_investigation: ['P'] } }],
    );

    expect(outcomeOf(record, { purl: 'pkg:npm/crane@1.0.0' })).toBe('undetermined');
  });

  it('is found through a relationship', () => {
    const record = makeDocument(
      [branch('product_version', '1.0.0', 'P', { purl: 'pkg:npm/crane@1.0.0' })],
      affects(['P:DOCK']),
      {
        relationships: [
          {
            category: 'installed_on',
            full_product_name: { name: 'Crane on Dock', product_id: 'P:DOCK' },
            product_reference: 'P',
            relates_to_product_reference: 'DOCK',
          },
        ],
      },
    );

    expect(outcomeOf(record, { purl: 'pkg:npm/crane@1.0.0' })).toBe('affected');
  });
});

describe('a product with a CPE', () => {
  it.each([
    ['product_version', '1.0', 'cpe:2.3:a:harbour:crane:1.0:*:*:*:*:*:*:*', '1.0', 'affected'],
    ['product_version', '1.0', 'cpe:2.3:a:harbour:crane:1.0:*:*:*:*:*:*:*', '1.1', 'not-affected'],
    ['product_version', '1.0', 'cpe:/a:harbour:crane', '1.0', 'affected'],
    ['product_version_range', '< 2.0', 'cpe:/a:harbour:crane', '1.9', 'affected'],
    ['product_version_range', '< 2.0', 'cpe:/a:harbour:crane', '2.0', 'not-affected'],
    ['product_version_range', 'vers:all/*', 'cpe:/a:harbour:crane', '7', 'affected'],
    ['product_version', 'Rev J-M', 'cpe:/a:harbour:crane', '1.0', 'undetermined'],
    ['product_name', 'Crane', 'cpe:/a:harbour:crane', '1.0', 'undetermined'],
  ])('%s %s %s: %s is %s', (category, name, cpe, version, outcome) => {
    const record = makeDocument([branch(category, name, 'P', { cpe })], affects(['P']));

    expect(outcomeOf(record, { cpe: `cpe:2.3:a:harbour:crane:${version}:*:*:*:*:*:*:*` })).toBe(outcome);
  });
});

describe('what the name of a branch says', () => {
  it.each([
    ['vers:npm/1.0|2.0', true, { kind: 'versions', versions: ['1.0', '2.0'] }],
    ['1.0 | 2.0', false, { kind: 'text', text: '1.0 | 2.0' }],
    ['all versions', true, { kind: 'all' }],
    ['prior to 2.0', true, { kind: 'text', text: 'prior to 2.0' }],
    [
      'vers:deb/>=1%3A2.0',
      true,
      { kind: 'ranges', versions: [], intervals: [{ from: { version: '1:2.0', included: true }, to: null }] },
    ],
    ['>=1|>=2', true, { kind: 'text', text: '>=1|>=2' }],
  ])('%s', (name, isRange, statement) => {
    expect(readVersionStatement(name, isRange)).toEqual(statement);
  });

  it('counts an excluded lower bound, because events cannot exclude it', () => {
    expect(
      eventsOf({ from: { version: '1', included: false }, to: { version: '2', included: true } }),
    ).toEqual([{ introduced: '1' }, { last_affected: '2' }]);
  });
});

it.each([
  ['no version of the format', { document: {} }],
  ['another version', { document: { csaf_version: '3.0' } }],
])('refuses a document with %s', (_name, record) => {
  expect(() => readCsaf(record)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^advisory\./) }),
  );
});
