import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type House, makeApp, openHouse, PASSWORD } from './people.fixture.ts';
import { codeAt, timeStep } from './totp.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function bytesOf(text: string): Buffer {
  let bits = '';
  for (const letter of text) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

class Authenticator {
  readonly #secret: Buffer;
  constructor(secret: string) {
    this.#secret = bytesOf(secret);
  }
  code(away = 0): string {
    return codeAt(this.#secret, timeStep(house.now) + away);
  }
  wrong(): string {
    return String((Number(this.code()) + 500_000) % 1_000_000).padStart(6, '0');
  }
}

/** A member with the second factor on; the code that switched it on is used, so time passes. */
async function enrolled(name: string) {
  const id = await house.member(name, 'developer');
  const browser = await house.signedIn(name);
  const { body } = await browser.post('/api/me/totp', { password: PASSWORD });
  const app = new Authenticator(body.secret);
  const confirmed = await browser.post('/api/me/totp/confirm', { code: app.code() });
  house.passes(60);
  return { id, browser, app, backupCodes: confirmed.body.backupCodes as string[], enrolment: body };
}

async function atSecondStep(name: string, browser: Browser = house.browser()) {
  const reply = await browser.post('/api/session', { email: `${name}@lumen.example`, password: PASSWORD });
  return { browser, reply };
}

describe('setting up the second factor', () => {
  it('needs the password, gives secret, address and picture, and waits for the first code', async () => {
    await house.member('eva');
    const browser = await house.signedIn('eva');

    expect((await browser.post('/api/me/totp', { password: 'wrong' })).body.code).toBe(
      'people.wrong-credential',
    );
    const { body } = await browser.post('/api/me/totp', { password: PASSWORD });

    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(body.uri).toContain(`secret=${body.secret}`);
    expect(body.svg).toMatch(/^<svg/);
    expect((await atSecondStep('eva')).reply.body.step).toBe('done');
    const app = new Authenticator(body.secret);
    expect((await browser.post('/api/me/totp/confirm', { code: app.wrong() })).status).toBe(401);
    const confirmed = await browser.post('/api/me/totp/confirm', { code: app.code() });
    expect(new Set(confirmed.body.backupCodes).size).toBe(10);
    expect((await atSecondStep('eva')).reply.body.step).toBe('totp');
    const again = { password: PASSWORD, totp: confirmed.body.backupCodes[0] };
    expect((await browser.post('/api/me/totp', again)).body.code).toBe('people.totp-on');
  });

  it('keeps no secret and no backup code readable, in the database, the ledger or the log', async () => {
    const { enrolment, backupCodes } = await enrolled('vera');

    const stored = JSON.stringify([
      await house.db.selectFrom('second_factor').selectAll().execute(),
      await house.db.selectFrom('ledger').select(['action', 'content']).execute(),
      house.logged,
    ]);

    for (const secret of [enrolment.secret, ...backupCodes]) expect(stored).not.toContain(secret);
    expect(stored).not.toContain(bytesOf(enrolment.secret).toString('hex'));
    expect((await house.notes('people.second-factor-on')).length).toBeGreaterThan(0);
  });

  it('is switched off with the password and a code, and then a password is enough again', async () => {
    const { browser, app } = await enrolled('otto');

    expect((await browser.post('/api/me/totp/disable', { password: 'wrong' })).status).toBe(401);
    expect((await browser.post('/api/me/totp/disable', { password: PASSWORD })).body.code).toBe(
      'people.totp-needed',
    );
    expect(
      (await browser.post('/api/me/totp/disable', { password: PASSWORD, totp: app.code() })).status,
    ).toBe(200);

    expect((await atSecondStep('otto')).reply.body.step).toBe('done');
    expect((await house.notes('people.second-factor-off')).length).toBe(1);
    expect((await browser.post('/api/me/totp/disable', { password: PASSWORD })).body.code).toBe(
      'people.totp-off',
    );
  });
});

describe('signing in with the second factor', () => {
  it('gives no session before the code, then one', async () => {
    const { app } = await enrolled('fay');
    const { browser, reply } = await atSecondStep('fay');

    expect(reply.cookies).toHaveLength(1);
    expect(reply.cookies[0]).toMatch(
      /^ward\.challenge=[\w-]{43}; Max-Age=300; Path=\/api\/session; HttpOnly; SameSite=Strict$/,
    );
    expect((await browser.get('/api/session')).body.person).toBeNull();
    expect((await browser.post('/api/session/totp', { code: app.code() })).status).toBe(200);
    expect((await browser.get('/api/session')).body.person).toMatchObject({
      name: 'fay',
      secondFactor: true,
    });
    expect(browser.jar.has('ward.challenge')).toBe(false);
  });

  it.each([-1, 0, 1])('takes the code of a clock that is %i steps off', async (away) => {
    const { app } = await enrolled(`clock${away + 1}`);
    const { browser } = await atSecondStep(`clock${away + 1}`);

    expect((await browser.post('/api/session/totp', { code: app.code(away) })).status).toBe(200);
  });

  it('takes a code once: not in a second sign-in, not when signing, not an older one afterwards', async () => {
    const { id, app } = await enrolled('gil');
    const first = await atSecondStep('gil');
    const second = await atSecondStep('gil');
    const code = app.code();

    expect((await first.browser.post('/api/session/totp', { code })).status).toBe(200);
    expect(await second.browser.post('/api/session/totp', { code })).toMatchObject({
      status: 401,
      body: { code: 'people.totp-used' },
    });
    const sign = (totp: string) =>
      house.people.reauthenticate(id, { password: PASSWORD, totp }, house.now, 'x');
    await expect(sign(code)).rejects.toMatchObject({ code: 'people.totp-used' });
    await expect(sign(app.code(-1))).rejects.toMatchObject({ code: 'people.totp-used' });
    await expect(sign(app.code(1))).resolves.toBe('password+totp');
  });

  it('takes a code once of ten requests at the same moment, in two processes', async () => {
    const { app } = await enrolled('hal');
    const other = makeApp(house.process());
    const waiting = await Promise.all(
      Array.from({ length: 4 }, (_, n) => atSecondStep('hal', house.browser(n % 2 ? other : house.app))),
    );
    const code = app.code();
    const tries = Array.from({ length: 10 }, (_, n) =>
      waiting[n % 4]?.browser.post('/api/session/totp', { code }),
    );

    const statuses = (await Promise.all(tries)).map((reply) => reply?.status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const sessions = await house.db
      .selectFrom('session as s')
      .innerJoin('person as p', 'p.id', 's.person_id')
      .where('p.name', '=', 'hal')
      .select('s.id')
      .execute();
    expect(sessions).toHaveLength(2); // the one that set it up, and one
  });

  it('backs off after five wrong codes, and the right password does not wipe them out', async () => {
    const { app } = await enrolled('ida');
    const { browser } = await atSecondStep('ida');
    for (let n = 0; n < 5; n++) {
      expect((await browser.post('/api/session/totp', { code: app.wrong() })).status).toBe(401);
      if (n < 4) await atSecondStep('ida');
    }

    expect((await browser.post('/api/session/totp', { code: app.code() })).status).toBe(429);
    expect((await atSecondStep('ida')).reply.status).toBe(429);
    house.passes(2);
    await atSecondStep('ida');
    expect((await browser.post('/api/session/totp', { code: app.wrong() })).status).toBe(401);
    expect((await browser.post('/api/session/totp', { code: app.code() })).headers.get('retry-after')).toBe(
      '4',
    );
  });

  it('takes each backup code once, however it is written', async () => {
    const { backupCodes } = await enrolled('jan');
    const [code = ''] = backupCodes;
    const use = async (text: string) =>
      (await atSecondStep('jan')).browser.post('/api/session/totp', { code: text });

    expect((await use(code.toUpperCase().replace('-', ' '))).status).toBe(200);
    expect((await use(code)).body.code).toBe('people.wrong-credential');
    expect((await use(backupCodes[1] ?? '')).status).toBe(200);
  });

  it('gives new backup codes for the old ones', async () => {
    const { browser, backupCodes } = await enrolled('kim');
    const renewed = await browser.post('/api/me/totp/backup-codes', {
      password: PASSWORD,
      totp: backupCodes[9],
    });

    const old = await (await atSecondStep('kim')).browser.post('/api/session/totp', { code: backupCodes[0] });
    const fresh = await (await atSecondStep('kim')).browser.post('/api/session/totp', {
      code: renewed.body.backupCodes[0],
    });

    expect([old.status, fresh.status]).toEqual([401, 200]);
  });

  it('waits five minutes for the code, and asks for the password again without the cookie', async () => {
    const { app } = await enrolled('leo');
    const { browser } = await atSecondStep('leo');
    house.passes(301);

    expect((await browser.post('/api/session/totp', { code: app.code() })).body.code).toBe(
      'people.challenge-over',
    );
    expect((await house.browser().post('/api/session/totp', { code: app.code() })).body.code).toBe(
      'people.challenge-over',
    );
    const forged = house.browser();
    forged.jar.set('ward.challenge', 'A'.repeat(43));
    expect((await forged.post('/api/session/totp', { code: app.code() })).status).toBe(401);
  });
});

describe('proving to be present', () => {
  it('says how it was proved, and asks for the code where one is set up', async () => {
    const { id } = await enrolled('mia');
    const plain = await house.member('noa');
    const prove = (who: string, password: string) =>
      house.people.reauthenticate(who, { password }, house.now, 'x');

    await expect(prove(plain, PASSWORD)).resolves.toBe('password');
    await expect(prove(plain, 'wrong')).rejects.toMatchObject({ code: 'people.wrong-credential' });
    await expect(prove(id, PASSWORD)).rejects.toMatchObject({ code: 'people.totp-needed' });
  });

  it('backs off on its own count: a stranger at the door does not keep a person from signing', async () => {
    const id = await house.member('pia');
    for (let n = 0; n < 5; n++)
      await house.browser().post('/api/session', { email: 'pia@lumen.example', password: 'wrong' });

    await expect(house.people.reauthenticate(id, { password: PASSWORD }, house.now, 'x')).resolves.toBe(
      'password',
    );
    for (let n = 0; n < 5; n++)
      await house.people.reauthenticate(id, { password: 'wrong' }, house.now, 'x').catch(() => {});
    await expect(
      house.people.reauthenticate(id, { password: PASSWORD }, house.now, 'x'),
    ).rejects.toMatchObject({
      code: 'people.backed-off',
      detail: { retryAfterSeconds: 2 },
    });
  });

  it('is refused to a person without a password and to one who does not exist', async () => {
    const named = await house.people.ensurePerson({ name: 'Author', email: 'author@lumen.example' });

    for (const id of [named, '019ab000-0000-7000-8000-000000000000'])
      await expect(house.people.reauthenticate(id, { password: '' }, house.now, 'x')).rejects.toMatchObject({
        code: 'people.wrong-credential',
      });
  });
});
