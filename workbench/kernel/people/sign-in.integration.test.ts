import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADDRESS_POLICY, addressSubject, beginAttempt, signInSubject, takeBack } from './back-off.ts';
import { type House, makeApp, openHouse, PASSWORD } from './people.fixture.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.member('root', 'administrator');
});
afterAll(() => house.close());

const signIn = (email: string, password: string, browser = house.browser()) =>
  browser.post('/api/session', { email, password });

describe('signing in', () => {
  it('opens a session with a cookie that scripts and other sites do not get', async () => {
    await house.member('ana', 'developer');
    const browser = house.browser();

    const reply = await signIn('Ana@Lumen.example', PASSWORD, browser);
    const me = await browser.get('/api/session');

    expect(reply).toMatchObject({ status: 200, body: { step: 'done' } });
    expect(reply.cookies[0]).toMatch(
      /^ward\.session_token=.+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(me.body.person).toMatchObject({
      name: 'ana',
      secondFactor: false,
      roles: [{ role: 'developer', productId: null }],
      via: 'session',
    });
    expect(JSON.stringify(reply.body)).not.toContain(browser.jar.get('ward.session_token')?.slice(0, 20));
  });

  it('writes into the ledger who came in and how, without name or address', async () => {
    const id = await house.member('noted');

    await signIn('noted@lumen.example', PASSWORD);

    const notes = await house.notes('people.signed-in');
    expect(notes.at(-1)).toEqual({ actor: id, content: { person: id, via: 'password' } });
  });

  it('refuses a wrong password and an unknown address with the same words', async () => {
    await house.member('ben');

    const wrong = await signIn('ben@lumen.example', 'not the password');
    const unknown = await signIn('nobody@lumen.example', 'not the password');

    expect(wrong).toMatchObject({ status: 401, body: { code: 'people.wrong-credential' }, cookies: [] });
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
  });

  it('takes about as long for an address that nobody has', async () => {
    // With the full cost of a hash, unlike the other people of these tests.
    await house.people.setPassword(await house.member('timed'), PASSWORD);
    const time = async (email: string) => {
      const times: number[] = [];
      for (let n = 0; n < 4; n++) {
        const started = performance.now();
        await signIn(email, 'not the password');
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };

    const known = await time('timed@lumen.example');
    const unknown = await time('untimed@lumen.example');

    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });

  it('refuses a person who was disabled, at once and with a session still open', async () => {
    const id = await house.member('gone', 'developer');
    const browser = await house.signedIn('gone');
    const admin = await house.signedIn('root');

    await admin.post(`/api/people/${id}/disable`);

    expect((await browser.get('/api/session')).body.person).toBeNull();
    expect(await signIn('gone@lumen.example', PASSWORD)).toMatchObject({ status: 401 });
    expect((await house.notes('people.disabled')).at(-1)?.content).toEqual({ person: id });

    await admin.post(`/api/people/${id}/enable`);

    expect(await signIn('gone@lumen.example', PASSWORD)).toMatchObject({ status: 200 });
  });

  it.each([
    [{ email: 'ana@lumen.example' }],
    [{ email: 'ana@lumen.example', password: 'x'.repeat(257) }],
    [{ email: 'x'.repeat(255), password: PASSWORD }],
    [{ email: ['ana@lumen.example'], password: { $ne: '' } }],
  ])('refuses a malformed request: %j', async (body) => {
    expect(await house.browser().post('/api/session', body)).toMatchObject({
      status: 422,
      body: { code: 'http.invalid' },
    });
  });

  it('has no route of the sign-in library', async () => {
    for (const path of [
      'sign-in/email',
      'sign-up/email',
      'get-session',
      'ok',
      'two-factor/enable',
      'open-session',
    ]) {
      for (const prefix of ['/api/auth/', '/api/', '/']) {
        expect((await house.browser().post(prefix + path)).status).toBe(404);
        expect((await house.browser().get(prefix + path)).status).toBe(404);
      }
    }
  });
});

describe('back-off', () => {
  it('waits 2, 4, 8 s from the fifth failure on, also with the right password, and tells the ledger', async () => {
    const id = await house.member('cleo');
    for (let n = 0; n < 5; n++)
      expect((await signIn('cleo@lumen.example', 'wrong')).body.code).toBe('people.wrong-credential');

    const blocked = await signIn('cleo@lumen.example', PASSWORD);
    expect(blocked).toMatchObject({ status: 429, body: { code: 'people.backed-off' } });
    expect(blocked.headers.get('retry-after')).toBe('2');

    house.passes(2);
    expect((await signIn('cleo@lumen.example', 'wrong')).status).toBe(401);
    expect((await signIn('cleo@lumen.example', PASSWORD)).headers.get('retry-after')).toBe('4');

    house.passes(4);
    expect((await signIn('cleo@lumen.example', PASSWORD)).status).toBe(200);
    expect((await signIn('cleo@lumen.example', 'wrong')).status).toBe(401);
    const notes = (await house.notes('people.backed-off')).filter((note) => note.content.person === id);
    expect(notes.map((note) => note.content.failures)).toEqual([5, 6]);
  });

  it('treats an address that nobody has in the same way', async () => {
    for (let n = 0; n < 5; n++) await signIn('phantom@lumen.example', 'wrong');

    expect(await signIn('phantom@lumen.example', 'wrong')).toMatchObject({ status: 429 });
  });

  it('counts attempts at the same moment and in several processes together', async () => {
    await house.member('dora');
    const other = makeApp(house.process());
    const guesses = Array.from({ length: 20 }, (_, n) =>
      signIn('dora@lumen.example', `wrong ${n}`, house.browser(n % 2 ? other : house.app)),
    );

    const statuses = (await Promise.all(guesses)).map((reply) => reply.status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });

  it('does not let a right password in flight end the wait that wrong codes have begun', async () => {
    const { db, now } = house;
    const subject = signInSubject('race@lumen.example');
    const right = await beginAttempt(db, subject, now);
    for (let n = 0; n < 4; n++) await beginAttempt(db, subject, now);

    await takeBack(db, right);

    await expect(beginAttempt(db, subject, now)).rejects.toMatchObject({ code: 'people.backed-off' });
  });

  it('is forgotten after a day, and its row with it', async () => {
    const { db } = house;
    const subject = signInSubject('forgotten@lumen.example');
    for (let n = 0; n < 4; n++) await beginAttempt(db, subject, house.now);

    house.passes(86_401);
    await house.member('later');
    await house.signedIn('later');

    const rows = await db
      .selectFrom('sign_in_attempt')
      .select('subject')
      .where('subject', '=', subject)
      .execute();
    expect(rows).toEqual([]);
  });

  it('slows an address that tries many accounts', async () => {
    const sprayed = async (n: number) => {
      const browser = house.browser();
      browser.headers = { 'x-test-address': '198.51.100.7' };
      return signIn(`someone${n}@lumen.example`, 'wrong', browser);
    };
    const now = house.now;
    for (let n = 1; n < 50; n++)
      await beginAttempt(house.db, addressSubject('198.51.100.7'), now, ADDRESS_POLICY);

    expect((await sprayed(50)).status).toBe(401);
    expect((await sprayed(51)).status).toBe(429);
  });
});

describe('sessions', () => {
  it('end after twelve hours without a request', async () => {
    await house.member('idle');
    const browser = await house.signedIn('idle');

    house.passes(12 * 3600 - 1);
    expect((await browser.get('/api/session')).body.person).not.toBeNull();
    house.passes(12 * 3600 - 1);
    expect((await browser.get('/api/session')).body.person).not.toBeNull();
    house.passes(12 * 3600);
    expect((await browser.get('/api/session')).body.person).toBeNull();
  });

  it('end after seven days however busy', async () => {
    await house.member('busy');
    const browser = await house.signedIn('busy');

    for (let hours = 6; hours < 7 * 24; hours += 6) {
      house.passes(6 * 3600);
      expect((await browser.get('/api/session')).body.person).not.toBeNull();
    }
    house.passes(6 * 3600);

    expect((await browser.get('/api/session')).body.person).toBeNull();
  });

  it('that nobody came back to are cleared away', async () => {
    await house.member('forgetful');
    await house.signedIn('forgetful');
    const limit = house.now;

    house.passes(7 * 86_400);
    await house.signedIn('root');

    const old = await house.db.selectFrom('session').select('id').where('created_at', '<=', limit).execute();
    expect(old).toEqual([]);
  });

  it('end with sign-out, and their cookie does not come back to life', async () => {
    await house.member('leaver');
    const browser = await house.signedIn('leaver');
    const kept = new Map(browser.jar);

    const reply = await browser.delete('/api/session');
    for (const [name, value] of kept) browser.jar.set(name, value);

    expect(reply.cookies.some((cookie) => /^ward\.session_token=; Max-Age=0/.test(cookie))).toBe(true);
    expect((await browser.get('/api/session')).body.person).toBeNull();
  });

  it('are listed without their tokens, ended singly and all together', async () => {
    await house.member('many');
    const [one, two, three] = [
      await house.signedIn('many'),
      await house.signedIn('many'),
      await house.signedIn('many'),
    ];
    await house.member('stranger');
    const stranger = await house.signedIn('stranger');

    const list = await one.get('/api/me/sessions');
    expect(list.body.items).toHaveLength(3);
    expect(list.body.items.filter((item) => item.current)).toHaveLength(1);
    for (const [, cookie] of one.jar)
      expect(JSON.stringify(list.body)).not.toContain(decodeURIComponent(cookie).split('.')[0]);

    const twoId = (await two.get('/api/me/sessions')).body.items.find((item) => item.current)?.id;
    expect(await stranger.delete(`/api/me/sessions/${twoId}`)).toMatchObject({
      status: 404,
      body: { code: 'people.session-unknown' },
    });
    await one.delete(`/api/me/sessions/${twoId}`);
    expect((await two.get('/api/session')).body.person).toBeNull();

    expect((await one.delete('/api/me/sessions')).body).toEqual({ ended: 2 });
    expect((await one.get('/api/session')).body.person).toBeNull();
    expect((await three.get('/api/session')).body.person).toBeNull();
    expect((await stranger.get('/api/session')).body.person).not.toBeNull();
  });

  it('end everywhere else when the password changes', async () => {
    await house.member('changer');
    const here = await house.signedIn('changer');
    const there = await house.signedIn('changer');
    const change = (password: string, newPassword: string) =>
      here.post('/api/me/password', { password, newPassword });

    expect((await change('wrong', 'copper meadow lantern thirty')).body.code).toBe('people.wrong-credential');
    expect((await change(PASSWORD, 'qwertyuiop123')).body).toMatchObject({
      code: 'people.password-known',
      at: '$.newPassword',
    });
    expect((await change(PASSWORD, 'copper meadow lantern thirty')).status).toBe(200);

    expect((await here.get('/api/session')).body.person).not.toBeNull();
    expect((await there.get('/api/session')).body.person).toBeNull();
    expect((await signIn('changer@lumen.example', PASSWORD)).status).toBe(401);
    expect((await signIn('changer@lumen.example', 'copper meadow lantern thirty')).status).toBe(200);
  });

  it('need their person: nobody else can ask about an account', async () => {
    for (const path of ['/api/me/sessions', '/api/people', '/api/tokens', '/api/invitations']) {
      expect(await house.browser().get(path)).toMatchObject({
        status: 401,
        body: { code: 'http.not-signed-in' },
      });
    }
  });
});

describe('behind https', () => {
  it('the cookie is marked secure', async () => {
    const secure = await openHouse('https://ward.example.org/');
    try {
      await secure.member('sec');
      const browser = secure.browser();

      const reply = await browser.post('/api/session', { email: 'sec@lumen.example', password: PASSWORD });

      expect(reply.cookies[0]).toMatch(
        /^__Secure-ward\.session_token=.*; HttpOnly; Secure; SameSite=Strict$/,
      );
      expect((await browser.get('/api/session')).body.person.name).toBe('sec');
    } finally {
      await secure.close();
    }
  });
});

describe('the log', () => {
  it('holds no password and no cookie after all this', async () => {
    const browser = await house.signedIn('root');
    await signIn('root@lumen.example', 'a very wrong password');

    expect(house.logged).not.toContain(PASSWORD);
    expect(house.logged).not.toContain('a very wrong password');
    for (const [, cookie] of browser.jar)
      expect(house.logged).not.toContain(decodeURIComponent(cookie).split('.')[0]);
  });
});
