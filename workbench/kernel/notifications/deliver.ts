// Makes one delivery: claim it and commit, send, write down what came of it. After a crash whatever is found claimed by
// nobody is gone on with as `whatToDo` says (docs/decisions/006).
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Tables } from '../database/schema.ts';
import type { Vault } from '../people/secrets.ts';
import { CLAIM_MS, nextTry, whatToDo } from './delivery-states.ts';
import { MailError, sendMail } from './mail.ts';
import {
  invitationMail,
  type Mail,
  type MessageNotice,
  noticesMail,
  testMail,
  webhookBody,
} from './message.ts';
import { isFor } from './read-notices.ts';
import { findRecipients, type Recipient } from './recipients.ts';
import type { NotificationSettings } from './settings.ts';
import type {} from './tables.ts';
import { howFor, type Topic } from './topics.ts';
import { postWebhook } from './webhook-send.ts';
import { signedHeaders } from './webhook-signature.ts';

export interface DeliveryContext {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly baseUrl: string;
  readonly settings: NotificationSettings;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
  /** For tests that end the process at a step. */
  readonly reached?: (step: DeliveryStep) => Promise<void> | void;
}
export type DeliveryStep = 'claimed' | 'handed-over' | 'answered' | 'noted';

interface Claimed {
  readonly id: string;
  readonly kind: 'notices' | 'test' | 'invitation';
  readonly channel: 'mail' | 'webhook';
  readonly person_id: string | null;
  readonly webhook_id: string | null;
  readonly attempts: number;
  readonly first_tried_at: Date;
  readonly sealed_content: string | null;
  readonly created_at: Date;
  readonly claim: string;
}

type Outcome =
  | { readonly kind: 'sent'; readonly answer: string }
  | { readonly kind: 'again'; readonly answer: string }
  | { readonly kind: 'failed' | 'unknown' | 'dropped'; readonly answer: string };

/** Ids of what is due, or was claimed by a process that is gone. */
export async function dueDeliveries(db: Kysely<Tables>, now: Date, limit = 500): Promise<string[]> {
  const rows = await db
    .selectFrom('delivery')
    .select('id')
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'waiting'), where('due_at', '<=', now)]),
        where.and([
          where('state', 'in', ['sending', 'handed-over']),
          where('claimed_at', '<=', new Date(now.getTime() - CLAIM_MS)),
        ]),
      ]),
    )
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/**
 * `claimsAreOver`: whoever claimed it is known to be gone (the queue gave its job back), so no time is waited for.
 */
export async function deliver(context: DeliveryContext, id: string, claimsAreOver = false): Promise<void> {
  const claimed = await claim(context, id, claimsAreOver);
  if (claimed === null) return;
  await context.reached?.('claimed');
  let outcome: Outcome;
  try {
    outcome = claimed.channel === 'mail' ? await byMail(context, claimed) : await byWebhook(context, claimed);
  } catch (error) {
    // A fault of our own: not known how far it came. The state in the table is.
    context.log.error({ err: error, delivery: id }, 'A delivery failed by a fault');
    outcome = { kind: 'again', answer: 'A fault inside Ward; the log has the detail.' };
  }
  await context.reached?.('answered');
  await finish(context, claimed, outcome);
  await context.reached?.('noted');
}

async function claim(context: DeliveryContext, id: string, claimsAreOver: boolean): Promise<Claimed | null> {
  const { db, now: clock, newId } = context;
  return db.transaction().execute(async (tx) => {
    const now = clock();
    const row = await tx
      .selectFrom('delivery')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!row) return null;
    if (row.state === 'waiting' && row.due_at > now) return null;
    const over =
      claimsAreOver || (row.claimed_at !== null && now.getTime() - row.claimed_at.getTime() >= CLAIM_MS);
    const what = whatToDo(row.state, over);
    if (what === 'leave') return null;
    if (what === 'unknown') {
      await tx
        .updateTable('delivery')
        .set({
          state: 'unknown',
          answer: 'Ward ended while the mail server answered. Whether it arrived is not known.',
          claim: null,
        })
        .where('id', '=', id)
        .execute();
      return null;
    }
    const claimed = {
      state: 'sending' as const,
      attempts: row.attempts + 1,
      claim: newId(),
      claimed_at: now,
      first_tried_at: row.first_tried_at ?? now,
    };
    await tx.updateTable('delivery').set(claimed).where('id', '=', id).execute();
    return { ...row, ...claimed };
  });
}

async function finish(context: DeliveryContext, claimed: Claimed, outcome: Outcome): Promise<void> {
  const now = context.now();
  const answer = outcome.answer.slice(0, 500);
  const again = outcome.kind === 'again' ? nextTry(claimed.attempts, claimed.first_tried_at, now) : null;
  const change =
    outcome.kind === 'sent'
      ? { state: 'sent' as const, sent_at: now, sealed_content: null }
      : outcome.kind !== 'again'
        ? { state: outcome.kind, sealed_content: outcome.kind === 'dropped' ? null : claimed.sealed_content }
        : again === null
          ? { state: 'failed' as const }
          : { state: 'waiting' as const, due_at: again };
  await context.db.transaction().execute(async (tx) => {
    // Whoever took it over meanwhile has the say.
    const done = await tx
      .updateTable('delivery')
      .set({ ...change, answer, claim: null })
      .where('id', '=', claimed.id)
      .where('claim', '=', claimed.claim)
      .returning('id')
      .executeTakeFirst();
    if (done) await sql`select pg_notify('ward_notice', '')`.execute(tx);
  });
  if (outcome.kind !== 'sent' && outcome.kind !== 'dropped')
    context.log.warn(
      { delivery: claimed.id, channel: claimed.channel, answer },
      'A notification was not delivered',
    );
}

async function byMail(context: DeliveryContext, claimed: Claimed): Promise<Outcome> {
  const { settings, baseUrl } = context;
  if (!settings.mail) return { kind: 'again', answer: 'Mail is not set up (WARD_SMTP_URL).' };
  const addressed = await mailOf(context, claimed);
  if (addressed === null) return { kind: 'dropped', answer: 'Nothing of it is for this person any more.' };
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '').replaceAll(':', '.');
  try {
    const answer = await sendMail(
      settings.mail,
      {
        ...addressed.mail,
        to: addressed.to,
        messageId: `<${claimed.id}@${host}>`,
        date: claimed.created_at,
        unsubscribeUrl: claimed.kind === 'notices' ? `${baseUrl}/notifications/settings` : null,
      },
      () => handOver(context, claimed),
    );
    return { kind: 'sent', answer };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (error.when === 'after') {
      const answer = `${error.message} Whether it arrived is not known, so it is not sent again by itself.`;
      return { kind: 'unknown', answer };
    }
    return { kind: error.final ? 'failed' : 'again', answer: error.message };
  }
}

/** Committed before the dot goes out: from here on the mail may have been delivered. */
async function handOver(context: DeliveryContext, claimed: Claimed): Promise<void> {
  const done = await context.db
    .updateTable('delivery')
    .set({ state: 'handed-over' })
    .where('id', '=', claimed.id)
    .where('claim', '=', claimed.claim)
    .returning('id')
    .executeTakeFirst();
  if (!done) throw new MailError('Another process took this delivery over.', 'before', false);
  await context.reached?.('handed-over');
}

async function mailOf(
  context: DeliveryContext,
  claimed: Claimed,
): Promise<{ to: string; mail: Mail } | null> {
  const { db, baseUrl, vault } = context;
  const personId = claimed.person_id as string;
  if (claimed.kind === 'invitation') {
    const person = await db
      .selectFrom('person')
      .select('email')
      .where('id', '=', personId)
      .executeTakeFirst();
    if (!person || claimed.sealed_content === null) return null;
    const content = JSON.parse(
      vault.open(claimed.sealed_content, `delivery:${claimed.id}`).toString('utf8'),
    ) as {
      url: string;
      inviter: string;
      until: string;
      invitation: string;
    };
    const open = await db
      .selectFrom('invitation')
      .select('id')
      .where('id', '=', content.invitation)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', context.now())
      .executeTakeFirst();
    if (!open) return null;
    return { to: person.email, mail: invitationMail(content.url, content.inviter, new Date(content.until)) };
  }
  const [recipient] = await findRecipients(db, [personId]);
  if (!recipient) return null;
  if (claimed.kind === 'test') return { to: recipient.email, mail: testMail(baseUrl) };
  const notices = await noticesOf(db, claimed.id, recipient);
  if (notices.length === 0) return null;
  return { to: recipient.email, mail: noticesMail(notices, baseUrl, recipient.principal.name) };
}

/** The items of a delivery that this person may read now and has not switched off since. */
async function noticesOf(
  db: Kysely<Tables>,
  deliveryId: string,
  recipient: Recipient,
  personal = true,
): Promise<MessageNotice[]> {
  const { rows } = await sql<{
    notice: string;
    topic: Topic;
    product_id: string | null;
    title: string;
    text: string;
    link: string;
    level: string | null;
  }>`select n.id as notice, n.topic, i.product_id, i.title, i.text, i.link, i.level
    from delivery_item d join notice_item i on i.id = d.item_id join notice n on n.id = i.notice_id
    where d.delivery_id = ${deliveryId}::uuid and ${isFor(recipient.principal)}
    order by i.urgent desc, array_position(array['critical', 'high', 'medium', 'low'], i.level) nulls last, i.id`.execute(
    db,
  );
  const notices = new Map<
    string,
    { id: string; topic: Topic; count: number; items: MessageNotice['items'][number][] }
  >();
  for (const row of rows) {
    const how = personal ? howFor(row.topic, row.product_id, recipient.choices, []) : 'at-once';
    if (how === 'off') continue;
    const notice = notices.get(row.notice) ?? { id: row.notice, topic: row.topic, count: 0, items: [] };
    notice.count += 1;
    if (notice.items.length < 50) notice.items.push(row);
    notices.set(row.notice, notice);
  }
  return [...notices.values()];
}

async function byWebhook(context: DeliveryContext, claimed: Claimed): Promise<Outcome> {
  const { db, vault, baseUrl, settings } = context;
  const now = context.now();
  const hook = await db
    .selectFrom('webhook')
    .selectAll()
    .where('id', '=', claimed.webhook_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!hook || (!hook.active && claimed.kind !== 'test'))
    return { kind: 'dropped', answer: 'The webhook was switched off or deleted.' };
  // What its owner may read is what it is sent; somebody who left opens no door.
  const [owner] = await findRecipients(db, [hook.owner_id]);
  const notices = owner && claimed.kind === 'notices' ? await noticesOf(db, claimed.id, owner, false) : [];
  if (!owner || (claimed.kind === 'notices' && notices.length === 0))
    return {
      kind: 'dropped',
      answer: 'Its owner may not read this any more. Somebody who may has to take the webhook over.',
    };
  const body = JSON.stringify(webhookBody(notices, baseUrl, claimed.created_at));
  const open = (sealed: string) => vault.open(sealed, `webhook:${hook.id}`).toString('utf8');
  const previous =
    hook.sealed_previous !== null && hook.previous_until !== null && hook.previous_until > now
      ? [open(hook.sealed_previous)]
      : [];
  const answer = await postWebhook({
    url: hook.url,
    headers: signedHeaders(claimed.id, now, body, [open(hook.sealed_secret), ...previous]),
    body,
    allowPrivate: settings.allowPrivateWebhooks,
  });
  return answer.ok ? { kind: 'sent', answer: answer.words } : { kind: 'again', answer: answer.words };
}
