// The views of the model: tables and text with what is missing, and the drawing beside them. Read only; made to be printed.
import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { lazy, Suspense, useMemo } from 'react';
import { download } from '../../../web/data-table/export.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { VIEW_IDS, type View, type ViewId } from '../views/contract.ts';
import { viewCsv } from '../views/csv.ts';
import { viewLine, viewMarkdown } from '../views/markdown.ts';
import { viewOf } from '../views/view-of.ts';
import type { Highlight } from './drawing/Canvas.tsx';
import { drawingSvg } from './drawing/drawing-svg.ts';
import { PartBar } from './PartBar.tsx';
import type { ModelEditor } from './use-model-editor.ts';

const SystemDrawing = lazy(() =>
  import('./drawing/SystemDrawing.tsx').then((found) => ({ default: found.SystemDrawing })),
);

const NAMES: Readonly<Record<ViewId, string>> = {
  network: 'Network',
  'data-flows': 'Data flows',
  'trust-boundaries': 'Trust boundaries',
  interfaces: 'Interfaces',
  'global-system': 'Global system',
  'multi-patient': 'Multi-patient harm',
  updatability: 'Updatability',
  'use-cases': 'Use cases',
};

export function ViewsTab({ editor }: { readonly editor: ModelEditor }) {
  const { model, layout, record } = editor;
  const [search, setSearch] = useSearchState();
  const id = VIEW_IDS.find((one) => one === search.view) ?? 'global-system';
  const view = useMemo(() => viewOf(model, id), [model, id]);
  const of = { key: record.key, revision: editor.revision, draft: editor.dirty };
  const highlight = useMemo<Highlight | undefined>(
    () =>
      view.nodes.length === 0
        ? undefined
        : { nodes: view.nodes, steps: view.flows.map((via) => ({ via })), plain: true },
    [view],
  );
  const name = `${record.key}-${id}`;
  return (
    <div className="views">
      <PartBar
        label="Views"
        parts={VIEW_IDS.map((one) => ({ id: one, title: NAMES[one] }))}
        shown={id}
        onShow={(one) => setSearch({ view: one })}
      />
      <header className="views__head">
        <div className="grow">
          <h3 className="views__title">{view.title}</h3>
          <p className="muted">{view.purpose}</p>
          <p className="small">{viewLine(view, of)}</p>
        </div>
        <div className="row views__export">
          <Button onClick={() => download(`${name}.md`, 'text/markdown', viewMarkdown(model, view, of))}>
            Markdown
          </Button>
          <Button onClick={() => download(`${name}.csv`, 'text/csv', viewCsv(view, of))}>CSV</Button>
          <Button
            onClick={() =>
              download(
                `${name}.svg`,
                'image/svg+xml',
                drawingSvg(model, layout, {
                  caption: `${view.title}. ${viewLine(view, of)}`,
                  nodes: new Set(view.nodes),
                  flows: new Set(view.flows),
                }),
              )
            }
          >
            SVG
          </Button>
          <Button leftSection={<IconPrinter size={16} aria-hidden="true" />} onClick={() => window.print()}>
            Print
          </Button>
        </div>
      </header>
      <Gaps view={view} record={record.key} />
      {view.tables.map((table) => (
        <section key={table.title} className="section" aria-label={table.title}>
          <h3>{table.title}</h3>
          {table.rows.length === 0 ? (
            <p className="muted">{table.none}</p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, also by keyboard
            <section className="small-table" tabIndex={0} aria-label={`${table.title}, table`}>
              <table>
                <thead>
                  <tr>
                    {table.columns.map((column) => (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {table.rows.map((row, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own
                    <tr key={at}>
                      {row.map((cell, column) => (
                        <td
                          key={table.columns[column]}
                          className={UNKNOWN.has(cell) ? 'views__unknown' : undefined}
                        >
                          {cell}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </section>
      ))}
      <section className="section" aria-label="Drawing">
        <h3>Drawing</h3>
        <Suspense fallback={<Loading lines={8} />}>
          <SystemDrawing
            model={model}
            layout={layout}
            highlight={highlight}
            label={`Drawing of the ${view.title.toLowerCase()}; the tables say the same`}
            height={460}
          />
        </Suspense>
      </section>
    </div>
  );
}

const UNKNOWN = new Set(['not answered', 'not stated']);
const SHOWN = 12;

function Gaps({ view, record }: { readonly view: View; readonly record: string }) {
  if (view.gaps.length === 0) return <p>Nothing that this view asks for is missing.</p>;
  const line = (gap: View['gaps'][number]) => (
    <li key={`${gap.target} ${gap.message}`}>
      {gap.target === '' ? (
        gap.message
      ) : (
        <AppLink to={`/system-models/${record}`} search={{ at: gap.target }}>
          {gap.message}
        </AppLink>
      )}
    </li>
  );
  return (
    <section className="views__gaps" aria-label="Open points">
      <h3>Open points ({view.gaps.length})</h3>
      <ul>{view.gaps.slice(0, SHOWN).map(line)}</ul>
      {view.gaps.length > SHOWN ? (
        <details>
          <summary>{view.gaps.length - SHOWN} more</summary>
          <ul>{view.gaps.slice(SHOWN).map(line)}</ul>
        </details>
      ) : null}
    </section>
  );
}
