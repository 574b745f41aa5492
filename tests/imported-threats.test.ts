// Threats that come with the model of another tool: all of them, once, as evidence; on real models, read in place.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { makeTransition } from '../workbench/kernel/records/operations.ts';
import { findRecord } from '../workbench/kernel/records/read.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { takeImport } from '../workbench/rooms/system/import-record.ts';
import { MODELS_PRESENT, sharedModel, titled } from '../workbench/rooms/system/shared-models.fixture.ts';
import { readModel } from '../workbench/rooms/threats/read-model.ts';
import { judge, threatRows } from '../workbench/rooms/threats/read-threats.ts';
import { makeProduct, type TestWard, testWard } from './setup/test-ward.ts';
import { appProcess, threatDragon } from './setup/threat-dragon.ts';

let ward: TestWard;
let lead: Principal;
let product: WardRecord;

beforeAll(async () => {
  ward = await testWard();
  lead = await ward.person('Lea Lead', ['security-lead']);
  product = await makeProduct(ward, 'Product with models of others');
  await ward.jobs.start(1);
}, 60_000);
afterAll(() => ward.close());

async function take(file: { name: string; bytes: Uint8Array }, model: string | null = null): Promise<string> {
  const { record } = await takeImport(ward, lead, {
    product: product.id,
    files: [file],
    title: null,
    model,
    seenRevision: null,
    zones: [],
    reason: null,
  });
  await ward.jobs.drain();
  return record.key;
}

interface Row {
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly body: {
    readonly target: string;
    readonly imported: { readonly status: string; readonly tool: string };
  };
}
async function threatsOf(model: string): Promise<Row[]> {
  const { rows } = await sql<Row>`select t.key, t.title, t.state, t.body from record t
    join link l on l.from_id = t.id and l.type = 'targets' and l.ended_at is null join record m on m.id = l.to_id
    where m.key = ${model} and t.kind = 'threat' order by t.number`.execute(ward.db);
  return rows;
}
const count = (rows: readonly Row[], of: (row: Row) => string) => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[of(row)] = (counts[of(row)] ?? 0) + 1;
  return counts;
};

const dragon = (threats: readonly object[]) => ({
  name: 'console.json',
  bytes: new TextEncoder().encode(threatDragon('Console', [appProcess(threats)])),
});
const FORGED = { title: 'Forged order', type: 'Tampering', status: 'Open', mitigation: 'Sign it' };
const FLOOD = { title: 'Flood', type: 'Denial of service', status: 'Mitigated', mitigation: 'Limit it' };

describe('threats of a file', () => {
  it('that came before are the same in a newer file, and only the new one is added', async () => {
    const model = await take(dragon([FORGED, FLOOD]));

    await take(dragon([FORGED, FLOOD, { ...FORGED, title: 'Replay' }]), model);

    const threats = await threatsOf(model);
    expect(threats.map(({ title }) => title)).toEqual(['Forged order', 'Flood', 'Replay']);
    const { rows } = await ward.pool.query(
      'select last_error from graphile_worker.jobs where last_error is not null',
    );
    expect(rows).toEqual([]);
  });

  it('become open threats at their place, whatever the other tool decided', async () => {
    const model = await take(dragon([FORGED, FLOOD]));
    const threats = await threatsOf(model);

    expect(
      threats.map(({ title, state, body }) => [title, state, body.target, body.imported.status]),
    ).toEqual([
      ['Forged order', 'open', 'p-1', 'Open'],
      ['Flood', 'open', 'p-1', 'Mitigated'],
    ]);
    const judged = await judge(ward.db, await readModel(ward.db, lead, model));
    const rows = (await threatRows(ward.db, judged)).filter(({ state }) => state === 'imported');
    expect(rows.map(({ title, targetTitle }) => [title, targetTitle])).toEqual([
      ['Forged order', 'App'],
      ['Flood', 'App'],
    ]);
  });

  it('are not doubled by the same file, and a newer one changes what is open and moves no decision', async () => {
    const model = await take(dragon([FORGED, FLOOD]));
    const [forged, flood] = await threatsOf(model);
    await makeTransition(ward.records, lead, flood?.key ?? '', {
      seenRevision: 1,
      transition: 'mitigate',
      reason: 'The limit is tested here.',
    });
    await take(dragon([FORGED, FLOOD]), model);
    expect((await threatsOf(model)).length).toBe(2);

    const newer = dragon([
      { ...FORGED, status: 'Mitigated' },
      { ...FLOOD, status: 'Open' },
      { ...FORGED, title: 'Replay' },
    ]);
    await take(newer, model);
    await take(newer, model);

    expect(
      (await threatsOf(model)).map(({ title, state, body }) => [title, state, body.imported.status]),
    ).toEqual([
      ['Forged order', 'open', 'Mitigated'],
      ['Flood', 'mitigated', 'Mitigated'],
      ['Replay', 'open', 'Open'],
    ]);
    const { rows: comments } = await sql<{ text: string }>`select content->>'text' as text from ledger
      where action = 'comment.made' and record = ${(await findRecord(ward.db, flood?.key ?? ''))?.id ?? ''}::uuid`.execute(
      ward.db,
    );
    expect(comments).toEqual([
      { text: 'console.json says otherwise now: status Mitigated → Open; mitigations changed.' },
    ]);
    expect((await findRecord(ward.db, forged?.key ?? ''))?.revision).toBe(2);

    await take(dragon([FLOOD]), model);
    expect((await threatsOf(model)).map(({ title, body }) => [title, body.imported.status])).toEqual([
      ['Forged order', 'no longer in the file'],
      ['Flood', 'Mitigated'],
      ['Replay', 'no longer in the file'],
    ]);
  });
});

describe.skipIf(!MODELS_PRESENT)(titled('threats of real models'), () => {
  it.each([
    ['threat-dragon-v2/threat-dragon__td-test-model.json', { open: 15 }],
    ['threat-dragon-v1/threat-dragon__demo-threat-model.json', { open: 14 }],
    // Microsoft's tool made them by its template and nobody decided: history.
    ['ms-tm7/startleft__MTMT_example.tm7', { gone: 43 }],
    // Made of such a file: what its tool made is history here too.
    ['otm/startleft__mtmt_example.yaml', { gone: 43 }],
    ['tm-library/threat-dragon__huskyai.tmbom.json', { open: 9 }],
    // No model: they wait for a target.
    ['threat-composer/threat-composer__ThreatComposer.tc.json', { open: 20 }],
    // One individual risk of people, and six decisions about risks that its rules made.
    ['threagile/threagile__threagile.yaml', { open: 2, gone: 6 }],
  ])(
    '%s',
    async (path, states) => {
      const model = await take(sharedModel(path));
      const first = await threatsOf(model);

      expect(count(first, ({ state }) => state)).toEqual(states);
      await take(sharedModel(path), model);
      expect(await threatsOf(model)).toEqual(first);
    },
    60_000,
  );
});
