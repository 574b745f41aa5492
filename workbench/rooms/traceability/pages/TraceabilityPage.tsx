// The thread from the harm to the test result: as table, matrix and drawing; its gaps as work; its suspect links to confirm.
import { NativeSelect } from '@mantine/core';
import { IconRouteAltLeft } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useSearchState } from '../../../web/search-state.ts';
import type { ThreadView } from '../api.ts';
import { KIND_TITLES } from '../kind-titles.ts';
import { TRACED, type Traced } from '../trace.ts';
import { MatrixView } from './MatrixView.tsx';
import { SuspectList } from './SuspectList.tsx';
import { ThreadGraph } from './ThreadGraph.tsx';
import { ThreadTable } from './ThreadTable.tsx';
import { threadQuery } from './trace-queries.ts';
import './traceability.css';

const VIEWS = [
  { id: 'table', title: 'Table' },
  { id: 'matrix', title: 'Matrix' },
  { id: 'graph', title: 'Drawing' },
  { id: 'gaps', title: 'Gaps' },
  { id: 'suspects', title: 'Suspect links' },
] as const;
type View = (typeof VIEWS)[number]['id'];

const kindOf = (text: string | undefined, otherwise: Traced): Traced =>
  TRACED.find((kind) => kind === text) ?? otherwise;

export function Page() {
  const { product } = useProduct();
  const [search, set] = useSearchState();
  const view: View = VIEWS.find(({ id }) => id === search.view)?.id ?? 'table';
  const by = kindOf(search.by, 'requirement');
  const columns = kindOf(search.columns_of, 'verification');
  const key = product?.key ?? '';
  const head = useInfiniteQuery(threadQuery({ product: key, by, release: search.release }));
  const thread = head.data?.pages[0];
  const options = TRACED.map((kind) => ({ value: kind, label: KIND_TITLES[kind][1] }));
  const open = (thread?.gaps ?? []).reduce((sum, { count }) => sum + count, 0);
  return (
    <PageFrame
      title="Traceability"
      wide={true}
      meta={
        <span>
          {thread
            ? `${open} gaps and ${thread.suspects} suspect links${thread.release ? ` in ${thread.release.title}` : ''}.`
            : 'From the harm to the test result, and back.'}
        </span>
      }
      actions={
        key === '' ? null : (
          <>
            <a href={exportAddress(key, by, search.release, 'csv')} download={true}>
              Export CSV
            </a>
            <a href={exportAddress(key, by, search.release, 'xlsx')} download={true}>
              Export XLSX
            </a>
          </>
        )
      }
    >
      <nav className="tabs" aria-label="Views of the thread">
        {VIEWS.map(({ id, title }) => (
          <AppLink
            key={id}
            to="/traceability"
            search={{ view: id, product: search.product, release: search.release }}
            aria-current={id === view ? 'page' : undefined}
          >
            {title}
            {id === 'suspects' && thread && thread.suspects > 0 ? ` (${thread.suspects})` : ''}
            {id === 'gaps' && open > 0 ? ` (${open})` : ''}
          </AppLink>
        ))}
      </nav>
      <h2 className="unseen">{VIEWS.find(({ id }) => id === view)?.title}</h2>
      {key === '' ? (
        <EmptyState
          icon={<IconRouteAltLeft size={28} aria-hidden="true" />}
          what="No product yet"
          why="The thread belongs to a product."
          action={<AppLink to="/new/product">Make a product</AppLink>}
        />
      ) : (
        <>
          {view === 'table' || view === 'matrix' ? (
            <div className="trace-bar">
              <NativeSelect
                label="Rows"
                data={options}
                value={by}
                onChange={(event) => set({ by: event.currentTarget.value, gap: undefined })}
              />
              {view === 'matrix' ? (
                <NativeSelect
                  label="Columns"
                  data={options}
                  value={columns}
                  onChange={(event) => set({ columns_of: event.currentTarget.value })}
                />
              ) : null}
              {thread && thread.releases.length > 0 ? (
                <NativeSelect
                  label="Results in"
                  data={thread.releases.map(({ key: value, title }) => ({
                    value,
                    label: `${value} ${title}`,
                  }))}
                  value={search.release ?? thread.release?.key ?? ''}
                  onChange={(event) => set({ release: event.currentTarget.value })}
                />
              ) : null}
            </div>
          ) : null}
          {view === 'table' ? <ThreadTable product={key} by={by} release={search.release} /> : null}
          {view === 'matrix' ? (
            <MatrixView product={key} rows={by} columns={columns} release={search.release} />
          ) : null}
          {view === 'graph' ? (
            <ThreadGraph product={key} chosen={(search.key ?? '').toUpperCase()} release={search.release} />
          ) : null}
          {view === 'gaps' && thread ? <Gaps thread={thread} /> : null}
          {view === 'suspects' ? <SuspectList product={key} /> : null}
        </>
      )}
    </PageFrame>
  );
}

function Gaps({ thread }: { readonly thread: ThreadView }) {
  const open = thread.gaps.filter(({ count }) => count > 0);
  const closed = thread.gaps.length - open.length;
  return (
    <>
      <ul className="trace-gaps">
        {open.map(({ id, kind, title, todo, count }) => (
          <li key={id}>
            <p>
              <StateBadge tone="attention">{count}</StateBadge>{' '}
              <AppLink to="/traceability" search={{ by: kind, gap: id }}>
                {title}
              </AppLink>
            </p>
            <p className="muted small">{todo}</p>
          </li>
        ))}
      </ul>
      <p className="muted">{closed} sorts of gaps do not occur.</p>
    </>
  );
}

function exportAddress(
  product: string,
  by: Traced,
  release: string | undefined,
  format: 'csv' | 'xlsx',
): string {
  const query = new URLSearchParams({ product, by, format, ...(release ? { release } : {}) });
  return `/api/traceability/export?${query}`;
}
