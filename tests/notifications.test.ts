// What people are told, when, how often, and who is not.
import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QUIET_MS } from '../workbench/kernel/notifications/plan.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { assessFinding } from '../workbench/rooms/vulnerabilities/decide-finding.ts';
import { reopenDue } from '../workbench/rooms/vulnerabilities/reopen-due.ts';
import {
  type HookReceiver,
  hookReceiver,
  type MailReceiver,
  mailReceiver,
  mailTo,
  readable,
} from './notifications/receivers.ts';
import { type ActorName, type House, openHouse } from './setup/actors.ts';
import { writeTemporary } from './setup/temporary.ts';

let mails: MailReceiver;
let hook: HookReceiver;
let house: House;

beforeAll(async () => {
  mails = await mailReceiver();
  hook = await hookReceiver();
});
afterAll(async () => {
  await mails.close();
  await hook.close();
});
beforeEach(async () => {
  mails.mails.length = 0;
  hook.posts.length = 0;
  mails.refuseWith = null;
  hook.answer = (response) => void response.writeHead(204).end();
  house = await openHouse({ mail: mailTo(mails), allowPrivateWebhooks: true });
  // What the roles brought with them is told before each test begins.
  await tellAll();
  await sql`update notice_item set planned_at = now()`.execute(house.ward.db);
});
afterEach(() => house.close());

/** Reads events and ledger, waits for quiet by the clock, plans and delivers; until nothing is left. */
async function tellAll(): Promise<void> {
  const { ward } = house;
  await ward.jobs.start(1);
  await ward.jobs.drain();
  await ward.jobs.stop();
  await ward.notifications.follow();
}
async function deliverAll(): Promise<void> {
  await tellAll();
  house.ward.advance(QUIET_MS + 1_000);
  await house.ward.notifications.plan();
  await house.ward.notifications.deliverDue();
}
const mailsTo = (name: ActorName) =>
  mails.mails.filter((mail) => mail.to.includes(house.actor(name).email as string));

async function ask(name: ActorName, method: string, path: string, body?: unknown) {
  const response = await house.app.request(`/api${path}`, {
    method,
    headers: {
      ...(await house.headersOf(house.actor(name))),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of many routes
  return { status: response.status, body: (await response.json()) as any };
}

const osv = (
  id: string,
  change: { score?: string; fixed?: string; summary?: string; modified?: string } = {},
) => ({
  schema_version: '1.6.0',
  id,
  modified: change.modified ?? '2026-11-01T00:00:00Z',
  published: '2026-10-01T00:00:00Z',
  summary: change.summary ?? 'A made-up flaw for tests',
  severity: [{ type: 'CVSS_V3', score: change.score ?? 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left-hand' },
      ranges: [
        {
          type: 'SEMVER',
          events: [{ introduced: '0' }, ...(change.fixed === undefined ? [] : [{ fixed: change.fixed }])],
        },
      ],
    },
  ],
});
const LOW = 'CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N';

async function advise(...advisories: object[]): Promise<void> {
  const path = await writeTemporary(
    `advisories-${Math.random().toString(36).slice(2)}.jsonl`,
    advisories.map((advisory) => JSON.stringify(advisory)).join('\n'),
  );
  await runImport(house.ward, { paths: [path], source: 'tests', actorId: null });
}

async function releaseWithSbom(name: string, productId = house.product.id): Promise<WardRecord> {
  const release = await house.record('release', { name, version: '1.0' }, productId);
  await importSbom(house.ward, SYSTEM, {
    release: release.key,
    fileName: 'bom.json',
    part: null,
    bytes: Buffer.from(
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        version: 1,
        metadata: { component: { type: 'application', name, version: '1.0.0', 'bom-ref': name } },
        components: [
          {
            type: 'library',
            name: 'left-hand',
            version: '1.2.3',
            purl: 'pkg:npm/left-hand@1.2.3',
            'bom-ref': 'l',
          },
        ],
      }),
    ),
  });
  return release;
}

async function makeHook(productId: string | null = null, topics = ['finding-new']) {
  const made = await ask('security-lead', 'POST', '/webhooks', {
    name: 'Chat',
    url: hook.url,
    topics,
    active: true,
    productId,
  });
  expect(made.status).toBe(200);
  return made.body as { id: string; secret: string };
}

describe('a critical flaw', () => {
  it('is one mail for each person who decides, although it hits many releases', async () => {
    for (let n = 0; n < 12; n += 1) await releaseWithSbom(`Release ${n}`);
    await tellAll();
    await advise(osv('GHSA-made-up-0001'));
    await deliverAll();

    const [mail, ...others] = mailsTo('security-lead');
    expect(others).toEqual([]);
    expect(mail?.subject).toContain('GHSA-made-up-0001 in left-hand');
    expect(readable(mail?.raw ?? '')).toContain('Found in 12 releases.');
    const { body } = await ask('security-lead', 'GET', '/notifications?unread=true');
    expect(body.items.filter((item: { topic: string }) => item.topic === 'finding-new')).toMatchObject([
      { title: 'GHSA-made-up-0001 in left-hand', count: 1, unread: true },
    ]);
  });

  it('is told to nobody who may not read the product, and by no mail to roles that do not decide', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await advise(osv('GHSA-made-up-0002'));
    await deliverAll();

    expect(mailsTo('security-lead')).toHaveLength(1);
    for (const name of ['other product', 'supplier-contact', 'auditor', 'administrator', 'no role'] as const)
      expect(mailsTo(name)).toEqual([]);
    const other = await ask('other product', 'GET', '/notifications');
    expect(JSON.stringify(other.body)).not.toContain('GHSA-made-up-0002');
    // The auditor reads it in Ward.
    expect(JSON.stringify((await ask('auditor', 'GET', '/notifications')).body)).toContain(
      'GHSA-made-up-0002',
    );
  });

  it('is not sent to a person who lost the role between planning and sending', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await advise(osv('GHSA-made-up-0003'));
    await tellAll();
    house.ward.advance(QUIET_MS + 1_000);
    await house.ward.notifications.plan();
    await sql`alter table record disable trigger user`.execute(house.ward.db);
    await sql`update record set state = 'ended' where kind = 'role-assignment'
      and body->>'person' = ${house.actor('developer').principal?.personId}`.execute(house.ward.db);
    await house.ward.notifications.deliverDue();

    expect(mailsTo('security-lead')).toHaveLength(1);
    expect(mailsTo('developer')).toEqual([]);
    const { rows } = await sql<{ state: string }>`select state from delivery
      where person_id = ${house.actor('developer').principal?.personId}`.execute(house.ward.db);
    expect(rows).toEqual([{ state: 'dropped' }]);
  });

  it('is not sent to a person who switched the topic off, for the product or for all', async () => {
    await releaseWithSbom('Release A');
    const off = (name: ActorName, productId: string | null, how: string | null) =>
      ask(name, 'PUT', '/notifications/settings', { productId, topic: 'finding-new', how });
    expect((await off('security-lead', house.product.id, 'off')).status).toBe(200);
    expect((await off('developer', null, 'page')).status).toBe(200);
    expect((await off('incident-handler', null, 'off')).status).toBe(200);
    expect((await off('incident-handler', house.product.id, 'at-once')).status).toBe(200);
    expect((await off('other product', house.product.id, 'at-once')).body).toMatchObject({
      code: 'subscription.product',
    });
    await tellAll();
    await advise(osv('GHSA-made-up-0004'));
    await deliverAll();

    expect(mailsTo('security-lead')).toEqual([]);
    expect(mailsTo('developer')).toEqual([]);
    expect(mailsTo('incident-handler')).toHaveLength(1);
    expect(JSON.stringify((await ask('security-lead', 'GET', '/notifications')).body)).not.toContain('0004');
    expect(JSON.stringify((await ask('developer', 'GET', '/notifications')).body)).toContain('0004');
  });

  it('in five thousand places is one notice and one mail', async () => {
    const items = Array.from({ length: 5_000 }, (_, n) => ({
      subject: `place ${n}`,
      productId: house.product.id,
      title: `ASM-${n} is open again`,
      text: 'The range changed.',
      link: '/findings',
      urgent: true,
    }));
    await house.ward.notifications.tell(house.ward.db, [
      { topic: 'decision-reopened', occasion: 'mass', items },
    ]);
    const began = Date.now();
    await deliverAll();
    console.log(`5,000 items planned and sent in ${Date.now() - began} ms`);

    const subjects = mailsTo('security-lead').map((mail) => mail.subject);
    expect(subjects).toEqual(['Ward: 5,000 decisions were re-opened']);
    expect(readable(mailsTo('security-lead')[0]?.raw ?? '')).toContain('and 4,980 more');
    const { body } = await ask('security-lead', 'GET', '/notifications');
    expect(body.items[0]).toMatchObject({ count: 5_000, title: '5,000 decisions were re-opened' });
  });

  it('told once stays told once, however often things run', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await advise(osv('GHSA-made-up-0005'));
    await deliverAll();
    await advise(osv('GHSA-made-up-0005'));
    await deliverAll();
    await deliverAll();

    expect(mailsTo('security-lead')).toHaveLength(1);
  });
});

describe('what changes', () => {
  it('is told: worse, and a fix that appeared; the lesser of it in the morning, together', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await advise(osv('GHSA-made-up-0010', { score: LOW }));
    await advise(osv('GHSA-made-up-0011', { score: LOW }));
    await deliverAll();
    expect(mailsTo('security-lead')).toEqual([]);

    await advise(
      osv('GHSA-made-up-0010', { score: LOW, fixed: '2.0.0', modified: '2026-11-02T00:00:00Z' }),
      osv('GHSA-made-up-0011', { modified: '2026-11-02T00:00:00Z' }),
    );
    await deliverAll();
    const [urgent, ...more] = mailsTo('security-lead');
    expect(more).toEqual([]);
    expect(readable(urgent?.raw ?? '')).toContain('Its severity rose from low to critical.');

    house.ward.advance(24 * 3_600_000);
    await house.ward.notifications.deliverDue();
    const digest = readable(mailsTo('security-lead')[1]?.raw ?? '');
    expect(mailsTo('security-lead')).toHaveLength(2);
    expect(digest).toContain('GHSA-made-up-0010 in left-hand');
    expect(digest).toContain('A version without it is named now.');
  });
});

describe('decisions that Ward re-opens', () => {
  /** Decided in many releases, by ways that are not what this is about. */
  async function decided(count: number, body: object = {}): Promise<WardRecord[]> {
    const made: WardRecord[] = [];
    for (let n = 0; n < count; n += 1) {
      const release = await releaseWithSbom(`Release ${n}`);
      const { assessment } = await assessFinding(house.ward, SYSTEM, {
        release: release.key,
        vulnerability: 'GHSA-made-up-0040',
        place: 'npm:left-hand',
        body: {
          status: 'not_affected',
          justification: 'vulnerable_code_not_in_execute_path',
          rationale: 'Never called.',
          safety: 'none',
          safetyRationale: 'No path to emission.',
          privacy: 'none',
          privacyRationale: 'No personal data.',
          ...body,
        } as never,
      });
      await house.ward.records.write(SYSTEM, (unit) =>
        unit.commit([
          {
            type: 'transition',
            record: assessment,
            transition: 'approve',
            to: 'approved',
            reason: null,
            signature: null,
          },
        ]),
      );
      made.push(assessment);
    }
    return made;
  }

  it('are one notice and one mail for one flaw, however many releases it is decided in', async () => {
    await advise(osv('GHSA-made-up-0040', { fixed: '2.0.0' }));
    const made = await decided(7);
    await deliverAll();
    mails.mails.length = 0;

    await advise(osv('GHSA-made-up-0040', { fixed: '3.0.0', modified: '2026-11-05T00:00:00Z' }));
    await deliverAll();
    await deliverAll();

    const { body } = await ask('security-lead', 'GET', '/notifications');
    const reopened = body.items.filter((item: { topic: string }) => item.topic === 'decision-reopened');
    expect(reopened).toMatchObject([{ title: '7 decisions were re-opened', count: 7 }]);
    expect(reopened[0].items[0].link).toMatch(/^\/r\/ASM-\d+$/);
    const today = (await ask('security-lead', 'GET', '/today')).body;
    expect(JSON.stringify(today.news.items)).toContain('7 decisions were re-opened');
    expect(mailsTo('security-lead').map((mail) => mail.subject)).toEqual([
      'Ward: 7 decisions were re-opened',
    ]);
    expect(made).toHaveLength(7);
  });

  it('and those whose day has come are told apart', async () => {
    await advise(osv('GHSA-made-up-0040'));
    await decided(2, { reviewOn: new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10) });
    await deliverAll();
    house.ward.advance(11 * 86_400_000);
    await reopenDue(house.ward);
    await tellAll();

    const { body } = await ask('security-lead', 'GET', '/notifications');
    expect(body.items.filter((item: { topic: string }) => item.topic === 'decision-expired')).toMatchObject([
      { title: '2 decisions are due for review', count: 2 },
    ]);
    expect(body.items.filter((item: { topic: string }) => item.topic === 'decision-reopened')).toEqual([]);
  });
});

describe('pages that are open', () => {
  it('hear of it within seconds', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await house.ward.feed.start();
    const response = await house.app.request('/api/live', {
      headers: await house.headersOf(house.actor('security-lead')),
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await house.ward.jobs.start(1);
    const started = Date.now();
    await advise(osv('GHSA-made-up-0050'));
    let heard = '';
    while (!heard.includes('event: notice')) heard += new TextDecoder().decode((await reader.read()).value);
    const took = Date.now() - started;
    await reader.cancel();
    await house.ward.jobs.stop();

    expect(took).toBeLessThan(5_000);
    const today = (await ask('security-lead', 'GET', '/today')).body;
    expect(JSON.stringify(today.news.items)).toContain('GHSA-made-up-0050');
  });
});

describe('people', () => {
  it('hear that they are named in a comment, and that an approval waits for them, but not of what they did', async () => {
    const threat = await house.record('threat', { title: 'Spoofed console', category: 'spoofing' });
    const comment = await ask('developer', 'POST', `/records/${threat.key}/comments`, {
      text: 'What do you think, @quality? And @developer.',
    });
    expect(comment.status).toBe(200);
    await deliverAll();

    expect(mailsTo('quality').map((mail) => mail.subject)).toEqual([
      `Ward: Named or assigned: ${threat.key} Spoofed console`,
    ]);
    expect(mailsTo('developer')).toEqual([]);
    const waits = (name: ActorName) =>
      ask(name, 'GET', '/notifications').then(({ body }) =>
        JSON.stringify(body.items.filter((item: { topic: string }) => item.topic === 'approval-waits')),
      );
    expect(await waits('administrator')).not.toContain(threat.key);
  });

  it('mark as read, one or all', async () => {
    await releaseWithSbom('Release A');
    await tellAll();
    await advise(osv('GHSA-made-up-0020'));
    await tellAll();
    const before = (await ask('auditor', 'GET', '/notifications?unread=true')).body;
    expect(before.unread).toBeGreaterThan(0);

    await ask('auditor', 'POST', '/notifications/read', { ids: [before.items[0].id] });
    expect((await ask('auditor', 'GET', '/notifications?unread=true')).body.unread).toBe(before.unread - 1);
    await ask('auditor', 'POST', '/notifications/read', { ids: null });
    expect((await ask('auditor', 'GET', '/notifications?unread=true')).body).toEqual({
      items: [],
      unread: 0,
    });
    expect((await ask('security-lead', 'GET', '/notifications?unread=true')).body.unread).toBeGreaterThan(0);
  });

  it('are invited by mail when there is mail, and the link is shown all the same', async () => {
    const made = await ask('administrator', 'POST', '/invitations', {
      name: 'New Person',
      email: 'new.person@example.org',
    });
    await house.ward.notifications.deliverDue();

    expect(made.body.mailed).toBe(true);
    expect(mails.mails).toHaveLength(1);
    expect(readable(mails.mails[0]?.raw ?? '')).toContain(made.body.url);
    // The link does not stay behind.
    const { rows } = await sql`select sealed_content from delivery where kind = 'invitation'`.execute(
      house.ward.db,
    );
    expect(rows).toEqual([{ sealed_content: null }]);
  });
});

describe('a mail', () => {
  it('cannot be made to say or do more by a text of others', async () => {
    await releaseWithSbom('Release A');
    await house.ward.notifications.tell(house.ward.db, [
      {
        topic: 'finding-new',
        occasion: 'injection',
        items: [
          {
            subject: 'x',
            productId: house.product.id,
            title: 'Bad\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>',
            text: '<img src="https://tracker.example.net/"> & "more"',
            link: '/findings',
            urgent: true,
          },
        ],
      },
    ]);
    await deliverAll();

    const [mail] = mailsTo('security-lead');
    const raw = mail?.raw ?? '';
    expect(mail?.to).toEqual([house.actor('security-lead').email]);
    expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^Bcc:/im);
    const html = readable(raw.slice(raw.indexOf('text/html')));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;script&gt;');
    expect(raw).toContain('List-Unsubscribe: <http://127.0.0.1:8100/notifications/settings>');
    expect(
      [...html.matchAll(/href="([^"]+)"/g)].every(([, to]) => to?.startsWith('http://127.0.0.1:8100/')),
    ).toBe(true);
  });

  it('that the server refuses for now is tried again, later each time, and after a day shown as failed', async () => {
    mails.refuseWith = { code: 451, text: 'Try later' };
    const queued = await ask('developer', 'POST', '/notifications/test-mail');
    expect(queued.status).toBe(200);
    const waits: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      await house.ward.notifications.deliverDue();
      const row = await house.ward.db
        .selectFrom('delivery')
        .selectAll()
        .where('id', '=', queued.body.delivery)
        .executeTakeFirstOrThrow();
      if (row.state === 'failed') break;
      expect(row.state).toBe('waiting');
      waits.push(Math.round((row.due_at.getTime() - house.ward.now().getTime()) / 1_000));
      house.ward.advance(row.due_at.getTime() - house.ward.now().getTime() + 1);
    }
    expect(waits.slice(0, 4)).toEqual([30, 60, 120, 240]);
    expect(Math.max(...waits)).toBe(3 * 3_600);
    const { body } = await ask('developer', 'GET', '/deliveries');
    expect(body.items[0]).toMatchObject({ state: 'failed', answer: expect.stringContaining('Try later') });

    mails.refuseWith = null;
    const path = `/deliveries/${queued.body.delivery}/again`;
    expect((await ask('tester', 'POST', path)).body).toMatchObject({ code: 'delivery.not-found' });
    expect((await ask('developer', 'POST', path)).status).toBe(200);
    await house.ward.notifications.deliverDue();
    expect(mailsTo('developer')).toHaveLength(1);
    expect((await ask('developer', 'POST', path)).body).toMatchObject({ code: 'delivery.under-way' });
  });
});

describe('a webhook', () => {
  it('is signed so that another implementation of the standard accepts it, by both secrets during a change', async () => {
    await releaseWithSbom('Release A');
    const { id, secret } = await makeHook();
    const renewed = (await ask('security-lead', 'POST', `/webhooks/${id}/secret`)).body.secret as string;
    await tellAll();
    await advise(osv('GHSA-made-up-0030'));
    await deliverAll();

    const [post, ...more] = hook.posts;
    expect(more).toEqual([]);
    const headers = post?.headers as Record<string, string>;
    // Ward's clock was moved on, so the age is not judged here.
    const byHand = (key: string) =>
      `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
        .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${post?.body}`)
        .digest('base64')}`;
    expect(headers['webhook-signature']?.split(' ')).toEqual([byHand(renewed), byHand(secret)]);
    expect(
      new Webhook(secret).sign(
        headers['webhook-id'] ?? '',
        new Date(Number(headers['webhook-timestamp']) * 1_000),
        post?.body ?? '',
      ),
    ).toBe(byHand(secret));
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      type: 'ward.notices',
      data: { notices: [{ topic: 'finding-new', items: [{ title: 'GHSA-made-up-0030 in left-hand' }] }] },
    });

    house.ward.advance(25 * 3_600_000);
    await ask('security-lead', 'POST', `/webhooks/${id}/test`);
    await house.ward.notifications.deliverDue();
    expect(hook.posts.at(-1)?.headers['webhook-signature']?.toString().split(' ')).toHaveLength(1);
  });

  it('is sent nothing of other products, and nothing when its owner left', async () => {
    await releaseWithSbom('Release B', house.other.id);
    await releaseWithSbom('Release A');
    await makeHook(house.product.id);
    await tellAll();
    await advise(osv('GHSA-made-up-0031'));
    await deliverAll();
    expect(hook.posts).toHaveLength(1);
    expect(JSON.parse(hook.posts[0]?.body ?? '').data.notices[0].count).toBe(1);

    await sql`update person set disabled_at = now() where id = ${house.actor('security-lead').principal?.personId}`.execute(
      house.ward.db,
    );
    await advise(osv('GHSA-made-up-0032'));
    await deliverAll();
    expect(hook.posts).toHaveLength(1);
    const { rows } = await sql<{
      state: string;
    }>`select state from delivery where webhook_id is not null order by created_at`.execute(house.ward.db);
    expect(rows.map((row) => row.state)).toEqual(['sent', 'dropped']);
  });

  it('follows no redirect, reads no endless answer, and is tried again under its id', async () => {
    const { id } = await makeHook();
    const { delivery } = (await ask('security-lead', 'POST', `/webhooks/${id}/test`)).body;
    hook.answer = (response) => void response.writeHead(302, { location: hook.url }).end();
    await house.ward.notifications.deliverDue();
    expect(hook.posts).toHaveLength(1);

    hook.answer = (response) => {
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', pour);
      pour();
    };
    house.ward.advance(31_000);
    await house.ward.notifications.deliverDue();

    expect(hook.posts.map((post) => post.headers['webhook-id'])).toEqual([delivery, delivery]);
    const { body } = await ask('security-lead', 'GET', '/webhooks');
    expect(body.items).toMatchObject([{ lastState: 'sent', lastAnswer: '200' }]);
    expect(JSON.stringify(body)).not.toContain('whsec_');
  });

  it('is refused for addresses that are none, hold a password, or stand inside', async () => {
    const inside = await openHouse();
    try {
      const post = async (url: string) => {
        const response = await inside.app.request('/api/webhooks', {
          method: 'POST',
          headers: {
            ...(await inside.headersOf(inside.actor('administrator'))),
            'content-type': 'application/json',
          },
          body: JSON.stringify({ name: 'x', url, topics: ['finding-new'], active: true, productId: null }),
        });
        return ((await response.json()) as { code?: string }).code;
      };
      for (const url of [
        'nonsense',
        'ftp://example.org/',
        'http://example.org/',
        'https://user:password@example.org/',
        'https://127.0.0.1/',
        'https://[::1]/',
        'https://[::ffff:10.0.0.1]/',
        'https://10.1.2.3/',
        'https://169.254.169.254/latest',
        'https://0x7f000001/',
        'https://[64:ff9b::7f00:1]/',
      ])
        expect([url, await post(url)]).toEqual([url, 'webhook.address']);
      expect(await post('https://hooks.example.org/ward')).toBeUndefined();
      const mail = await inside.app.request('/api/notifications/test-mail', {
        method: 'POST',
        headers: await inside.headersOf(inside.actor('developer')),
      });
      expect(await mail.json()).toMatchObject({ code: 'notification.no-mail' });
    } finally {
      await inside.close();
    }
  });

  it('is kept by those who keep it', async () => {
    const { id } = await makeHook(house.product.id);
    const change = { name: 'Chat', url: hook.url, topics: ['finding-new'], active: false };

    expect((await ask('other product', 'PUT', `/webhooks/${id}`, change)).body).toMatchObject({
      code: 'webhook.not-found',
    });
    expect((await ask('administrator', 'PUT', `/webhooks/${id}`, change)).status).toBe(200);
    for (let n = 0; n < 49; n += 1) await makeHook();
    const over = await ask('administrator', 'POST', '/webhooks', { ...change, productId: null });
    expect(over.body).toMatchObject({ code: 'webhook.too-many' });
    expect((await ask('administrator', 'DELETE', `/webhooks/${id}`)).status).toBe(200);
    expect((await ask('administrator', 'GET', '/webhooks')).body.items).toHaveLength(49);
  });
});
