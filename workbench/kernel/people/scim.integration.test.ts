import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newRouter } from '../http/router.ts';
import { makeApiToken } from './api-tokens.ts';
import { type House, openHouse, PASSWORD } from './people.fixture.ts';
import type { TokenScope } from './roles.ts';
import { scimApi } from './scim-api.ts';

let house: House;
let app: ReturnType<typeof newRouter>;
let token: string;

beforeAll(async () => {
  house = await openHouse('http://ward.test/', {
    provider: null,
    groupRoles: {
      developers: [{ role: 'developer', product: 'all' }],
      auditors: [{ role: 'auditor', product: 'all' }],
    },
  });
  app = newRouter().route('/scim/v2', scimApi(house.people));
  const root = await house.member('root', 'administrator');
  token = await tokenOf(root, 'administrator', ['people:provision']);
});
afterAll(() => house.close());

async function tokenOf(
  person: string,
  role: 'administrator' | 'quality',
  scopes: TokenScope[],
  product = null,
) {
  const owner = {
    via: 'session' as const,
    personId: person,
    name: 'x',
    grants: [{ role, productId: null }],
    scopes: null,
    tokenProductId: null,
  };
  return (
    await makeApiToken(house.people.context, owner, { name: 'SCIM', scopes, productId: product, days: 1 })
  ).token;
}

async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const response = await app.request(`/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}
const create = async (name: string, more: object = {}) =>
  (await ask('POST', '/Users', { userName: `${name}@lumen.example`, displayName: name, ...more })).body;
const rolesOf = async (id: string) =>
  (await (await house.signedIn('root')).get('/api/people?limit=500')).body.items
    .filter((item) => item.id === id)
    .flatMap((item) => (item as unknown as { roles: { role: string }[] }).roles.map((grant) => grant.role));

describe('who may', () => {
  it('only an administrator’s token with the scope; no session, no other token', async () => {
    const quality = await house.member('quinn', 'quality');
    const admin = await house.signedIn('root');
    const cookie = [...admin.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const withToken = (value: string) =>
      ask('GET', '/Users', undefined, { authorization: `Bearer ${value}` });

    expect((await app.request('/scim/v2/Users')).status).toBe(401);
    expect((await app.request('/scim/v2/Users', { headers: { cookie } })).status).toBe(403);
    expect((await withToken('ward_nothing')).status).toBe(401);
    expect((await withToken(await tokenOf(quality, 'quality', ['people:provision']))).status).toBe(403);
    const other = await house.member('rick', 'administrator');
    expect((await withToken(await tokenOf(other, 'administrator', ['read', 'records:write']))).status).toBe(
      403,
    );
    const refused = await app.request('/scim/v2/ServiceProviderConfig');
    expect(refused.headers.get('content-type')).toBe('application/scim+json');
    expect(await refused.json()).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '401',
    });
  });

  it('says what it can do', async () => {
    expect((await ask('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
    });
    expect((await ask('GET', '/ResourceTypes')).body.totalResults).toBe(2);
    expect((await ask('GET', '/Bulk')).status).toBe(404);
  });
});

describe('users', () => {
  it('are made, read, found by name, and changed', async () => {
    const made = await ask('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'Anna@Lumen.example',
      name: { givenName: 'Anna', familyName: 'Abel' },
      externalId: 'ext-1',
      emails: [{ value: 'anna@lumen.example' }],
      active: true,
    });
    const { id } = made.body;

    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      userName: 'anna@lumen.example',
      displayName: 'Anna Abel',
      active: true,
    });
    expect((await ask('GET', `/Users/${id}`)).body.meta.location).toBe(
      `http://ward.test/scim/v2/Users/${id}`,
    );
    const found = await ask('GET', `/Users?filter=${encodeURIComponent('userName eq "ANNA@lumen.example"')}`);
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id, externalId: 'ext-1' }] });
    const none = await ask('GET', `/Users?filter=${encodeURIComponent('userName eq "who@lumen.example"')}`);
    expect(none.body).toMatchObject({ totalResults: 0, Resources: [] });
    const page = (await ask('GET', '/Users?startIndex=2&count=1')).body;
    expect(page).toMatchObject({ startIndex: 2, itemsPerPage: 1 });
    const put = await ask('PUT', `/Users/${id}`, {
      userName: 'anna@lumen.example',
      displayName: 'Anna Baum',
    });
    expect(put.body).toMatchObject({ displayName: 'Anna Baum' });
  });

  it.each<[string, unknown]>([
    ['path and value', { op: 'Replace', path: 'active', value: 'False' }],
    ['value without a path', { op: 'replace', value: { active: false } }],
  ])('lose sessions and tokens at once when they are set inactive by %s', async (what, operation) => {
    const name = what.startsWith('path') ? 'berta' : 'carla';
    const id = await house.member(name, 'developer');
    const browser = await house.signedIn(name);
    const made = await browser.post('/api/tokens', {
      name: 'CI',
      scopes: ['read'],
      days: 1,
      password: PASSWORD,
    });
    const machine = house.browser();
    machine.headers = { authorization: `Bearer ${made.body.token}` };
    expect((await machine.get('/api/read')).status).toBe(200);

    const patched = await ask('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [operation],
    });

    expect(patched.body).toMatchObject({ id, active: false });
    expect((await browser.get('/api/session')).body.person).toBeNull();
    expect((await machine.get('/api/read')).status).toBe(401);
    const again = { Operations: [{ op: 'add', path: 'active', value: true }] };
    expect((await ask('PATCH', `/Users/${id}`, again)).body.active).toBe(true);
    expect((await house.signedIn(name)).jar.size).toBeGreaterThan(0);
  });

  it('stay disabled when another patch comes at the same moment', async () => {
    const { id } = await create('pia');
    const patch = (path: string, value: unknown) =>
      ask('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path, value }] });
    for (let round = 0; round < 4; round += 1) {
      await patch('active', true);

      await Promise.all([
        patch('active', false),
        patch('displayName', `Pia ${round}`),
        patch('externalId', `p-${round}`),
      ]);

      expect((await ask('GET', `/Users/${id}`)).body).toMatchObject({
        active: false,
        displayName: `Pia ${round}`,
        externalId: `p-${round}`,
      });
    }
  });

  it('are gone when deleted, which disables the person, and can be made again', async () => {
    const { id } = await create('dora');

    expect((await ask('DELETE', `/Users/${id}`)).status).toBe(204);

    expect((await ask('GET', `/Users/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `/Users/${id}`)).status).toBe(404);
    const row = await house.db
      .selectFrom('person')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row.disabled_at).not.toBeNull();
    expect(await create('dora')).toMatchObject({ id, active: true });
  });

  it('are refused twice, without an address, with a filter that is not understood, and in broken JSON', async () => {
    await create('emil');

    const twice = await ask('POST', '/Users', { userName: 'emil@lumen.example' });
    expect([twice.status, twice.body.scimType]).toEqual([409, 'uniqueness']);
    const nameless = await ask('POST', '/Users', { userName: 'emil' });
    expect([nameless.status, nameless.body.scimType]).toEqual([400, 'invalidValue']);
    for (const filter of ['userName sw "a"', 'userName eq "a" or active eq true', 'password eq "x"', 'x'])
      expect((await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.scimType).toBe(
        'invalidFilter',
      );
    expect((await ask('POST', '/Users', '{')).status).toBe(400);
    expect((await ask('GET', '/Users/not-an-id')).status).toBe(404);
    expect((await ask('PATCH', '/Users/not-an-id', { Operations: [{ op: 'move' }] })).status).toBe(400);
    const long = { userName: 'long@lumen.example', displayName: 'x'.repeat(1_100_000) };
    expect((await ask('POST', '/Users', long)).status).toBe(413);
  });

  it('never take the last administrator away', async () => {
    const { id } = (
      await ask('GET', `/Users?filter=${encodeURIComponent('userName eq "rick@lumen.example"')}`)
    ).body.Resources[0];
    expect((await ask('DELETE', `/Users/${id}`)).status).toBe(204);
    const root = (await ask('GET', `/Users?filter=${encodeURIComponent('userName eq "root@lumen.example"')}`))
      .body;

    const refused = await ask('DELETE', `/Users/${root.Resources[0].id}`);

    expect([refused.status, refused.body.scimType]).toEqual([409, 'mutability']);
  });
});

describe('groups', () => {
  it('give roles to their members, and take them when the member or the group goes', async () => {
    const one = await create('frida');
    const two = await create('gerd');
    const made = await ask('POST', '/Groups', { displayName: 'developers', members: [{ value: one.id }] });
    const at = `/Groups/${made.body.id}`;
    expect(made.status).toBe(201);
    expect(await rolesOf(one.id)).toEqual(['developer']);

    const patch = (Operations: object[]) => ask('PATCH', at, { Operations });
    await patch([{ op: 'add', path: 'members', value: [{ value: two.id }] }]);
    expect(await rolesOf(two.id)).toEqual(['developer']);
    const left = await patch([{ op: 'remove', path: `members[value eq "${one.id}"]` }]);
    expect(left.body.members).toMatchObject([{ value: two.id, display: 'gerd' }]);
    expect(await rolesOf(one.id)).toEqual([]);
    const found = await ask(
      'GET',
      `/Groups?filter=${encodeURIComponent('displayName eq "developers"')}&excludedAttributes=members`,
    );
    expect(found.body.Resources[0].members).toBeUndefined();
    expect((await ask('DELETE', at)).status).toBe(204);

    expect(await rolesOf(two.id)).toEqual([]);
    expect((await ask('GET', at)).status).toBe(404);
  });

  it('lose no member when many are added and taken at the same moment', async () => {
    const people = await Promise.all(['kai', 'lou', 'mia', 'noa'].map((name) => create(name)));
    const ids = people.map(({ id }) => id as string);
    const leaving = ids[0] as string;
    const made = await ask('POST', '/Groups', { displayName: 'crowd', members: [{ value: leaving }] });
    const patch = (operation: object) => ask('PATCH', `/Groups/${made.body.id}`, { Operations: [operation] });

    await Promise.all([
      patch({ op: 'remove', path: `members[value eq "${leaving}"]` }),
      ...ids.slice(1).map((value) => patch({ op: 'add', path: 'members', value: [{ value }] })),
    ]);

    const { members } = (await ask('GET', `/Groups/${made.body.id}`)).body;
    expect(members.map((member: { value: string }) => member.value).sort()).toEqual(ids.slice(1).sort());
  });

  it('are refused with a strange member and a taken name, and then nothing has changed', async () => {
    const { id } = await create('hugo');
    const made = await ask('POST', '/Groups', { displayName: 'auditors', members: [{ value: id }] });
    const strange = '00000000-0000-4000-8000-000000000000';

    expect(
      (
        await ask('PUT', `/Groups/${made.body.id}`, {
          displayName: 'auditors',
          members: [{ value: strange }],
        })
      ).status,
    ).toBe(400);
    expect((await ask('POST', '/Groups', { displayName: 'auditors' })).body.scimType).toBe('uniqueness');

    expect(await rolesOf(id)).toEqual(['auditor']);
    await ask('DELETE', `/Users/${id}`);
    expect(await rolesOf(id)).toEqual([]);
  });
});

it('refuses by codes: scim.not-found, scim.conflict, scim.filter, scim.malformed', async () => {
  const { refuseScim } = await import('./scim-errors.ts');
  expect(
    (['scim.not-found', 'scim.conflict', 'scim.filter', 'scim.malformed'] as const).map(
      (code) => refuseScim(code, 'x').status,
    ),
  ).toEqual([404, 409, 400, 400]);
});
