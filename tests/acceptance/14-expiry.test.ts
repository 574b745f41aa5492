// Acceptance check 14: a decision past its date re-opens at the next tick, as a step of Ward's own, told once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reopenDue } from '../../workbench/rooms/vulnerabilities/reopen-due.ts';
import { type MatchingHouse, matchingHouse, NOT_AFFECTED, osvPackage, osvRecord } from './matching-house.ts';

const DAY_MS = 86_400_000;
let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
  await house.know(
    osvRecord({
      id: 'GHSA-expiry-1',
      affected: [osvPackage('npm', 'expiring', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
  );
});
afterAll(() => house.close());

async function decided(body = NOT_AFFECTED): Promise<string> {
  const release = await house.release();
  await house.takeIn(release, [{ name: 'expiring', version: '1.0.0', purl: 'pkg:npm/expiring@1.0.0' }]);
  const [finding] = await house.findings(release);
  return house.decide(release, finding!, body);
}

it('brings decisions back after the time that their kind may hold, and no sooner', async () => {
  const notAffected = await decided();
  const accepted = await decided({
    ...NOT_AFFECTED,
    status: 'affected',
    justification: null,
    actionStatement: 'Do not plug it in.',
  });
  const absent = await decided({ ...NOT_AFFECTED, justification: 'component_not_present' });
  const soon = new Date(house.ward.now().getTime() + 40 * DAY_MS).toISOString().slice(0, 10);
  const ownDay = await decided({ ...NOT_AFFECTED, reviewOn: soon });

  const tick = async (days: number) => {
    house.ward.advance(days * DAY_MS);
    return (await reopenDue(house.ward)).sort();
  };

  expect(await tick(39)).toEqual([]);
  expect(await tick(1)).toEqual([ownDay]);
  expect(await tick(50)).toEqual([accepted]);
  expect(await tick(274)).toEqual([]);
  expect(await tick(1)).toEqual([notAffected]);
  expect(await tick(2_000)).toEqual([]);
  expect(await house.stateOf(absent)).toBe('approved');
});

it('is done once, in the name of Ward, with its reason', async () => {
  const key = await decided();
  house.ward.advance(366 * DAY_MS);

  expect(await reopenDue(house.ward)).toContain(key);
  expect(await reopenDue(house.ward)).toEqual([]);

  const { rows } = await house.ward.pool.query<{ actor: string | null; content: { reason: string } }>(
    `select actor, content from ledger where action = 'record.transitioned' and content->>'transition' = 'reopen'
      and record = (select id from record where key = $1)`,
    [key],
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    actor: null,
    content: { reason: expect.stringContaining('as long as such a decision may') },
  });
});

it('refuses a signature under a day of review that has passed', async () => {
  const today = house.ward.now().toISOString().slice(0, 10);

  await expect(decided({ ...NOT_AFFECTED, reviewOn: today })).rejects.toMatchObject({
    code: 'assessment.review-day-passed',
  });
});
