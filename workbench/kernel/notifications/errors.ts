// The refusals of notifications.
import { defineErrors } from '../errors.ts';

export const refuseNotification = defineErrors({
  'notification.no-mail': {
    status: 409,
    exit: 2,
    title: 'Mail is not set up',
    remedy: 'Set WARD_SMTP_URL and WARD_SMTP_FROM and start Ward again.',
  },
  'webhook.address': {
    status: 422,
    exit: 3,
    title: 'Ward does not send to this address',
    remedy:
      'Give an https address that the internet can reach, or allow inner ones with WARD_WEBHOOK_ALLOW_PRIVATE=1.',
  },
  'webhook.not-found': {
    status: 404,
    exit: 3,
    title: 'No such webhook',
    remedy: 'Reload the list of webhooks.',
  },
  'webhook.too-many': {
    status: 409,
    exit: 3,
    title: 'There are very many webhooks',
    remedy: 'Delete one that is not used any more.',
  },
  'delivery.not-found': {
    status: 404,
    exit: 3,
    title: 'No such delivery',
    remedy: 'Reload the list of deliveries.',
  },
  'delivery.under-way': {
    status: 409,
    exit: 3,
    title: 'It is under way or has arrived',
    remedy: 'Only what failed, or may not have arrived, can be sent again.',
  },
  'subscription.product': {
    status: 404,
    exit: 3,
    title: 'No such product',
    remedy: 'Choose a product that you may read.',
  },
});
