import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse, PASSWORD } from './people.fixture.ts';

const NEXT = 'quiet lantern over the mole';
let house: House;
let admin: string;
beforeAll(async () => {
  house = await openHouse();
  admin = await house.member('root', 'administrator');
});
afterAll(() => house.close());

const signIn = (name: string, password: string) =>
  house.browser().post('/api/session', { email: `${name}@lumen.example`, password });
async function linkFor(id: string) {
  const browser = await house.signedIn('root');
  const reply = await browser.post(`/api/people/${id}/password-reset`, { password: PASSWORD });
  return { reply, token: reply.status === 200 ? new URL(reply.body.url).hash.slice(1) : '' };
}
const use = (token: string, password = NEXT) =>
  house.browser().post('/api/session/password-reset', { token, password });

describe('a forgotten password', () => {
  it('is set by a link, once; nobody is signed in by it, and every session of the person ends', async () => {
    const id = await house.member('anna', 'developer');
    const before = await house.signedIn('anna');
    const { token, reply } = await linkFor(id);
    expect(reply.body.url).toMatch(/^http:\/\/ward\.test\/new-password#/);
    expect((await signIn('anna', PASSWORD)).status).toBe(200);

    const used = await use(token);

    expect([used.status, used.cookies]).toEqual([200, []]);
    expect((await use(token)).body.code).toBe('people.link-over');
    expect((await before.get('/api/session')).body.person).toBeNull();
    expect((await signIn('anna', PASSWORD)).status).toBe(401);
    expect((await signIn('anna', NEXT)).body.step).toBe('done');
  });

  it('ends API tokens of the person, and says how many', async () => {
    const id = await house.member('tilda', 'developer');
    const browser = await house.signedIn('tilda');
    const wanted = { name: 'Pipeline', scopes: ['read'], days: 30, password: PASSWORD };
    const made = await browser.post('/api/tokens', wanted);
    const pipeline = house.browser();
    pipeline.headers = { authorization: `Bearer ${made.body.token}` };
    const asked = async () => (await pipeline.get('/api/read')).status;
    expect(await asked()).toBe(200);

    await use((await linkFor(id)).token);

    expect(await asked()).toBe(401);
    const used = (await house.notes('people.password-reset-used')).find((one) => one.content.person === id);
    expect(used?.content).toMatchObject({ tokens: 1 });
  });

  it('leaves the second factor where it is', async () => {
    const id = await house.member('berta');
    await house.db
      .insertInto('second_factor')
      .values({
        person_id: id,
        sealed_secret: house.people.context.vault.seal(Buffer.from('x'.repeat(20)), id),
        confirmed_at: house.now,
      })
      .execute();
    const { token, reply } = await linkFor(id);
    await use(token);

    expect(reply.body).toMatchObject({ secondFactor: true });
    expect((await signIn('berta', NEXT)).body.step).toBe('totp');
  });

  it('stands in the ledger with who asked, and the person is told until it is confirmed', async () => {
    const id = await house.member('carla');
    const { token } = await linkFor(id);
    await use(token);

    const asked = (await house.notes('people.password-reset-asked')).filter(
      (note) => note.content.person === id,
    );
    expect(asked).toMatchObject([{ actor: admin }]);
    const browser = house.browser();
    await browser.post('/api/session', { email: 'carla@lumen.example', password: NEXT });
    const told = (await browser.get('/api/session')).body.person;
    expect(told).toMatchObject({ passwordReset: { by: 'root' } });
    await browser.post('/api/me/password-reset/seen');
    expect((await browser.get('/api/session')).body.person).toMatchObject({ passwordReset: null });
    expect(await house.notes('people.password-reset-used')).not.toHaveLength(0);
    expect((await house.notes('people.password-reset-seen')).map((note) => note.actor)).toContain(id);
    expect(JSON.stringify(await house.db.selectFrom('one_time_token').selectAll().execute())).not.toContain(
      token,
    );
  });

  it('needs the administrator’s own proof, a known person with a password, and somebody else', async () => {
    const id = await house.member('dora');
    const named = await house.people.ensurePerson({ name: 'Author', email: 'author@lumen.example' });
    const browser = await house.signedIn('root');
    const ask = (who: string, password = PASSWORD) =>
      browser.post(`/api/people/${who}/password-reset`, { password });

    expect((await ask(id, 'wrong')).body.code).toBe('people.wrong-credential');
    expect((await ask(named)).body.code).toBe('people.no-password');
    expect((await ask('019ab000-0000-7000-8000-000000000000')).body.code).toBe('people.person-unknown');
    expect((await ask(admin)).body.code).toBe('people.reset-self');
    await house.member('emil', 'quality');
    const quality = await house.signedIn('emil');
    expect((await quality.post(`/api/people/${id}/password-reset`, { password: PASSWORD })).status).toBe(403);
  });

  it('takes the last link only, for a day, a good password, and nobody who has left', async () => {
    const id = await house.member('frida');
    const first = await linkFor(id);
    const second = await linkFor(id);
    expect((await use(first.token)).body.code).toBe('people.link-over');
    expect((await use(second.token, 'short')).body.code).toBe('people.password-length');
    house.passes(24 * 3_600 + 1);
    expect((await use(second.token)).body.code).toBe('people.link-over');
    const third = await linkFor(id);
    await house.db.updateTable('person').set({ disabled_at: house.now }).where('id', '=', id).execute();
    expect((await use(third.token)).body.code).toBe('people.link-over');
  });
});

it('takes no more sign-ins to one account than it should, right ones neither', async () => {
  await house.member('gerd');
  const many = Array.from({ length: 40 }, () =>
    house.browser().post('/api/session', { email: 'gerd@lumen.example', password: 'x' }),
  );

  const codes = new Set((await Promise.all(many)).map((reply) => reply.body.code));

  expect(codes).toContain('http.too-many');
}, 60_000);
