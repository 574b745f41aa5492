// Requirements and the thread on a real database: the check of a product, the library placed once, files in and out, suspect links
// confirmed, and what people of other products see of all that.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { addLink, createRecord, editRecord } from '../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { type ActorName, type House, openHouse } from './setup/actors.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function ask(
  method: string,
  path: string,
  given: { as?: ActorName; json?: unknown; text?: string | Uint8Array } = {},
) {
  const headers = await house.headersOf(house.actor(given.as ?? 'security-lead'));
  const response = await house.app.request(`/api${path}`, {
    method,
    headers: {
      ...headers,
      ...(given.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(given.text === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    },
    ...(given.json === undefined ? {} : { body: JSON.stringify(given.json) }),
    ...(given.text === undefined ? {} : { body: given.text as BodyInit }),
  });
  const text = await response.text();
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any route
  const body: any = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, body, code: body?.code as string | undefined };
}

const product = (name: string) => house.record('product', { name }, null);
const requirement = (productId: string, more: object = {}) =>
  house.record(
    'requirement',
    {
      title: 'Origin',
      statement: 'The device shall refuse commands without a valid signature.',
      acceptance: 'Each of 40 changed commands is refused within 1 s.',
      category: 'integrity',
      ...more,
    },
    productId,
  );
const link = (from: WardRecord, type: string, to: WardRecord) =>
  addLink(house.ward.records, SYSTEM, from.key, type, to.key);
const edit = (record: WardRecord, body: object) =>
  editRecord(house.ward.records, SYSTEM, record.key, {
    seenRevision: record.revision,
    body: { ...record.body, ...body },
    reason: 'test',
  });

describe('the check of a product', () => {
  it('finds words, missing links and twins, and counts them', async () => {
    const own = await product('Checked');
    const good = await requirement(own.id);
    await requirement(own.id, { title: 'Twin' });
    await requirement(own.id, { title: 'Vague', statement: 'The device shall be secure.', acceptance: '' });
    const threat = await house.record('threat', { title: 'Spoofed', category: 'spoofing' }, own.id);
    const control = await house.record('control', { title: 'Signed', category: 'integrity' }, own.id);
    const proof = await house.record('verification', { title: 'Test', method: 'test' }, own.id);
    await link(good, 'derives-from', threat);
    await link(good, 'demands', control);
    // of the control: it proves the requirement as well
    await link(proof, 'verifies', control);

    const { status, body } = await ask('GET', `/requirements/checks?product=${own.key}`);

    expect(status).toBe(200);
    expect(body.summary).toBe('3 requirements, 2 with findings');
    const codes = (at: number) => body.items[at].findings.map((one: { code: string }) => one.code);
    expect(codes(0)).toEqual([]);
    expect(codes(1)).toEqual(['no-cause', 'no-control', 'no-verification', 'duplicate']);
    expect(codes(2)).toEqual(['vague', 'no-criterion', 'no-cause', 'no-control', 'no-verification']);
  });

  it('refuses what is no product, and hides a product from people of another one', async () => {
    const threat = await house.record('threat', { title: 'Spoofed', category: 'spoofing' });

    expect((await ask('GET', `/requirements/checks?product=${threat.key}`)).code).toBe(
      'requirements.not-a-product',
    );
    for (const path of [
      '/requirements/checks?',
      '/requirements/library?',
      '/controls?',
      '/traceability?',
      '/traceability/suspects?',
      '/requirements/export?format=csv&',
    ])
      expect((await ask('GET', `${path}product=${house.product.key}`, { as: 'other product' })).code).toBe(
        'record.not-found',
      );
  });
});

describe('the library', () => {
  it('is placed once, with controls at the places of the threats, and linked to their records', async () => {
    const own = await product('Placed');
    await house.record(
      'system-model',
      {
        title: 'Model',
        zones: [
          { id: 'clinic', title: 'Clinic', kind: 'hospital', trust: 1 },
          { id: 'device', title: 'Device', kind: 'device', trust: 4 },
        ],
        elements: [
          { id: 'pacs', title: 'Archive', kind: 'external', zone: 'clinic', tech: ['dicom'] },
          { id: 'console', title: 'Console', kind: 'process', zone: 'device', safety: true },
        ],
        assets: [{ id: 'data', title: 'Records', kind: 'patient-data', personal: true }],
        flows: [
          {
            id: 'images',
            title: 'Images',
            from: 'pacs',
            to: 'console',
            protocol: ['dicom'],
            carries: ['data'],
          },
        ],
      },
      own.id,
    );
    const before = (await ask('GET', `/requirements/library?product=${own.key}`)).body;
    const called = before.items.filter((one: { raised: number }) => one.raised > 0);
    expect(called.length).toBeGreaterThan(0);
    const [first] = called;
    expect(first.places.length).toBeGreaterThan(0);

    const json = { product: own.key, entries: [{ id: first.id, control: true }] };
    const placed = (await ask('POST', '/requirements/from-library', { json })).body;
    const again = (await ask('POST', '/requirements/from-library', { json })).body;

    expect(placed).toMatchObject({
      made: [expect.stringMatching(/^REQ-/)],
      kept: [],
      controls: [expect.stringMatching(/^CTL-/)],
    });
    expect(again).toMatchObject({ made: [], kept: placed.made, controls: [] });
    const { items } = (await ask('GET', `/controls?product=${own.key}`)).body;
    expect(items).toMatchObject([
      {
        key: placed.controls[0],
        state: 'planned',
        places: first.places,
        requirements: [{ key: placed.made[0] }],
      },
    ]);
  });

  it('makes one requirement when two people place it at once', async () => {
    const own = await product('Twice');
    const json = { product: own.key, entries: [{ id: 'SR-CMD-1', control: false }] };
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask('POST', '/requirements/from-library', { json })),
    );

    expect(answers.flatMap(({ body }) => body.made)).toHaveLength(1);
    expect(answers.flatMap(({ body }) => body.kept)).toHaveLength(2);
  });

  it('refuses an entry that it does not hold before anything is made, and people without the right', async () => {
    const own = await product('Refused');
    const entries = [
      { id: 'SR-CMD-1', control: false },
      { id: 'SR-NONE-1', control: false },
    ];

    expect(
      (await ask('POST', '/requirements/from-library', { json: { product: own.key, entries } })).code,
    ).toBe('requirements.no-library-entry');
    expect((await ask('GET', `/requirements/checks?product=${own.key}`)).body.items).toEqual([]);
    const one = { product: own.key, entries: entries.slice(0, 1) };
    expect((await ask('POST', '/requirements/from-library', { json: one, as: 'auditor' })).status).toBe(403);
    expect((await ask('POST', '/requirements/from-library', { json: one, as: 'other product' })).code).toBe(
      'record.not-found',
    );
  });
});

describe('files', () => {
  it('go out and come back in with nothing to do; a change is shown first, then done when it is confirmed', async () => {
    const own = await product('Files');
    await requirement(own.id);
    const csv = (await ask('GET', `/requirements/export?product=${own.key}&format=csv`)).body as string;
    for (const format of ['csv', 'reqif', 'markdown']) {
      const file = (await ask('GET', `/requirements/export?product=${own.key}&format=${format}`))
        .body as string;
      const plan = (await ask('POST', `/requirements/upload?product=${own.key}&name=f`, { text: file })).body;
      expect(plan).toMatchObject({ format, create: [], change: [], same: 1, losses: [], done: null });
    }
    const text = `${csv.replace('within 1 s', 'within 2 s')},A-1,New one,The device shall stop.,\r\n`;
    const path = `/requirements/upload?product=${own.key}&name=edited.csv`;
    const plan = (await ask('POST', path, { text })).body;
    expect(plan.change).toMatchObject([{ fields: [{ field: 'acceptance' }] }]);
    expect(plan.create).toEqual([{ title: 'New one' }]);
    expect((await ask('GET', `/requirements/checks?product=${own.key}`)).body.items).toHaveLength(1);

    const done = (await ask('POST', `${path}&confirm=${plan.digest}`, { text })).body;
    expect(done.done).toMatchObject({
      created: [expect.stringMatching(/^REQ-/)],
      changed: [expect.stringMatching(/^REQ-/)],
    });
    expect((await ask('POST', `${path}&confirm=${plan.digest}`, { text })).code).toBe(
      'requirements.import-moved',
    );
    expect((await ask('POST', path, { text })).body).toMatchObject({ create: [], change: [], same: 2 });
  });

  it('are imported once when they are confirmed twice at the same moment', async () => {
    const own = await product('Twice');
    const text = 'Title,Statement\nStop,The device shall stop.\nStart,The device shall start.\n';
    const path = `/requirements/upload?product=${own.key}&name=f.csv`;
    const plan = (await ask('POST', path, { text })).body;
    expect(plan.create).toHaveLength(2);

    const answers = await Promise.all(
      [1, 2, 3].map(() => ask('POST', `${path}&confirm=${plan.digest}`, { text })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.flatMap(({ code }) => code ?? [])).toEqual(Array(2).fill('requirements.import-moved'));
    expect((await ask('GET', `/requirements/checks?product=${own.key}`)).body.items).toHaveLength(2);
  });

  it('hostile and broken ones are refused, and nothing is stored', async () => {
    const own = await product('Hostile');
    const send = (text: string | Uint8Array) =>
      ask('POST', `/requirements/upload?product=${own.key}&name=f`, { text });

    expect((await send('<!DOCTYPE x [<!ENTITY a "b">]><REQ-IF>&a;</REQ-IF>')).code).toBe(
      'requirements.broken-file',
    );
    expect((await send('a,b\n1,2\n')).code).toBe('requirements.unknown-format');
    expect((await send(`Title\n${'x\n'.repeat(10_001)}`)).code).toBe('requirements.too-large');
    expect((await send(new Uint8Array(20_000_001))).code).toBe('http.too-large');
    expect(
      (
        await ask('POST', `/requirements/upload?product=${own.key}&name=f`, {
          text: 'Title\nx\n',
          as: 'auditor',
        })
      ).status,
    ).toBe(403);
    expect((await ask('GET', `/requirements/checks?product=${own.key}`)).body.items).toEqual([]);
  });

  it('of thousands are taken in at once', async () => {
    const own = await product('Many');
    const text = `Source,Title,Requirement\n${Array.from({ length: 2_000 }, (_, n) => `A-${n},T ${n},The unit shall refuse message ${n}.`).join('\n')}\n`;
    const path = `/requirements/upload?product=${own.key}&name=many.csv`;
    const { digest } = (await ask('POST', path, { text })).body;
    const { body } = await ask('POST', `${path}&confirm=${digest}`, { text });

    expect(body.done.created).toHaveLength(2_000);
  });
});

describe('the thread', () => {
  async function thread() {
    const own = await product('Thread');
    const release = await house.record('release', { name: 'One', version: '1.0' }, own.id);
    const risk = await house.record('risk', { title: 'Overdose' }, own.id);
    const threat = await house.record('threat', { title: 'Replay', category: 'tampering' }, own.id);
    const demand = await requirement(own.id);
    const control = await house.record(
      'control',
      { title: 'Signed', category: 'integrity', places: ['f-1'] },
      own.id,
    );
    const proof = await house.record('verification', { title: 'Replay test', method: 'test' }, own.id);
    await link(risk, 'of', threat);
    await link(demand, 'derives-from', risk);
    await link(demand, 'demands', control);
    await link(control, 'cuts', threat);
    await link(proof, 'verifies', control);
    return { own, release, risk, threat, demand, control, proof };
  }
  const rows = async (own: WardRecord, query: string) =>
    (await ask('GET', `/traceability?product=${own.key}&${query}`)).body;

  it('is shown from each kind, with gaps as work and the verdict of a release', async () => {
    const { own, release, control, proof, threat, demand } = await thread();

    const before = await rows(own, 'by=control');
    expect(before.release.key).toBe(release.key);
    expect(before.items).toMatchObject([
      {
        key: control.key,
        verdict: 'not run',
        gaps: ['control-without-result'],
        tied: { threat: { count: 1 }, requirement: { count: 1 } },
      },
    ]);
    await createRecord(house.ward.records, SYSTEM, {
      kind: 'result',
      productId: own.id,
      body: { title: 'Run 1', outcome: 'pass' },
      reason: 'test',
      links: [
        { type: 'of', to: proof.key },
        { type: 'in', to: release.key },
      ],
    });
    // A draft proves nothing, whatever its result says.
    expect((await rows(own, 'by=control')).items).toMatchObject([{ verdict: 'not run' }]);
    expect((await rows(own, 'by=verification')).items).toMatchObject([{ verdict: 'passed', gaps: [] }]);
    await house.ward.records.write(SYSTEM, (unit) =>
      unit.commit([
        {
          type: 'transition',
          record: proof,
          transition: 'approve',
          to: 'approved',
          reason: null,
          signature: null,
        },
      ]),
    );
    expect((await rows(own, 'by=control')).items).toMatchObject([{ verdict: 'passed', gaps: [] }]);
    expect((await rows(own, 'by=risk')).items).toMatchObject([
      { gaps: ['risk-without-harm'], tied: { result: { count: 1 } } },
    ]);
    expect((await rows(own, `by=threat&text=${demand.key}`)).items).toMatchObject([{ key: threat.key }]);
    expect((await rows(own, 'by=threat&gap=any')).total).toBe(0);
    expect((await ask('GET', `/traceability?product=${own.key}&release=REL-999`)).code).toBe(
      'traceability.no-release',
    );
  });

  it('is drawn and set against each other', async () => {
    const { own, control, threat } = await thread();
    const graph = (await ask('GET', `/traceability/graph?product=${own.key}&key=${control.key}`)).body;
    const matrix = (await ask('GET', `/traceability/matrix?product=${own.key}&rows=threat&columns=control`))
      .body;

    expect(graph.nodes).toHaveLength(5);
    expect(graph.links).toContainEqual({ from: control.key, to: threat.key, type: 'cuts', suspect: false });
    expect(matrix.cells).toEqual([{ row: 0, column: 0, tie: 'direct', suspect: false }]);
    expect((await ask('GET', `/traceability/graph?product=${own.key}&key=SUP-1`)).code).toBe(
      'traceability.not-traced',
    );
  });

  it('names suspect links with what changed at the far end, and confirms just what was seen', async () => {
    const { own, risk, threat, control } = await thread();
    const once = await edit(threat, { title: 'Replay of an old command' });
    const { items, total } = (await ask('GET', `/traceability/suspects?product=${own.key}`)).body;

    expect(total).toBe(2);
    expect(items.map((one: { from: { key: string } }) => one.from.key).sort()).toEqual(
      [control.key, risk.key].sort(),
    );
    expect(items[0]).toMatchObject({
      to: { key: threat.key, revision: 2 },
      seenRevision: 1,
      changes: [{ field: 'Title', before: 'Replay', after: 'Replay of an old command' }],
      mayConfirm: true,
    });
    expect((await rows(own, 'by=threat&suspect=yes')).items).toMatchObject([{ suspects: 2 }]);

    // Somebody changes it again before the list is confirmed: what nobody saw is not confirmed.
    await edit(once, { title: 'Replay of any command' });
    const seen = items.map(({ id, to }: { id: string; to: { revision: number } }) => ({
      id,
      revision: to.revision,
    }));
    const refused = (await ask('POST', '/traceability/confirm', { json: { links: seen } })).body;
    expect(refused.confirmed).toEqual([]);
    expect(refused.refused.map((one: { code: string }) => one.code)).toEqual([
      'record.stale-revision',
      'record.stale-revision',
    ]);

    const links = seen.map(({ id }: { id: string }) => ({ id, revision: 3 }));
    expect((await ask('POST', '/traceability/confirm', { json: { links }, as: 'auditor' })).status).toBe(403);
    const asTester = await ask('POST', '/traceability/confirm', { json: { links }, as: 'tester' });
    expect(asTester.body.confirmed).toEqual([]);
    expect((await ask('POST', '/traceability/confirm', { json: { links } })).body).toMatchObject({
      refused: [],
      confirmed: links.map(({ id }: { id: string }) => id),
    });
    expect((await ask('GET', `/traceability/suspects?product=${own.key}`)).body.total).toBe(0);
  });

  it('is exported as CSV and as a workbook', async () => {
    const { own, control } = await thread();
    const csv = (await ask('GET', `/traceability/export?product=${own.key}&by=control&format=csv`))
      .body as string;
    const xlsx = (await ask('GET', `/traceability/export?product=${own.key}&by=control&format=xlsx`))
      .body as string;

    expect(csv).toContain(`${control.key},Signed,planned`);
    expect(csv).toContain('Control without a result in this release');
    expect(xlsx.startsWith('PK')).toBe(true);
  });
});
