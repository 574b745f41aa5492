// Refusals that need a situation of their own: a state, a limit, a broken file, a port that is taken.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../workbench/config.ts';
import { folderBlobs } from '../workbench/kernel/blobs/blobs.ts';
import { checkDatabase, openPool } from '../workbench/kernel/database/index.ts';
import { answerError } from '../workbench/kernel/http/problem.ts';
import { newRouter } from '../workbench/kernel/http/router.ts';
import { NO_MAIL } from '../workbench/kernel/notifications/settings.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { loadSecrets } from '../workbench/kernel/secrets.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { appOf, start } from '../workbench/main.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { readSbom } from '../workbench/rooms/components/sbom/read-sbom.ts';
import { command } from './bad-input/files.ts';
import { ADVISORY, PLACE, SBOM, VULNERABILITY } from './rights/requests.ts';
import { type House, openHouse, PASSWORD } from './setup/actors.ts';
import { type FreshDatabase, freshDatabase } from './setup/fresh-database.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

let house: House;
let session: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  session = await house.headersOf(house.actor('security-lead'));
});
afterAll(() => house.close());

async function ask(method: string, path: string, body?: unknown, headers = session) {
  const response = await house.app.request(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as { code?: string; assessment?: string }) };
}

const bring = (record: WardRecord, to: string) =>
  house.ward.records.write(SYSTEM, (unit) =>
    unit.commit([{ type: 'transition', record, transition: 'test', to, reason: 'test', signature: null }]),
  );
const threat = () => house.record('threat', { title: 'Spoofed console', category: 'spoofing' });

describe('records', () => {
  it('refuse a change that changes nothing', async () => {
    const { key, body } = await threat();

    expect(await ask('PUT', `/api/records/${key}`, { seenRevision: 1, body })).toMatchObject({
      status: 409,
      code: 'record.nothing-changed',
    });
  });

  it('refuse an edit of what has ended', async () => {
    const record = await house.record('attacker', { title: 'Outsider', profile: 'outsider' });
    await bring(record, 'withdrawn');

    expect(
      await ask('PUT', `/api/records/${record.key}`, {
        seenRevision: 1,
        body: { ...record.body, title: 'x' },
      }),
    ).toMatchObject({ status: 409, code: 'record.locked' });
  });

  it('refuse a step that needs a reason and has none', async () => {
    const { key } = await threat();
    const step = { seenRevision: 1, transition: 'dismiss', reason: '   ' };

    expect(await ask('POST', `/api/records/${key}/transitions`, step)).toMatchObject({
      status: 422,
      code: 'record.reason-needed',
    });
  });

  it('refuse to end a link that there is not', async () => {
    const path = '/api/links/00000000-0000-4000-8000-000000000000';

    expect(await ask('POST', path, { act: 'end' })).toMatchObject({ status: 404, code: 'link.not-found' });
  });

  it('refuse an SBOM for a release at the end of its life', async () => {
    const release = await house.record('release', { name: 'Old', version: '1' });
    await bring(release, 'end-of-life');
    const response = await house.app.request(`/api/sboms/upload?name=bom.json&release=${release.key}`, {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/octet-stream' },
      body: SBOM,
    });

    expect(await response.json()).toMatchObject({ status: 409, code: 'sbom.release-closed' });
  });
});

describe('assessments', () => {
  it('refuse a signature when the facts have moved since they were written', async () => {
    const importing = async (text: string) =>
      runImport(house.ward, {
        paths: [await writeTemporary('advisory.json', text)],
        source: 'test',
        actorId: null,
      });
    await importing(ADVISORY);
    const release = await house.record('release', { name: 'Assessed', version: '1' });
    const bytes = Buffer.from(SBOM);
    await importSbom(house.ward, SYSTEM, { release: release.key, fileName: 'bom.json', part: null, bytes });
    const developer = await house.headersOf(house.actor('developer'));
    const made = await ask(
      'POST',
      '/api/findings/assess',
      {
        release: release.key,
        vulnerability: VULNERABILITY,
        place: PLACE,
        body: {
          title: 'a',
          status: 'fixed',
          rationale: 'Patched.',
          safety: 'none',
          privacy: 'none',
        },
      },
      developer,
    );
    const later = ADVISORY.replace('"2.0.0"', '"3.0.0"').replace('2026-11-01', '2026-11-02');
    await importing(later);

    expect(
      await ask('POST', `/api/records/${made.assessment}/transitions`, {
        seenRevision: 1,
        transition: 'approve',
        password: PASSWORD,
      }),
    ).toMatchObject({ status: 409, code: 'assessment.evidence-moved' });
  });
});

describe('the API', () => {
  it('refuses who lacks the role, and says which it takes', async () => {
    const headers = await house.headersOf(house.actor('tester'));

    expect(await ask('GET', '/metrics', undefined, headers)).toMatchObject({
      status: 403,
      code: 'http.not-permitted',
    });
  });

  it('says that the database took too long, not that something broke', async () => {
    const app = newRouter();
    app.onError(answerError);
    app.get('/slow', () => {
      throw Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
    });
    const answer = await app.request('/slow');

    expect(await answer.json()).toMatchObject({ status: 503, code: 'http.not-ready' });
  });

  it('refuses the 51st token of one person', async () => {
    const headers = await house.headersOf(house.actor('developer'));
    const { principal } = house.actor('developer');
    const now = new Date();
    const rows = Array.from({ length: 50 }, (_, index) => ({
      id: house.ward.newId(),
      person_id: principal?.personId as string,
      name: `token ${index}`,
      prefix: 'ward_abcde',
      hash: randomBytes(32),
      scopes: ['read' as const],
      product_id: null,
      created_at: now,
      expires_at: new Date(now.getTime() + 86_400_000),
    }));
    await house.ward.db.insertInto('api_token').values(rows).execute();

    expect(
      await ask('POST', '/api/tokens', { name: 't', scopes: ['read'], days: 1, password: PASSWORD }, headers),
    ).toMatchObject({ code: 'people.too-many-tokens' });
  });
});

describe('files', () => {
  const blobs = () => folderBlobs(join(temporaryFolder(), 'blobs'));

  it('that are not stored are refused, and hashes that are none', async () => {
    await expect(blobs().read('a'.repeat(64))).rejects.toMatchObject({ code: 'blob.not-found' });
    await expect(blobs().read('../../etc/passwd')).rejects.toMatchObject({ code: 'blob.not-found' });
  });

  it('that are larger than agreed are refused, and nothing is left of them', async () => {
    await expect(blobs().put(Buffer.alloc(11), 10)).rejects.toMatchObject({ code: 'blob.too-large' });
    expect(await blobs().put(Buffer.alloc(10), 10)).toMatchObject({ size: 10 });
  });

  it('with damaged secrets are refused without telling what stands in them', async () => {
    const file = await writeTemporary('secrets.json', '{"session":"short"}');
    const error = await loadSecrets(file).catch((thrown: unknown) => thrown as Error);

    expect(error).toMatchObject({ code: 'secrets.unreadable' });
    expect(`${(error as Error).message}${String((error as Error).cause)}`).not.toContain('short');
  });

  it('of knowledge that were cut off are refused', async () => {
    const sbom = await writeTemporary('bom.json', SBOM);
    const advisories = await writeTemporary('osv.json', '{"id":"GHSA-1","modified":"2026-11-01T00:00:00Z"}');
    const whole = join(temporaryFolder(), 'knowledge.ward');
    const built = await command(['knowledge', 'build', whole, '--from', advisories, '--json']);
    expect(built.exit).toBe(0);
    const cut = await writeTemporary('cut.ward', (await readFile(whole)).subarray(0, 40));

    const { exit, err } = await command(['scan', sbom, '--knowledge', cut, '--json']);

    expect([exit, (JSON.parse(err) as { error: { code: string } }).error.code]).toEqual([
      3,
      'knowledge.damaged',
    ]);
  });

  it('that a format objects to are refused when asked to be strict', () => {
    const odd = JSON.stringify({ ...(JSON.parse(SBOM) as object), serialNumber: 'not a urn', extra: 1 });

    expect(() => readSbom(Buffer.from(odd), 'bom.json', { strict: true })).toThrow(
      expect.objectContaining({ code: 'sbom.not-conformant' }),
    );
    expect(readSbom(Buffer.from(odd), 'bom.json').components).toHaveLength(1);
  });
});

describe('ward sbom import', () => {
  const run = async (args: string[], token: string | undefined) => {
    const before = process.env.WARD_TOKEN;
    if (token === undefined) delete process.env.WARD_TOKEN;
    else process.env.WARD_TOKEN = token;
    const { exit, err } = await command(['sbom', 'import', ...args, '--release', 'REL-1', '--json']);
    if (before === undefined) delete process.env.WARD_TOKEN;
    else process.env.WARD_TOKEN = before;
    return [exit, (JSON.parse(err) as { error: { code: string } }).error.code];
  };

  it('refuses a file that is not there, no token, and no server', async () => {
    const file = await writeTemporary('bom.json', SBOM);

    expect(await run([join(temporaryFolder(), 'none.json')], 'ward_x')).toEqual([3, 'command.no-file']);
    expect(await run([file], undefined)).toEqual([2, 'command.no-token']);
    expect(await run([file, '--url', 'http://127.0.0.1:1'], 'ward_x')).toEqual([2, 'command.no-server']);
  });
});

describe('the start', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase([]);
  });
  afterAll(() => database.drop());

  const begin = (host: string, port: number) =>
    start({
      config: {
        databaseUrl: database.url,
        dataDir: temporaryFolder(),
        host,
        port,
        fleetPort: null,
        baseUrl: null,
        logLevel: 'silent',
        secretsFile: join(temporaryFolder(), 'start-secrets.json'),
        trustedProxies: [],
        signIn: { provider: null, groupRoles: {} },
        notifications: NO_MAIL,
        publisher: null,
      },
      web: true,
      worker: false,
      example: false,
      webRoot: null,
      progress: () => undefined,
    });

  it('refuses a setting that is not right, by name', () => {
    expect(() => readConfig({ WARD_PORT: 'eighty' })).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });

  const OIDC = {
    WARD_OIDC_ISSUER: 'https://id.example.org/',
    WARD_OIDC_CLIENT_ID: 'ward',
    WARD_OIDC_CLIENT_SECRET: 'secret',
  };
  it.each<[string, NodeJS.ProcessEnv]>([
    ['WARD_OIDC_CLIENT_SECRET', { ...OIDC, WARD_OIDC_CLIENT_SECRET: '' }],
    ['WARD_OIDC_ISSUER', { WARD_OIDC_ONLY: '1' }],
    ['WARD_OIDC_ISSUER', { ...OIDC, WARD_OIDC_ISSUER: 'http://id.example.org/' }],
    ['WARD_OIDC_SCOPE', { ...OIDC, WARD_OIDC_SCOPE: 'email' }],
    ['WARD_GROUP_ROLES', { WARD_GROUP_ROLES: '{' }],
    ['WARD_GROUP_ROLES', { WARD_GROUP_ROLES: '{"a":[{"role":"emperor","product":"all"}]}' }],
    ['WARD_GROUP_ROLES', { WARD_GROUP_ROLES: '{"a":[{"role":"developer"}]}' }],
    ['WARD_TRUSTED_PROXIES', { WARD_TRUSTED_PROXIES: '10.0.0.0/8, proxy.example' }],
  ])('refuses %s when it cannot hold', (name, environment) => {
    expect(() => readConfig(environment)).toThrow(
      expect.objectContaining({ code: 'config.invalid', at: name }),
    );
  });

  it('reads a provider, its groups, and proxies', () => {
    const config = readConfig({
      ...OIDC,
      WARD_OIDC_ONLY: '1',
      WARD_GROUP_ROLES: '{"devs":[{"role":"developer","product":"PRD-1"}]}',
      WARD_TRUSTED_PROXIES: '10.0.0.0/8, 192.0.2.7',
    });

    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '192.0.2.7']);
    expect(config.signIn).toMatchObject({
      provider: { issuer: 'https://id.example.org/', groupsClaim: 'groups', create: false, only: true },
      groupRoles: { devs: [{ role: 'developer', product: 'PRD-1' }] },
    });
    expect(readConfig({}).signIn).toEqual({ provider: null, groupRoles: {} });
  });

  it('refuses more requests of a stranger than it takes, for each address behind a proxy apart', async () => {
    const app = await appOf(house.ward, null, null, ['10.0.0.0/8']);
    const from = async (client: string) => {
      const connection = { incoming: { socket: { remoteAddress: '10.0.0.1' } } };
      const init = { method: 'DELETE', headers: { 'x-forwarded-for': client } };
      return (await app.request('/api/session', init, connection)).status;
    };
    const statuses = await Promise.all(Array.from({ length: 130 }, () => from('198.51.100.1')));

    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(120);
    expect(await from('198.51.100.2')).toBe(200);
  });

  it('refuses a database that does not answer', async () => {
    const pool = openPool({ database: 'postgres://ward@127.0.0.1:1/ward', applicationName: 'tests', max: 1 });
    const refused = checkDatabase(pool);

    await expect(refused).rejects.toMatchObject({ code: 'database.not-reachable' });
    await pool.end();
  });

  it('refuses a port that is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };

    await expect(begin('127.0.0.1', port)).rejects.toMatchObject({ code: 'start.port-taken' });
    taken.close();
  });

  it('refuses an address that is not of this machine', async () => {
    // 192.0.2.1: for documentation only (RFC 5737).
    await expect(begin('192.0.2.1', 0)).rejects.toMatchObject({ code: 'start.cannot-listen' });
  });
});
