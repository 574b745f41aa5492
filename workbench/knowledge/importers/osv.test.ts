import { describe, expect, it } from 'vitest';
import { isWardError } from '../../kernel/errors.ts';
import { readOsv, sourceOf } from './osv.ts';

const record = (rest: object = {}) => ({ id: 'GHSA-1', modified: '2026-03-01T00:00:00Z', ...rest });
const affects = (...affected: object[]) => readOsv(record({ affected })).affected;

function refusal(value: unknown): { code: string; at: string | undefined } {
  try {
    readOsv(value);
  } catch (error) {
    if (isWardError(error)) return { code: error.code, at: error.at };
    throw error;
  }
  throw new Error('the record was read');
}

describe('an OSV record', () => {
  it('keeps what it says of the flaw', () => {
    const advisory = readOsv(
      record({
        schema_version: '1.7.0',
        published: '2026-02-01T10:00:00.123456Z',
        withdrawn: '2026-03-01T02:00:00+02:00',
        aliases: ['CVE-2026-0001', 'CVE-2026-0001', 'GHSA-1'],
        upstream: ['CVE-2026-0002'],
        related: ['CVE-2026-0003'],
        summary: 'A flaw',
        details: 'Long\0 story',
        severity: [
          { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
          { type: 'Ubuntu', score: 'low' },
        ],
        references: [{ type: 'FIX', url: 'https://git.example/1' }, { url: 'https://web.example' }],
        database_specific: { derived: true, cwe_ids: ['CWE-79', 'x'] },
      }),
    );

    expect(advisory).toEqual({
      source: 'GHSA',
      id: 'GHSA-1',
      aliases: ['CVE-2026-0001'],
      upstream: ['CVE-2026-0002'],
      related: ['CVE-2026-0003'],
      summary: 'A flaw',
      details: 'Long\ufffd story',
      published: '2026-02-01T10:00:00.123Z',
      modified: '2026-03-01T00:00:00.000Z',
      withdrawn: '2026-03-01T00:00:00.000Z',
      severities: [
        { type: 'CVSS_V3', vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', score: 9.8, by: 'GHSA' },
      ],
      cwes: ['CWE-79'],
      references: [
        { type: 'FIX', url: 'https://git.example/1' },
        { type: 'WEB', url: 'https://web.example' },
      ],
      affected: [],
      configurations: [],
      derived: true,
    });
  });

  it.each([
    ['GHSA-29mw-wpgm-hmr9', 'GHSA'],
    ['PYSEC-2026-1', 'PYSEC'],
    ['GO-2026-0001', 'GO'],
    ['RUSTSEC-2026-0001', 'RUSTSEC'],
    ['DSA-3029-1', 'DSA'],
    ['CVE-2026-0001', 'OSV'],
    ['OSV-2026-1', 'OSV'],
    ['nameless', 'OSV'],
  ])('%s comes from %s', (id, source) => {
    expect(sourceOf(id)).toBe(source);
  });

  it('counts a vector that cannot be read as unknown, not as zero', () => {
    expect(
      readOsv(record({ severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:?' }] })).severities[0]?.score,
    ).toBeNull();
  });

  it('takes every later state for newer when it does not say readably when it was changed', () => {
    expect(readOsv({ id: 'PSF-1', affected: [] }).modified).toBe('1970-01-01T00:00:00.000Z');
    expect(readOsv(record({ modified: '2025-14-11T00:51:21Z' })).modified).toBe('1970-01-01T00:00:00.000Z');
    expect(readOsv({ id: 'PSF-1', affected: [], published: '2024-01-01' }).modified).toBe(
      '2024-01-01T00:00:00.000Z',
    );
  });
});

describe('what is affected', () => {
  const range = (...events: object[]) => ({ type: 'SEMVER', events });

  it('stands under the name and release that components are matched by', () => {
    const found = affects(
      {
        package: { ecosystem: 'PyPI', name: 'Ruamel.Yaml' },
        ranges: [range({ introduced: '0' }, { fixed: '2' })],
      },
      { package: { ecosystem: 'Debian:12', name: 'curl' }, versions: ['1', '1'] },
    );

    expect(found.map(({ ecosystem, name, scope }) => [ecosystem, name, scope])).toEqual([
      ['PyPI', 'ruamel-yaml', ''],
      ['Debian', 'curl', '12'],
    ]);
    expect(found[0]?.ranges).toEqual([{ kind: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2' }] }]);
    expect(found[1]?.versions).toEqual(['1']);
  });

  it('is one entry for each package, with all its ranges and versions', () => {
    const package_ = { ecosystem: 'npm', name: 'a' };

    const found = affects(
      { package: package_, ranges: [range({ introduced: '1' })], versions: ['1.0.0'] },
      { package: package_, ranges: [range({ introduced: '2' })], versions: ['1.0.0', '2.0.0'] },
    );

    expect(found).toHaveLength(1);
    expect(found[0]?.ranges).toHaveLength(2);
    expect(found[0]?.versions).toEqual(['1.0.0', '2.0.0']);
  });

  it('keeps the hint of the publisher with the entry that it belongs to', () => {
    const package_ = { ecosystem: 'npm', name: 'a' };

    const found = affects(
      {
        package: package_,
        ranges: [range({ introduced: '0' })],
        database_specific: { last_known_affected_version_range: '<= 29.0' },
      },
      { package: package_, ranges: [range({ introduced: '30' }, { fixed: '31' })] },
    );

    expect(found.map(({ hint }) => hint)).toEqual(['<= 29.0', null]);
  });

  it('is found by its repository as well when a range holds commits', () => {
    const git = {
      type: 'GIT',
      repo: 'https://Git.example/Foo/Bar.git',
      events: [{ introduced: '0' }, { fixed: 'abc' }],
    };

    const found = affects({
      package: { ecosystem: 'OSS-Fuzz', name: 'bar' },
      ranges: [git, range({ introduced: '0' })],
    });
    const alone = affects({ ranges: [git], versions: ['v1'] });

    expect(found.map(({ ecosystem, name, ranges }) => [ecosystem, name, ranges.length])).toEqual([
      ['OSS-Fuzz', 'bar', 2],
      ['GIT', 'git.example/foo/bar', 1],
    ]);
    expect(alone).toMatchObject([{ ecosystem: 'GIT', name: 'git.example/foo/bar', versions: ['v1'] }]);
  });

  it('reads both ends of a range from one event, as old records have them', () => {
    expect(
      affects({
        package: { ecosystem: 'npm', name: 'a' },
        ranges: [range({ introduced: '1', fixed: '2' })],
      })[0]?.ranges[0],
    ).toEqual({
      kind: 'SEMVER',
      events: [{ introduced: '1' }, { fixed: '2' }],
    });
  });
});

describe('a wrong record', () => {
  it.each([
    ['no object', 'x', 'advisory.wrong-type', '$'],
    ['no id', { modified: 'x' }, 'advisory.missing-field', '$.id'],
    ['an id that is a number', record({ id: 1 }), 'advisory.wrong-type', '$.id'],
    ['a day that does not exist', record({ withdrawn: '2026-13-01' }), 'advisory.wrong-value', '$.withdrawn'],
    [
      'an unknown kind of range',
      record({ affected: [{ ranges: [{ type: 'X', events: [] }] }] }),
      'advisory.wrong-value',
      '$.affected[0].ranges[0].type',
    ],
    [
      'a version that is a number',
      record({ affected: [{ versions: [1] }] }),
      'advisory.wrong-type',
      '$.affected[0].versions[0]',
    ],
    [
      'a package without name',
      record({ affected: [{ package: { ecosystem: 'npm' } }] }),
      'advisory.missing-field',
      '$.affected[0].package.name',
    ],
  ])('%s is refused at its path', (_name, value, code, at) => {
    expect(refusal(value)).toEqual({ code, at });
  });
});
