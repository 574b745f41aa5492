// What the routes of notifications take and give.
import { z } from '@hono/zod-openapi';
import { HOW_IDS, TOPIC_IDS } from './topics.ts';

export const IdParam = z.object({ id: z.uuid() });
export const Done = z.object({ done: z.literal(true) });
const instant = () => z.iso.datetime();
const Topic = z.enum(TOPIC_IDS);
const How = z.enum(HOW_IDS);

const NoticeItemView = z.object({
  id: z.number().int(),
  title: z.string(),
  text: z.string(),
  link: z.string(),
  level: z.string().nullable(),
  urgent: z.boolean(),
  productId: z.uuid().nullable(),
});
export const NoticeView = z
  .object({
    id: z.uuid(),
    topic: Topic,
    title: z.string(),
    at: instant(),
    unread: z.boolean(),
    count: z.number().int(),
    items: z.array(NoticeItemView),
  })
  .openapi('Notice');
export type NoticeView = z.infer<typeof NoticeView>;
export const NoticeList = z.object({ items: z.array(NoticeView), unread: z.number().int() });
export const MarkRead = z.object({
  /** Null: all. */
  ids: z.array(z.uuid()).max(500).nullable(),
});

const ChoiceView = z.object({ productId: z.uuid().nullable(), topic: Topic, how: How });
export const SettingsView = z.object({
  /** Whether mails can be sent, and where they go. */
  mail: z.object({ setUp: z.boolean(), to: z.string() }),
  choices: z.array(ChoiceView),
  /** What holds without a choice, from the roles. */
  usual: z.array(z.object({ topic: Topic, how: How })),
});
export const NewChoice = z.object({
  productId: z.uuid().nullable(),
  topic: Topic,
  /** Null goes back to what is usual. */
  how: How.nullable(),
});

export const DeliveryQueued = z.object({ delivery: z.uuid() });
export const DeliveryView = z.object({
  id: z.uuid(),
  kind: z.enum(['notices', 'test', 'invitation']),
  channel: z.enum(['mail', 'webhook']),
  to: z.string(),
  state: z.enum(['waiting', 'sending', 'handed-over', 'sent', 'failed', 'unknown', 'dropped']),
  attempts: z.number().int(),
  items: z.number().int(),
  createdAt: instant(),
  dueAt: instant(),
  sentAt: instant().nullable(),
  /** What the other side said, or what went wrong. */
  answer: z.string().nullable(),
});
export const DeliveryList = z.object({ items: z.array(DeliveryView) });

const webhookFields = {
  name: z.string().trim().min(1).max(100),
  url: z.string().max(2_000),
  topics: z.array(Topic).min(1).max(TOPIC_IDS.length),
  active: z.boolean().default(true),
};
export const NewWebhook = z.object({ ...webhookFields, productId: z.uuid().nullable() });
export const WebhookChange = z.object(webhookFields);
export const WebhookSecret = z.object({
  id: z.uuid(),
  /** Shown once. */
  secret: z.string(),
});
export const WebhookView = z.object({
  id: z.uuid(),
  name: z.string(),
  url: z.string(),
  productId: z.uuid().nullable(),
  topics: z.array(Topic),
  active: z.boolean(),
  owner: z.string(),
  /** Until then the secret before signs as well. */
  previousSecretUntil: instant().nullable(),
  lastSentAt: instant().nullable(),
  lastState: z.string().nullable(),
  lastAnswer: z.string().nullable(),
});
export const WebhookList = z.object({ items: z.array(WebhookView) });
