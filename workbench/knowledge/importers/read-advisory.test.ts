import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../kernel/errors.ts';
import { detectRecord } from './detect.ts';
import { readAdvisories } from './read-advisory.ts';

const osv = {
  id: 'GHSA-1',
  modified: '2026-03-01T00:00:00Z',
  aliases: ['CVE-2026-0001'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  references: [{ type: 'WEB', url: 'https://web.example' }],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'a' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1' }] }],
      versions: ['0.1'],
      database_specific: { last_known_affected_version_range: '<= 1', cwes: [{ cweId: 'CWE-1' }] },
    },
  ],
  database_specific: { cwe_ids: ['CWE-2'] },
};
const nvd = {
  cve: {
    id: 'CVE-2026-0001',
    lastModified: '2026-03-01T00:00:00.000',
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: 'A flaw' }],
    metrics: { cvssMetricV31: [{ source: 'x', cvssData: { vectorString: 'CVSS:3.1/AV:N' } }] },
    configurations: [
      {
        nodes: [
          {
            operator: 'OR',
            negate: false,
            cpeMatch: [{ vulnerable: true, criteria: 'cpe:2.3:a:a:b:1:*:*:*:*:*:*:*' }],
          },
        ],
      },
    ],
    references: [{ url: 'https://web.example', tags: ['Patch'] }],
  },
};

describe('which format a record has', () => {
  it.each([
    ['an OSV record', osv, 'osv'],
    ['an NVD record', nvd, 'nvd'],
    ['a bare NVD record', nvd.cve, 'nvd'],
    [
      'a CVE 5 record',
      { dataType: 'CVE_RECORD', cveMetadata: { cveId: 'CVE-2026-0001' }, containers: {} },
      'cve5',
    ],
    [
      'an NVD 1.1 item',
      { cve: { data_type: 'CVE', CVE_data_meta: { ID: 'CVE-2026-0001' } }, configurations: {} },
      'unknown',
    ],
    ['a vulnerability of a CSAF document', { cve: 'CVE-2026-0001', product_status: {} }, 'unknown'],
    ['a CycloneDX document', { bomFormat: 'CycloneDX', id: 'x', modified: 'y' }, 'unknown'],
    ['an id alone', { id: 'GHSA-1' }, 'unknown'],
    ['a list', [osv], 'unknown'],
    ['null', null, 'unknown'],
  ])('%s', (_name, record, format) => {
    expect(detectRecord(record)).toBe(format);
  });

  it('is refused when unknown', () => {
    expect(() => readAdvisories({})).toThrow(
      expect.objectContaining({ code: 'advisory.unknown-format', at: '$' }),
    );
  });
});

describe.each([
  ['OSV', osv],
  ['NVD', nvd],
])('a damaged %s record', (_name, valid) => {
  it('is read or refused after any value is replaced by another', () => {
    const places: (readonly string[])[] = [];
    const walk = (node: unknown, path: readonly string[]) => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        places.push([...path, key]);
        walk(value, [...path, key]);
      }
    };
    walk(valid, []);
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string(),
      fc.constantFrom('\0', '\ud800', '2026-99-99', 'cpe:2.3:a', ':', '\\'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, (path, value) => {
        const changed = structuredClone(valid) as unknown;
        let holder = changed as Record<string, unknown>;
        for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>;
        holder[path.at(-1)!] = value;
        try {
          const advisory = readAdvisories(changed);
          expect(JSON.stringify(advisory)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
        } catch (error) {
          if (!isWardError(error)) throw error;
          expect(error.at).toBeTruthy();
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
