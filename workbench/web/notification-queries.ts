// What pages ask about notices, settings, webhooks and deliveries.
import { queryOptions } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import type { NotificationsApi } from '../kernel/notifications/api.ts';
import type { WebhooksApi } from '../kernel/notifications/webhook-api.ts';
import { client } from './client.ts';
import { queryClient } from './query-client.ts';

export const notificationsClient = client<NotificationsApi>();
export const webhooksClient = client<WebhooksApi>();

export type NoticeRow = InferResponseType<typeof notificationsClient.notifications.$get>['items'][number];
export type DeliveryRow = InferResponseType<typeof notificationsClient.deliveries.$get>['items'][number];
export type WebhookRow = InferResponseType<typeof webhooksClient.webhooks.$get>['items'][number];

export const noticesQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: async () => (await notificationsClient.notifications.$get({ query: {} })).json(),
});

export const notificationSettingsQuery = queryOptions({
  queryKey: ['notifications', 'settings'],
  queryFn: async () => (await notificationsClient.notifications.settings.$get()).json(),
});

export const deliveriesQuery = queryOptions({
  queryKey: ['notifications', 'deliveries'],
  queryFn: async () => (await (await notificationsClient.deliveries.$get()).json()).items,
});

export const webhooksQuery = queryOptions({
  queryKey: ['notifications', 'webhooks'],
  queryFn: async () => (await (await webhooksClient.webhooks.$get()).json()).items,
});

/** Null: all. */
export async function markRead(ids: readonly string[] | null): Promise<void> {
  await notificationsClient.notifications.read.$post({ json: { ids: ids === null ? null : [...ids] } });
  await queryClient.invalidateQueries({ queryKey: ['notifications'] });
}
