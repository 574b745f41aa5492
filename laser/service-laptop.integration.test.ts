// A service session belongs to the laptop that it is worked on from: no other one works in it, ends it by going, or keeps it open by staying.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeUnits, LAPTOP_GONE_MS, unitInHand } from './testing/unit-in-hand.ts';

afterEach(closeUnits);

const SELF_TEST = { verb: 'service.self-test', body: {} };

/** A session of Noor's that was consented to, and her first verb from laptop-1. */
async function openSession() {
  const unit = await unitInHand();
  const { agent, laser, workbench } = unit;
  await agent.checkIn();
  const { code } = await workbench.requestService('L4-0001', {
    ...{ who: 'person:noor', why: 'Power meter drifts', verbs: ['service.self-test'], minutes: 30 },
  });
  await agent.checkIn();
  expect((await laser.act({ do: 'consent', code })).did).toBe(true);
  const own = await unit.laptop('laptop-1', 'person:noor');
  expect((await own.link.ask(SELF_TEST)).receipt).toMatchObject({ outcome: 'done', state: 'service' });
  const other = await unit.laptop('laptop-2', 'person:noor');
  return { ...unit, own, other };
}
const ended = async ({ events }: Awaited<ReturnType<typeof openSession>>) =>
  (await events())
    .filter(({ what }) => what === 'service.ended')
    .map(({ detail }) => (detail as unknown as { why: string }).why);

describe('a service session', () => {
  it('ends when its own laptop is gone, though another one stays', async () => {
    const at = await openSession();
    at.own.link.close();
    await expect.poll(() => at.laser.state, { timeout: 5_000 }).toBe('standby');
    expect(await ended(at)).toEqual(['channel-lost']);
    expect((await at.other.link.ask(SELF_TEST)).receipt.outcome).toBe('refused');
  });

  it('goes on when another laptop goes, and when its own one comes back in time', async () => {
    const at = await openSession();
    at.other.link.close();
    at.own.link.close();
    await sleep(LAPTOP_GONE_MS / 3);
    const again = await at.own.open();
    await sleep(LAPTOP_GONE_MS * 2);
    expect(at.laser.state).toBe('service');
    expect((await again.ask(SELF_TEST)).receipt.outcome).toBe('done');
  });

  it('is worked on from no other laptop, by the same person neither', async () => {
    const at = await openSession();
    const { receipt } = await at.other.link.ask(SELF_TEST);
    expect(receipt).toMatchObject({ outcome: 'refused', code: 'service.another-laptop', state: 'service' });
    expect((await at.events()).some(({ code }) => code === 'service.another-laptop')).toBe(true);
    expect((await at.own.link.ask(SELF_TEST)).receipt.outcome).toBe('done');
  });
});
