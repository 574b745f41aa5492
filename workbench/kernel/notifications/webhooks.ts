// Webhooks as people keep them: made, changed, given a new secret, deleted. The secret is shown when it is made, never again.
import type { Kysely } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { type Principal, type Role, rolesFor } from '../people/roles.ts';
import type { Vault } from '../people/secrets.ts';
import { refuseNotification } from './errors.ts';
import type {} from './tables.ts';
import type { Topic } from './topics.ts';
import { checkWebhookUrl } from './webhook-send.ts';
import { newWebhookSecret } from './webhook-signature.ts';

export const WEBHOOK_KEEPERS: readonly Role[] = ['administrator', 'security-lead'];
/** Both secrets sign for a day, so that the receiver can change over without losing a message. */
export const ROTATION_MS = 24 * 3_600_000;
const MOST = 50;

export interface WebhookContext {
  readonly db: Kysely<Tables>;
  readonly vault: Vault;
  readonly allowPrivate: boolean;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  readonly productId: string | null;
  readonly topics: readonly Topic[];
  readonly active: boolean;
}

/** A keeper for the product; for webhooks of the whole house, one for the organisation. */
export function keepsWebhooks(principal: Principal, productId: string | null): boolean {
  return rolesFor(principal, productId).some((role) => WEBHOOK_KEEPERS.includes(role));
}

/** Refuses `webhook.address`, `webhook.too-many`. Gives the secret, once. */
export async function makeWebhook(
  context: WebhookContext,
  ownerId: string,
  input: WebhookInput,
): Promise<{ readonly id: string; readonly secret: string }> {
  const { db, vault, now, newId } = context;
  checkWebhookUrl(input.url, context.allowPrivate);
  const { count } = await db
    .selectFrom('webhook')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST)
    throw refuseNotification('webhook.too-many', `There are ${MOST} webhooks already.`);
  const id = newId();
  const secret = newWebhookSecret();
  await db
    .insertInto('webhook')
    .values({
      id,
      name: input.name,
      product_id: input.productId,
      url: input.url,
      topics: [...input.topics],
      active: input.active,
      sealed_secret: vault.seal(Buffer.from(secret), `webhook:${id}`),
      owner_id: ownerId,
      created_at: now(),
    })
    .execute();
  return { id, secret };
}

/** Who changes it becomes its owner. Refuses `webhook.address`. */
export async function changeWebhook(
  context: WebhookContext,
  ownerId: string,
  id: string,
  input: Omit<WebhookInput, 'productId'>,
): Promise<void> {
  checkWebhookUrl(input.url, context.allowPrivate);
  const { name, url, topics, active } = input;
  await context.db
    .updateTable('webhook')
    .set({ name, url, topics: [...topics], active, owner_id: ownerId })
    .where('id', '=', id)
    .execute();
}

export async function rotateSecret(context: WebhookContext, id: string): Promise<string> {
  const { db, vault, now } = context;
  const secret = newWebhookSecret();
  await db
    .updateTable('webhook')
    .set((row) => ({
      sealed_previous: row.ref('sealed_secret'),
      previous_until: new Date(now().getTime() + ROTATION_MS),
      sealed_secret: vault.seal(Buffer.from(secret), `webhook:${id}`),
    }))
    .where('id', '=', id)
    .execute();
  return secret;
}

export async function deleteWebhook(context: WebhookContext, id: string): Promise<void> {
  await context.db
    .updateTable('webhook')
    .set({ deleted_at: context.now(), active: false, sealed_previous: null })
    .where('id', '=', id)
    .execute();
}

/** Refuses `webhook.not-found`, also for what the person does not keep. */
export async function findWebhook(db: Kysely<Tables>, principal: Principal, id: string) {
  const row = await db
    .selectFrom('webhook')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row || !keepsWebhooks(principal, row.product_id))
    throw refuseNotification('webhook.not-found', 'There is no such webhook that you keep.');
  return row;
}

/** Those that the person keeps, with how the last sendings went. */
export async function listWebhooks(db: Kysely<Tables>, principal: Principal) {
  const rows = await db
    .selectFrom('webhook as w')
    .innerJoin('person as p', 'p.id', 'w.owner_id')
    .select([
      'w.id',
      'w.name',
      'w.product_id',
      'w.url',
      'w.topics',
      'w.active',
      'w.previous_until',
      'p.name as owner',
    ])
    .select((select) => [
      select
        .selectFrom('delivery as d')
        .select((inner) => inner.fn.max('d.sent_at').as('at'))
        .whereRef('d.webhook_id', '=', 'w.id')
        .as('last_sent'),
      select
        .selectFrom('delivery as d')
        .select('d.answer')
        .whereRef('d.webhook_id', '=', 'w.id')
        .where('d.attempts', '>', 0)
        .orderBy('d.created_at', 'desc')
        .limit(1)
        .as('last_answer'),
      select
        .selectFrom('delivery as d')
        .select('d.state')
        .whereRef('d.webhook_id', '=', 'w.id')
        .where('d.attempts', '>', 0)
        .orderBy('d.created_at', 'desc')
        .limit(1)
        .as('last_state'),
    ])
    .where('w.deleted_at', 'is', null)
    .orderBy('w.created_at')
    .execute();
  return rows.filter((row) => keepsWebhooks(principal, row.product_id));
}
