// Threats of a model against the real database: what people decided survives every run of the rules (T09, T10, T26, T27), and
// two people answer one model (T33). The laser of the rule catalogue is read in place where it lies.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { createRecord, editRecord, makeTransition } from '../workbench/kernel/records/operations.ts';
import { readRecord } from '../workbench/kernel/records/read.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import type { SystemModel } from '../workbench/rooms/system/index.ts';
import { acceptDifference } from '../workbench/rooms/threats/accept-difference.ts';
import { answerModel } from '../workbench/rooms/threats/answer-model.ts';
import { choosePacks } from '../workbench/rooms/threats/choose-packs.ts';
import { SHARED_RULES, sharedModel } from '../workbench/rooms/threats/evaluate/laser.fixture.ts';
import { confirmDecision } from '../workbench/rooms/threats/follow-decisions.ts';
import { readModel } from '../workbench/rooms/threats/read-model.ts';
import { changeRows, judge, threatRows } from '../workbench/rooms/threats/read-threats.ts';
import { rerunThreats } from '../workbench/rooms/threats/rerun.ts';
import { readToday } from '../workbench/rooms/today/read-today.ts';
import { makeProduct, type TestWard, testWard } from './setup/test-ward.ts';

let ward: TestWard;
let lea: Principal;
let dev: Principal;
let auditor: Principal;
let product: WardRecord;

beforeAll(async () => {
  ward = await testWard();
  lea = await ward.person('Lea Lead', ['security-lead']);
  dev = await ward.person('Deven Developer', ['developer']);
  auditor = await ward.person('Aud Auditor', ['auditor']);
  product = await makeProduct(ward, 'Laser');
  await ward.jobs.start(1);
}, 120_000);
afterAll(() => ward.close());

const newModel = (body: SystemModel | object, of = product) =>
  createRecord(ward.records, lea, { kind: 'system-model', productId: of.id, body });
const judged = async (key: string) => judge(ward.db, await readModel(ward.db, lea, key));
const rowsOf = async (key: string) => threatRows(ward.db, await judged(key));
const acceptAll = async (key: string, by = lea) => {
  const { record, print } = await judged(key);
  return acceptDifference(ward, by, { model: key, revision: record.revision, print, items: null });
};
const edit = async (key: string, change: (model: SystemModel) => SystemModel) => {
  const { record, model } = await readModel(ward.db, lea, key);
  return editRecord(ward.records, lea, key, {
    seenRevision: record.revision,
    body: change(model),
    reason: null,
  });
};
const answer = async (
  key: string,
  target: string,
  question: string,
  value: 'yes' | 'no' | null,
  by = lea,
) => {
  const { record } = await readModel(ward.db, lea, key);
  return answerModel(ward, by, {
    model: key,
    seenRevision: record.revision,
    changes: [{ target, key: question, value, evidence: 'Test report 7' }],
    reason: null,
  });
};
const decide = async (key: string, transition: string, reason = 'Looked at it.') => {
  const record = await readRecord(ward.db, lea, key);
  return makeTransition(ward.records, lea, key, { seenRevision: record.revision, transition, reason });
};
const threatsOf = async (key: string) =>
  (await rowsOf(key)).flatMap((row) => (row.threat ? [row.threat] : []));

/** A console in a clinic that takes commands over a flow nobody authenticates. */
const SMALL = {
  title: 'Small',
  zones: [
    { id: 'z-out', title: 'Clinic network', kind: 'hospital', trust: 1 },
    { id: 'z-in', title: 'Device', kind: 'device', trust: 4 },
  ],
  elements: [
    { id: 'e-out', title: 'Work station', kind: 'process', zone: 'z-out' },
    {
      id: 'e-in',
      title: 'Controller',
      kind: 'process',
      zone: 'z-in',
      tags: ['accepts-commands'],
      safety: true,
    },
  ],
  flows: [{ id: 'f-1', title: 'Commands', from: 'e-out', to: 'e-in', protocol: ['tcp'] }],
  harms: [{ id: 'H1', title: 'Burn', severity: 5 }],
  safetyFunctions: [{ id: 'sf-1', title: 'Limit energy', realisedBy: ['e-in'], harms: ['H1'] }],
};

describe('answers', () => {
  it('become one new revision with who, when and evidence', async () => {
    const { key } = await newModel(SMALL);

    const done = await answerModel(ward, dev, {
      model: key,
      seenRevision: 1,
      changes: [
        { target: 'e-in', key: 'cmd.signed-end-to-end', value: 'no', evidence: 'Design 4.2' },
        { where: { zone: 'z-out' }, key: 'authn.throttle', value: 'yes' },
      ],
      reason: null,
    });

    const { record, model } = await readModel(ward.db, lea, key);
    expect(done).toMatchObject({ revision: 2, conflicts: [] });
    expect(record).toMatchObject({ revision: 2, authorId: dev.personId });
    expect(model.elements[1]?.answers['cmd.signed-end-to-end']).toMatchObject({
      value: 'no',
      by: 'Deven Developer',
      evidence: 'Design 4.2',
      origin: 'person',
    });
    expect(model.elements[0]?.answers['authn.throttle']?.value).toBe('yes');
    expect(model.elements[1]?.answers['authn.throttle']).toBeUndefined();
  });

  it('of two people merge where the questions differ and ask where they are the same (T33)', async () => {
    const { key } = await newModel(SMALL);
    const say = (by: Principal, question: string, value: 'yes' | 'no') =>
      answerModel(ward, by, {
        model: key,
        seenRevision: 1,
        changes: [{ target: 'e-in', key: question, value }],
        reason: null,
      });

    await say(lea, 'cmd.signed-end-to-end', 'yes');
    const other = await say(dev, 'cmd.fresh', 'no');
    const same = await say(dev, 'cmd.signed-end-to-end', 'no');

    const { record, model } = await readModel(ward.db, lea, key);
    expect(other).toMatchObject({ revision: 3, conflicts: [] });
    expect(same.revision).toBe(3);
    expect(same.conflicts).toMatchObject([
      { target: 'e-in', key: 'cmd.signed-end-to-end', yours: 'no', theirs: { value: 'yes', by: 'Lea Lead' } },
    ]);
    expect(record.revision).toBe(3);
    expect(model.elements[1]?.answers['cmd.signed-end-to-end']?.value).toBe('yes');
    expect(model.elements[1]?.answers['cmd.fresh']?.value).toBe('no');
  });

  it('are refused whole, each problem named, when one of them cannot be', async () => {
    const { key } = await newModel(SMALL);

    const refused = answerModel(ward, lea, {
      model: key,
      seenRevision: 1,
      changes: [
        { target: 'e-in', key: 'cmd.fresh', value: 'yes' },
        { target: 'nobody', key: 'cmd.fresh', value: 'yes' },
        { target: 'e-in', key: 'no.such-question', value: 'yes' },
        { target: 'f-1', key: 'cmd.fresh', value: 'yes' },
        { target: 'e-in', key: 'cmd.fresh', value: 'yes', as: 'zone default' },
        { key: 'cmd.fresh', value: 'yes' },
      ],
      reason: null,
    });

    await expect(refused).rejects.toMatchObject({
      code: 'answers.refused',
      at: '$.changes[1].target',
      detail: {
        fields: [
          {},
          { path: '$.changes[2].key' },
          { path: '$.changes[3].key' },
          {},
          { path: '$.changes[5]' },
        ],
      },
    });
    expect((await readRecord(ward.db, lea, key)).revision).toBe(1);
  });

  it('of a zone hold for its elements until one answers for itself', async () => {
    const { key } = await newModel(SMALL);
    const { record } = await readModel(ward.db, lea, key);

    await answerModel(ward, lea, {
      model: key,
      seenRevision: record.revision,
      changes: [{ target: 'z-in', key: 'cmd.signed-end-to-end', value: 'yes', as: 'zone default' }],
      reason: null,
    });
    const byDefault = (await rowsOf(key)).find(({ rule }) => rule === 'WR-CMD-001')?.state;
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');

    expect(byDefault).toBe('answered');
    expect((await rowsOf(key)).find(({ rule }) => rule === 'WR-CMD-001')?.state).toBe('raised');
  });

  it('are not for an auditor', async () => {
    const { key } = await newModel(SMALL);

    await expect(answer(key, 'e-in', 'cmd.fresh', 'yes', auditor)).rejects.toMatchObject({
      code: 'record.not-permitted',
    });
    await expect(acceptAll(key, auditor)).rejects.toMatchObject({ code: 'record.not-permitted' });
  });
});

describe('the difference', () => {
  it('is accepted by a person, makes threats of what is raised, and is empty afterwards', async () => {
    const { key } = await newModel(SMALL);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');

    const before = await judged(key);
    const done = await acceptAll(key);
    const after = await judged(key);

    expect(before.difference.counts).toMatchObject({
      new: before.evaluation.results.length,
      gone: 0,
      changed: 0,
    });
    expect(done.created).toHaveLength(before.evaluation.counts.raisedAfterMerge);
    expect(after.difference.items).toEqual([]);
    const made = await readRecord(ward.db, lea, done.created[0] as string);
    expect(made).toMatchObject({ kind: 'threat', state: 'open', authorId: null, productId: product.id });
    expect(made.body).toMatchObject({ rule: expect.stringMatching(/^WR-/), ruleVersion: 1 });
    await expect(acceptAll(key)).rejects.toMatchObject({ code: 'threats.nothing-to-accept' });
  });

  it('is not accepted when the model moved after it was shown', async () => {
    const { key } = await newModel(SMALL);
    const { print } = await judged(key);
    await answer(key, 'e-in', 'cmd.fresh', 'no');

    const late = acceptDifference(ward, lea, { model: key, revision: 1, print, items: null });

    await expect(late).rejects.toMatchObject({ code: 'threats.moved-on' });
    expect(await threatsOf(key)).toEqual([]);
  });

  it('can be accepted in part', async () => {
    const { key } = await newModel(SMALL);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    const { record, print, difference } = await judged(key);

    const items = [{ rule: 'WR-CMD-001', target: 'e-in' }];
    const done = await acceptDifference(ward, lea, { model: key, revision: record.revision, print, items });

    expect(done.created).toHaveLength(1);
    expect((await judged(key)).difference.counts.new).toBe(difference.counts.new - 1);
  });

  it('marks what is no longer raised, says why, and raises it again (T26)', async () => {
    const { key } = await newModel(SMALL);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    const { created } = await acceptAll(key);
    const row = (await rowsOf(key)).find(({ rule }) => rule === 'WR-CMD-001')!;
    const threat = row.threat!.key;

    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'yes', dev);
    const changes = changeRows(await judged(key)).find(({ rule }) => rule === 'WR-CMD-001');
    const gone = await acceptAll(key);
    const cleared = await readRecord(ward.db, lea, threat);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    const again = await acceptAll(key);

    expect(created).toContain(threat);
    expect(changes).toMatchObject({
      change: 'changed',
      before: 'raised',
      now: 'answered',
      why: ['answer cmd.signed-end-to-end of Controller: no → yes', 'result: raised → answered'],
    });
    expect(gone.gone).toEqual([threat]);
    expect(cleared.state).toBe('gone');
    expect(again.reopened).toEqual([threat]);
    expect((await readRecord(ward.db, lea, threat)).state).toBe('open');
    const history = await ward.ledger.list({ record: cleared.id, products: 'all' }, null, 50);
    const reasons = history.map(({ value }) => String(value.reason ?? ''));
    expect(reasons).toContainEqual(
      expect.stringMatching(
        /^No longer raised: answer cmd\.signed-end-to-end of Controller: no → yes \(Deven Developer, 20/,
      ),
    );
  });

  it('tells once of a difference that waits, and shows it on the first page until it is accepted', async () => {
    const { key, id } = await newModel(SMALL);
    await acceptAll(key);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    const waiting = async () => (await readToday(ward, lea)).threats.find(({ record }) => record.key === key);
    const told = async () =>
      (
        await sql<{
          text: string;
          link: string;
        }>`select i.text, i.link from notice_item i join notice n on n.id = i.notice_id
          where n.topic = 'threats-differ' and i.record_id = ${id}::uuid order by i.id`.execute(ward.db)
      ).rows;

    await rerunThreats(ward, [id]);
    await rerunThreats(ward, [id]);

    expect(await waiting()).toMatchObject({ fresh: 0, gone: 0, changed: 1, stale: 0 });
    expect(await told()).toEqual([
      {
        text: expect.stringMatching(/: 1 changed\. Nothing of it counts as seen/),
        link: `/threats?model=${key}`,
      },
    ]);
    await acceptAll(key);
    await rerunThreats(ward, [id]);
    expect(await waiting()).toBeUndefined();
    expect(await told()).toHaveLength(1);
  });

  it('keeps decisions when only the title of the place changes', async () => {
    const { key } = await newModel(SMALL);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    await acceptAll(key);
    const [threat] = await threatsOf(key);
    await decide(threat!.key, 'dismiss', 'The port is closed in the field.');

    await edit(key, (model) => ({
      ...model,
      elements: model.elements.map((one) => ({ ...one, title: `${one.title} renamed` })),
    }));

    expect((await judged(key)).difference.items).toEqual([]);
    expect((await threatsOf(key)).find((one) => one.key === threat!.key)).toMatchObject({
      state: 'not-applicable',
      stale: [],
    });
  });

  it('names the premise that moved under a decision, and a person may confirm it', async () => {
    const { key } = await newModel(SMALL);
    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
    await acceptAll(key);
    const row = (await rowsOf(key)).find(({ rule }) => rule === 'WR-CMD-001')!;
    const threat = row.threat!.key;
    const confirm = () =>
      confirmDecision(ward, lea, threat, { revision: 1, reason: 'The other control holds.' });
    await decide(threat, 'mitigate', 'The gateway refuses unsigned commands.');
    await expect(confirm()).rejects.toMatchObject({ code: 'threats.not-stale' });

    await answer(key, 'e-in', 'cmd.signed-end-to-end', 'yes');
    const stale = (await threatsOf(key)).find((one) => one.key === threat);
    await acceptAll(key);
    await confirm();

    expect(stale).toMatchObject({
      state: 'mitigated',
      stale: ['answer cmd.signed-end-to-end of Controller: no → yes', 'result: raised → answered'],
    });
    expect((await threatsOf(key)).find((one) => one.key === threat)).toMatchObject({
      state: 'mitigated',
      stale: [],
    });
  });

  it('counts for lists what the last run found', async () => {
    const { key, id } = await newModel(SMALL);

    await rerunThreats(ward, [id]);

    const run = await ward.db
      .selectFrom('threat_run')
      .selectAll()
      .where('model_id', '=', id)
      .executeTakeFirst();
    const { evaluation } = await judged(key);
    expect(run).toMatchObject({
      revision: 1,
      open: evaluation.counts.open,
      fresh: evaluation.results.length,
      stale: 0,
    });
  });
});

describe('the run after a change', () => {
  /** What the worker does. */
  const settle = async () => {
    await ward.notifications.follow();
    await ward.jobs.drain();
  };
  const runOf = (model: WardRecord) =>
    ward.db.selectFrom('threat_run').selectAll().where('model_id', '=', model.id).executeTakeFirstOrThrow();
  /** A model whose difference is accepted, and that of another product beside it. */
  const twoModels = async () => {
    const [model, other] = [
      await newModel(SMALL, await makeProduct(ward, 'Looked at')),
      await newModel(SMALL, await makeProduct(ward, 'Left alone')),
    ];
    for (const { key } of [model, other]) {
      await answer(key, 'e-in', 'cmd.signed-end-to-end', 'no');
      await acceptAll(key);
    }
    await settle();
    ward.advance(60_000);
    return { model, other, before: await runOf(other) };
  };

  it('says which threats are missing and which are too many, of that model alone', async () => {
    const { model, other, before } = await twoModels();
    expect(await runOf(model)).toMatchObject({ fresh: 0, gone: 0, changed: 0 });
    const [known] = await threatsOf(model.key);

    await edit(model.key, ({ elements, flows, safetyFunctions, ...now }) => ({
      ...now,
      elements: elements.map((one) => (one.id === 'e-in' ? { ...one, id: 'e-new' } : one)),
      flows: flows.map((flow) => ({ ...flow, to: 'e-new' })),
      safetyFunctions: safetyFunctions.map((one) => ({ ...one, realisedBy: ['e-new'] })),
    }));
    await settle();

    const changes = changeRows(await judged(model.key));
    const raised = (change: string) =>
      changes.filter((one) => one.change === change && (one.now ?? one.before) === 'raised');
    expect(raised('new').map(({ target, threat }) => [target, threat])).toEqual([['e-new', null]]);
    expect(raised('gone').map(({ target, threat }) => [target, threat?.key])).toEqual([['e-in', known?.key]]);
    expect(await runOf(model)).toMatchObject({
      revision: 3,
      fresh: changes.filter(({ change }) => change === 'new').length,
      gone: changes.filter(({ change }) => change === 'gone').length,
    });
    expect(await runOf(other)).toEqual(before);
  });

  it('counts the decision whose premises moved', async () => {
    const { model, other, before } = await twoModels();
    const [threat] = await threatsOf(model.key);
    await decide(threat!.key, 'dismiss');
    await settle();
    expect(await runOf(model)).toMatchObject({ stale: 0 });

    await answer(model.key, 'e-in', 'cmd.signed-end-to-end', 'yes');
    await settle();

    expect(await runOf(model)).toMatchObject({ stale: 1 });
    expect(await runOf(other)).toEqual(before);
  });

  it('follows the choice of packs in the models of the product', async () => {
    const { model, other, before } = await twoModels();
    const owner = await readRecord(ward.db, lea, model.productId as string);
    await choosePacks(ward, lea, owner, []);
    await settle();

    expect((await runOf(model)).gone).toBe((await judged(model.key)).difference.counts.gone);
    expect(await runOf(model)).toMatchObject({ raised: 0, open: 0 });
    expect((await runOf(model)).gone).toBeGreaterThan(0);
    expect(await runOf(other)).toEqual(before);
  });
});

describe.skipIf(SHARED_RULES === undefined)('the laser (skipped without the shared files)', () => {
  it('gives the same results and the same threats however often it is run (T10)', async () => {
    const { key } = await newModel(sharedModel('laser-model.json'));

    const first = await judged(key);
    const done = await acceptAll(key);
    const runs = [await rowsOf(key), await rowsOf(key), await rowsOf(key)];

    expect(first.evaluation.counts).toMatchObject({
      raised: 38,
      answered: 171,
      open: 247,
      raisedAfterMerge: 30,
    });
    expect(done.created).toHaveLength(30);
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('keeps five decisions when an element is renamed and moved, and names what moved under them (T09)', async () => {
    const { key } = await newModel(sharedModel('laser-model.json'));
    await acceptAll(key);
    const at = 'e-agent';
    const { model } = await readModel(ward.db, lea, key);
    const near = new Set([
      at,
      ...model.flows.filter(({ from, to }) => from === at || to === at).map(({ id }) => id),
    ]);
    const raised = (await rowsOf(key)).filter(({ threat }) => threat !== null);
    const chosen = [...raised]
      .sort((a, b) => Number(near.has(b.target)) - Number(near.has(a.target)))
      .slice(0, 5);
    const keys = chosen.map(({ threat }) => threat!.key);
    for (const threat of keys) await decide(threat, 'dismiss', 'Decided in the review.');

    await edit(key, (before) => ({
      ...before,
      elements: before.elements.map((one) => (one.id === at ? { ...one, title: 'Renamed' } : one)),
    }));
    const renamed = await threatsOf(key);
    await edit(key, (before) => ({
      ...before,
      elements: before.elements.map((one) => (one.id === at ? { ...one, zone: 'z-hospital' } : one)),
    }));
    await acceptAll(key);

    const after = await Promise.all(keys.map((threat) => readRecord(ward.db, lea, threat)));
    const decided = (await threatsOf(key)).filter((row) => keys.includes(row.key));
    expect(renamed.flatMap((row) => row.stale)).toEqual([]);
    expect(after.map(({ state }) => state)).toEqual(Array(5).fill('not-applicable'));
    expect(decided.map((row) => row.key).sort()).toEqual([...keys].sort());
    expect(decided.filter((row) => row.stale.length > 0)).not.toEqual([]);
    for (const row of decided) if (row.stale.length > 0) expect(row.stale[0]).toContain(' → ');
  });

  it('loses the threats of a flow when it is encrypted and authenticated (T27)', async () => {
    const { key } = await newModel(sharedModel('laser-model.json'));
    const before = (await rowsOf(key)).filter(({ target, state }) => target === 'f-14' && state === 'raised');

    await edit(key, (model) => ({
      ...model,
      flows: model.flows.map((flow) => (flow.id === 'f-14' ? { ...flow, protocol: ['dicom-tls'] } : flow)),
    }));
    const after = (await rowsOf(key)).filter(
      ({ target, state }) => target === 'f-14' && state !== 'answered',
    );

    expect(before).toHaveLength(7);
    expect(after.filter(({ state }) => state === 'raised')).toEqual([]);
    expect(after.length).toBeGreaterThan(0);
    for (const { openQuestions } of after) expect(openQuestions).toBeGreaterThan(0);
  });
});
