// What follows from a change, over a real PostgreSQL: of what it is told, when, and that it is durable with the change or not at all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProduct, makeThreat, type TestWard, testWard } from '../../../tests/setup/test-ward.ts';
import type { Principal } from '../people/roles.ts';
import { decideEdit } from './decide.ts';
import { editRecord } from './operations.ts';
import { findAndLock, findRecord } from './read.ts';
import type { WardRecord } from './record.ts';

let ward: TestWard;
let lead: Principal;
let product: WardRecord;
const seen: string[] = [];
let fails = false;

beforeAll(async () => {
  ward = await testWard();
  lead = await ward.person('Lea Lead', ['security-lead']);
  product = await makeProduct(ward);
  ward.records.addReaction<number[]>('attacker', {
    concerns: (change) => change.type === 'edit' && change.body.means !== change.record.body.means,
    async prepare(tx, changes) {
      const heads = changes.map((change) =>
        change.type === 'edit' ? findRecord(tx, change.record.id) : undefined,
      );
      return (await Promise.all(heads)).map((head) => head?.revision ?? 0);
    },
    async follow(unit, changes, before) {
      if (fails) throw new Error('cannot follow');
      for (const [index, change] of changes.entries()) {
        if (change.type !== 'edit') continue;
        const now = await findRecord(unit.db, change.record.id);
        seen.push(`${now?.title}: ${before[index]} then ${now?.revision}`);
      }
      seen.push('end of a commit');
    },
  });
});
afterAll(() => ward.close());

const attacker = (title: string) =>
  ward.records
    .write(lead, (unit) =>
      unit.commit([
        {
          type: 'create',
          id: unit.newId(),
          kind: 'attacker',
          productId: product.id,
          title,
          body: { title, profile: 'insider', means: '', access: '' },
          state: 'active',
          reason: null,
        },
      ]),
    )
    .then(async ([made]) => (await findRecord(ward.db, made?.key as string)) as WardRecord);

const edit = (record: WardRecord, change: object) =>
  editRecord(ward.records, lead, record.id, {
    seenRevision: record.revision,
    body: { ...record.body, ...change },
    reason: null,
  });

describe('a reaction', () => {
  it('is told only of what concerns it', async () => {
    const nurse = await attacker('Nurse');
    await edit(nurse, { access: 'ward' });
    await makeThreat(ward, lead, product.id);

    expect(seen.splice(0)).toEqual([]);
  });

  it('makes ready before anything is written and follows once for a commit', async () => {
    const [guest, thief] = [await attacker('Guest'), await attacker('Thief')];
    const kind = ward.records.kinds.get('attacker');
    const changed = (record: WardRecord, change: object) =>
      decideEdit(kind, record, lead, { body: { ...record.body, ...change }, reason: null });
    await ward.records.write(lead, (unit) =>
      unit.commitLast([changed(guest, { means: 'a key' }), changed(thief, { means: 'a lorry' })]),
    );

    expect(seen.splice(0)).toEqual(['Guest: 1 then 2', 'Thief: 1 then 2', 'end of a commit']);
  });

  it('that fails takes the change with it', async () => {
    const visitor = await attacker('Visitor');
    fails = true;
    await expect(edit(visitor, { means: 'a laptop' })).rejects.toThrow('cannot follow');
    fails = false;

    expect(await findRecord(ward.db, visitor.id)).toMatchObject({ revision: 1 });
  });
});

describe('a transaction', () => {
  it('that PostgreSQL ended in a circle of waiting runs again, and nothing of it is doubled', async () => {
    const [left, right] = [await attacker('Left'), await attacker('Right')];
    let go = () => {};
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    let locked = 0;
    let runs = 0;
    const swap = (first: WardRecord, second: WardRecord) =>
      ward.records.write(lead, async (unit) => {
        runs += 1;
        await findAndLock(unit.db, first.id);
        locked += 1;
        if (locked === 2) go();
        await both;
        const head = (await findAndLock(unit.db, second.id)) as WardRecord;
        const body = { ...head.body, access: `after ${first.title}` };
        await unit.commit([
          decideEdit(ward.records.kinds.get('attacker'), head, lead, { body, reason: null }),
        ]);
      });

    await Promise.all([swap(left, right), swap(right, left)]);

    expect(runs).toBe(3);
    for (const { id } of [left, right]) expect(await findRecord(ward.db, id)).toMatchObject({ revision: 2 });
  });

  it('takes nothing more after its last commit', async () => {
    const late = await attacker('Late');
    const write = ward.records.write(lead, async (unit) => {
      await unit.commitLast([{ type: 'comment', record: late, text: 'last' }]);
      await unit.commit([{ type: 'comment', record: late, text: 'more' }]);
    });

    await expect(write).rejects.toThrow('has ended');
  });
});
