// Choose what the link means, then search for the record at its far end.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { KindView, RecordSummary, RecordView } from '../../kernel/records/contract.ts';
import { recordsClient } from '../client.ts';
import { Answer } from '../design/Answer.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { showToast } from '../design/toasts.ts';
import { fewRecordsQuery, refreshRecords, useKinds } from '../queries.ts';

export interface LinkDialogProps {
  readonly record: RecordView;
  readonly kind: KindView;
  readonly onClose: () => void;
}

export function LinkDialog({ record, kind, onClose }: LinkDialogProps) {
  const kinds = useKinds();
  const [type, setType] = useState(kind.links[0]?.type ?? '');
  const link = kind.links.find((known) => known.type === type);
  const targets = kinds.filter((known) => link?.to.includes(known.kind));
  const [wantedKind, setWantedKind] = useState('');
  const target = targets.find((known) => known.kind === wantedKind) ?? targets[0];
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>(null);
  const asked = useDeferredValue(text.trim());
  const found = useQuery({
    ...fewRecordsQuery(
      {
        kind: target?.kind,
        text: asked || undefined,
        product: target?.scope === 'product' ? (record.productId ?? undefined) : undefined,
      },
      50,
    ),
    enabled: target !== undefined,
  });
  const make = async (to: RecordSummary) => {
    setError(null);
    try {
      await recordsClient.records[':key'].links.$post({
        param: { key: record.key },
        json: { type, to: to.key },
      });
      await refreshRecords();
      showToast(`Linked: ${link?.title ?? type} ${to.key}.`);
      onClose();
    } catch (refusal) {
      setError(refusal);
    }
  };
  const taken = new Set(
    record.links.filter((one) => one.type === type && one.direction === 'out').map((one) => one.other.id),
  );
  return (
    <Dialog title={`Link ${record.key}`} opened={true} onClose={onClose} size="lg">
      <div className="stack">
        <div className="row" style={{ alignItems: 'flex-end' }}>
          <NativeSelect
            label="Meaning"
            value={type}
            onChange={(event) => setType(event.currentTarget.value)}
            data={kind.links.map((known) => ({ value: known.type, label: known.title }))}
          />
          {targets.length > 1 ? (
            <NativeSelect
              label="To a"
              value={target?.kind ?? ''}
              onChange={(event) => setWantedKind(event.currentTarget.value)}
              data={targets.map((known) => ({ value: known.kind, label: known.title }))}
            />
          ) : null}
          <TextInput
            className="grow"
            type="search"
            label={`Find ${target?.plural.toLowerCase() ?? 'records'}`}
            data-autofocus="true"
            maxLength={200}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </div>
        {error ? <ProblemNotice error={error} /> : null}
        <Answer query={found} lines={5}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="muted">
                No {target?.plural.toLowerCase()} fit. They can be made first and linked then.
              </p>
            ) : (
              <ul className="lines record-choices">
                {items
                  .filter((item) => item.id !== record.id)
                  .map((item) => (
                    <li key={item.id} className="row">
                      <span className="grow">
                        <span className="key">{item.key}</span> {item.title}
                      </span>
                      <Button disabled={taken.has(item.id)} onClick={() => void make(item)}>
                        {taken.has(item.id) ? 'Linked' : 'Link'}
                        <span className="unseen"> {item.key}</span>
                      </Button>
                    </li>
                  ))}
              </ul>
            )
          }
        </Answer>
      </div>
    </Dialog>
  );
}
