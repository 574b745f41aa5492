// A threat that a person found: the grammar of a threat statement, and the sentence as it grows.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { recordsClient } from '../../../web/client.ts';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { recordQuery } from '../../../web/queries.ts';
import { useMe } from '../../../web/session.ts';
import { useRequest } from '../../../web/use-request.ts';
import { type Grammar, SAFETY_RELEVANCE, THREAT_CATEGORIES } from '../model.ts';
import type { ModelHead } from '../views.ts';
import { grammarSentence, SAFETY_WORDS } from './threat-words.ts';
import { refreshThreats } from './threats-queries.ts';

const EMPTY: Grammar = { source: '', prerequisite: '', action: '', impact: '', goal: '', asset: '' };
const FIELDS: readonly { readonly name: keyof Grammar; readonly label: string; readonly help: string }[] = [
  { name: 'source', label: 'Threat source', help: 'Who: an intruder in the clinic network' },
  { name: 'prerequisite', label: 'Prerequisite', help: 'With what: access to the maintenance port' },
  { name: 'action', label: 'Threat action', help: 'Can do what: send a changed set of limits' },
  { name: 'impact', label: 'Impact', help: 'Leads to: emission above the planned energy' },
  { name: 'goal', label: 'Impaired goal', help: 'Integrity, availability, safety …' },
  { name: 'asset', label: 'Impacted asset', help: 'Of what: the treatment parameters' },
];
const PARTS = ['elements', 'flows', 'interfaces', 'zones', 'assets', 'safetyFunctions'] as const;

export function NewThreatDialog({
  model,
  onClose,
}: {
  readonly model: ModelHead;
  readonly onClose: () => void;
}) {
  const me = useMe();
  const record = useQuery(recordQuery(model.key));
  const [title, setTitle] = useState('');
  const [category, setCategory] = useState<string>(THREAT_CATEGORIES[0]);
  const [target, setTarget] = useState('');
  const [safety, setSafety] = useState<string>('not stated');
  const [statement, setStatement] = useState(EMPTY);
  const { busy, error, run } = useRequest();
  const sentence = grammarSentence(statement);
  const targets = useMemo(() => {
    const body = (record.data?.body ?? {}) as Partial<
      Record<(typeof PARTS)[number], { id: string; title: string }[]>
    >;
    return PARTS.flatMap((part) =>
      (body[part] ?? []).map(({ id, title: name }) => ({ value: id, label: `${name} (${id})` })),
    );
  }, [record.data]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      const made = await recordsClient.records.$post({
        json: {
          kind: 'threat',
          productId: model.productId,
          body: {
            title: title.trim(),
            category,
            target,
            foundBy: me.name,
            statement,
            description: sentence,
            safetyRelevance: safety,
          },
          links: [{ type: 'targets', to: model.key }],
        } as never,
      });
      const { key } = await made.json();
      await refreshThreats();
      showToast(`${key} was recorded.`);
      onClose();
    });
  };
  return (
    <Dialog title="New threat" opened={true} onClose={onClose} size="lg">
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          label="Title"
          data-autofocus="true"
          withAsterisk={true}
          maxLength={300}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <NativeSelect
          label="Place in the model"
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
          data={[{ value: '', label: 'Not said yet' }, ...targets]}
        />
        <div className="row">
          <NativeSelect
            label="Category"
            value={category}
            onChange={(event) => setCategory(event.currentTarget.value)}
            data={[...THREAT_CATEGORIES]}
          />
          <NativeSelect
            label="Safety relevance"
            value={safety}
            onChange={(event) => setSafety(event.currentTarget.value)}
            data={SAFETY_RELEVANCE.map((value) => ({ value, label: SAFETY_WORDS[value] ?? value }))}
          />
        </div>
        {FIELDS.map(({ name, label, help }) => (
          <TextInput
            key={name}
            label={label}
            description={help}
            maxLength={500}
            value={statement[name]}
            onChange={(event) => setStatement({ ...statement, [name]: event.currentTarget.value })}
          />
        ))}
        <p className="statement-grammar" aria-live="polite">
          {sentence === '' ? (
            <span className="muted">The statement grows here once the action is named.</span>
          ) : (
            sentence
          )}
        </p>
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={title.trim() === ''}>
            Record threat
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
