// How good the SBOM of a release is: by which rules, which components lack what, and a form to complete them.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { useTableState } from '../../../web/data-table/use-table-state.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { QualityComponent, QualityView, RuleView } from '../sbom-out-api.ts';
import { CompleteDialog } from './CompleteDialog.tsx';
import { allQuality, type QualityWanted, qualityQuery } from './quality-queries.ts';
import { levelWords, openWords, shortRule } from './quality-words.ts';
import './quality.css';

export function QualitySection({ release }: { readonly release: string }) {
  const state = useTableState();
  const [completing, setCompleting] = useState<readonly QualityComponent[] | null>(null);
  const wanted: QualityWanted = {
    rule: state.filter('rule') || undefined,
    text: state.text || undefined,
    open: (state.filter('open') || undefined) as QualityWanted['open'],
  };
  const found = useInfiniteQuery(qualityQuery(release, wanted));
  const first = found.data?.pages[0];
  const rows = useMemo(() => found.data?.pages.flatMap((page) => page.items), [found.data]);
  const filters = useMemo<readonly TableFilter<QualityComponent>[]>(
    () => [
      {
        id: 'rule',
        title: 'Lacks',
        options: (first?.rules ?? [])
          .filter(({ scope }) => scope === 'component')
          .map(({ id }) => ({ value: id, title: shortRule(id) })),
      },
      { id: 'open', title: 'Show', options: [{ value: 'all', title: 'All components' }] },
    ],
    [first?.rules],
  );
  return (
    <div className="stack">
      {first ? <QualityHead quality={first} release={release} /> : null}
      <DataTable
        label="Components by what they lack"
        columns={COLUMNS}
        rows={rows}
        rowId={(row) => row.id ?? `${row.part} ${row.name} ${row.version}`}
        error={found.error}
        onRetry={() => void found.refetch()}
        filters={filters}
        {...(first?.mayComplete
          ? {
              onOpen: (row: QualityComponent) => setCompleting([row]),
              bulk: (selected: readonly QualityComponent[]) => (
                <Button size="compact-sm" onClick={() => setCompleting(selected)}>
                  Complete {selected.length}
                </Button>
              ),
            }
          : {})}
        paged={{
          total: first?.total ?? 0,
          hasMore: found.hasNextPage,
          busy: found.isFetching,
          loadMore: () => void found.fetchNextPage(),
          loadAll: () => allQuality(release, wanted),
        }}
        empty={
          first && first.score === null ? (
            <EmptyState
              what="No SBOM to judge yet"
              why="Quality is judged of the SBOMs of this release."
              action={
                <AppLink to={`/releases/${release}`} search={{ tab: 'sboms' }}>
                  Import an SBOM
                </AppLink>
              }
            />
          ) : (
            <EmptyState
              what="No component lacks anything"
              why="Every rule that is asked of components is kept."
            />
          )
        }
      />
      {completing ? (
        <CompleteDialog release={release} components={completing} onClose={() => setCompleting(null)} />
      ) : null}
    </div>
  );
}

const COLUMNS: readonly Column<QualityComponent>[] = [
  {
    id: 'name',
    title: 'Component',
    value: (row) => row.name,
    width: 150,
    grow: 2,
    priority: 1,
    sortable: false,
  },
  {
    id: 'version',
    title: 'Version',
    value: (row) => row.version ?? 'not given',
    width: 100,
    priority: 2,
    sortable: false,
  },
  {
    id: 'open',
    title: 'Lacks',
    value: (row) => openWords(row.open) || 'nothing',
    width: 170,
    grow: 4,
    priority: 1,
    sortable: false,
  },
  {
    id: 'supplier',
    title: 'Supplier',
    value: (row) => row.supplier,
    width: 140,
    grow: 1,
    priority: 3,
    sortable: false,
  },
  {
    id: 'support',
    title: 'Support',
    value: (row) =>
      [row.supportLevel && levelWords(row.supportLevel), row.endOfSupport].filter(Boolean).join(', '),
    width: 150,
    priority: 3,
    sortable: false,
  },
  {
    id: 'proposal',
    title: 'Proposal',
    value: (row) => row.proposal && `${row.proposal.endOfSupport ?? ''} ${row.proposal.from}`.trim(),
    width: 170,
    priority: 3,
    sortable: false,
  },
  {
    id: 'completed',
    title: 'Completed by people',
    value: (row) => row.supplemented.join(', '),
    width: 160,
    hidden: true,
    sortable: false,
  },
  { id: 'score', title: 'Score', value: (row) => row.score, align: 'right', width: 80, sortable: false },
];

function QualityHead({ quality, release }: { readonly quality: QualityView; readonly release: string }) {
  if (quality.score === null) return null;
  return (
    <>
      <ul className="quality-sets" aria-label="Completeness">
        {quality.complete.map((one) => (
          <li key={one.set}>
            <StateBadge tone={one.complete ? 'settled' : 'attention'}>
              {one.complete ? 'Complete' : 'Not complete'}
            </StateBadge>
            <span>{one.title}</span>
            {one.complete ? null : (
              <span className="muted small">
                {one.open === 1 ? '1 answer missing' : `${one.open} answers missing`}
                {one.components > 0
                  ? `, ${one.components === 1 ? '1 component' : `${one.components} components`}`
                  : ''}
              </span>
            )}
          </li>
        ))}
      </ul>
      <details className="more">
        <summary>Rules, {quality.score} of 100 kept</summary>
        <p className="muted small">
          The figure is the mean over all rules of the share that is kept. Not answered counts as open, not
          applicable not at all.
        </p>
        <RuleTable rules={quality.rules} release={release} />
      </details>
    </>
  );
}

function RuleTable({ rules, release }: { readonly rules: readonly RuleView[]; readonly release: string }) {
  const [search] = useSearchState();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="more__scroll" tabIndex={0} aria-label="Rules and counts">
      <table className="quality-rules">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Yes</th>
            <th scope="col">No</th>
            <th scope="col">Not answered</th>
            <th scope="col">Not applicable</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.id}>
              <th scope="row">
                {rule.scope === 'component' ? (
                  <AppLink
                    to={`/releases/${release}`}
                    search={{ ...search, tab: 'quality', rule: rule.id } as never}
                  >
                    {rule.sentence}
                  </AppLink>
                ) : (
                  rule.sentence
                )}
                <span className="muted small">{[rule.source, rule.clause].filter(Boolean).join('; ')}</span>
              </th>
              {(['yes', 'no', 'not answered', 'not applicable'] as const).map((verdict) => (
                <td key={verdict}>{rule.counts[verdict]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
