// First run, invitations, API tokens, the list of people.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, type House, openHouse, PASSWORD } from './people.fixture.ts';

const tokenOf = (url: string) => new URL(url).hash.slice(1);

describe('the first run', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  const ana = { name: 'Ana', email: 'Ana@lumen.example', password: PASSWORD };
  const link = async () => tokenOf((await house.people.makeFirstRunLink()).url);

  it('asks for an administrator, whom only the link makes', async () => {
    expect((await house.browser().get('/api/first-run')).body).toEqual({ needed: true });

    const forged = await house.browser().post('/api/first-run', { ...ana, token: 'A'.repeat(43) });

    expect(forged).toMatchObject({ status: 410, body: { code: 'people.link-over' } });
  });

  it('does not sign anybody in while there is nobody', async () => {
    const token = await link();

    expect((await house.browser().post('/api/session/link', { token })).status).toBe(410);
    expect((await house.people.makeFirstRunLink()).makesAdministrator).toBe(true);
  });

  it('forgets the link before, and each after half an hour', async () => {
    const before = await link();
    const late = await link();

    expect((await house.browser().post('/api/first-run', { ...ana, token: before })).status).toBe(410);
    house.passes(1800);
    expect((await house.browser().post('/api/first-run', { ...ana, token: late })).status).toBe(410);
  });

  it('keeps the link when the password is refused', async () => {
    const token = await link();

    const weak = await house.browser().post('/api/first-run', { ...ana, token, password: 'ana-lumen-ana' });

    expect(weak).toMatchObject({ status: 422, body: { code: 'people.password-weak', at: '$.password' } });
    expect(await house.db.selectFrom('person').select('id').execute()).toEqual([]);
  });

  it('makes one administrator of many requests at the same moment, with the first role given by Ward', async () => {
    const token = await link();
    const browsers = Array.from({ length: 5 }, () => house.browser());

    const replies = await Promise.all(
      browsers.map((browser, n) =>
        browser.post('/api/first-run', { ...ana, email: `ana${n}@lumen.example`, token }),
      ),
    );

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 410, 410, 410, 410]);
    const winner = browsers[replies.findIndex((reply) => reply.status === 200)] as Browser;
    const me = (await winner.get('/api/session')).body.person;
    expect(me.roles).toEqual([{ role: 'administrator', productId: null }]);
    const [assignment] = await house.db
      .selectFrom('record')
      .select(['key', 'created_by', 'body'])
      .where('kind', '=', 'role-assignment')
      .execute();
    expect(assignment).toMatchObject({ key: 'ROL-1', created_by: null, body: { person: me.id } });
    expect((await house.browser().get('/api/first-run')).body).toEqual({ needed: false });
  });

  it('makes no second administrator; the link now signs the first one in, once', async () => {
    const made = await house.people.makeFirstRunLink();
    const token = tokenOf(made.url);
    const browser = house.browser();

    expect(made.makesAdministrator).toBe(false);
    expect((await browser.post('/api/first-run', { ...ana, token })).body.code).toBe('people.first-run-done');
    expect((await browser.post('/api/session/link', { token })).status).toBe(200);
    expect((await browser.get('/api/session')).body.person.name).toBe('Ana');
    expect((await house.browser().post('/api/session/link', { token })).status).toBe(410);
    expect(house.logged).not.toContain(token);
  });
});

describe('invitations', () => {
  let house: House;
  let admin: Browser;
  beforeAll(async () => {
    house = await openHouse();
    await house.member('root', 'administrator');
    admin = await house.signedIn('root');
  });
  afterAll(() => house.close());

  const invite = async (name: string) =>
    (await admin.post('/api/invitations', { name, email: `${name}@lumen.example` })).body;
  const accept = (url: string, password = 'copper meadow lantern thirty', browser = house.browser()) =>
    browser.post('/api/invitations/accept', { token: tokenOf(url), password });

  it('let a new person set a password and come in, without any role yet', async () => {
    const suggested = [{ role: 'developer', productId: null }];
    const made = await admin.post('/api/invitations', { name: 'Eve', email: 'eve@lumen.example', suggested });
    const list = await admin.get('/api/invitations');
    const browser = house.browser();

    const reply = await accept(made.body.url, undefined, browser);

    expect(list.body.items).toMatchObject([{ email: 'eve@lumen.example', suggested }]);
    expect(JSON.stringify(list.body)).not.toContain(tokenOf(made.body.url));
    expect(reply.status).toBe(200);
    expect((await browser.get('/api/session')).body.person).toMatchObject({ name: 'Eve', roles: [] });
    expect((await admin.get('/api/invitations')).body.items).toEqual([]);
    expect((await browser.get('/api/people')).status).toBe(403);
    expect((await browser.get('/api/me/sessions')).status).toBe(200);
  });

  it('work once of many at the same moment', async () => {
    const { url } = await invite('once');

    const replies = await Promise.all(Array.from({ length: 4 }, () => accept(url)));

    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 410, 410, 410]);
  });

  it('end after seven days, by revoking, and by a newer one', async () => {
    const late = await invite('late');
    house.passes(7 * 86_400 - 1);
    admin = await house.signedIn('root');
    const revoked = await invite('revoked');
    const older = await invite('twice');
    const newer = await invite('twice');

    house.passes(1);
    expect((await accept(late.url)).body.code).toBe('people.link-over');
    expect((await admin.delete(`/api/invitations/${revoked.id}`)).status).toBe(200);
    expect((await accept(revoked.url)).status).toBe(410);
    expect((await admin.delete(`/api/invitations/${revoked.id}`)).body.code).toBe(
      'people.invitation-unknown',
    );
    expect((await accept(older.url)).status).toBe(410);
    expect((await accept(newer.url)).status).toBe(200);
  });

  it('let a person in who was only named before, and keep the same person', async () => {
    const id = await house.people.ensurePerson({ name: 'Author', email: 'author@lumen.example' });
    expect((await house.people.find([id])).get(id)?.canSignIn).toBe(false);

    const { url, personId } = await invite('author');
    await accept(url);

    expect(personId).toBe(id);
    expect((await house.people.find([id])).get(id)).toMatchObject({ name: 'Author', canSignIn: true });
  });

  it('are not for people who can sign in already', async () => {
    await house.member('here');

    const reply = await admin.post('/api/invitations', { name: 'x', email: 'HERE@lumen.example' });

    expect(reply).toMatchObject({ status: 409, body: { code: 'people.already-member' } });
  });

  it('are made by administrators and quality of the whole house only', async () => {
    const product = await house.product('Lumen 400');
    await house.member('qual', 'quality');
    await house.member('qualp', ['quality', product]);
    await house.member('devi', 'developer');
    await house.member('audi', 'auditor');
    const status = async (name: string) =>
      (
        await (
          await house.signedIn(name)
        ).post('/api/invitations', {
          name: 'N',
          email: `${name}-guest@lumen.example`,
        })
      ).status;

    expect(await status('qual')).toBe(200);
    expect(await status('qualp')).toBe(403);
    expect(await status('devi')).toBe(403);
    expect(await status('audi')).toBe(403);
  });

  it.each([
    [{ name: '', email: 'a@b.example' }],
    [{ name: 'a\nb', email: 'a@b.example' }],
    [{ name: 'x', email: 'not an address' }],
    [{ name: 'x', email: 'a@b.example', suggested: [{ role: 'king', productId: null }] }],
  ])('refuse malformed input: %j', async (body) => {
    expect((await admin.post('/api/invitations', body)).status).toBe(422);
  });
});

describe('API tokens', () => {
  let house: House;
  let dev: Browser;
  let devId: string;
  let lumen: string;
  let other: string;
  beforeAll(async () => {
    house = await openHouse();
    lumen = await house.product('Lumen 400');
    other = await house.product('Other');
    await house.member('root', 'administrator');
    devId = await house.member('dev', ['developer', lumen]);
    dev = await house.signedIn('dev');
  });
  afterAll(() => house.close());

  const make = (body: object) =>
    dev.post('/api/tokens', { name: 'CI', scopes: ['read'], days: 30, password: PASSWORD, ...body });
  const bearer = (token: string): Browser => {
    const browser = house.browser();
    browser.headers = { authorization: `Bearer ${token}` };
    return browser;
  };

  it('need the password again, are shown once and kept as a hash', async () => {
    expect((await make({ password: 'wrong' })).body.code).toBe('people.wrong-credential');
    const made = await make({});

    const { token } = made.body;
    expect(token).toMatch(/^ward_[\w-]{43}$/);
    const list = await dev.get('/api/tokens');
    expect(list.body.items[0]).toMatchObject({ name: 'CI', prefix: token.slice(0, 10), scopes: ['read'] });
    const everything = JSON.stringify([
      list.body,
      await house.db.selectFrom('api_token').selectAll().execute(),
      await house.notes('people.token-made'),
      house.logged,
    ]);
    expect(everything).not.toContain(token.slice(11));
  });

  it('allow what their scopes name', async () => {
    const reader = bearer((await make({})).body.token);
    const writer = bearer((await make({ scopes: ['read', 'records:write'] })).body.token);

    expect((await reader.get('/api/read')).body).toMatchObject({ via: 'token', personId: devId });
    expect((await reader.get('/api/write')).status).toBe(403);
    expect((await writer.get('/api/write')).status).toBe(200);
  });

  it('open no session and no account: a token makes no token, changes no password, invites nobody', async () => {
    const admin = await house.signedIn('root');
    const reply = await admin.post('/api/tokens', {
      name: 'all',
      scopes: ['read', 'records:write'],
      days: 1,
      password: PASSWORD,
    });
    const browser = bearer(reply.body.token);

    const statuses = await Promise.all([
      browser.get('/api/tokens'),
      browser.post('/api/tokens', { name: 'x', scopes: ['read'], days: 1, password: PASSWORD }),
      browser.post('/api/me/password', { password: PASSWORD, newPassword: 'copper meadow lantern thirty' }),
      browser.post('/api/invitations', { name: 'x', email: 'x@lumen.example' }),
      browser.post(`/api/people/${devId}/disable`),
    ]);

    expect(statuses.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('end on their day, and last a year at most', async () => {
    const browser = bearer((await make({ days: 1 })).body.token);
    house.passes(86_399);
    expect((await browser.get('/api/read')).status).toBe(200);
    house.passes(1);
    expect((await browser.get('/api/read')).status).toBe(401);

    dev = await house.signedIn('dev');
    for (const days of [0, 366, 1.5, null]) expect((await make({ days })).status).toBe(422);
    expect((await make({ scopes: [] })).status).toBe(422);
    expect((await make({ scopes: ['sign'] })).status).toBe(422);
  });

  it('are bound to a product that the owner may read', async () => {
    const bound = await make({ productId: lumen });

    expect((await bearer(bound.body.token).get('/api/read')).body.tokenProductId).toBe(lumen);
    expect((await make({ productId: other })).body.code).toBe('people.token-product');
    expect((await make({ productId: devId })).body.code).toBe('people.token-product');
  });

  it('lose a right when the owner loses it, and everything when the owner can sign in no more', async () => {
    const browser = bearer((await make({})).body.token);
    expect((await browser.get('/api/read')).body.grants).toEqual([{ role: 'developer', productId: lumen }]);
    await house.assignment(devId, 'developer').then((record) => house.end(record));

    expect((await browser.get('/api/read')).status).toBe(403);

    await house.assignRole(devId, 'tester');
    expect((await browser.get('/api/read')).status).toBe(200);
    const admin = await house.signedIn('root');
    await admin.post(`/api/people/${devId}/disable`);
    expect((await browser.get('/api/read')).status).toBe(401);
    await admin.post(`/api/people/${devId}/enable`);
    expect((await browser.get('/api/read')).status).toBe(401);
    dev = await house.signedIn('dev');
  });

  it('are revoked by their owner only', async () => {
    const { id, token } = (await make({})).body;
    const admin = await house.signedIn('root');

    expect((await admin.delete(`/api/tokens/${id}`)).body.code).toBe('people.token-unknown');
    expect((await bearer(token).get('/api/read')).status).toBe(200);
    expect((await dev.delete(`/api/tokens/${id}`)).status).toBe(200);
    expect((await bearer(token).get('/api/read')).status).toBe(401);
    expect((await house.notes('people.token-revoked')).at(-1)?.content).toEqual({ token: id });
  });

  it.each(['', 'ward_', `ward_${'A'.repeat(43)}`, 'x'.repeat(10_000)])(
    'are not guessed: %s',
    async (token) => {
      expect((await bearer(token).get('/api/read')).status).toBe(401);
    },
  );

  it('stand for themselves even when a cookie comes with them', async () => {
    const browser = await house.signedIn('root');
    browser.headers = { authorization: `Bearer ward_${'A'.repeat(43)}` };

    expect((await browser.get('/api/read')).status).toBe(401);
  });
});

describe('the list of people', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse();
    await house.member('carl', 'auditor');
    await house.member('anna', 'administrator');
    await house.people.ensurePerson({ name: 'Bert', email: 'bert@lumen.example' });
    await house.member('sup', 'supplier-contact');
  });
  afterAll(() => house.close());

  it('comes in pages by name, with roles and who can sign in', async () => {
    const auditor = await house.signedIn('carl');

    const first = await auditor.get('/api/people?limit=2');
    const second = await auditor.get(`/api/people?limit=2&cursor=${first.body.next}`);

    expect(first.body.items).toMatchObject([
      { name: 'anna', canSignIn: true, roles: [{ role: 'administrator', productId: null }] },
      { name: 'Bert', canSignIn: false, roles: [] },
    ]);
    expect(second.body.items.map((person) => person.name)).toEqual(['carl', 'sup']);
    expect(second.body.next).toBeNull();
  });

  it('is not for the contact of a supplier', async () => {
    expect((await (await house.signedIn('sup')).get('/api/people')).status).toBe(403);
  });

  it('keeps an administrator, and tells an unknown person apart', async () => {
    const admin = await house.signedIn('anna');
    const me = (await admin.get('/api/session')).body.person.id;

    expect((await admin.post(`/api/people/${me}/disable`)).body.code).toBe('people.last-administrator');
    expect((await admin.post('/api/people/019ab000-0000-7000-8000-000000000000/disable')).status).toBe(404);
    expect((await (await house.signedIn('carl')).post(`/api/people/${me}/disable`)).status).toBe(403);
  });
});
