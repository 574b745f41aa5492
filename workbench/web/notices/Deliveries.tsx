// What was sent, and what became of it, in words; what failed can be sent again.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../design/Answer.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { StateBadge, type Tone } from '../design/StateBadge.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import type { DeliveryRow } from '../notification-queries.ts';
import { deliveriesQuery, notificationsClient } from '../notification-queries.ts';
import { queryClient } from '../query-client.ts';

const STATES: Readonly<Record<DeliveryRow['state'], { readonly tone: Tone; readonly words: string }>> = {
  waiting: { tone: 'open', words: 'Waits' },
  sending: { tone: 'open', words: 'Is sent' },
  'handed-over': { tone: 'open', words: 'Is sent' },
  sent: { tone: 'settled', words: 'Sent' },
  failed: { tone: 'danger', words: 'Failed' },
  unknown: { tone: 'question', words: 'Not known whether it arrived' },
  dropped: { tone: 'ended', words: 'Not sent' },
};
const KINDS = { notices: 'News', test: 'Test', invitation: 'Invitation' } as const;

export function Deliveries() {
  const deliveries = useQuery(deliveriesQuery);
  const again = async (id: string) => {
    try {
      await notificationsClient.deliveries[':id'].again.$post({ param: { id } });
      await queryClient.invalidateQueries({ queryKey: ['notifications'] });
      showToast('It is sent again.');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <Answer query={deliveries} lines={4}>
      {(items) =>
        items.length === 0 ? (
          <p className="muted">Nothing was sent yet.</p>
        ) : (
          <ul className="lines">
            {items.map((delivery) => (
              <li key={delivery.id} className="row">
                <span className="grow">
                  {KINDS[delivery.kind]} {delivery.channel === 'mail' ? 'by mail to' : 'to the webhook'}{' '}
                  {delivery.to}
                  {delivery.items > 0 ? `, ${delivery.items.toLocaleString('en')} items` : ''}
                  <br />
                  <span className="muted small">
                    <RelativeTime at={delivery.sentAt ?? delivery.createdAt} />
                    {delivery.state === 'waiting' ? (
                      <>
                        , due <RelativeTime at={delivery.dueAt} />
                      </>
                    ) : null}
                    {delivery.attempts > 1 ? `, tried ${delivery.attempts} times` : ''}
                    {delivery.answer && delivery.state !== 'sent' ? `. ${delivery.answer}` : ''}
                  </span>
                </span>
                <StateBadge tone={STATES[delivery.state].tone}>{STATES[delivery.state].words}</StateBadge>
                {delivery.state === 'failed' || delivery.state === 'unknown' ? (
                  <Button onClick={() => void again(delivery.id)}>Send again</Button>
                ) : null}
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
  );
}
