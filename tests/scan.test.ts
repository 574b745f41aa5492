// `ward scan` over ten real SBOMs with the public advisories: a table of counts, findings and near misses checked by hand,
// and the command itself with its formats and exit codes.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Knowledge, openCompact, writeCompact } from '../workbench/knowledge/compact/compact-file.ts';
import { readAdvisory } from '../workbench/knowledge/importers/read-advisory.ts';
import { readRecords } from '../workbench/knowledge/importers/read-records.ts';
import { readSbom } from '../workbench/rooms/components/index.ts';
import { FORMATS, format } from '../workbench/rooms/vulnerabilities/scan/formats.ts';
import { reaches, type ScanResult, scan } from '../workbench/rooms/vulnerabilities/scan/scan.ts';

const shared = join(process.cwd(), '..', 'shared', 'data');
const present = existsSync(shared);
const program = join(process.cwd(), 'workbench', 'dist', 'server', 'ward.mjs');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ward-scan-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const TEN = {
  'juice-shop': 'cyclonedx/bom-examples/SBOM/juice-shop/via_npm/flat/bom.1.4.json.gz',
  nodegoat: 'generated/nodegoat.cdx.json.gz',
  'threat-dragon': 'generated/threat-dragon-server.spdx.json.gz',
  postgresql: 'spdx/bom-shelter/in-the-lab/spdx-syft-bitnami_postgresql-5e7e9a52e320.json.gz',
  influxdb: 'spdx/bom-shelter/in-the-lab/spdx-syft-bitnami_influxdb-f26e80780347.json.gz',
  'kube-proxy': 'spdx/guac-data/docs/spdx/syft-spdx-k8s.gcr.io-kube-proxy.v1.24.1.json.gz',
  'redis-commander': 'cyclonedx/bom-shelter/cyclonedx/redis-commander-sbom-cdx.json.gz',
  python: 'cyclonedx/guac-data/docs/cyclonedx/syft-cyclonedx-docker.io-library-python.latest.json.gz',
  nats: 'cyclonedx/sbom-utility/test/diff/panic/nats1.json.gz',
  rust: 'spdx/spdx-examples/software/example11/spdx2.3/sbom.spdx.json',
};

describe.skipIf(!present)(`ten real SBOMs${present ? '' : ' (skipped: ../shared is absent)'}`, () => {
  let knowledge: Knowledge;
  const results = new Map<string, ScanResult>();

  beforeAll(async () => {
    const advisories = [];
    const sources = ['advisories/osv', 'advisories/osv-derived', 'nvd/nvd-2.0-original.jsonl.gz'].map(
      (path) => join(shared, path),
    );
    for await (const item of readRecords(sources))
      if (item.kind === 'record') advisories.push(readAdvisory(item.record));
    const file = join(folder, 'public.ward');
    await writeCompact(file, advisories, '2026-11-24T00:00:00Z');
    knowledge = await openCompact(file);
    for (const [name, path] of Object.entries(TEN)) {
      const raw = await readFile(join(shared, 'sbom', path));
      const sbom = readSbom(path.endsWith('.gz') ? gunzipSync(raw) : raw, basename(path));
      results.set(name, await scan(sbom, knowledge));
    }
  }, 180_000);
  afterAll(() => knowledge?.close());

  it('are scanned, and every component is watched, or not with a reason', () => {
    console.log('SBOM             components  findings  undetermined  not watched');
    for (const [name, { components, findings, undetermined, unmatched }] of results) {
      console.log(
        `${name.padEnd(16)} ${[components, findings.length, undetermined.length, unmatched.length].map((n) => String(n).padStart(10)).join('  ')}`,
      );
      expect(unmatched.every((item) => item.note.length > 10 && item.reason.length > 0)).toBe(true);
      expect(findings.every((finding) => finding.why.length > 10)).toBe(true);
    }
    expect(results.size).toBe(10);
  });

  const has = (sbom: string, purl: string, id: string) =>
    results
      .get(sbom)
      ?.findings.some(
        (finding) => finding.component.purl === purl && (finding.id === id || finding.aliases.includes(id)),
      );
  const holds = async (sbom: string, purl: string) => {
    const path = TEN[sbom as keyof typeof TEN];
    const raw = await readFile(join(shared, 'sbom', path));
    return (path.endsWith('.gz') ? gunzipSync(raw) : raw).includes(purl);
  };

  // Each row was compared by hand with the advisory's own text: affected range and fixed version stand beside it.
  it.each([
    ['nodegoat', 'pkg:npm/growl@1.9.2', 'CVE-2017-16042', 'fixed in 1.10.2'],
    ['nodegoat', 'pkg:npm/marked@0.3.5', 'CVE-2016-10531', '0.3.5 is the last affected'],
    ['juice-shop', 'pkg:npm/ws@7.4.6', 'CVE-2024-37890', '7.x is fixed in 7.5.10'],
    ['influxdb', 'pkg:golang/github.com/opencontainers/runc@v1.1.0', 'CVE-2023-28642', 'fixed in 1.1.5'],
    ['nats', 'pkg:golang/golang.org/x/net@v0.15.0', 'CVE-2023-44487', 'fixed in 0.17.0'],
    ['python', 'pkg:pypi/setuptools@63.2.0', 'CVE-2022-40897', 'fixed in 65.5.1'],
    [
      'rust',
      'pkg:cargo/tokio@1.19.2',
      'CVE-2023-22466',
      'introduced in 1.7.0, fixed in 1.18.4, 1.20.3 and 1.23.1',
    ],
  ])('%s: finds %s in %s (%s)', (sbom, purl, id) => {
    expect(has(sbom, purl, id)).toBe(true);
  });

  it.each([
    ['nodegoat', 'pkg:npm/lodash@4.17.21', 'CVE-2021-23337', 'the fixed version itself'],
    ['nodegoat', 'pkg:npm/mime@1.4.1', 'CVE-2017-16138', '1.4.1 is fixed; 2.0.0 to 2.0.2 were affected'],
    ['juice-shop', 'pkg:npm/ws@7.4.6', 'CVE-2021-32640', 'fixed in 7.4.6'],
    ['juice-shop', 'pkg:npm/extend@3.0.2', 'CVE-2018-16492', 'fixed in 3.0.2'],
    ['influxdb', 'pkg:golang/github.com/gogo/protobuf@v1.3.2', 'CVE-2021-3121', 'fixed in 1.3.2'],
    ['influxdb', 'pkg:golang/github.com/buger/jsonparser@v1.1.1', 'CVE-2020-35381', 'fixed in 1.1.1'],
    ['threat-dragon', 'pkg:npm/debug@4.4.3', 'CVE-2025-59144', 'only 4.4.2 was malicious'],
  ])('%s: does not report %s for %s (%s)', async (sbom, purl, id) => {
    expect(await holds(sbom, purl)).toBe(true);
    expect(has(sbom, purl, id)).toBe(false);
  });

  it('doubts NVD about packages of a distribution instead of reporting them', () => {
    const debian = results.get('postgresql')!;
    expect(debian.findings.filter((finding) => finding.component.purl?.startsWith('pkg:deb/'))).toEqual([]);
    expect(debian.undetermined.find((finding) => finding.id === 'CVE-2023-0286')?.why).toContain(
      'ported the fix back',
    );
  });

  it('does not call a component of one distribution release watched because another release is', () => {
    const alpine = results
      .get('nats')!
      .unmatched.filter((item) => item.component.purl?.startsWith('pkg:apk/'));
    expect(alpine.length).toBeGreaterThan(0);
    expect(new Set(alpine.map((item) => item.reason))).toEqual(new Set(['no-data']));
  });
});

describe('a scan', () => {
  const advisory = {
    id: 'GHSA-scan-0001',
    aliases: ['CVE-2099-1'],
    modified: '2026-01-01T00:00:00Z',
    summary: 'Test',
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H' }],
    affected: [
      {
        package: { ecosystem: 'npm', name: 'scanned' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
      },
    ],
  };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [
      { type: 'library', name: 'scanned', version: '1.0.0', purl: 'pkg:npm/scanned@1.0.0' },
      { type: 'firmware', name: 'board' },
    ],
  };
  const context = {
    file: 'bom.json',
    version: '0',
    at: '2026-11-24T00:00:00Z',
    newId: () => '00000000-0000-4000-8000-000000000000',
    knowledge: 'test',
  };

  async function result(): Promise<ScanResult> {
    const file = join(folder, 'one.ward');
    await writeCompact(file, [readAdvisory(advisory)], '2026-11-24T00:00:00Z');
    const knowledge = await openCompact(file);
    try {
      return await scan(readSbom(Buffer.from(JSON.stringify(bom)), 'bom.json'), knowledge);
    } finally {
      await knowledge.close();
    }
  }

  it('speaks every format, and the machine ones parse', async () => {
    const found = await result();
    expect(found).toMatchObject({
      components: 2,
      findings: [
        {
          id: 'CVE-2099-1',
          aliases: ['GHSA-scan-0001'],
          source: 'GHSA',
          severity: 'high',
          kev: null,
          fixed: ['2.0.0'],
          cvss: { score: 7.5 },
        },
      ],
      unmatched: [{ reason: 'no-identity' }],
    });
    for (const as of FORMATS) {
      const text = format(found, as, context);
      if (as === 'table') expect(text).toMatch(/HIGH\s+7\.5\s+CVE-2099-1\s+scanned 1\.0\.0\s+2\.0\.0/);
      else expect(() => JSON.parse(text)).not.toThrow();
    }
    expect(['none', 'any', 'low', 'high', 'critical'].map((level) => reaches(found, level))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('refuses a knowledge file that was cut, changed or is something else', async () => {
    await result();
    const whole = await readFile(join(folder, 'one.ward'));
    for (const [name, bytes] of [
      ['cut', whole.subarray(0, whole.length - 5)],
      ['magic', Buffer.concat([Buffer.from('x'), whole])],
      ['empty', Buffer.alloc(0)],
      ['head', Buffer.concat([whole.subarray(0, 40), Buffer.alloc(400)])],
    ] as const) {
      const file = join(folder, name);
      await writeFile(file, bytes);
      const answer = await openCompact(file)
        .then((opened) => opened.lookUp({ ecosystem: 'npm', name: 'scanned' }))
        .catch((error: { code: string }) => error.code);
      expect([name, answer]).toEqual([name, expect.stringMatching(/^knowledge\./)]);
    }
  });

  it.skipIf(!existsSync(program))('is a command with documented exit codes', async () => {
    await result();
    const file = join(folder, 'bom.json');
    await writeFile(file, JSON.stringify(bom));
    await writeFile(
      join(folder, 'bad.json'),
      '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [',
    );
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [
        program,
        'scan',
        ...args,
        '--knowledge',
        join(folder, 'one.ward'),
      ]).then(
        ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    expect(await run(file)).toMatchObject({ code: 1 });
    expect(await run(file, '--fail-on', 'critical')).toMatchObject({ code: 0 });
    expect(await run(file, '--fail-on', 'whenever')).toMatchObject({ code: 2 });
    expect(await run(join(folder, 'missing.json'))).toMatchObject({ code: 3 });
    const bad = await run(join(folder, 'bad.json'));
    expect(bad.code).toBe(3);
    expect(bad.stderr).toMatch(/bad\.json:1:\d+/);
    expect(JSON.parse((await run(file, '--format', 'json')).stdout).findings).toHaveLength(1);
  });
});
