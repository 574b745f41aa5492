// What may be thrown at the readers of knowledge: bytes in, records or typed refusals out, nothing else. Each target has
// seeds in the true shape of its format.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWardError } from '../../workbench/kernel/errors.ts';
import { ssvcOf } from '../../workbench/knowledge/importers/cve5.ts';
import type { ImportLimits } from '../../workbench/knowledge/importers/limits.ts';
import { readAdvisories } from '../../workbench/knowledge/importers/read-advisory.ts';
import { readRecords } from '../../workbench/knowledge/importers/read-records.ts';
import { readEpss } from '../../workbench/knowledge/signals/epss.ts';
import { readKev } from '../../workbench/knowledge/signals/kev.ts';
import { readLifecycle } from '../../workbench/knowledge/signals/lifecycle.ts';

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Settles for every input, with the outcome for counting; rejects only for a fault of Ward. */
  run(bytes: Uint8Array): Promise<string>;
}

const LIMITS: Partial<ImportLimits> = {
  maxElementBytes: 1024 * 1024,
  maxUnpackedBytes: 64 * 1024 * 1024,
  ratioFreeBytes: 1024 * 1024,
};

const bytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

/** Through a real file, as an import reads it; every record goes to the reader of its format. */
async function readAll(name: string, content: Uint8Array): Promise<string> {
  let outcome = 'read';
  const folder = mkdtempSync(join(tmpdir(), 'ward-fuzz-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, content);
    for await (const item of readRecords([path], { limits: LIMITS })) {
      if (item.kind !== 'record') continue;
      try {
        switch (item.format) {
          case 'kev':
            readKev(item.record);
            break;
          case 'epss':
            readEpss(item.record);
            break;
          case 'eol':
            readLifecycle(item.record);
            break;
          default:
            readAdvisories(item.record);
            if (item.format === 'cve5') ssvcOf(item.record);
        }
      } catch (error) {
        if (!isWardError(error)) throw error;
        outcome = error.code;
      }
    }
    return outcome;
  } catch (error) {
    if (!isWardError(error)) throw error;
    return error.code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const target = (name: string, file: string, seeds: readonly unknown[]): FuzzTarget => ({
  name,
  seeds: seeds.map(bytes),
  run: (content) => readAll(file, content),
});

const OSV = {
  schema_version: '1.7.0',
  id: 'GHSA-seed',
  modified: '2026-03-01T00:00:00Z',
  aliases: ['CVE-2026-0001'],
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'crane' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1:2.0-1' }] }],
      versions: ['1.0'],
    },
  ],
};

const NVD = {
  cve: {
    id: 'CVE-2026-0001',
    lastModified: '2026-03-01T00:00:00.000',
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: 'A flaw' }],
    metrics: {
      cvssMetricV31: [
        { source: 'x', cvssData: { vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' } },
      ],
    },
    configurations: [
      {
        operator: 'AND',
        nodes: [
          {
            operator: 'OR',
            negate: false,
            cpeMatch: [
              {
                vulnerable: true,
                criteria: 'cpe:2.3:a:harbour:crane:*:*:*:*:*:*:*:*',
                versionEndExcluding: '2.0',
              },
            ],
          },
        ],
      },
    ],
  },
};

const CSAF = {
  document: {
    csaf_version: '2.0',
    title: 'Advisory',
    distribution: { tlp: { label: 'WHITE' } },
    publisher: { name: 'Harbour', namespace: 'https://harbour.example' },
    tracking: { id: 'H-1', current_release_date: '2026-03-01T00:00:00Z' },
  },
  product_tree: {
    branches: [
      {
        category: 'product_version_range',
        name: 'vers:npm/>=1.0.0|<2.0.0|2.1.0',
        product: {
          name: 'Crane',
          product_id: 'P1',
          product_identification_helper: { purl: 'pkg:npm/crane', cpe: 'cpe:/a:harbour:crane' },
        },
      },
    ],
    relationships: [
      {
        category: 'installed_on',
        full_product_name: { name: 'Crane on Dock', product_id: 'P2' },
        product_reference: 'P1',
        relates_to_product_reference: 'P1',
      },
    ],
  },
  vulnerabilities: [
    {
      cve: 'CVE-2026-0001',
      product_status: { known_affected: ['P1'], under_investigation: ['P2'], fixed: ['P3'] },
      scores: [
        { cvss_v3: { vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }, products: ['P1'] },
      ],
      remediations: [{ category: 'vendor_fix', details: 'Update', product_ids: ['P1'] }],
    },
  ],
};

const CVE5 = {
  dataType: 'CVE_RECORD',
  cveMetadata: { cveId: 'CVE-2026-0001', state: 'PUBLISHED', dateUpdated: '2026-03-01T00:00:00Z' },
  containers: {
    cna: {
      affected: [
        {
          packageURL: 'pkg:npm/crane',
          cpes: ['cpe:2.3:a:harbour:crane:*:*:*:*:*:*:*:*'],
          defaultStatus: 'unaffected',
          versions: [{ version: '0', status: 'affected', lessThan: '2.0', versionType: 'semver' }],
        },
      ],
      descriptions: [{ lang: 'en', value: 'A flaw' }],
    },
    adp: [
      {
        metrics: [
          {
            other: {
              type: 'ssvc',
              content: {
                role: 'CISA Coordinator',
                timestamp: '2026-03-01T00:00:00Z',
                options: [{ Exploitation: 'poc' }],
              },
            },
          },
        ],
      },
    ],
  },
};

const KEV = {
  catalogVersion: '2026.03.01',
  count: 1,
  vulnerabilities: [
    {
      cveID: 'CVE-2026-0001',
      dateAdded: '2026-03-01',
      dueDate: '2026-03-22',
      knownRansomwareCampaignUse: 'Known',
    },
  ],
};

const EOL = {
  name: 'crane-os',
  label: 'Crane OS',
  identifiers: [{ type: 'purl', id: 'pkg:npm/crane' }, { cpe: 'cpe:/o:harbour:crane_os' }],
  releases: [{ name: '2.0', releaseDate: '2025-01-01', eolFrom: '2028-01-01', isEol: false, eoas: true }],
};

export const KNOWLEDGE_TARGETS: readonly FuzzTarget[] = [
  target('osv', 'osv.json', [OSV, [OSV, OSV], `${JSON.stringify(OSV)}\n${JSON.stringify(OSV)}`]),
  target('nvd', 'nvd.json', [NVD, { totalResults: 1, vulnerabilities: [NVD] }]),
  target('csaf', 'csaf.json', [CSAF]),
  target('cve5', 'cve.json', [CVE5]),
  target('kev', 'kev.json', [KEV]),
  target('kev-csv', 'kev.csv', [
    'cveID,vendorProject,product,dateAdded,dueDate\nCVE-2026-0001,"Har""bour","Crane,\n2",2026-03-01,2026-03-22\n',
  ]),
  target('epss', 'epss.csv', [
    '#model_version:v2026,score_date:2026-03-01T00:00:00Z\ncve,epss,percentile\nCVE-2026-0001,0.00042,0.1\n',
  ]),
  target('epss-api', 'epss.json', [
    {
      status: 'OK',
      total: 1,
      data: [{ cve: 'CVE-2026-0001', epss: '0.5', percentile: '0.97', date: '2026-03-01' }],
    },
  ]),
  target('eol', 'eol.json', [EOL, { schema_version: '1.2.0', result: [EOL] }, { result: EOL }]),
];
