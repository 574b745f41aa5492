import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { TOPICS, type Topic } from '../../kernel/notifications/topics.ts';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import type { WebhookRow } from '../notification-queries.ts';
import { webhooksClient } from '../notification-queries.ts';
import { useProduct } from '../product.ts';
import { queryClient } from '../query-client.ts';
import { hasRole, useMe } from '../session.ts';
import { useSubmit } from './use-submit.ts';

const KEEPERS = ['administrator', 'security-lead'] as const;
// What wakes people; the rest they choose.
const USUAL: readonly Topic[] = ['finding-new', 'finding-worsened', 'finding-exploited', 'decision-reopened'];

export function WebhookDialog({
  webhook,
  onClose,
  onSecret,
}: {
  readonly webhook: WebhookRow | null;
  readonly onClose: () => void;
  readonly onSecret: (secret: string) => void;
}) {
  const me = useMe();
  const { products } = useProduct();
  const forAll = hasRole(me, KEEPERS);
  const kept = products.filter((product) => hasRole(me, KEEPERS, product.id));
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [topics, setTopics] = useState<readonly Topic[]>(webhook?.topics ?? USUAL);
  const [active, setActive] = useState(webhook?.active ?? true);
  const [productId, setProductId] = useState(forAll ? '' : (kept[0]?.id ?? ''));
  const { error, busy, onSubmit } = useSubmit(async () => {
    const json = { name, url, topics: [...topics], active };
    if (webhook) await webhooksClient.webhooks[':id'].$put({ param: { id: webhook.id }, json });
    else {
      const made = await webhooksClient.webhooks.$post({ json: { ...json, productId: productId || null } });
      onSecret((await made.json()).secret);
    }
    await queryClient.invalidateQueries({ queryKey: ['notifications'] });
    onClose();
  });
  const toggle = (topic: Topic) =>
    setTopics(topics.includes(topic) ? topics.filter((one) => one !== topic) : [...topics, topic]);
  return (
    <Dialog title={webhook ? `Edit ${webhook.name}` : 'New webhook'} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="Name"
          description="What it is for: Team chat."
          required={true}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Address"
          description="https; Ward follows no redirects and waits ten seconds."
          required={true}
          maxLength={2_000}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        {webhook ? null : (
          <NativeSelect
            label="For"
            value={productId}
            onChange={(event) => setProductId(event.currentTarget.value)}
            data={[
              ...(forAll ? [{ value: '', label: 'All products' }] : []),
              ...kept.map((product) => ({ value: product.id, label: product.title })),
            ]}
          />
        )}
        <fieldset className="form__group">
          <legend>What it is sent</legend>
          {TOPICS.map((topic) => (
            <Checkbox
              key={topic.id}
              label={topic.title}
              checked={topics.includes(topic.id)}
              onChange={() => toggle(topic.id)}
            />
          ))}
        </fieldset>
        <Checkbox
          label="Active"
          checked={active}
          onChange={(event) => setActive(event.currentTarget.checked)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={topics.length === 0}>
            {webhook ? 'Save webhook' : 'Make webhook'}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
