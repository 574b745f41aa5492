// Commands beside a running Ward, as people and pipelines use them: the built program, real processes, a real token.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../workbench/config.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { createRecord } from '../workbench/kernel/records/operations.ts';
import { withWard } from '../workbench/open-ward.ts';
import { type RunningWard, startProgram } from './browser/running-ward.ts';
import { PASSWORD } from './setup/test-ward.ts';

const program = join(process.cwd(), 'workbench', 'dist', 'server', 'ward.mjs');
const built = existsSync(program);

describe.skipIf(!built)(`commands${built ? '' : ' (skipped: run "npm run build" first)'}`, () => {
  let ward: RunningWard;
  let folder: string;
  let data: string;
  let release: string;
  let token: string;
  let cookie: string;

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    promisify(execFile)(process.execPath, [program, ...args], { env: { ...process.env, ...env } }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        stdout: error.stdout,
        stderr: error.stderr,
      }),
    );
  const post = (path: string, body: unknown) =>
    fetch(`${ward.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ward.url, ...(cookie ? { cookie } : {}) },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ward-cli-'));
    ward = await startProgram(['--no-example']);
    data = join(ward.data, 'data');
    // Beside the running server: the same data folder, its own socket.
    release = await withWard(readConfig({}, { data }), async (beside) => {
      const person = await beside.people.ensurePerson({ name: 'Pat Pipeline', email: 'pat@example.org' });
      await beside.people.setPassword(person, PASSWORD);
      for (const role of ['security-lead']) {
        await createRecord(beside.records, SYSTEM, {
          kind: 'role-assignment',
          productId: null,
          body: { person, role },
          reason: 'test',
        });
      }
      const product = await createRecord(beside.records, SYSTEM, {
        kind: 'product',
        productId: null,
        body: { name: 'P' },
      });
      return (
        await createRecord(beside.records, SYSTEM, {
          kind: 'release',
          productId: product.id,
          body: { name: 'R', version: '1' },
        })
      ).key;
    });
    const session = await post('/api/session', { email: 'pat@example.org', password: PASSWORD });
    cookie = session.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const made = await post('/api/tokens', {
      name: 'ci',
      scopes: ['read', 'sbom:write'],
      days: 7,
      password: PASSWORD,
    });
    token = ((await made.json()) as { token: string }).token;
  }, 60_000);
  afterAll(async () => {
    await ward?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'device', name: 'D', 'bom-ref': 'd' } },
    components: [
      { type: 'library', name: 'left-pad', version: '1.0.0', purl: 'pkg:npm/left-pad@1.0.0' },
      { type: 'firmware', name: 'board' },
    ],
  };

  it('import an SBOM with a token, once, and say what is not watched', async () => {
    const file = join(folder, 'bom.json');
    await writeFile(file, JSON.stringify(bom));
    const first = await run(['sbom', 'import', file, '--release', release, '--data', data, '--json'], {
      WARD_TOKEN: token,
    });
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({
      releaseKey: release,
      components: 2,
      watched: 1,
      unchanged: false,
    });
    const again = await run(['sbom', 'import', file, '--release', release, '--data', data], {
      WARD_TOKEN: token,
    });
    expect(again.stdout).toContain('nothing was changed');
  });

  it('refuse without a token, with a wrong one, for a bad file and for no release, each with its code', async () => {
    const file = join(folder, 'bad.json');
    await writeFile(file, '{"bomFormat":');
    const args = ['sbom', 'import', file, '--release', release, '--data', data];
    expect((await run(args, { WARD_TOKEN: '' })).code).toBe(2);
    expect((await run(args, { WARD_TOKEN: 'ward_wrong' })).code).toBe(2);
    const bad = await run(args, { WARD_TOKEN: token });
    expect(bad).toMatchObject({ code: 3, stderr: expect.stringContaining('bad.json:1:') });
    expect(
      (await run(['sbom', 'import', file, '--release', 'REL-999', '--data', data], { WARD_TOKEN: token }))
        .code,
    ).toBe(3);
    expect((await run(['sbom', 'import', file], {})).code).toBe(2);
    expect((await run(['no-such-command'])).code).toBe(2);
  });

  it('import advisories beside the running server, and again, and build a knowledge file from it', async () => {
    const file = join(folder, 'osv.json');
    await writeFile(
      file,
      JSON.stringify({
        id: 'GHSA-cli-1',
        aliases: ['CVE-2099-77'],
        modified: '2026-01-01T00:00:00Z',
        summary: 'x',
        affected: [
          {
            package: { ecosystem: 'npm', name: 'left-pad' },
            ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.3.0' }] }],
          },
        ],
      }),
    );
    const first = await run(['knowledge', 'import', file, '--data', data, '--json']);
    expect(JSON.parse(first.stdout)).toMatchObject({ read: 1, added: 1 });
    const again = await run(['knowledge', 'import', file, '--data', data, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ read: 1, added: 0, unchanged: 1 });
    expect(JSON.parse((await run(['knowledge', 'status', '--data', data, '--json'])).stdout)).toMatchObject({
      advisories: 1,
      coverage: [{ ecosystem: 'npm', records: 1 }],
    });
    const knowledge = join(folder, 'k.ward');
    expect((await run(['knowledge', 'build', knowledge, '--data', data])).code).toBe(0);
    const scanned = await run(['scan', join(folder, 'bom.json'), '--knowledge', knowledge, '--json']);
    expect(JSON.parse(scanned.stdout).findings).toMatchObject([{ id: 'CVE-2099-77' }]);
    const found = (await (
      await fetch(`${ward.url}/api/findings?release=${release}`, { headers: { cookie } })
    ).json()) as { items: unknown[] };
    expect(found.items).toMatchObject([{ vulnerability: 'CVE-2099-77', outcome: 'affected' }]);
  });

  it('verify an export offline, with the key and without, and find one changed byte', async () => {
    const answer = await fetch(`${ward.url}/api/ledger/export`, { headers: { cookie } });
    const text = await answer.text();
    const file = join(folder, 'ledger.ndjson');
    await writeFile(file, text);
    const { key } = JSON.parse(text.split('\n')[0] as string) as { key: string };
    expect(await run(['verify', file, '--key', key])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('unchanged and in order'),
    });
    expect((await run(['verify', file])).stdout).toContain('The key came from the file itself');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    await writeFile(file, bytes);
    expect((await run(['verify', file, '--key', key])).code).toBe(1);
    expect((await run(['verify', join(folder, 'missing')])).code).toBe(3);
  });
});
