// `ward vex …` and `ward csaf …` against a Ward that listens, and the routes they use.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { createRecord } from '../workbench/kernel/records/operations.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { csafSample, openVexSample } from '../workbench/rooms/vulnerabilities/vex/samples.ts';
import { command } from './bad-input/files.ts';
import { ADVISORY, SBOM } from './rights/requests.ts';
import type { House } from './setup/actors.ts';
import { type ListeningHouse, openListeningHouse } from './setup/listening-house.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

let house: House;
let listening: ListeningHouse;
let url: string;
let token: string;
let release: string;
let empty: string;

beforeAll(async () => {
  listening = await openListeningHouse('security-lead');
  ({ house, url, token } = listening);
  const advisory = await writeTemporary('advisory.json', ADVISORY);
  await runImport(house.ward, { paths: [advisory], source: 'test', actorId: null });
  empty = (await house.record('release', { name: 'Console 0', version: '0.1' })).key;
  const record = await house.record('release', { name: 'Console 1', version: '1.0' });
  release = record.key;
  await importSbom(house.ward, SYSTEM, {
    release,
    fileName: 'bom.json',
    part: null,
    bytes: Buffer.from(SBOM),
  });
});
afterAll(() => listening.close());

async function ward(args: string[], withToken: string | null = token) {
  const before = process.env.WARD_TOKEN;
  if (withToken === null) delete process.env.WARD_TOKEN;
  else process.env.WARD_TOKEN = withToken;
  try {
    const { exit, out, err } = await command([...args, '--json']);
    const read = (text: string): unknown => (text.trim() === '' ? null : JSON.parse(text));
    return { exit, out: read(out), code: (read(err) as { error?: { code: string } } | null)?.error?.code };
  } finally {
    if (before === undefined) delete process.env.WARD_TOKEN;
    else process.env.WARD_TOKEN = before;
  }
}

describe('ward vex import', () => {
  it('takes a document in once, and says what it speaks of', async () => {
    const file = await writeTemporary('vex.json', JSON.stringify(openVexSample));
    const args = ['vex', 'import', file, '--release', release, '--url', url];

    expect(await ward(args)).toMatchObject({
      exit: 0,
      out: { format: 'openvex 0.2.0', statements: 1, applied: 1, unchanged: false },
    });
    expect(await ward(args)).toMatchObject({ exit: 0, out: { unchanged: true } });
  });

  it.each([
    ['vex.not-a-release', ['--release', 'PRD-1']],
    ['vex.not-a-supplier', ['--supplier', 'PRD-1']],
    ['record.not-found', ['--supplier', 'SUP-99']],
  ])('refuses %s for %j', async (code, where) => {
    const file = await writeTemporary('vex.json', JSON.stringify(openVexSample));

    expect(await ward(['vex', 'import', file, '--url', url, ...where])).toMatchObject({ exit: 3, code });
  });

  it('refuses a file that is not there, one that is no VEX, no token, and no server', async () => {
    const file = await writeTemporary('vex.json', '{}');
    const run = (path: string, at: string, by: string | null = token) =>
      ward(['vex', 'import', path, '--url', at], by);

    expect(await run(join(temporaryFolder(), 'none.json'), url)).toMatchObject({
      exit: 3,
      code: 'command.no-file',
    });
    expect(await run(file, url)).toMatchObject({ exit: 3, code: 'vex.unknown-format' });
    expect(await run(file, url, null)).toMatchObject({ exit: 2, code: 'command.no-token' });
    expect(await run(file, 'http://127.0.0.1:1')).toMatchObject({ exit: 2, code: 'command.no-server' });
  });
});

describe('ward csaf', () => {
  it('exports a document that it then finds valid', async () => {
    const file = join(temporaryFolder(), 'out.json');

    const { exit } = await ward([
      'csaf',
      'export',
      '--release',
      release,
      '--tlp',
      'green',
      '--output',
      file,
      '--url',
      url,
    ]);

    expect(exit).toBe(0);
    const document = JSON.parse(await readFile(file, 'utf8')) as { document: object };
    expect(document.document).toMatchObject({
      category: 'csaf_vex',
      distribution: { tlp: { label: 'GREEN' } },
      publisher: { name: 'Lumen Works' },
    });
    expect(await ward(['csaf', 'check', file])).toMatchObject({ exit: 0, out: { valid: true } });
  });

  it('exports nothing for a release without findings, which the profile cannot say', async () => {
    const refused = await ward(['csaf', 'export', '--release', empty, '--url', url]);

    expect(refused).toMatchObject({ exit: 3, code: 'csaf.no-findings' });
  });

  it('check says what is wrong with place and remedy, and ends with 1; with 3 for what is no JSON', async () => {
    const broken = structuredClone(csafSample) as {
      vulnerabilities: { flags?: unknown; threats?: unknown }[];
    };
    delete broken.vulnerabilities[0]!.flags;
    delete broken.vulnerabilities[0]!.threats;
    const file = await writeTemporary('broken.json', JSON.stringify(broken));

    const { exit, out } = await ward(['csaf', 'check', file]);

    expect(exit).toBe(1);
    const { problems } = out as { problems: { test: string; at: string; remedy: string }[] };
    expect(problems.map(({ test }) => test)).toContain('6.1.27.9');
    expect(problems.every(({ at, remedy }) => at.startsWith('$') && remedy !== '')).toBe(true);
    expect(await ward(['csaf', 'check', await writeTemporary('no.json', '{')])).toMatchObject({
      exit: 3,
      code: 'vex.not-json',
    });
  });
});

describe('the routes of statements', () => {
  const get = async (path: string) =>
    house.app.request(path, { headers: await house.headersOf(house.actor('security-lead')) });

  it('show the statement on the finding, list the document, and give its very bytes', async () => {
    const query = new URLSearchParams({
      release,
      vulnerability: 'GHSA-test-1111-2222',
      place: 'npm:left-hand',
    });
    const listed = (await (await get(`/api/vex/documents?release=${release}`)).json()) as {
      items: { id: string; statements: number; supplier: null; warnings: unknown[] }[];
      mayImport: boolean;
    };

    expect(listed).toMatchObject({ mayImport: true, items: [{ statements: 1, applied: 1, supplier: null }] });
    const original = await get(`/api/vex/documents/${listed.items[0]!.id}/original`);
    expect(await original.text()).toBe(JSON.stringify(openVexSample));
    expect(await (await get(`/api/findings/detail?${query}`)).json()).toMatchObject({
      conflict: true,
      said: [{ status: 'not_affected', author: 'Harbour Software', certain: true, conflict: true }],
    });
    expect(await (await get('/api/today')).json()).toMatchObject({ findings: { contradicted: 1 } });
    expect(await (await get('/api/findings?state=contradicted')).json()).toMatchObject({ total: 1 });
  });

  it('keep what was imported for a release from those who may not see it', async () => {
    const headers = await house.headersOf(house.actor('other product'));
    const { items } = (await (await house.app.request('/api/vex/documents', { headers })).json()) as {
      items: unknown[];
    };

    expect(items).toEqual([]);
  });

  it('list what came from a supplier', async () => {
    const supplier = await createRecord(house.ward.records, SYSTEM, {
      kind: 'supplier',
      productId: null,
      body: { name: 'Harbour Software' },
    });
    const file = await writeTemporary('csaf.json', JSON.stringify(csafSample));
    await ward(['vex', 'import', file, '--supplier', supplier.key, '--url', url]);

    expect(await (await get(`/api/vex/documents?supplier=${supplier.key}`)).json()).toMatchObject({
      items: [{ name: 'HARBOUR-1', tlp: 'CLEAR', supplier: { key: supplier.key }, release: null }],
    });
  });
});
