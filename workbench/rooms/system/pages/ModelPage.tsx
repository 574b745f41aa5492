// One system model: drawn, as a table, as views, as text, and what differs between revisions.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { recordQuery, useKind } from '../../../web/queries.ts';
import { type ModelTab, type ModelTabProps, roomPages } from '../../../web/room-pages.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { Layout } from '../layout-model.ts';
import type { ModelPart, SystemModel } from '../metamodel.ts';
import type { AskedQuestion } from './AnswersInput.tsx';
import { findObject } from './editing/edit-model.ts';
import { layoutQuery } from './model-queries.ts';
import { SaveActions, SaveNotices } from './SaveBar.tsx';
import { type ModelEditor, useModelEditor } from './use-model-editor.ts';
import './system.css';

interface TabName {
  readonly id: string;
  readonly title: string;
  readonly order: number;
}
interface OwnTab extends TabName {
  readonly Content: ComponentType<{ readonly editor: ModelEditor; readonly asked: Asked }>;
}
interface GivenTab extends TabName {
  readonly Given: ComponentType<ModelTabProps>;
}
type Tab = OwnTab | GivenTab;
type Asked = (model: SystemModel, part: ModelPart, id: string) => readonly AskedQuestion[];

const Drawing = lazy(() =>
  import('./drawing/DrawingEditor.tsx').then((found) => ({ default: found.DrawingEditor })),
);
const Table = lazy(() => import('./table/ModelTable.tsx').then((found) => ({ default: found.ModelTable })));
const Views = lazy(() => import('./ViewsTab.tsx').then((found) => ({ default: found.ViewsTab })));
const Text = lazy(() => import('./TextTab.tsx').then((found) => ({ default: found.TextTab })));
const Differences = lazy(() =>
  import('./DifferencesTab.tsx').then((found) => ({ default: found.DifferencesTab })),
);

const OWN: readonly OwnTab[] = [
  { id: 'drawing', title: 'Drawing', order: 100, Content: Drawing },
  { id: 'table', title: 'Table', order: 200, Content: Table },
  { id: 'views', title: 'Views', order: 300, Content: Views },
  { id: 'text', title: 'Text', order: 500, Content: Text },
  { id: 'differences', title: 'Differences', order: 600, Content: Differences },
];

/** Tabs of other rooms stand between, in their order. */
const TABS: readonly Tab[] = [
  ...OWN,
  ...roomPages
    .flatMap((room) => room.modelTabs ?? [])
    .map(({ id, title, order, load }) => ({ id, title, order, Given: lazyTab(load) })),
].sort((a, b) => a.order - b.order);

function lazyTab(load: ModelTab['load']): ComponentType<ModelTabProps> {
  return lazy(() => load().then((found) => ({ default: found.Tab })));
}

const tabProps = (editor: ModelEditor): ModelTabProps => ({
  record: editor.record,
  model: editor.model,
  layout: editor.layout,
  mayEdit: editor.mayEdit,
  change: (label, model) => editor.change(label, model),
});

export function Page() {
  const { key } = useParams({ strict: false }) as { key: string };
  const record = useQuery(recordQuery(key));
  const layout = useQuery({ ...layoutQuery(key), enabled: record.data?.kind === 'system-model' });
  if (record.data?.kind === 'system-model' && layout.data)
    return <Loaded key={record.data.id} record={record.data} layout={layout.data as Layout} />;
  const error = record.error ?? layout.error;
  return (
    <PageFrame title={key}>
      {record.data && record.data.kind !== 'system-model' ? (
        <EmptyState
          what={`${key} is not a system model`}
          why="This address is for system models."
          action={<AppLink to={`/r/${key}`}>Open {key}</AppLink>}
        />
      ) : error ? (
        <ProblemNotice error={error} onRetry={() => void record.refetch()} />
      ) : (
        <Loading lines={12} label={`Loading ${key}`} />
      )}
    </PageFrame>
  );
}

function Loaded({ record, layout }: { readonly record: RecordView; readonly layout: Layout }) {
  const kind = useKind('system-model');
  const editor = useModelEditor(record, layout);
  const asked = useAsked();
  const [search] = useSearchState();
  const tab = TABS.find((one) => one.id === search.tab) ?? (TABS[0] as Tab);
  return (
    <PageFrame
      title={editor.model.title}
      wide={true}
      state={<RecordState kind={kind} state={record.state} />}
      meta={
        <>
          <span className="code">{record.key}</span>
          <span>{record.productTitle}</span>
          <AppLink to={`/r/${record.key}`}>Record and history</AppLink>
        </>
      }
      actions={<SaveActions editor={editor} />}
    >
      <nav className="tabs model-tabs" aria-label="Parts of the model">
        {TABS.map((one) => (
          <AppLink
            key={one.id}
            to={`/system-models/${record.key}`}
            search={{ tab: one.id }}
            aria-current={one.id === tab.id ? 'page' : undefined}
          >
            {one.title}
          </AppLink>
        ))}
      </nav>
      <h2 className="unseen">{tab.title}</h2>
      <SaveNotices editor={editor} />
      <Suspense fallback={<Loading lines={10} label={`Loading ${tab.title.toLowerCase()}`} />}>
        {'Given' in tab ? <tab.Given {...tabProps(editor)} /> : <tab.Content editor={editor} asked={asked} />}
      </Suspense>
    </PageFrame>
  );
}

/** Questions of the rooms that ask some, else those that are answered at another object of the same part. */
function useAsked(): Asked {
  const [given, setGiven] = useState<readonly Asked[]>([]);
  useEffect(() => {
    let gone = false;
    void Promise.all(roomPages.flatMap((room) => room.modelQuestions?.load() ?? [])).then((rooms) => {
      if (!gone) setGiven(rooms.map((room) => room.questionsFor));
    });
    return () => {
      gone = true;
    };
  }, []);
  return useMemo(
    () =>
      given.length > 0
        ? (model, part, id) => given.flatMap((ask) => ask(model, part, id))
        : (model, part, id) => answeredElsewhere(model, part, id),
    [given],
  );
}

function answeredElsewhere(model: SystemModel, part: ModelPart, id: string): readonly AskedQuestion[] {
  const object = findObject(model, id)?.object;
  const kind = object && 'kind' in object ? object.kind : '';
  const keys = new Set<string>();
  for (const other of model[part] as readonly { kind?: string; answers?: Record<string, unknown> }[])
    if ((other.kind ?? '') === kind) for (const key of Object.keys(other.answers ?? {})) keys.add(key);
  return [...keys].sort().map((key) => ({ key, text: key }));
}
