// Rule packs: shipped, imported and the house's own; which of them a product uses, with the difference before anything changes.
import { Button, Switch, TextInput } from '@mantine/core';
import { IconDownload, IconFileImport, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { fetchJson, recordsClient } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { Notice, ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useProduct } from '../../../web/product.ts';
import { useKind } from '../../../web/queries.ts';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ChosenPacks, ImportOutcome, PackSummary } from '../views.ts';
import { PackPreviewDialog } from './PackPreviewDialog.tsx';
import { ORIGIN_WORDS, testedWord } from './rule-words.ts';
import { chosenPacksQuery, packsQuery, refreshThreats } from './threats-queries.ts';
import './threats.css';

export function Page() {
  const me = useMe();
  const kind = useKind('rule-pack');
  const { product } = useProduct();
  const packs = useQuery(packsQuery);
  const chosen = useQuery({ ...chosenPacksQuery(product?.key ?? ''), enabled: product !== undefined });
  const file = useRef<HTMLInputElement>(null);
  const [imported, setImported] = useState<ImportOutcome | null>(null);
  const { error, run } = useRequest();
  const [writing, setWriting] = useState(false);
  const mayWrite = kind !== undefined && mayCreate(me, kind, null);
  const write = {
    id: 'rules.new',
    name: 'New pack',
    keys: 'n',
    section: 'Rules',
    icon: IconPlus,
    visibleWhen: () => mayWrite,
    perform: () => setWriting(true),
  };
  const bring = {
    id: 'rules.import',
    name: 'Import a pack',
    keys: 'i',
    section: 'Rules',
    icon: IconFileImport,
    visibleWhen: () => mayWrite,
    perform: () => file.current?.click(),
  };
  useActions([write, bring]);
  const send = (one: File) =>
    run(async () => {
      setImported(null);
      const name = new URLSearchParams({ name: one.name.slice(0, 300) });
      const outcome = await fetchJson<ImportOutcome>(`/rule-packs/upload?${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: one,
      });
      setImported(outcome);
      await refreshThreats();
    });
  return (
    <PageFrame
      title="Rules"
      meta={
        <span>Threats are found by rules: data that can be read, tested and switched, pack by pack.</span>
      }
      actions={<ActionButton action={bring} />}
      primary={<ActionButton action={write} primary={true} />}
    >
      <input
        ref={file}
        type="file"
        hidden={true}
        aria-label="File of a rule pack"
        accept=".json,.tb7,.xml"
        onChange={(event) => {
          const [one] = event.currentTarget.files ?? [];
          if (one) void send(one);
          event.currentTarget.value = '';
        }}
      />
      {error ? <ProblemNotice error={error} /> : null}
      {imported ? <Imported outcome={imported} /> : null}
      <Answer query={packs} lines={8}>
        {(items) => (
          <Packs items={items} chosen={chosen.data} product={product === undefined ? null : product.title} />
        )}
      </Answer>
      {writing ? <NewPackDialog onClose={() => setWriting(false)} /> : null}
    </PageFrame>
  );
}

function Imported({ outcome }: { readonly outcome: ImportOutcome }) {
  return (
    <Notice title={`${outcome.rules} rules were imported as ${outcome.record}`} tone="plain">
      <p>
        No product uses them yet. <AppLink to={`/rules/${outcome.pack}`}>Look at the rules</AppLink>, then
        switch the pack on where it belongs.
      </p>
      {outcome.lost.length > 0 ? (
        <details className="more">
          <summary>{outcome.lost.length} notes on what the file says otherwise</summary>
          <ul>
            {outcome.lost.slice(0, 200).map(({ at, message }) => (
              <li key={`${at} ${message}`}>
                {message} <span className="muted small">{at}</span>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </Notice>
  );
}

function Packs({
  items,
  chosen,
  product,
}: {
  readonly items: readonly PackSummary[];
  readonly chosen: ChosenPacks | undefined;
  readonly product: string | null;
}) {
  const [wanted, setWanted] = useState<readonly string[] | null>(null);
  const inUse = new Set(chosen?.items.filter((item) => item.inUse).map((item) => item.pack));
  const flip = (pack: string) =>
    setWanted(
      items.map((item) => item.pack).filter((one) => (one === pack ? !inUse.has(one) : inUse.has(one))),
    );
  return (
    <>
      {items.map((item) => {
        const word = testedWord(item);
        return (
          <Section
            key={item.pack}
            title={item.title}
            aside={
              <span className="row">
                <a
                  href={`/api/rule-packs/${encodeURIComponent(item.pack)}/export`}
                  download={true}
                  className="row small"
                >
                  <IconDownload size={14} aria-hidden="true" /> Export
                </a>
              </span>
            }
          >
            <p className="row">
              <StateBadge tone={word.tone}>{word.title}</StateBadge>
              <span>{ORIGIN_WORDS[item.origin]}</span>
              <span className="muted">
                <code>{item.pack}</code> edition {item.edition}
              </span>
              {item.record === null ? null : <AppLink to={`/r/${item.record}`}>{item.record}</AppLink>}
            </p>
            <p>
              <AppLink to={`/rules/${item.pack}`}>
                {item.rules} {item.rules === 1 ? 'rule' : 'rules'}
              </AppLink>
              , {item.questions} questions. {item.covered} of {item.rules} rules have a positive and a
              negative example.
              {item.source === '' || item.source === 'Ward' ? '' : ` From ${item.source}.`}
            </p>
            {product === null || chosen === undefined ? null : (
              <Switch
                label={`Used for ${product}`}
                checked={inUse.has(item.pack)}
                disabled={!chosen.mayChoose}
                onChange={() => flip(item.pack)}
              />
            )}
          </Section>
        );
      })}
      {wanted !== null && chosen !== undefined ? (
        <PackPreviewDialog product={chosen.product} packs={wanted} onClose={() => setWanted(null)} />
      ) : null}
    </>
  );
}

function NewPackDialog({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const [title, setTitle] = useState('');
  const [id, setId] = useState('');
  const { busy, error, run } = useRequest();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      const body = { title: title.trim(), id: id.trim(), version: '1', origin: 'own', rules: [] };
      await recordsClient.records.$post({ json: { kind: 'rule-pack', productId: null, body } as never });
      await refreshThreats();
      showToast(`${title.trim()} was made.`);
      await go(`/rules/${id.trim()}`);
    });
  };
  return (
    <Dialog title="New rule pack" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          label="Title"
          data-autofocus="true"
          withAsterisk={true}
          maxLength={300}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <TextInput
          label="Id"
          description="Stays the same from edition to edition: house-rules"
          withAsterisk={true}
          maxLength={60}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={busy}
            disabled={title.trim() === '' || id.trim() === ''}
          >
            Make pack
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
