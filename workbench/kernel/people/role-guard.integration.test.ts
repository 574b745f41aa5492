import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from './people.fixture.ts';
import type { Principal, Role } from './roles.ts';

let house: House;
let lumen: string;
let other: string;
let admin: Principal;
beforeAll(async () => {
  house = await openHouse();
  lumen = await house.product('Lumen 400');
  other = await house.product('Other');
  admin = sessionOf(await house.member('root', 'administrator'), 'administrator');
});
afterAll(() => house.close());

function sessionOf(personId: string, ...roles: Role[]): Principal {
  const grants = roles.map((role) => ({ role, productId: null }));
  return { via: 'session', personId, name: 'x', grants, scopes: null, tokenProductId: null };
}

let count = 0;
const person = (...roles: Parameters<House['member']>[1][]) => house.member(`p${count++}`, ...roles);
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  );

describe('giving a role', () => {
  it('makes it count at once, and only where it was given', async () => {
    const who = await person();

    await house.assign(admin, who, 'tester', lumen);

    const names = async (product: string | null) =>
      (await house.people.holders(['tester', 'quality'], product, [])).map((found) => found.id);
    expect(await names(lumen)).toEqual([who]);
    expect(await names(other)).toEqual([]);
    expect(await names(null)).toEqual([]);
    expect(await house.people.holders(['tester'], lumen, [who])).toEqual([]);
  });

  it('is never to oneself', async () => {
    expect(await codeOf(house.assign(admin, admin.personId as string, 'quality'))).toBe('people.role-self');
  });

  it('is done in a session, not with a token', async () => {
    const token: Principal = { ...admin, via: 'token', scopes: ['records:write'] };

    expect(await codeOf(house.assign(token, await person(), 'tester'))).toBe('people.role-session');
  });

  it('needs a person whom Ward knows and who has not left', async () => {
    const left = await person();
    await house.db.updateTable('person').set({ disabled_at: house.now }).where('id', '=', left).execute();

    for (const who of ['019ab000-0000-7000-8000-000000000000', left])
      expect(await codeOf(house.assign(admin, who, 'tester'))).toBe('people.person-unknown');
  });

  it.each<[Role, 'lumen' | 'house', Role, 'lumen' | 'other' | 'house', string]>([
    ['auditor', 'lumen', 'developer', 'lumen', 'people.role-auditor'],
    ['developer', 'lumen', 'auditor', 'lumen', 'people.role-auditor'],
    ['auditor', 'house', 'quality', 'lumen', 'people.role-auditor'],
    ['auditor', 'lumen', 'tester', 'house', 'people.role-auditor'],
    ['security-lead', 'house', 'auditor', 'lumen', 'people.role-auditor'],
    ['auditor', 'lumen', 'developer', 'other', 'done'],
    ['developer', 'lumen', 'auditor', 'other', 'done'],
    ['auditor', 'lumen', 'supplier-contact', 'lumen', 'done'],
    ['developer', 'lumen', 'tester', 'lumen', 'done'],
    ['developer', 'lumen', 'developer', 'lumen', 'people.role-held'],
    ['developer', 'lumen', 'developer', 'house', 'done'],
  ])('%s (%s) and then %s (%s): %s', async (first, where, second, there, expected) => {
    const places = { lumen, other, house: null };
    const who = await person();
    await house.assign(admin, who, first, places[where]);

    expect(await codeOf(house.assign(admin, who, second, places[there]))).toBe(expected);
  });

  it('holds its rules when two people give roles at the same moment', async () => {
    const who = await person();

    const outcomes = await Promise.all([
      codeOf(house.assign(admin, who, 'auditor', lumen)),
      codeOf(house.assign(admin, who, 'developer', lumen)),
    ]);

    expect(outcomes.sort()).toEqual(['done', 'people.role-auditor']);
  });

  it('makes administrators for the house only', async () => {
    expect(await codeOf(house.assign(admin, await person(), 'administrator', lumen))).toBe(
      'people.role-scope',
    );
  });
});

describe('changing and ending an assignment', () => {
  it('changes training, not person or role, and not by the holder', async () => {
    const who = await person('developer');
    const record = await house.assignment(who, 'developer');
    const edit = (by: Principal, change: object) =>
      codeOf(
        house.commit(by, {
          type: 'edit',
          record,
          title: record.title,
          body: { ...record.body, ...change },
          state: 'active',
          reason: 'x',
        }),
      );

    expect(await edit(admin, { role: 'quality' })).toBe('people.role-fixed');
    expect(await edit(admin, { person: admin.personId })).toBe('people.role-fixed');
    expect(await edit(sessionOf(who, 'quality'), { training: 'mine' })).toBe('people.role-self');
    expect(await edit(admin, { training: 'Course of 2026-10-01' })).toBe('done');
  });

  it('ends rights at once', async () => {
    const who = await person(['tester', other]);

    await house.end(await house.assignment(who, 'tester'), admin);

    expect(await house.people.holders(['tester'], other, [])).toEqual([]);
  });

  it('keeps the last administrator who can sign in', async () => {
    const second = await house.people.ensurePerson({ name: 'Named', email: 'named@lumen.example' });
    await house.assign(admin, second, 'administrator');
    const first = await house.assignment(admin.personId as string, 'administrator');

    expect(await codeOf(house.end(first, admin))).toBe('people.last-administrator');

    await person('administrator');
    expect(await codeOf(house.end(first, admin))).toBe('done');
  });
});
