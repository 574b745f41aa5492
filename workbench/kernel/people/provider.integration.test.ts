// Single sign-on against a real provider process on loopback, with the attacks on it.
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT, goThrough, startProvider, type TestProvider } from '../../../tests/setup/provider.ts';
import { type Browser, type House, makeApp, openHouse, PASSWORD } from './people.fixture.ts';
import { groupsOf } from './provider.ts';
import { ownPath } from './provider-sign-in.ts';
import type { ProviderSettings, SignInSettings } from './sign-in-settings.ts';

const BASE = 'http://127.0.0.1:8100/';
let provider: TestProvider;
let house: House;
let settings: ProviderSettings;

const groupRoles: SignInSettings['groupRoles'] = {
  developers: [{ role: 'developer', product: 'PRD-1' }],
  auditors: [{ role: 'auditor', product: 'all' }],
  admins: [{ role: 'administrator', product: 'all' }],
  founders: [
    { role: 'administrator', product: 'all' },
    { role: 'quality', product: 'all' },
  ],
  lost: [{ role: 'tester', product: 'PRD-999' }],
};

beforeAll(async () => {
  provider = await startProvider(`${BASE}sign-in/provider`, `${BASE}sign-in`);
  settings = {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    name: 'Lumen Health',
    scope: 'openid email profile',
    groupsClaim: 'groups',
    create: false,
    only: false,
  };
  house = await openHouse(BASE, { provider: settings, groupRoles });
  await house.product('Lumen 400');
  // Somebody always can run Ward.
  await house.member('root', 'administrator');
});
afterAll(async () => {
  await house.close();
  await provider.close();
});
afterEach(() => {
  provider.tamper = null;
});

interface Trip {
  readonly browser: Browser;
  readonly back: URL;
}

async function go(subject: string, next?: string, browser = house.browser()): Promise<Trip> {
  const { body } = await browser.post('/api/session/provider', next === undefined ? {} : { next });
  return { browser, back: await goThrough(body.url, subject) };
}
const finish = ({ browser, back }: Trip) =>
  browser.post('/api/session/provider/finish', { query: back.search.slice(1) });
const enter = async (subject: string, next?: string) => {
  const trip = await go(subject, next);
  return { ...trip, reply: await finish(trip) };
};

/** An invited person whom the provider knows under this subject. */
async function invited(name: string, groups?: unknown): Promise<string> {
  const email = `${name}@lumen.example`;
  const id = await house.people.ensurePerson({ name, email });
  await house.db
    .insertInto('invitation')
    .values({
      id: house.people.context.newId(),
      person_id: id,
      hash: createHash('sha256').update(name).digest(),
      suggested: '[]',
      invited_by: null,
      created_at: house.now,
      expires_at: new Date(house.now.getTime() + 86_400_000),
    })
    .execute();
  provider.identities.set(name, { email, email_verified: true, name, groups });
  return id;
}
const rolesOf = async (browser: Browser) => (await browser.get('/api/session')).body.person.roles;

describe('entering by the provider', () => {
  it('links an invited person once, and knows the person by subject from then on', async () => {
    const id = await invited('anna');

    const first = await enter('anna', '/findings?q=x');
    expect(first.reply.body).toMatchObject({ step: 'done', next: '/findings?q=x' });
    expect((await first.browser.get('/api/session')).body.person).toMatchObject({ id });
    // Another address at the provider changes nothing.
    provider.identities.set('anna', { email: 'other@lumen.example', email_verified: false });
    const again = await enter('anna');

    expect((await again.browser.get('/api/session')).body.person.id).toBe(id);
    expect(await house.notes('people.provider-linked')).toHaveLength(1);
    const via = (await house.notes('people.signed-in')).filter((note) => note.actor === id);
    expect(via.map((note) => note.content.via)).toEqual(['provider', 'provider']);
  });

  it('turns away who was not invited, whose address is not vouched for, and who was disabled', async () => {
    provider.identities.set('stranger', { email: 'stranger@lumen.example', email_verified: true });
    await invited('berta');
    provider.identities.set('berta', { email: 'berta@lumen.example', email_verified: false });
    const member = await house.member('carla');
    provider.identities.set('mallory', { email: 'carla@lumen.example', email_verified: true });
    const left = await invited('doris');
    await enter('doris');
    await house.db.updateTable('person').set({ disabled_at: house.now }).where('id', '=', left).execute();

    for (const subject of ['stranger', 'berta', 'mallory', 'doris']) {
      const { reply, browser } = await enter(subject);
      expect([subject, reply.body.code]).toEqual([subject, 'people.provider-unknown']);
      expect((await browser.get('/api/session')).body.person).toBeNull();
    }
    const accounts = await house.db
      .selectFrom('account')
      .selectAll()
      .where('person_id', '=', member)
      .execute();
    expect(accounts.map((account) => account.provider_id)).toEqual(['credential']);
  });

  it('makes a person only where the settings say so, and never takes an address that is somebody’s', async () => {
    const other = await openHouse(BASE, { provider: { ...settings, create: true }, groupRoles: {} });
    await other.member('emma');
    provider.identities.set('nina', { email: 'nina@lumen.example', email_verified: true, name: 'Nina New' });
    provider.identities.set('thief', { email: 'emma@lumen.example', email_verified: true });
    provider.identities.set('claimer', { email: 'who@lumen.example', email_verified: false });

    const trip = await go('nina', undefined, other.browser());
    expect((await finish(trip)).status).toBe(200);
    expect((await trip.browser.get('/api/session')).body.person).toMatchObject({
      name: 'Nina New',
      roles: [],
    });
    expect((await other.notes('people.provider-created')).length).toBe(1);
    for (const subject of ['thief', 'claimer'])
      expect((await finish(await go(subject, undefined, other.browser()))).body.code).toBe(
        'people.provider-unknown',
      );
    await other.close();
  });

  it('goes on at the provider when the person signs out', async () => {
    await invited('frida');
    const { browser } = await enter('frida');

    const { body } = await browser.delete('/api/session');

    const url = new URL((body as unknown as { providerUrl: string }).providerUrl);
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${BASE}sign-in`);
    expect((await browser.get('/api/session')).body.person).toBeNull();
    const own = await house.member('gina').then(() => house.signedIn('gina'));
    expect((await own.delete('/api/session')).body).toMatchObject({ providerUrl: null });
  });

  it('is refused where no provider is set up, and when it is away', async () => {
    const plain = makeApp(house.process(BASE));
    expect((await house.browser(plain).post('/api/session/provider')).body.code).toBe('people.provider-none');
    const away = { ...settings, issuer: 'http://127.0.0.1:9' };
    const app = makeApp(house.process(BASE, undefined, { provider: away, groupRoles: {} }));

    expect((await house.browser(app).post('/api/session/provider')).body.code).toBe('people.provider-away');
  });

  it('keeps neither code nor verifier readable', async () => {
    const { back } = await go('anna');

    const stored = JSON.stringify([
      await house.db.selectFrom('verification').selectAll().execute(),
      await house.db.selectFrom('ledger').select(['content']).execute(),
      house.logged,
    ]);

    expect(stored).not.toContain(back.searchParams.get('code'));
    expect(stored).not.toContain(back.searchParams.get('state'));
    expect(stored).not.toContain('verifier');
    expect(stored).not.toContain(CLIENT.secret);
  });
});

describe('attacks', () => {
  const part = (text: object) => Buffer.from(JSON.stringify(text)).toString('base64url');
  const claimsOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()) as object;
  const headOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString()) as object;
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const signed = (head: object, claims: object, key: KeyObject) => {
    const body = `${part(head)}.${part(claims)}`;
    return `${body}.${createSign('RSA-SHA256').update(body).sign(key, 'base64url')}`;
  };
  /** The claims changed and signed anew: by the provider's own key, so that only the claim can be what is refused. */
  const changed = (claims: object, key?: KeyObject) => (answer: Record<string, unknown>) => ({
    ...answer,
    id_token: signed(
      headOf(answer.id_token),
      { ...claimsOf(answer.id_token), ...claims },
      key ?? provider.key,
    ),
  });

  it('are told from an answer that was only signed anew', async () => {
    await invited('aron');
    const trip = await go('aron');
    provider.tamper = changed({});

    expect((await finish(trip)).status).toBe(200);
  });

  it.each<[string, (answer: Record<string, unknown>) => Record<string, unknown>]>([
    [
      'a token without a signature',
      (answer) => ({ ...answer, id_token: `${part({ alg: 'none' })}.${part(claimsOf(answer.id_token))}.` }),
    ],
    ['a token that a foreign key signed', changed({}, foreign)],
    ['another nonce', changed({ nonce: 'another' })],
    ['another audience', changed({ aud: 'another-client' })],
    ['another issuer', changed({ iss: 'https://evil.example' })],
    ['a token that has expired', changed({ exp: 1_700_000_000 })],
    [
      'a token whose claims were edited',
      (answer) => {
        const [head, , signature] = String(answer.id_token).split('.');
        return {
          ...answer,
          id_token: `${head}.${part({ ...claimsOf(answer.id_token), sub: 'root' })}.${signature}`,
        };
      },
    ],
    ['no token', ({ id_token: _gone, ...answer }) => answer],
    ['an answer that is far too long', (answer) => ({ ...answer, more: 'x'.repeat(2_000_000) })],
  ])('%s is refused', async (_what, tamper) => {
    await invited(`v${Math.random().toString(36).slice(2, 8)}`);
    const trip = await go('anna');
    provider.tamper = tamper;

    const reply = await finish(trip);

    expect(reply.body.code).toBe('people.provider-refused');
    expect((await trip.browser.get('/api/session')).body.person).toBeNull();
  });

  it.each<[string, (mine: TestProvider) => Partial<ProviderSettings>, string]>([
    ['a token for another client', () => ({ clientId: 'other-client' }), 'people.provider-refused'],
    [
      'a provider that is not the one of the settings',
      (mine) => ({ issuer: `${mine.issuer}/other` }),
      'people.provider-away',
    ],
  ])('%s is refused', async (_what, change, code) => {
    const app = makeApp(
      house.process(BASE, undefined, { provider: { ...settings, ...change(provider) }, groupRoles }),
    );
    const browser = house.browser(app);
    const begun = await browser.post('/api/session/provider');
    if (begun.status !== 200) {
      expect(begun.body.code).toBe(code);
      return;
    }
    // The code was made for `ward`; the other client brings it.
    const own = await go('anna');
    const state = new URL(begun.body.url).searchParams.get('state') as string;
    const query = new URLSearchParams(own.back.search);
    query.set('state', state);

    const reply = await browser.post('/api/session/provider/finish', { query: query.toString() });

    expect(reply.body.code).toBe(code);
  });

  it('a code is taken once, and only by the browser that began', async () => {
    const trip = await go('anna');
    const stolen = { browser: house.browser(), back: trip.back };
    expect((await finish(stolen)).body.code).toBe('people.challenge-over');
    expect((await finish(trip)).status).toBe(200);
    expect((await finish(trip)).body.code).toBe('people.challenge-over');

    // The same code with a new trip: the verifier is another (PKCE), and the provider has spent it.
    const again = await go('anna');
    const query = new URLSearchParams(again.back.search);
    query.set('code', trip.back.searchParams.get('code') as string);
    const replayed = await again.browser.post('/api/session/provider/finish', { query: query.toString() });
    expect(replayed.body.code).toBe('people.provider-refused');
  });

  it('an answer with a foreign issuer in it is refused (RFC 9207)', async () => {
    const trip = await go('anna');
    trip.back.searchParams.set('iss', 'https://evil.example');

    expect((await finish(trip)).body.code).toBe('people.provider-refused');
  });

  it('an answer that came ten minutes too late is refused', async () => {
    const trip = await go('anna');
    house.passes(601);

    expect((await finish(trip)).body.code).toBe('people.challenge-over');
  });

  it.each([
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['javascript:alert(1)', '/'],
    [undefined, '/'],
    ['/r/THR-1?a=b#c', '/r/THR-1?a=b#c'],
  ])('goes back to a path of its own only: %s', (next, expected) => {
    expect(ownPath(next)).toBe(expected);
  });
});

describe('groups', () => {
  it('give roles with a reason by Ward itself, and take them when the group goes', async () => {
    const id = await invited('hanna', ['developers', 'unknown-group']);
    const { browser } = await enter('hanna');
    expect(await rolesOf(browser)).toMatchObject([{ role: 'developer' }]);
    const made = await house.assignment(id, 'developer');
    expect(made.authorId).toBeNull();
    const history = await house.db
      .selectFrom('ledger')
      .select(['actor', 'content'])
      .where('record', '=', made.id)
      .execute();
    expect(JSON.stringify(history)).toContain('Member of the group \\"developers\\"');

    provider.identities.set('hanna', { groups: ['auditors'] });
    const next = await enter('hanna');

    expect(await rolesOf(next.browser)).toEqual([{ role: 'auditor', productId: null }]);
    // The session of before has lost the role as well.
    expect(await rolesOf(browser)).toEqual([{ role: 'auditor', productId: null }]);
    provider.identities.set('hanna', {});
    expect(await rolesOf((await enter('hanna')).browser)).toEqual([]);
  });

  it('leave alone what people assigned, and what the provider did not answer', async () => {
    const id = await invited('ines', ['developers']);
    await house.assign({ ...(await import('./roles.ts')).SYSTEM }, id, 'tester');
    await enter('ines');

    provider.identities.set('ines', { _claim_names: { groups: 'elsewhere' } });
    const { browser } = await enter('ines');

    expect((await rolesOf(browser)).map((grant) => (grant as { role: string }).role).sort()).toEqual([
      'developer',
      'tester',
    ]);
    provider.identities.set('ines', {});
    expect(await rolesOf((await enter('ines')).browser)).toEqual([{ role: 'tester', productId: null }]);
  });

  it('never join administrator and deciding from two groups; one group can say both', async () => {
    await invited('jana', ['admins', 'developers']);
    await invited('kira', ['founders']);
    const { browser } = await enter('jana');
    const { browser: both } = await enter('kira');

    expect(await rolesOf(browser)).toMatchObject([{ role: 'developer' }]);
    expect((await rolesOf(both)).length).toBe(2);
  });

  it('hold to the rules of separation, and show what was refused, once in the ledger', async () => {
    const id = await invited('lisa', ['auditors', 'lost', 'admins']);
    const manual = (await import('./roles.ts')).SYSTEM;
    await house.assign(manual, id, 'developer');
    await enter('lisa');
    const { browser } = await enter('lisa');

    expect(await rolesOf(browser)).toEqual([{ role: 'developer', productId: null }]);
    const refused = await house.db
      .selectFrom('refused_role')
      .selectAll()
      .where('person_id', '=', id)
      .execute();
    expect(refused.map((row) => [row.group_name, row.role, row.product, row.code]).sort()).toEqual([
      ['admins', 'administrator', 'all', 'people.mapping-together'],
      ['auditors', 'auditor', 'all', 'people.role-auditor'],
      ['lost', 'tester', 'PRD-999', 'people.mapping-product'],
    ]);
    const notes = await house.notes('people.role-mapping-refused');
    expect(notes.filter((note) => note.content.person === id)).toHaveLength(3);
    const admin = await house.signedIn('root');
    const { body } = await admin.get('/api/people?limit=500');
    const seen = body.items.find((item) => item.id === id) as unknown as { refusedRoles: object[] };
    expect(seen.refusedRoles).toHaveLength(3);
  });

  it.each<[string, Record<string, unknown>, readonly string[] | null]>([
    ['none', {}, []],
    ['one', { groups: 'a' }, ['a']],
    ['twice the same', { groups: ['a', 'a'] }, ['a']],
    ['elsewhere', { _claim_names: { groups: 'src1' } }, null],
    ['of a strange kind', { groups: [{ id: 1 }] }, null],
    ['too many', { groups: Array.from({ length: 1_001 }, (_, n) => `g${n}`) }, null],
  ])('are read: %s', (_what, claims, expected) => {
    expect(groupsOf(claims, 'groups')).toEqual(expected);
  });
});

describe('a Ward that is entered by the provider only', () => {
  it('keeps passwords for the first administrator, and says so after the right password only', async () => {
    const other = await openHouse(BASE, { provider: { ...settings, only: true }, groupRoles: {} });
    await other.member('first', 'administrator');
    await other.member('second', 'administrator');
    const at = (email: string, password: string) => other.browser().post('/api/session', { email, password });

    expect((await at('first@lumen.example', PASSWORD)).status).toBe(200);
    expect((await at('second@lumen.example', PASSWORD)).body.code).toBe('people.provider-only');
    expect((await at('second@lumen.example', 'wrong')).body.code).toBe('people.wrong-credential');
    expect((await other.browser().get('/api/session/ways')).body).toMatchObject({
      passwords: false,
      provider: { name: 'Lumen Health' },
    });
    await other.close();
  });
});
