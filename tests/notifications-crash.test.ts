// A process that dies while it sends: nothing is sent twice; nothing is lost in silence. docs/decisions/006.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryStep, deliver } from '../workbench/kernel/notifications/deliver.ts';
import { makeWebhook } from '../workbench/kernel/notifications/webhooks.ts';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import {
  type HookReceiver,
  hookReceiver,
  type MailReceiver,
  mailReceiver,
  mailTo,
} from './notifications/receivers.ts';
import { ROOT } from './setup/source-files.ts';
import { newId, type TestWard, testWard } from './setup/test-ward.ts';

const SECRET = 'test-secret-test-secret-test-secret-0000'; // as testWard has it
const bundle = join(ROOT, 'node_modules/.cache/ward-run', `deliver-process-${process.pid}.mjs`);
let mails: MailReceiver;
let hook: HookReceiver;
let ward: TestWard;
let lead: Principal & { personId: string };
let webhookId: string;

beforeAll(async () => {
  mails = await mailReceiver();
  hook = await hookReceiver();
  ward = await testWard({ mail: mailTo(mails), allowPrivateWebhooks: true });
  lead = (await ward.person('Anna Lead', ['security-lead'])) as typeof lead;
  // Only who can sign in is sent mail.
  await sql`insert into account (id, account_id, provider_id, person_id, password, created_at, updated_at)
    values (${newId()}, ${lead.personId}, 'credential', ${lead.personId}, 'x', now(), now())`.execute(
    ward.db,
  );
  const input = {
    name: 'hook',
    url: hook.url,
    productId: null,
    topics: ['mentioned' as const],
    active: true,
  };
  ({ id: webhookId } = await makeWebhook(ward.notifications.webhooks, lead.personId, input));
  await build({
    entryPoints: [join(ROOT, 'tests/notifications/deliver-process.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
});
afterAll(async () => {
  await ward.close();
  await mails.close();
  await hook.close();
});
beforeEach(() => {
  mails.mails.length = 0;
  hook.posts.length = 0;
  mails.delayMs = 0;
});

async function newDelivery(channel: 'mail' | 'webhook'): Promise<string> {
  const id = newId();
  const target =
    channel === 'mail'
      ? { person_id: lead.personId, webhook_id: null }
      : { person_id: null, webhook_id: webhookId };
  const now = new Date();
  await ward.db
    .insertInto('delivery')
    .values({ id, kind: 'test', channel, ...target, state: 'waiting', due_at: now, created_at: now })
    .execute();
  return id;
}

function run(ids: readonly string[], dieAt: DeliveryStep | null) {
  const task = {
    url: ward.url,
    secret: SECRET,
    settings: { mail: mailTo(mails), allowPrivateWebhooks: true },
    ids,
    dieAt,
  };
  return spawn(process.execPath, [bundle], {
    env: { ...process.env, WARD_TEST_DELIVER: JSON.stringify(task) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const takeUp = (id: string) =>
  deliver(
    {
      db: ward.db,
      vault: ward.people.context.vault,
      baseUrl: 'http://127.0.0.1:8100',
      settings: ward.notifications.settings,
      now: ward.now,
      newId: ward.newId,
      log: pino({ level: 'silent' }),
    },
    id,
    true,
  );
const stateOf = async (id: string) =>
  (await ward.db.selectFrom('delivery').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state;

describe('kill -9 while a mail is sent', () => {
  // The dot goes out behind `handed-over`: there alone it is not known whether the mail arrived.
  it.each([
    ['claimed', 'sent', 1],
    ['handed-over', 'unknown', 0],
    ['answered', 'unknown', 1],
    ['noted', 'sent', 1],
  ] as const)('at the step %s: %s, %i mails', async (dieAt, state, count) => {
    const id = await newDelivery('mail');
    const [, signal] = await once(run([id], dieAt), 'close');

    await takeUp(id);
    await takeUp(id);

    expect(signal).toBe('SIGKILL');
    expect(await stateOf(id)).toBe(state);
    expect(mails.mails.map((mail) => mail.messageId)).toEqual(Array(count).fill(`<${id}@127.0.0.1>`));
  });

  it('at any moment: no mail twice, and none missing that is not shown as unknown', async () => {
    mails.delayMs = 5;
    const ids: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      const some = await Promise.all(Array.from({ length: 15 }, () => newDelivery('mail')));
      ids.push(...some);
      const child = run(some, null);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 35));
      child.kill('SIGKILL');
      await once(child, 'close');
      for (const id of some) await takeUp(id);
    }

    const states = await Promise.all(ids.map(stateOf));
    const arrived = new Map<string, number>();
    for (const { messageId } of mails.mails) arrived.set(messageId, (arrived.get(messageId) ?? 0) + 1);
    console.log({
      sent: states.filter((s) => s === 'sent').length,
      unknown: states.filter((s) => s === 'unknown').length,
    });
    expect([...arrived.values()].every((times) => times === 1)).toBe(true);
    for (const [index, id] of ids.entries()) {
      expect(['sent', 'unknown']).toContain(states[index]);
      if (states[index] === 'sent') expect(arrived.get(`<${id}@127.0.0.1>`)).toBe(1);
    }
  });
});

describe('kill -9 while a webhook is sent', () => {
  it.each([
    ['claimed', 1],
    ['answered', 2],
    ['noted', 1],
  ] as const)('at the step %s: %i posts, all under one id', async (dieAt, count) => {
    const id = await newDelivery('webhook');
    await once(run([id], dieAt), 'close');

    await takeUp(id);
    await takeUp(id);

    expect(await stateOf(id)).toBe('sent');
    expect(hook.posts.map((post) => post.headers['webhook-id'])).toEqual(Array(count).fill(id));
    // The very same text again: a receiver that keeps ids or digests drops it.
    expect(new Set(hook.posts.map((post) => post.body)).size).toBe(1);
  });
});
