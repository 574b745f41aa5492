// Models in and out of a running Ward: routes with their preview, and `ward model …`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelImportView } from '../workbench/rooms/system/exchange-api.ts';
import { SystemModel } from '../workbench/rooms/system/index.ts';
import { readModelText } from '../workbench/rooms/system/text-form.ts';
import { command } from './bad-input/files.ts';
import { MODEL } from './rights/requests.ts';
import type { ActorName, House } from './setup/actors.ts';
import { type ListeningHouse, openListeningHouse } from './setup/listening-house.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';
import { appProcess, storeBehind, threatDragon } from './setup/threat-dragon.ts';

let house: House;
let listening: ListeningHouse;
let url: string;
let token: string;

beforeAll(async () => {
  listening = await openListeningHouse('security-lead');
  ({ house, url, token } = listening);
});
afterAll(() => listening.close());

const models = async () =>
  Number(
    (await house.ward.pool.query("select count(*) from record where kind = 'system-model'")).rows[0].count,
  );

async function send(
  body: string,
  query: Record<string, string> = {},
  actor: ActorName = 'developer',
  product = house.product.key,
) {
  const search = new URLSearchParams({ name: 'model.json', ...query });
  const answer = await house.app.request(`/api/products/${product}/system-models/import?${search}`, {
    method: 'POST',
    headers: { ...(await house.headersOf(house.actor(actor))), 'content-type': 'application/octet-stream' },
    body,
  });
  return {
    status: answer.status,
    ...((await answer.json()) as ModelImportView & { code?: string; at?: string }),
  };
}

async function get(path: string, actor: ActorName = 'auditor') {
  return house.app.request(path, { headers: await house.headersOf(house.actor(actor)) });
}

const DRAGON = threatDragon('Console', [
  appProcess([{ title: 'Forged order', type: 'Tampering', status: 'Open' }]),
  ...storeBehind('Store'),
]);

describe('an import', () => {
  it('as a preview says what it would keep, change and propose, and stores nothing', async () => {
    const before = await models();

    const view = await send(DRAGON, { dryRun: 'true' });

    expect(view).toMatchObject({
      status: 200,
      key: null,
      format: 'Threat Dragon 2',
      objects: { elements: 2, flows: 1, zones: 0 },
      proposedZones: [{ id: 'c-1', title: 'Inside', crossedBy: ['f-1'] }],
      threats: [{ title: 'Forged order', state: 'raised', target: 'p-1' }],
      changes: null,
    });
    expect(view.report.counts.changed).toBe(view.report.changed.length);
    expect(await models()).toBe(before);
  });

  it('becomes a record with its drawing, its zones that were confirmed, and an entry in the ledger', async () => {
    const view = await send(DRAGON, { zones: 'c-1', title: 'Console of the laser' });
    const record = (await (await get(`/api/records/${view.key}`)).json()) as {
      body: SystemModel;
      title: string;
    };
    const layout = (await (await get(`/api/system-models/${view.key}/layout`)).json()) as {
      places: Record<string, object>;
    };
    const noted = await house.ward.ledger.list(
      { action: 'system-model.imported', products: 'all' },
      null,
      10,
    );

    expect(record.title).toBe('Console of the laser');
    expect(record.body.zones.map(({ title }) => title)).toEqual(['Inside']);
    expect(record.body.flows[0]?.answers).toEqual({});
    expect(layout.places['p-1']).toEqual({ x: 100, y: 40, w: 120, h: 60, pinned: true });
    expect(JSON.stringify(noted)).toContain(`"model":"${view.key}"`);
  });

  it('of a newer file keeps what people answered in Ward, and says what changes', async () => {
    const { key } = await send(DRAGON);
    const record = (await (await get(`/api/records/${key}`)).json()) as {
      body: SystemModel;
      revision: number;
    };
    const body = structuredClone(record.body);
    const answer = {
      value: 'yes' as const,
      origin: 'person' as const,
      by: 'Ada',
      at: '',
      evidence: 'audit 4',
      note: '',
    };
    body.elements[0]!.answers['os.hardened'] = answer;
    body.safetyFunctions.push(
      SystemModel.shape.safetyFunctions.parse([{ id: 'sf-1', title: 'Stop', realisedBy: ['p-1'] }])[0]!,
    );
    await house.app.request(`/api/records/${key}`, {
      method: 'PUT',
      headers: { ...(await house.headersOf(house.actor('developer'))), 'content-type': 'application/json' },
      body: JSON.stringify({ seenRevision: 1, body }),
    });
    const newer = DRAGON.replace('"App"', '"Application"');

    const preview = await send(newer, { model: key ?? '', dryRun: 'true' });
    const stale = await send(newer, { model: key ?? '', seenRevision: '1' });
    const taken = await send(newer, { model: key ?? '', seenRevision: '2' });
    const after = (await (await get(`/api/records/${key}`)).json()) as { body: SystemModel };

    expect(preview.changes).toEqual(['p-1: title App → Application']);
    expect([stale.status, stale.code]).toEqual([409, 'record.stale-revision']);
    expect([taken.key, taken.revision]).toEqual([key, 3]);
    expect(after.body.elements[0]).toMatchObject({
      title: 'Application',
      answers: { 'os.hardened': answer },
    });
    expect(after.body.safetyFunctions).toHaveLength(1);
    expect((await send(newer, { model: key ?? '' })).revision).toBe(3);
  });

  it.each([
    ['{"format":', 422, 'model.not-json'],
    ['PK\u0003\u0004 a zip', 422, 'model.not-text'],
    ['{"summary":{},"detail":{}}', 422, 'model.wrong-shape'],
    ['{"hello":1}', 422, 'model.unknown-format'],
    ['', 422, 'model.no-model'],
  ])('of %s is refused with its place, and nothing is stored', async (body, status, code) => {
    const before = await models();

    expect(await send(body)).toMatchObject({ status, code, at: expect.stringContaining('model.json') });
    expect(await models()).toBe(before);
  });

  it('needs the right to make models of the product', async () => {
    expect(await send(MODEL, {}, 'auditor')).toMatchObject({ status: 403 });
    expect(await send(MODEL, {}, 'nobody')).toMatchObject({ status: 401 });
    expect(await send(MODEL, {}, 'other product')).toMatchObject({ status: 404 });
    expect(await send(MODEL, {}, 'developer', 'PRD-999')).toMatchObject({ status: 404 });
  });

  it('cannot change a model of another product', async () => {
    const theirs = await house.record('system-model', { title: 'Iris' }, house.other.id);

    expect(await send(MODEL, { model: theirs.key })).toMatchObject({ status: 404, code: 'record.not-found' });
  });
});

describe('an export', () => {
  it('gives each format as a file, and says what it cannot say', async () => {
    const { key } = await send(MODEL);
    const answers = await Promise.all(
      ['yaml', 'json', 'threat-dragon', 'otm', 'cyclonedx', 'mermaid', 'svg'].map((format) =>
        get(`/api/system-models/${key}/export?format=${format}`),
      ),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));

    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200));
    expect(readModelText(texts[0] ?? '', 'm').elements).toHaveLength(1);
    expect(texts[6]).toMatch(/^<svg /);
    expect(decodeURIComponent(answers[4]?.headers.get('x-ward-losses') ?? '')).toContain('not published yet');
    expect(answers[2]?.headers.get('content-disposition')).toContain(`${key}.threat-dragon.json`);
  });

  it('refuses a format that there is not, and what is no model', async () => {
    expect((await get(`/api/system-models/${house.product.key}/export?format=svg`)).status).toBe(404);
    expect((await get('/api/system-models/SYS-1/export?format=visio')).status).toBe(422);
  });
});

describe('ward model', () => {
  const online = () => ['--url', url];
  const withToken = async (args: readonly string[], value = token) => {
    process.env.WARD_TOKEN = value;
    try {
      return await command(args);
    } finally {
      delete process.env.WARD_TOKEN;
    }
  };

  it('imports as a dry run, then for real, and writes the model out again', async () => {
    const file = await writeTemporary('dragon.json', DRAGON);
    const args = [
      'model',
      'import',
      file,
      '--product',
      house.product.key,
      '--as',
      'By command',
      '--accept-zones',
      ...online(),
    ];
    const before = await models();

    const dry = await withToken([...args, '--dry-run']);
    const between = await models();
    const real = await withToken([...args, '--json']);
    const { key } = JSON.parse(real.out) as ModelImportView;
    const out = await withToken(['model', 'export', key ?? '', '--format', 'yaml', ...online()]);

    expect([dry.exit, between, real.exit]).toEqual([0, before, 0]);
    expect(dry.out).toContain('would be taken');
    expect(readModelText(out.out, 'out.yaml')).toMatchObject({
      title: 'By command',
      zones: [{ title: 'Inside' }],
    });
  });

  it('takes the includes of a Threagile model from its folder', async () => {
    const folder = join(await temporaryFolder(), 'threagile');
    await mkdir(join(folder, 'parts'), { recursive: true });
    await writeFile(
      join(folder, 'main.yaml'),
      'threagile_version: 1.0.0\ntitle: Split\nincludes:\n  - parts/assets.yaml\n',
    );
    await writeFile(
      join(folder, 'parts/assets.yaml'),
      'technical_assets:\n  App:\n    id: app\n    type: process\n',
    );

    const { out, exit } = await withToken([
      'model',
      'import',
      join(folder, 'main.yaml'),
      '--product',
      house.product.key,
      '--json',
      ...online(),
    ]);

    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ title: 'Split', objects: { elements: 1 } });
  });

  it('converts and compares files without a server', async () => {
    const file = await writeTemporary('dragon.json', DRAGON);
    const target = join(await temporaryFolder(), 'model.yaml');

    const converted = await command([
      'model',
      'convert',
      file,
      '--to',
      'yaml',
      '--out',
      target,
      '--accept-zones',
    ]);
    const diff = await command(['model', 'diff', file, target]);

    expect([converted.exit, converted.err]).toEqual([0, expect.stringContaining('Threat Dragon 2')]);
    expect(readModelText(await readFile(target, 'utf8'), target).zones).toHaveLength(1);
    expect([diff.exit, diff.out]).toEqual([0, expect.stringContaining('moved: no zone → c-1')]);
    expect((await command(['model', 'diff', target, target])).out).toBe('No difference.\n');
  });

  it('refuses with the place: a damaged file, none, no token, no server, no format', async () => {
    const bad = await writeTemporary('bad.json', '{"summary":{},"detail":{}}');
    const good = await writeTemporary('model.json', MODEL);
    const product = ['--product', house.product.key];
    const codes = async (outcome: Promise<{ exit: number; err: string }>) => {
      const { exit, err } = await outcome;
      return [exit, (JSON.parse(err) as { error: { code: string } }).error.code];
    };

    expect(await codes(command(['model', 'convert', bad, '--to', 'otm', '--json']))).toEqual([
      2,
      'model.wrong-shape',
    ]);
    expect(await codes(command(['model', 'convert', '/nowhere.json', '--to', 'otm', '--json']))).toEqual([
      3,
      'command.no-file',
    ]);
    expect(await codes(command(['model', 'convert', good, '--to', 'visio', '--json']))).toEqual([
      2,
      'model.unknown-format',
    ]);
    expect(await codes(withToken(['model', 'import', good, ...product, '--json', ...online()], ''))).toEqual([
      2,
      'command.no-token',
    ]);
    expect(
      await codes(withToken(['model', 'import', good, ...product, '--json', '--url', 'http://127.0.0.1:9'])),
    ).toEqual([2, 'command.no-server']);
  });
});
