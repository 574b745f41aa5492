// The kernel's promise, over a real PostgreSQL: nothing acknowledged is lost, nothing is changed in place, the ledger holds.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeProduct,
  makeThreat,
  PASSWORD,
  type TestWard,
  testWard,
} from '../../../tests/setup/test-ward.ts';
import { verifyExport } from '../ledger/verify-export.ts';
import type { Principal } from '../people/roles.ts';
import { addComment, addLink, changeLink, createRecord, editRecord, makeTransition } from './operations.ts';
import { findRecord, linksOf, listRecords, readRevision, searchRecords } from './read.ts';
import type { WardRecord } from './record.ts';

let ward: TestWard;
let product: WardRecord;
let lead: Principal;
let second: Principal;
let auditor: Principal;
let administrator: Principal;

beforeAll(async () => {
  ward = await testWard();
  product = await makeProduct(ward);
  lead = await ward.person('Lea Lead', ['security-lead']);
  second = await ward.person('Sam Second', ['security-lead', 'safety-risk-manager', 'quality']);
  auditor = await ward.person('Aud Auditor', ['auditor']);
  administrator = await ward.person('Ada Admin', ['administrator']);
  for (const person of [lead, second, administrator])
    await ward.people.setPassword(person.personId as string, PASSWORD);
});
afterAll(() => ward.close());

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );
const wholeExport = async () => {
  const lines: string[] = [];
  for await (const line of ward.ledger.export({ products: 'all' }, new Date())) lines.push(line);
  return lines;
};

describe('a record', () => {
  it('gets a key, a history of revisions and the words of their difference', async () => {
    const threat = await makeThreat(ward, lead, product.id);
    const edited = await editRecord(ward.records, lead, threat.key, {
      seenRevision: 1,
      body: { ...threat.body, title: 'Spoofed operator console' },
      reason: 'clearer',
    });

    expect(threat.key).toMatch(/^THR-\d+$/);
    expect(edited).toMatchObject({ revision: 2, title: 'Spoofed operator console', state: 'open' });
    expect(await readRevision(ward.db, threat.id, 1)).toMatchObject({
      title: 'Spoofed console',
      authorId: lead.personId,
    });
    expect(await readRevision(ward.db, threat.id, 2)).toMatchObject({ reason: 'clearer' });
  });

  it('refuses an edit on top of a revision that is not the newest, and keeps the newer one', async () => {
    const threat = await makeThreat(ward, lead, product.id);
    await editRecord(ward.records, lead, threat.key, {
      seenRevision: 1,
      body: { ...threat.body, title: 'First' },
      reason: null,
    });

    const late = code(
      editRecord(ward.records, second, threat.key, {
        seenRevision: 1,
        body: { ...threat.body, title: 'Second' },
        reason: null,
      }),
    );

    expect(await late).toBe('record.stale-revision');
    expect((await findRecord(ward.db, threat.id))?.title).toBe('First');
  });

  it('loses nothing when many edit at once: every acknowledged edit is one revision, the others are refused', async () => {
    const threat = await makeThreat(ward, lead, product.id);
    const outcomes: { title: string; code: string }[] = [];
    const writer = async (name: string) => {
      for (let round = 0; round < 8; round += 1) {
        const seen = (await findRecord(ward.db, threat.id)) as WardRecord;
        const title = `${name} ${round}`;
        outcomes.push({
          title,
          code: await code(
            editRecord(ward.records, lead, threat.id, {
              seenRevision: seen.revision,
              body: { ...seen.body, title },
              reason: null,
            }),
          ),
        });
      }
    };
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(writer));

    const accepted = outcomes.filter((outcome) => outcome.code === 'done').map((outcome) => outcome.title);
    expect(new Set(outcomes.map((outcome) => outcome.code))).toEqual(
      new Set(['done', 'record.stale-revision']),
    );
    const last = (await findRecord(ward.db, threat.id)) as WardRecord;
    expect(last.revision).toBe(accepted.length + 1);
    const history = [];
    for (let n = 2; n <= last.revision; n += 1)
      history.push((await readRevision(ward.db, threat.id, n))?.title);
    expect(history.sort()).toEqual(accepted.sort());
  });

  it('asks for a reason where the kind does, and refuses a body that does not fit with its place', async () => {
    const plan = await createRecord(ward.records, lead, {
      kind: 'role-assignment',
      productId: product.id,
      body: { person: lead.personId, role: 'developer' },
    }).catch((error) => error.code);
    expect(plan).toBe('record.not-permitted');
    const bad = await createRecord(ward.records, lead, {
      kind: 'threat',
      productId: product.id,
      body: { title: 'x', category: 'witchcraft' },
    }).catch((error) => error);
    expect(bad).toMatchObject({ code: 'record.invalid', at: '$.body.category' });
    const extra = await createRecord(ward.records, lead, {
      kind: 'threat',
      productId: product.id,
      body: { title: 'x', category: 'spoofing', surprise: 1 },
    }).catch((error) => error.code);
    expect(extra).toBe('record.invalid');
    const nul = await createRecord(ward.records, lead, {
      kind: 'threat',
      productId: product.id,
      body: { title: 'x', category: 'spoofing', description: 'a\u0000b' },
    }).catch((error) => error.code);
    expect(nul).toBe('record.invalid');
  });

  it('can be read but not changed by an auditor, and by nobody without a role', async () => {
    const threat = await makeThreat(ward, lead, product.id);
    expect((await listRecords(ward.db, auditor, { kind: 'threat' }, undefined, 10)).total).toBeGreaterThan(0);
    expect(
      await code(
        editRecord(ward.records, auditor, threat.key, {
          seenRevision: 1,
          body: { ...threat.body, title: 'No' },
          reason: 'x',
        }),
      ),
    ).toBe('record.not-permitted');
    expect(await code(addComment(ward.records, auditor, threat.key, 'hello'))).toBe('record.not-permitted');
    const stranger: Principal = { ...lead, grants: [] };
    expect(
      await code(
        editRecord(ward.records, stranger, threat.key, { seenRevision: 1, body: threat.body, reason: null }),
      ),
    ).toBe('record.not-found');
  });

  it('is found by the start of its key and by words of its text', async () => {
    const threat = await createRecord(ward.records, lead, {
      kind: 'threat',
      productId: product.id,
      body: { title: 'Zebrafinch relay', category: 'tampering', description: 'über quokkas' },
    });
    expect((await searchRecords(ward.db, lead, 'zebraf', 5)).map((r) => r.key)).toContain(threat.key);
    expect((await searchRecords(ward.db, lead, 'quokka über', 5)).map((r) => r.key)).toContain(threat.key);
    expect((await searchRecords(ward.db, lead, threat.key.toLowerCase(), 5))[0]?.key).toBe(threat.key);
    expect(await searchRecords(ward.db, lead, "'; drop table record; -- & | ! :*", 5)).toBeInstanceOf(Array);
  });
});

describe('links', () => {
  it('are suspect exactly when the far end got a new revision, until somebody confirms', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('edit far', 'edit near', 'move far', 'confirm'), { maxLength: 7 }),
        async (steps) => {
          const far = await createRecord(ward.records, lead, {
            kind: 'attacker',
            productId: product.id,
            body: { title: 'Insider', profile: 'insider' },
          });
          const near = await makeThreat(ward, lead, product.id);
          await addLink(ward.records, lead, near.key, 'by', far.key);
          let expected = false;
          for (const [index, step] of steps.entries()) {
            const now = {
              far: (await findRecord(ward.db, far.id)) as WardRecord,
              near: (await findRecord(ward.db, near.id)) as WardRecord,
            };
            if (step === 'edit far') {
              if (now.far.state === 'withdrawn') continue;
              await editRecord(ward.records, lead, far.id, {
                seenRevision: now.far.revision,
                body: { ...now.far.body, means: `step ${index}` },
                reason: null,
              });
              expected = true;
            } else if (step === 'edit near') {
              await editRecord(ward.records, lead, near.id, {
                seenRevision: now.near.revision,
                body: { ...now.near.body, description: `step ${index}` },
                reason: null,
              });
            } else if (step === 'move far') {
              if (now.far.state === 'withdrawn') continue;
              await makeTransition(ward.records, lead, far.id, {
                seenRevision: now.far.revision,
                transition: 'withdraw',
                reason: 'x',
              });
            } else {
              const link = (await linksOf(ward.db, lead, near.id))[0];
              const answer = await code(changeLink(ward.records, lead, link?.id as string, 'confirm', null));
              expect(answer).toBe(expected ? 'done' : 'link.nothing-to-confirm');
              expected = false;
            }
            expect((await linksOf(ward.db, lead, near.id))[0]?.suspect).toBe(expected);
            expect((await linksOf(ward.db, lead, far.id))[0]?.suspect).toBe(expected);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('stand once, are read both ways, and refuse what the kind does not offer', async () => {
    const threat = await makeThreat(ward, lead, product.id);
    const attacker = await createRecord(ward.records, lead, {
      kind: 'attacker',
      productId: product.id,
      body: { title: 'Thief', profile: 'outsider' },
    });
    await addLink(ward.records, lead, threat.key, 'by', attacker.key);
    expect(await code(addLink(ward.records, lead, threat.key, 'by', attacker.key))).toBe('link.exists');
    expect(await code(addLink(ward.records, lead, attacker.key, 'by', threat.key))).toBe('link.not-allowed');
    expect((await linksOf(ward.db, lead, attacker.id)).map((l) => [l.direction, l.other.key])).toEqual([
      ['in', threat.key],
    ]);
    await changeLink(
      ward.records,
      lead,
      (await linksOf(ward.db, lead, threat.id))[0]?.id as string,
      'end',
      'wrong person',
    );
    expect(await linksOf(ward.db, lead, attacker.id)).toEqual([]);
  });
});

describe('a signature', () => {
  const requirement = () =>
    createRecord(ward.records, lead, {
      kind: 'requirement',
      productId: product.id,
      body: { title: 'Console authenticates', category: 'authentication' },
    });
  const approve = (who: Principal, key: string, seenRevision = 1, password: string | null = PASSWORD) =>
    makeTransition(ward.records, who, key, {
      seenRevision,
      transition: 'approve',
      reason: null,
      credential: password === null ? undefined : { password },
    });

  it('is refused to the author, to an administrator, without the password, and with a wrong one', async () => {
    const record = await requirement();
    expect(await code(approve(lead, record.key))).toBe('signature.own-work');
    expect(await code(approve(administrator, record.key))).toBe('signature.administrator');
    expect(
      await code(
        approve(
          { ...second, grants: [...second.grants, { role: 'administrator', productId: null }] },
          record.key,
        ),
      ),
    ).toBe('signature.administrator');
    expect(await code(approve(second, record.key, 1, null))).toBe('signature.needed');
    expect(await code(approve(second, record.key, 1, 'not my password at all'))).toBe(
      'people.wrong-credential',
    );
    expect((await findRecord(ward.db, record.id))?.state).toBe('draft');
  });

  it('binds one exact revision: who, meaning, time and hash; a later revision does not carry it', async () => {
    const record = await requirement();
    const approved = await approve(second, record.key);
    const rows = await ward.ledger.list(
      { record: record.id, action: 'signature.made', products: 'all' },
      null,
      10,
    );
    const revision = await readRevision(ward.db, record.id, 1);

    expect(approved.state).toBe('approved');
    expect(rows.map((row) => row.value)).toEqual([
      {
        key: record.key,
        meaning: 'approve',
        signerName: 'Sam Second',
        authentication: 'password',
        revisionHash: revision?.hash,
      },
    ]);
    const changed = await editRecord(ward.records, lead, record.key, {
      seenRevision: 1,
      body: { ...record.body, statement: 'Within 5 s.' },
      reason: 'sharper',
    });
    expect(changed).toMatchObject({ state: 'draft', revision: 2 });
    expect(rows[0]?.revision).toBe(1);
  });

  it('refuses everybody who wrote since the last approval, not only the last author', async () => {
    const record = await requirement();
    await editRecord(ward.records, second, record.key, {
      seenRevision: 1,
      body: { ...record.body, statement: 'typo' },
      reason: null,
    }).catch(() => undefined);
    expect(await code(approve(lead, record.key, (await findRecord(ward.db, record.id))?.revision))).toBe(
      'signature.own-work',
    );
  });

  it('is refused for a revision that is not the newest', async () => {
    const record = await requirement();
    await editRecord(ward.records, lead, record.key, {
      seenRevision: 1,
      body: { ...record.body, statement: 'more' },
      reason: null,
    });
    expect(await code(approve(second, record.key, 1))).toBe('record.stale-revision');
  });
});

describe('the ledger', () => {
  it('holds every change in one chain that verifies offline with the public key', async () => {
    const lines = await wholeExport();
    const verdict = await verifyExport(lines, ward.ledger.verifierKey);
    expect(verdict.problems).toEqual([]);
    expect(verdict.entries).toBe((await ward.ledger.head()).size);
  });

  it('keeps its chain when only some contents are given', async () => {
    const lines: string[] = [];
    for await (const line of ward.ledger.export({ products: 'all', action: 'signature.' }, new Date()))
      lines.push(line);
    const verdict = await verifyExport(lines, ward.ledger.verifierKey);
    expect(verdict.ok).toBe(true);
    expect(verdict.contents).toBeLessThan(verdict.entries);
  });

  it('shows what somebody changed directly in the database', async () => {
    await ward.pool.query('alter table ledger disable trigger all');
    const { rows } = await ward.pool.query(
      `select seq, content from ledger where action = 'comment.made' or action = 'record.created' order by seq limit 1`,
    );
    await ward.pool.query('update ledger set content = $1 where seq = $2', [
      JSON.stringify({ forged: true }),
      rows[0].seq,
    ]);
    const broken = await verifyExport(await wholeExport(), ward.ledger.verifierKey);
    await ward.pool.query('update ledger set content = $1 where seq = $2', [
      JSON.stringify(rows[0].content),
      rows[0].seq,
    ]);
    await ward.pool.query('alter table ledger enable trigger all');
    expect(broken.problems.map((problem) => problem.code)).toEqual(['content-differs']);
    expect((await verifyExport(await wholeExport(), ward.ledger.verifierKey)).ok).toBe(true);
  });

  it('refuses to be updated, deleted or emptied', async () => {
    for (const statement of [
      `update ledger set action = 'x'`,
      'delete from ledger',
      'truncate ledger',
      'delete from record',
      'delete from link',
    ]) {
      await expect(ward.pool.query(statement)).rejects.toMatchObject({ code: 'WA001' });
    }
  });

  it('stays whole under many writers at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => makeThreat(ward, lead, product.id, `Parallel ${i}`)),
    );
    const verdict = await verifyExport(await wholeExport(), ward.ledger.verifierKey);
    expect(verdict.problems).toEqual([]);
    const { rows } = await ward.pool.query(`select number from record where kind = 'threat' order by number`);
    expect(rows.map((row) => row.number)).toEqual(rows.map((_, i) => i + 1));
  });
});
