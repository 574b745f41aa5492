import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../../../tests/setup/actors.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function ask(who: 'security-lead' | 'developer', method: string, path: string, body?: unknown) {
  const headers = await house.headersOf(house.actor(who));
  const answer = await house.app.request(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}

const keep = (who: 'security-lead' | 'developer', view: object) =>
  ask(who, 'PUT', '/api/me/views', { page: 'findings', ...view });
const views = async (who: 'security-lead' | 'developer') =>
  (await ask(who, 'GET', '/api/me/views?page=findings')).body.items as unknown as {
    name: string;
    id: string;
    by: string | null;
    query: object;
  }[];

describe('saved views', () => {
  it('are one’s own until they are shared, replaced by name, and removed only by their maker', async () => {
    await keep('security-lead', { name: 'Exploited', query: { exploited: 'yes' } });
    await keep('security-lead', { name: 'For all', query: { level: 'critical' }, shared: true });
    await keep('security-lead', { name: 'Exploited', query: { exploited: 'yes', state: 'undecided' } });

    expect((await views('security-lead')).map(({ name, by, query }) => ({ name, by, query }))).toEqual([
      { name: 'Exploited', by: null, query: { exploited: 'yes', state: 'undecided' } },
      { name: 'For all', by: null, query: { level: 'critical' } },
    ]);
    const [shared] = await views('developer');
    expect(shared).toMatchObject({ name: 'For all', by: expect.any(String) });
    expect((await views('developer')).length).toBe(1);

    const refused = await ask('developer', 'DELETE', `/api/me/views/${shared?.id}`);
    expect(refused.body).toMatchObject({ code: 'people.view-unknown' });
    expect((await ask('security-lead', 'DELETE', `/api/me/views/${shared?.id}`)).status).toBe(200);
    expect(await views('developer')).toEqual([]);
  });

  it.each([
    [{ name: '', query: {} }],
    [{ name: 'x'.repeat(61), query: {} }],
    [{ name: 'Deep', query: { level: { nested: true } } }],
    [{ name: 'Long', query: { text: 'x'.repeat(2_001) } }],
  ])('refuse %j', async (view) => {
    expect((await keep('developer', view)).body).toMatchObject({ code: 'http.invalid' });
  });

  it('end at a number that nobody reads', async () => {
    const outcomes = [];
    for (let n = 0; n <= 200; n += 1)
      outcomes.push((await keep('developer', { name: `View ${n}`, query: {} })).status);

    expect(outcomes.filter((status) => status === 200)).toHaveLength(200);
    expect((await keep('developer', { name: 'One more', query: {} })).body).toMatchObject({
      code: 'people.too-many-views',
    });
    expect((await keep('developer', { name: 'View 7', query: { level: 'high' } })).status).toBe(200);
  });
});
