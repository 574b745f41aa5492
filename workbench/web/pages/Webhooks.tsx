// Webhooks: where Ward posts what is new, signed, for programs.
import { Button } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { TOPICS } from '../../kernel/notifications/topics.ts';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { CopyField } from '../design/CopyField.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import { showProblem, showToast } from '../design/toasts.ts';
import { Deliveries } from '../notices/Deliveries.tsx';
import type { WebhookRow } from '../notification-queries.ts';
import { webhooksClient, webhooksQuery } from '../notification-queries.ts';
import { useProduct } from '../product.ts';
import { queryClient } from '../query-client.ts';
import { WebhookDialog } from './WebhookDialog.tsx';

const renew = () => queryClient.invalidateQueries({ queryKey: ['notifications'] });

export function Page() {
  const webhooks = useQuery(webhooksQuery);
  const { products } = useProduct();
  const [editing, setEditing] = useState<WebhookRow | 'new' | null>(null);
  const [deleting, setDeleting] = useState<WebhookRow | null>(null);
  const [rotating, setRotating] = useState<WebhookRow | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const make = {
    id: 'webhooks.new',
    name: 'New webhook',
    keys: 'n',
    section: 'This page',
    icon: IconWebhook,
    perform: () => setEditing('new'),
  };
  useActions([make]);
  const test = async (id: string) => {
    try {
      await webhooksClient.webhooks[':id'].test.$post({ param: { id } });
      await renew();
      showToast('A test is on its way.');
    } catch (error) {
      showProblem(error);
    }
  };
  return (
    <PageFrame
      title="Webhooks"
      meta={<AppLink to="/notifications">Notifications</AppLink>}
      primary={<ActionButton action={make} primary={true} />}
    >
      <Answer query={webhooks} lines={4}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState
              icon={<IconWebhook size={28} aria-hidden="true" />}
              what="No webhooks"
              why="Ward posts what is new to an address of yours: a chat, a ticket system. Each post is signed (Standard Webhooks), so that the receiver knows it is Ward's."
            />
          ) : (
            <ul className="lines">
              {items.map((hook) => (
                <li key={hook.id} className="row">
                  <span className="grow">
                    <strong>{hook.name}</strong> <code>{hook.url}</code>
                    <br />
                    <span className="muted small">
                      {hook.productId === null
                        ? 'All products'
                        : (products.find((product) => product.id === hook.productId)?.title ?? 'A product')}
                      {' · '}
                      {hook.topics.map((id) => TOPICS.find((topic) => topic.id === id)?.title).join(', ')}
                      {` · kept by ${hook.owner} · `}
                      {hook.lastSentAt === null ? (
                        'nothing sent yet'
                      ) : (
                        <>
                          last sent <RelativeTime at={hook.lastSentAt} />
                        </>
                      )}
                      {hook.lastAnswer && hook.lastState !== 'sent' ? `. ${hook.lastAnswer}` : ''}
                    </span>
                  </span>
                  <HookState hook={hook} />
                  <Button onClick={() => void test(hook.id)}>Test</Button>
                  <Button onClick={() => setRotating(hook)}>New secret</Button>
                  <Button onClick={() => setEditing(hook)}>Edit</Button>
                  <Button onClick={() => setDeleting(hook)}>Delete</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <Section title="Deliveries">
        <Deliveries />
      </Section>
      {editing ? (
        <WebhookDialog
          webhook={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSecret={setSecret}
        />
      ) : null}
      {secret !== null ? (
        <Dialog title="Secret" opened={true} onClose={() => setSecret(null)}>
          <p>
            Copy it into the receiver now; it is not shown again. With it the receiver checks the signature.
          </p>
          <CopyField label="Secret" text={secret} />
          <DialogFoot>
            <Button variant="filled" onClick={() => setSecret(null)}>
              Done
            </Button>
          </DialogFoot>
        </Dialog>
      ) : null}
      {rotating ? (
        <ConfirmDialog
          title={`New secret for ${rotating.name}`}
          verb="Make new secret"
          opened={true}
          onClose={() => setRotating(null)}
          onConfirm={async () => {
            const made = await webhooksClient.webhooks[':id'].secret.$post({ param: { id: rotating.id } });
            setSecret((await made.json()).secret);
            await renew();
          }}
        >
          For a day both secrets sign, so that nothing is lost while the receiver changes over.
        </ConfirmDialog>
      ) : null}
      {deleting ? (
        <ConfirmDialog
          title={`Delete ${deleting.name}`}
          verb="Delete webhook"
          danger={true}
          opened={true}
          onClose={() => setDeleting(null)}
          onConfirm={async () => {
            await webhooksClient.webhooks[':id'].$delete({ param: { id: deleting.id } });
            await renew();
          }}
        >
          Nothing is sent to it any more, what waits neither.
        </ConfirmDialog>
      ) : null}
    </PageFrame>
  );
}

function HookState({ hook }: { readonly hook: WebhookRow }) {
  if (!hook.active) return <StateBadge tone="ended">Off</StateBadge>;
  if (hook.lastState === null) return <StateBadge tone="question">Not tried</StateBadge>;
  if (hook.lastState === 'sent') return <StateBadge tone="settled">Works</StateBadge>;
  return <StateBadge tone="danger">Fails</StateBadge>;
}
