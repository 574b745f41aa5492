// The system models of a product, and the ways to begin one: draw, import, copy from another product, start from a template.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import { recordsClient } from '../../../web/client.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { useProduct } from '../../../web/product.ts';
import { fewRecordsQuery, recordsQuery, refreshRecords, useKind } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { SystemModel } from '../metamodel.ts';
import { emptyModel } from './editing/edit-model.ts';
import { ImportDialog } from './ImportDialog.tsx';
import { layoutQuery, putLayout } from './model-queries.ts';
import { networkedDevice } from './template-model.ts';
import './system.css';

type Way = 'empty' | 'template' | 'copy' | 'import';

export function Page() {
  const me = useMe();
  const { product } = useProduct();
  const kind = useKind('system-model');
  const [way, setWay] = useState<Way | null>(null);
  const models = useInfiniteQuery(
    recordsQuery({ kind: 'system-model', product: product?.id, sort: 'updated', order: 'desc' }),
  );
  const may = kind !== undefined && product !== undefined && mayCreate(me, kind, product.id);
  const action = (id: Way, name: string, keys?: string) => ({
    id: `models.${id}`,
    name,
    section: 'System models',
    visibleWhen: () => may,
    perform: () => setWay(id),
    ...(keys ? { keys } : {}),
  });
  const draw = { ...action('empty', 'Draw a model', 'n'), icon: IconPlus };
  const others = [
    action('template', 'Start from a template'),
    action('import', 'Import a model'),
    action('copy', 'Copy from another product'),
  ];
  useActions([draw, ...others]);
  const ways = (
    <div className="row">
      <ActionButton action={draw} primary={true} />
      {others.map((other) => (
        <ActionButton key={other.id} action={other} />
      ))}
    </div>
  );
  return (
    <PageFrame
      title="System models"
      meta={<span>{product ? product.title : 'All products'}</span>}
      actions={others.map((other) => <ActionButton key={other.id} action={other} />)}
      primary={<ActionButton action={draw} primary={true} />}
    >
      <Answer query={{ data: models.data, error: models.error, refetch: models.refetch as never }} lines={6}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <EmptyState
              what={product ? `${product.title} has no system model yet` : 'No system model yet'}
              why="Threats, attack paths and the architecture views are found on the model: what there is, how it talks, where trust ends. Draw it, import what you have, or begin with a networked device and correct it."
              action={may ? ways : <p>A security lead or a developer of the product can begin one.</p>}
            />
          ) : (
            <ul className="lines models">
              {items.map((item) => (
                <li key={item.id} className="row">
                  <span className="grow">
                    <AppLink to={`/system-models/${item.key}`}>{item.title}</AppLink>{' '}
                    <span className="key">{item.key}</span>
                    {product ? null : <span className="muted"> · {item.productTitle}</span>}
                  </span>
                  <span className="muted small">
                    Revision {item.revision}, <PersonName person={item.updatedBy} />{' '}
                    <RelativeTime at={item.updatedAt} />
                  </span>
                  <RecordState kind={kind} state={item.state} />
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
      {models.hasNextPage ? (
        <Button onClick={() => void models.fetchNextPage()} loading={models.isFetchingNextPage}>
          Show more
        </Button>
      ) : null}
      {way === 'import' && product ? <Importing product={product.id} onClose={() => setWay(null)} /> : null}
      {way !== null && way !== 'import' && product ? (
        <NewModel way={way} product={product} onClose={() => setWay(null)} />
      ) : null}
    </PageFrame>
  );
}

function Importing({ product, onClose }: { readonly product: string; readonly onClose: () => void }) {
  const go = useGo();
  return <ImportDialog product={product} onClose={onClose} onDone={(key) => go(`/system-models/${key}`)} />;
}

const TITLES: Readonly<Record<Exclude<Way, 'import'>, string>> = {
  empty: 'Draw a model',
  template: 'Start from the template of a networked device',
  copy: 'Copy a model',
};

function NewModel({
  way,
  product,
  onClose,
}: {
  readonly way: Exclude<Way, 'import'>;
  readonly product: { readonly id: string; readonly title: string };
  readonly onClose: () => void;
}) {
  const go = useGo();
  const [title, setTitle] = useState(`System model of ${product.title}`.slice(0, 200));
  const [source, setSource] = useState('');
  const { busy, error, run } = useRequest();
  const all = useQuery({
    ...fewRecordsQuery({ kind: 'system-model', sort: 'updated', order: 'desc' }, 500),
    enabled: way === 'copy',
  });
  const create = () =>
    run(async () => {
      const body =
        way === 'empty'
          ? emptyModel(title)
          : way === 'template'
            ? networkedDevice(title)
            : await copied(source, title);
      const answer = await recordsClient.records.$post({
        json: {
          kind: 'system-model',
          productId: product.id,
          body: body as unknown as Record<string, unknown>,
        },
      });
      const { key } = await answer.json();
      if (way === 'copy') await putLayout(key, await queryClient.fetchQuery(layoutQuery(source)));
      await refreshRecords();
      await go(`/system-models/${key}`);
    });
  const ready = title.trim() !== '' && (way !== 'copy' || source !== '');
  return (
    <Dialog title={TITLES[way]} opened={true} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void create();
        }}
      >
        {way === 'copy' ? (
          <NativeSelect
            label="Model"
            description="The answers are copied too: look at each, they were given for another device."
            value={source}
            onChange={(event) => setSource(event.currentTarget.value)}
            data={[
              { value: '', label: all.data ? 'Choose a model' : 'Loading…' },
              ...(all.data?.items ?? []).map((item) => ({
                value: item.key,
                label: `${item.title} (${item.key}, ${item.productTitle ?? ''})`,
              })),
            ]}
          />
        ) : null}
        <TextInput
          label="Title"
          maxLength={200}
          data-autofocus="true"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        {way === 'template' ? (
          <p className="muted">
            Zones, console, control, safety controller, update agent, systems of the clinic and of the maker,
            and the interfaces that are asked for. Nothing in it is answered.
          </p>
        ) : null}
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!ready}>
            Create model
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

async function copied(key: string, title: string): Promise<SystemModel> {
  const answer = await recordsClient.records[':key'].$get({ param: { key } });
  return { ...((await answer.json()).body as unknown as SystemModel), title };
}
