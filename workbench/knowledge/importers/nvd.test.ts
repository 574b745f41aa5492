import { describe, expect, it } from 'vitest';
import { isWardError } from '../../kernel/errors.ts';
import { readNvd } from './nvd.ts';

const cve = (rest: object = {}) => ({
  cve: {
    id: 'CVE-2026-0001',
    lastModified: '2026-03-01T10:00:00.150',
    vulnStatus: 'Analyzed',
    descriptions: [],
    ...rest,
  },
});
const match = (criteria: string, rest: object = {}) => ({ vulnerable: true, criteria, ...rest });
const node = (...cpeMatch: object[]) => ({ operator: 'OR', negate: false, cpeMatch });

const chrome = 'cpe:2.3:a:google:chrome:*:*:*:*:*:*:*:*';
const linux = 'cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*';

function refusal(value: unknown): { code: string; at: string | undefined } {
  try {
    readNvd(value);
  } catch (error) {
    if (isWardError(error)) return { code: error.code, at: error.at };
    throw error;
  }
  throw new Error('the record was read');
}

describe('an NVD record', () => {
  it('keeps what it says of the flaw', () => {
    const metric = (source: string, vectorString: string) => [
      { source, type: 'Primary', cvssData: { vectorString } },
    ];
    const advisory = readNvd(
      cve({
        published: '2026-02-01T00:00:00.000',
        descriptions: [
          { lang: 'es', value: 'Un fallo' },
          { lang: 'en', value: 'A flaw' },
        ],
        metrics: {
          cvssMetricV2: metric('nvd@nist.gov', 'AV:N/AC:L/Au:N/C:N/I:N/A:P'),
          cvssMetricV31: metric('nvd@nist.gov', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'),
          ssvcV203: [{ source: 'cisa', ssvcData: {} }],
        },
        weaknesses: [
          {
            description: [
              { lang: 'en', value: 'CWE-79' },
              { lang: 'en', value: 'NVD-CWE-Other' },
            ],
          },
        ],
        references: [
          { url: 'https://a.example', tags: ['Patch', 'Exploit'] },
          { url: 'https://b.example', tags: ['Vendor Advisory'] },
          { url: 'https://c.example' },
        ],
      }),
    );

    expect(advisory).toMatchObject({
      source: 'NVD',
      id: 'CVE-2026-0001',
      details: 'A flaw',
      published: '2026-02-01T00:00:00.000Z',
      modified: '2026-03-01T10:00:00.150Z',
      withdrawn: null,
      severities: [
        { type: 'CVSS_V3', score: 9.8, by: 'nvd@nist.gov' },
        { type: 'CVSS_V2', score: 5, by: 'nvd@nist.gov' },
      ],
      cwes: ['CWE-79'],
      references: [{ type: 'EXPLOIT' }, { type: 'ADVISORY' }, { type: 'WEB' }],
      affected: [],
      derived: false,
    });
  });

  it('that is rejected counts as withdrawn since its last change', () => {
    expect(readNvd(cve({ vulnStatus: 'Rejected' })).withdrawn).toBe('2026-03-01T10:00:00.150Z');
  });

  it('is kept when its instants cannot be read', () => {
    expect(
      readNvd(cve({ lastModified: '2025-14-11T00:51:21.963', published: '2025-11-14T00:00:00.000' })),
    ).toMatchObject({
      published: '2025-11-14T00:00:00.000Z',
      modified: '2025-11-14T00:00:00.000Z',
    });
  });

  it('is read without its wrapper as well', () => {
    expect(readNvd(cve().cve).id).toBe('CVE-2026-0001');
  });
});

describe('configurations', () => {
  it('name each vulnerable product once, and a platform never', () => {
    const { affected, configurations } = readNvd(
      cve({
        configurations: [
          {
            operator: 'AND',
            nodes: [
              node(
                match(chrome, {
                  versionStartIncluding: '1',
                  versionEndExcluding: '2',
                  matchCriteriaId: 'ID',
                }),
              ),
              node(match(linux, { vulnerable: false })),
            ],
          },
          {
            nodes: [
              node(match('cpe:2.3:a:google:chrome:7.0:*:*:*:*:*:*:*'), match('cpe:/a:Google:ChromeOS')),
            ],
          },
        ],
      }),
    );

    expect(affected.map(({ ecosystem, name, scope }) => [ecosystem, name, scope])).toEqual([
      ['cpe', 'google:chrome', ''],
      ['cpe', 'google:chromeos', ''],
    ]);
    expect(affected[0]?.ranges).toEqual([
      {
        kind: 'CPE',
        criteria: chrome,
        criteriaId: 'ID',
        startIncluding: '1',
        startExcluding: null,
        endIncluding: null,
        endExcluding: '2',
        configuration: 0,
      },
      expect.objectContaining({
        criteria: 'cpe:2.3:a:google:chrome:7.0:*:*:*:*:*:*:*',
        endExcluding: null,
        configuration: 1,
      }),
    ]);
    expect(configurations.map(({ operator, nodes }) => [operator, nodes.length])).toEqual([
      ['AND', 2],
      ['OR', 1],
    ]);
    expect(configurations[0]?.nodes[1]?.matches[0]).toMatchObject({ criteria: linux, vulnerable: false });
  });

  it('keep criteria that are no CPE as written, so that an AND with them is never taken for fulfilled', () => {
    const broken = 'cpe:2.3:a:soap::lite:soap::lite:*:*:*:*:*:perl:*:*';
    const { affected, configurations } = readNvd(
      cve({ configurations: [{ nodes: [node(match(broken), match(chrome))] }] }),
    );

    expect(affected.map(({ name }) => name)).toEqual(['google:chrome']);
    expect(configurations[0]?.nodes[0]?.matches.map(({ criteria }) => criteria)).toEqual([broken, chrome]);
  });

  it('may be absent while NVD has not looked at the record yet', () => {
    expect(readNvd(cve({ vulnStatus: 'Awaiting Analysis' }))).toMatchObject({
      affected: [],
      configurations: [],
    });
  });
});

describe('a wrong record', () => {
  const criteria = (text: unknown) =>
    cve({ configurations: [{ nodes: [node({ vulnerable: true, criteria: text })] }] });

  it.each([
    ['no CVE', {}, 'advisory.missing-field', '$.id'],
    ['an id that is no CVE id', cve({ id: 'GHSA-1' }), 'advisory.wrong-value', '$.id'],
    [
      'criteria that are a number',
      criteria(1),
      'advisory.wrong-type',
      '$.configurations[0].nodes[0].cpeMatch[0].criteria',
    ],
  ])('%s is refused at its path', (_name, value, code, at) => {
    expect(refusal(value)).toEqual({ code, at });
  });
});
