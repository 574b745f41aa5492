// Targets with their depth: what misses most stands on top.
import { useMemo } from 'react';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { AssuranceView, DepthView } from '../views.ts';
import { byNeed, depthWords, missingOf, SEVERITY_TITLES, verdictWords } from './depth-words.ts';

type Row = DepthView & { readonly title: string };

export function DepthTable({
  view,
  depths,
}: {
  readonly view: AssuranceView;
  readonly depths: readonly DepthView[];
}) {
  const [, set] = useSearchState();
  const rows = useMemo(() => {
    const titles = new Map(view.targets.map(({ id, title }) => [id, title]));
    return byNeed(depths).map((depth) => ({ ...depth, title: titles.get(depth.target) ?? depth.target }));
  }, [view.targets, depths]);
  return (
    <DataTable
      label="Defence in depth"
      name="depth"
      columns={COLUMNS}
      rows={rows}
      rowId={(row) => row.target}
      filters={FILTERS}
      onOpen={(row) => {
        set({ target: row.target });
        document.getElementById('ways')?.scrollIntoView({ block: 'start' });
      }}
      empty={
        <EmptyState
          what="Nothing to protect is named"
          why="Name the safety functions and the data assets in the system model; each gets its ways and its depth here."
        />
      }
    />
  );
}

function Verdict({ depth }: { readonly depth: DepthView }) {
  if (!depth.reachable) return <StateBadge tone="ended">{verdictWords(depth)}</StateBadge>;
  const tone = missingOf(depth) === 0 ? 'settled' : depth.severity >= 4 ? 'danger' : 'attention';
  return <StateBadge tone={tone}>{verdictWords(depth)}</StateBadge>;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'target',
    title: 'Target',
    value: (row) => row.title,
    cell: (row) => <TargetLink target={row.target} title={row.title} />,
    width: 180,
    grow: 3,
    priority: 1,
  },
  {
    id: 'verdict',
    title: 'Depth',
    value: verdictWords,
    cell: (row) => <Verdict depth={row} />,
    width: 130,
    priority: 1,
  },
  {
    id: 'severity',
    title: 'Severity',
    value: (row) => row.severity,
    cell: (row) => `${row.severity} ${SEVERITY_TITLES[row.severity] ?? ''}`,
    width: 130,
  },
  {
    id: 'counted',
    title: 'Counted',
    value: (row) => row.counted,
    cell: depthWords,
    width: 100,
    align: 'right',
    priority: 2,
  },
  {
    id: 'claimed',
    title: 'Claimed',
    value: (row) => row.claimed,
    cell: (row) => row.claimed ?? '–',
    width: 90,
    align: 'right',
  },
  { id: 'enough', title: 'Enough', value: (row) => row.enough, width: 90, align: 'right', priority: 3 },
  {
    id: 'easiest',
    title: 'Easiest way',
    value: (row) => row.easiest,
    cell: (row) => row.easiest ?? '–',
    width: 110,
    align: 'right',
    priority: 3,
  },
  {
    id: 'single',
    title: 'Hangs on one control',
    value: (row) => row.single.join(', '),
    width: 160,
    priority: 3,
  },
  { id: 'kind', title: 'Kind', value: (row) => row.targetKind, width: 130, priority: 3 },
];

function TargetLink({ target, title }: { readonly target: string; readonly title: string }) {
  const [, set] = useSearchState();
  return (
    <button
      type="button"
      className="link-button depth-name"
      tabIndex={-1}
      onClick={() => set({ target })}
      title={title}
    >
      {title}
    </button>
  );
}

const FILTERS: readonly TableFilter<Row>[] = [
  {
    id: 'kind',
    title: 'Kind',
    options: [
      { value: 'safety function', title: 'Safety functions' },
      { value: 'asset', title: 'Data' },
    ],
    value: (row) => row.targetKind,
  },
  {
    id: 'reach',
    title: 'Depth',
    options: [
      { value: 'missing', title: 'Controls missing' },
      { value: 'enough', title: 'Enough' },
      { value: 'none', title: 'No way leads here' },
    ],
    value: (row) => (!row.reachable ? 'none' : missingOf(row) > 0 ? 'missing' : 'enough'),
  },
];
