// Rule packs over HTTP: bad ones are refused whole with rule and place (T28), good ones change nothing before a person has seen
// the difference (T16), and what people decided stays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { MODELS_PRESENT, sharedModel, titled } from '../workbench/rooms/system/shared-models.fixture.ts';
import { type House, openHouse } from './setup/actors.ts';

let house: House;
let model: WardRecord;
let headers: Record<string, string>;

const RULE = {
  id: 'HR-1',
  version: 1,
  title: 'Kiosk without a lock',
  statement: 'A passer-by uses {e}.',
  stride: ['tampering'],
  appliesTo: 'element',
  when: 'e.tag("kiosk")',
  unless: 'e.yes("kiosk.locked")',
  exploitability: 4,
  safetyRelevance: 'none',
};
const pack = (id: string, rules: readonly object[] = []) => ({
  format: 'ward-rule-pack/1',
  id,
  title: `Rules ${id}`,
  version: '1',
  rules,
  questions: { 'kiosk.locked': { appliesTo: 'element', text: 'Is it locked?' } },
  protocolFacts: {},
});

beforeAll(async () => {
  house = await openHouse();
  headers = await house.headersOf(house.actor('security-lead'));
  model = await house.record('system-model', {
    title: 'Kiosk',
    zones: [{ id: 'z', title: 'Hall', trust: 1 }],
    elements: [
      {
        id: 'k',
        title: 'Kiosk',
        kind: 'process',
        zone: 'z',
        tags: ['kiosk'],
        answers: { 'kiosk.locked': { value: 'no' } },
      },
    ],
  });
}, 120_000);
afterAll(() => house.close());

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of each answer is what the test is about
  readonly body: any;
}

async function ask(method: string, path: string, body?: object | string): Promise<Reply> {
  const type = typeof body === 'string' ? 'application/octet-stream' : 'application/json';
  const answer = await house.app.request(`/api${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}
const bring = (content: object | string, name = 'house.json') =>
  ask(
    'POST',
    `/rule-packs/upload?name=${name}`,
    typeof content === 'string' ? content : JSON.stringify(content),
  );
const packs = async () =>
  ((await ask('GET', '/rule-packs')).body.items as { pack: string }[]).map((one) => one.pack);

describe('a pack that is not right is refused whole', () => {
  it.each<[string, object | string, number, string]>([
    ['a field that there is not', pack('bad', [{ ...RULE, when: 'e.nope' }]), 422, 'rules.refused'],
    [
      'a question that nobody worded',
      pack('bad', [{ ...RULE, unless: 'e.yes("no.such")' }]),
      422,
      'rules.refused',
    ],
    [
      'an object of the language',
      pack('bad', [{ ...RULE, when: 'e.constructor == e' }]),
      422,
      'rules.refused',
    ],
    [
      'hundreds of nodes',
      pack('bad', [{ ...RULE, when: Array(300).fill('e.safety').join(' || ') }]),
      422,
      'rules.refused',
    ],
    ['the id of a shipped pack', pack('ward'), 409, 'rules.same-id'],
    ['the id of a shipped rule', pack('bad', [{ ...RULE, id: 'WR-NET-001' }]), 409, 'rules.same-id'],
    ['no pack at all', '<a/>', 422, 'rules.not-a-template'],
    ['no JSON', 'rules', 422, 'rules.wrong-shape'],
    ['too much', ' '.repeat(8 * 1024 * 1024 + 1), 413, 'rules.too-large'],
  ])('for %s', async (_what, content, status, code) => {
    const before = await packs();

    const refused = await bring(content);

    expect(refused).toMatchObject({ status, body: { code, remedy: expect.stringMatching(/.{10,}/) } });
    expect(await packs()).toEqual(before);
  });

  it('and names the rule and the place', async () => {
    const { body } = await bring(pack('bad', [RULE, { ...RULE, id: 'HR-2', unless: 'e.nope' }]));

    expect(body).toMatchObject({ code: 'rules.refused', at: '$.body.rules[1].unless' });
    expect(body.detail).toContain('HR-2');
  });
});

describe.skipIf(!MODELS_PRESENT)(titled("Microsoft's templates on a model of Microsoft's tool"), () => {
  it('T16: both are shown as a difference before anything changes, and decisions are kept', async () => {
    const file = sharedModel('ms-tm7/startleft__MTMT_example.tm7');
    const send = async (path: string, name: string, bytes: Uint8Array) => {
      const answer = await house.app.request(`/api${path}?name=${name}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/octet-stream' },
        body: new Uint8Array(bytes),
      });
      return { status: answer.status, body: (await answer.json()) as Reply['body'] };
    };
    const imported = await send(
      `/products/${house.product.key}/system-models/import`,
      'example.tm7',
      file.bytes,
    );
    const { key } = imported.body;
    const state = async () => (await ask('GET', `/system-models/${key}/threats`)).body;
    // T08: not answered questions raise nothing; what the tool generated is history.
    const first = await state();
    expect(first.counts.raised).toBe(0);
    const generated = await (async () => {
      await house.ward.jobs.start(1);
      await house.ward.jobs.drain();
      return (await state()).items.filter((item: { state: string }) => item.state === 'imported');
    })();
    expect(generated.map((item: { threat: { state: string } }) => item.threat.state)).toEqual(
      Array(43).fill('gone'),
    );
    // A decision that stands before the templates come.
    await ask('POST', `/system-models/${key}/threats/accept`, { revision: 1, rules: first.model.rules });
    const found = await ask('POST', '/records', {
      kind: 'threat',
      productId: house.product.id,
      body: { title: 'Found by hand', category: 'tampering' },
      links: [{ type: 'targets', to: key }],
    });
    await ask('POST', `/records/${found.body.key}/transitions`, {
      seenRevision: 1,
      transition: 'dismiss',
      reason: 'Not built.',
    });

    const medical = await send(
      '/rule-packs/upload',
      'medical.tb7',
      sharedModel('ms-tb7/threat-modeling-templates__MedicalDeviceTemplate.tb7').bytes,
    );
    const plain = await send(
      '/rule-packs/upload',
      'default.tb7',
      sharedModel('ms-tb7/threat-modeling-templates__default.tb7').bytes,
    );
    expect([medical.status, plain.status]).toEqual([200, 200]);
    const both = ['ward', medical.body.pack, plain.body.pack];
    const preview = await ask('GET', `/system-models/${key}/threats/preview?packs=${both.join(',')}`);
    const untouched = await state();

    expect(preview.body.counts.new).toBeGreaterThan(20);
    expect([preview.body.counts.gone, preview.body.counts.changed]).toEqual([0, 0]);
    expect(preview.body.after).toMatchObject({ raised: 0 });
    expect(untouched.model.rules).toBe(first.model.rules);
    expect(untouched.difference).toEqual({ new: 0, gone: 0, changed: 0 });

    await ask('PUT', `/products/${house.product.key}/rule-packs`, { packs: both });
    const used = await state();
    const taken = await ask('POST', `/system-models/${key}/threats/accept`, {
      revision: 1,
      rules: used.model.rules,
    });
    await ask('PUT', `/products/${house.product.key}/rule-packs`, { packs: ['ward'] });

    expect(used.difference.new).toBe(preview.body.counts.new);
    expect(taken.body.counts.new).toBe(preview.body.counts.new);
    expect((await ask('GET', `/records/${found.body.key}`)).body.state).toBe('not-applicable');
  }, 120_000);
});

describe('a pack of the house', () => {
  it('changes nothing until a product uses it, shows the difference first, and keeps decisions (T16)', async () => {
    const key = model.key;
    const threats = async () => (await ask('GET', `/system-models/${key}/threats`)).body;
    const first = await threats();
    await ask('POST', `/system-models/${key}/threats/accept`, { revision: 1, rules: first.model.rules });
    const imported = await bring(pack('house', [RULE]));
    const unchanged = await threats();
    const preview = await ask('GET', `/system-models/${key}/threats/preview?packs=ward,house`);
    const untouched = await threats();

    expect(imported.body).toMatchObject({ pack: 'house', rules: 1, lost: [] });
    expect(unchanged.difference).toEqual({ new: 0, gone: 0, changed: 0 });
    expect(preview.body).toMatchObject({ counts: { new: 1, gone: 0, changed: 0 } });
    expect(preview.body.items).toMatchObject([{ rule: 'HR-1', target: 'k', change: 'new', now: 'raised' }]);
    expect(untouched.model.rules).toBe(first.model.rules);

    await ask('PUT', `/products/${house.product.key}/rule-packs`, { packs: ['ward', 'house'] });
    const used = await threats();
    const taken = await ask('POST', `/system-models/${key}/threats/accept`, {
      revision: 1,
      rules: used.model.rules,
    });
    const [made] = taken.body.created as string[];
    await ask('POST', `/records/${made}/transitions`, {
      seenRevision: 1,
      transition: 'dismiss',
      reason: 'It stands behind a counter.',
    });
    await ask('PUT', `/products/${house.product.key}/rule-packs`, { packs: ['ward'] });
    const off = await threats();
    const gone = await ask('POST', `/system-models/${key}/threats/accept`, {
      revision: 1,
      rules: off.model.rules,
    });

    expect(used.difference).toMatchObject({ new: 1 });
    expect(gone.body).toMatchObject({ counts: { gone: 1 }, gone: [] });
    expect((await ask('GET', `/records/${made}`)).body.state).toBe('not-applicable');
  });

  it('goes out as a file that comes in again under another id', async () => {
    const { body } = await ask('GET', '/rule-packs/house/export');

    const again = await bring({ ...body, id: 'copy', rules: [{ ...body.rules[0], id: 'CP-1' }] });

    expect(body).toMatchObject({ format: 'ward-rule-pack/1', id: 'house' });
    expect(again.status).toBe(200);
  });

  it('that is not there is said to be so', async () => {
    expect(await ask('GET', '/rule-packs/nope')).toMatchObject({
      status: 404,
      body: { code: 'rules.no-pack' },
    });
    expect(await ask('GET', `/system-models/${model.key}/threats/preview?packs=nope`)).toMatchObject({
      body: { code: 'rules.no-pack' },
    });
    expect(await ask('PUT', `/products/${house.product.key}/rule-packs`, { packs: ['nope'] })).toMatchObject({
      body: { code: 'rules.no-pack' },
    });
  });
});

it('rules of the house are not for a supplier contact', async () => {
  const own = headers;
  headers = await house.headersOf(house.actor('supplier-contact'));
  const [all, one] = [await packs(), await ask('GET', '/rule-packs/house')];
  headers = own;

  expect(all).toEqual(['ward']);
  expect(one).toMatchObject({ status: 404, body: { code: 'rules.no-pack' } });
});

it('a result that is not there is said to be so', async () => {
  const reply = await ask('GET', `/system-models/${model.key}/threats/detail?rule=WR-NET-001&target=k`);

  expect(reply).toMatchObject({ status: 404, body: { code: 'threats.not-found' } });
});

it('what is no system model has no threats', async () => {
  const reply = await ask('GET', `/system-models/${house.product.key}/threats`);

  expect(reply).toMatchObject({ status: 404, body: { code: 'record.not-found' } });
});

it.each([
  ['no list', { seenRevision: 1 }],
  ['an empty list', { seenRevision: 1, changes: [] }],
  ['a maybe', { seenRevision: 1, changes: [{ target: 'k', key: 'kiosk.locked', value: 'maybe' }] }],
  [
    'two lines of evidence',
    { seenRevision: 1, changes: [{ target: 'k', key: 'kiosk.locked', value: 'yes', evidence: 'a\nb' }] },
  ],
  [
    'too many',
    { seenRevision: 1, changes: Array(5_001).fill({ target: 'k', key: 'kiosk.locked', value: 'yes' }) },
  ],
])('answers are refused for %s', async (_what, body) => {
  const reply = await ask('POST', `/system-models/${model.key}/answers`, body);

  expect(reply).toMatchObject({ status: 422, body: { code: 'http.invalid' } });
});
