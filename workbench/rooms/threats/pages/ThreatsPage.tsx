// The threats of a system model: what the rules raise, leave open or find answered, joined with what people keep and decide.
import { SegmentedControl } from '@mantine/core';
import { IconAlertHexagon, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useKind } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import type { ThreatRowView, Threats } from '../views.ts';
import { DifferencePanel } from './DifferencePanel.tsx';
import { NewThreatDialog } from './NewThreatDialog.tsx';
import { NoModel } from './NoModel.tsx';
import { ThreatDetailPanel } from './ThreatDetailPanel.tsx';
import { EXPLOITABILITY_COLUMN, SAFETY_COLUMN } from './threat-columns.ts';
import {
  groupsOf,
  groupThreats,
  SAFETY_WORDS,
  safetyRank,
  stateWord,
  type ThreatGroup,
  type ThreatGrouping,
} from './threat-words.ts';
import { threatsQuery } from './threats-queries.ts';
import { ModelSelect, useModel } from './use-model.tsx';
import './threats.css';

export function Page() {
  const { model, models, error } = useModel();
  if (!model) return <NoModel title="Threats" model={model} error={error} />;
  return (
    <ThreatsOf key={model.model} model={model.model} title={model.title}>
      <ModelSelect model={model} models={models} />
    </ThreatsOf>
  );
}

function ThreatsOf({
  model,
  title,
  children,
}: {
  readonly model: string;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const me = useMe();
  const kind = useKind('threat');
  const query = useQuery(threatsQuery(model));
  const [writing, setWriting] = useState(false);
  const productId = query.data?.model.productId ?? null;
  const write = {
    id: 'threats.new',
    name: 'New threat',
    keys: 'n',
    section: 'These threats',
    icon: IconPlus,
    visibleWhen: () => kind !== undefined && query.data !== undefined && mayCreate(me, kind, productId),
    perform: () => setWriting(true),
  };
  useActions([write]);
  return (
    <PageFrame
      title="Threats"
      wide={true}
      meta={
        <>
          <AppLink to={`/r/${model}`}>{title}</AppLink>
          <AppLink to="/questions" search={{ model }}>
            Questions
          </AppLink>
          <AppLink to="/rules">Rules</AppLink>
        </>
      }
      actions={children}
      primary={<ActionButton action={write} primary={true} />}
    >
      <Answer query={query} lines={12}>
        {(view) => <Loaded model={model} view={view} />}
      </Answer>
      {writing && query.data ? (
        <NewThreatDialog model={query.data.model} onClose={() => setWriting(false)} />
      ) : null}
    </PageFrame>
  );
}

const TABS = ['raised', 'open', 'answered', 'people', 'imported', 'stale', 'all'] as const;
type Tab = (typeof TABS)[number];

function inTab(row: ThreatRowView, tab: Tab): boolean {
  switch (tab) {
    case 'raised':
      return row.state === 'raised' && row.mergedInto === null;
    case 'people':
      return row.state === 'by a person';
    case 'stale':
      return (row.threat?.stale.length ?? 0) > 0;
    case 'all':
      return true;
    default:
      return row.state === tab;
  }
}

function Loaded({ model, view }: { readonly model: string; readonly view: Threats }) {
  const go = useGo();
  const [search, set] = useSearchState();
  const tab = TABS.find((one) => one === search.show) ?? 'raised';
  const by = (['element', 'category', 'function'] as const).find((one) => one === search.by);
  const functions = useMemo(
    () => new Map(view.functions.map(({ id, title }) => [id, title])),
    [view.functions],
  );
  const titleOf = (id: string) => (id === '' ? 'No safety function behind it' : (functions.get(id) ?? id));
  const group = search.group;
  const inThisTab = useMemo(() => view.items.filter((row) => inTab(row, tab)), [view.items, tab]);
  const rows = useMemo(
    () =>
      by === undefined || group === undefined
        ? inThisTab
        : inThisTab.filter((row) => groupsOf(row, by).includes(group === 'none' ? '' : group)),
    [inThisTab, by, group],
  );
  const filters = useMemo(() => filtersOf(view), [view]);
  const grouped = by !== undefined && group === undefined;
  return (
    <>
      <Counts view={view} tab={tab} />
      {view.problems.length > 0 ? (
        <Notice
          title={
            view.problems.length === 1
              ? 'One rule was left out'
              : `${view.problems.length} rules were left out`
          }
        >
          <ul>
            {view.problems.slice(0, 10).map(({ rule, place, message }) => (
              <li key={`${rule} ${place}`}>
                {rule}, {place}: {message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <DifferencePanel
        model={view.model}
        counts={view.difference}
        all={view.items.filter(({ state }) => state !== 'by a person' && state !== 'imported').length}
      />
      <div className="question-bar">
        <SegmentedControl
          aria-label="Group"
          size="xs"
          value={by ?? 'list'}
          onChange={(value) => set({ by: value === 'list' ? '' : value, group: '' })}
          data={[
            { value: 'list', label: 'List' },
            { value: 'element' satisfies ThreatGrouping, label: 'By place' },
            { value: 'category' satisfies ThreatGrouping, label: 'By category' },
            { value: 'function' satisfies ThreatGrouping, label: 'By safety function' },
          ]}
        />
        {by !== undefined && group !== undefined ? (
          <span className="row small">
            Only{' '}
            <strong>
              {by === 'function'
                ? titleOf(group === 'none' ? '' : group)
                : by === 'element'
                  ? (rows[0]?.targetTitle ?? group)
                  : group}
            </strong>
            <button type="button" className="link-button" onClick={() => set({ group: '' })}>
              All groups
            </button>
          </span>
        ) : null}
      </div>
      {grouped ? (
        <DataTable
          label="Groups of threats"
          name="groups"
          columns={GROUP_COLUMNS}
          rows={groupThreats(inThisTab, by, titleOf)}
          rowId={(row) => row.id || 'none'}
          onOpen={(row) => set({ group: row.id || 'none' })}
          empty={<Nothing tab={tab} view={view} />}
        />
      ) : (
        <DataTable
          label="Threats"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.id}
          filters={filters}
          defaultSort="-severity"
          onOpen={(row) =>
            row.rule === '' ? go(`/r/${row.threat?.key}`) : set({ rule: row.rule, at: row.target })
          }
          empty={<Nothing tab={tab} view={view} />}
        />
      )}
      {search.rule && search.at ? (
        <ThreatDetailPanel
          model={model}
          rule={search.rule}
          target={search.at}
          onClose={() => set({ rule: '', at: '' })}
        />
      ) : null}
    </>
  );
}

function Counts({ view, tab }: { readonly view: Threats; readonly tab: Tab }) {
  const [, set] = useSearchState();
  const people = view.items.filter((row) => inTab(row, 'people')).length;
  const imported = view.items.filter((row) => inTab(row, 'imported')).length;
  const verified = view.items.filter((row) => row.state === 'answered' && row.verifiedBy.length > 0).length;
  const { counts } = view;
  const tabs: readonly { readonly id: Tab; readonly title: string; readonly count: number }[] = [
    { id: 'raised', title: 'Raised', count: counts.raisedAfterMerge },
    { id: 'open', title: 'Question open', count: counts.open },
    { id: 'answered', title: 'Answered', count: counts.answered },
    { id: 'people', title: 'Found by people', count: people },
    ...(imported > 0 ? [{ id: 'imported' as const, title: 'Imported', count: imported }] : []),
    { id: 'stale', title: 'Decisions to look at', count: counts.stale },
    { id: 'all', title: 'All', count: view.items.length },
  ];
  const merged = counts.raised - counts.raisedAfterMerge;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: the buttons switch a view, they are no form */}
      <div className="threat-counts" role="group" aria-label="Show">
        {tabs.map(({ id, title, count }) => (
          <button
            key={id}
            type="button"
            className="choice"
            aria-pressed={tab === id}
            onClick={() => set({ show: id === 'raised' ? '' : id })}
          >
            {title} <strong>{count}</strong>
          </button>
        ))}
      </div>
      <p className="muted small">
        {counts.notApplicable.toLocaleString('en')} more pairs of rule and place do not apply.
        {merged > 0
          ? ` ${merged} raised ${merged === 1 ? 'result is' : 'results are'} merged into others.`
          : ''}{' '}
        {counts.answered > 0
          ? `Of the answered, ${verified} ${verified === 1 ? 'has' : 'have'} a verified control; the others are claims.`
          : ''}{' '}
        Rules: {view.model.ruleEditions}.
      </p>
    </>
  );
}

function Nothing({ tab, view }: { readonly tab: Tab; readonly view: Threats }) {
  const icon = <IconAlertHexagon size={28} aria-hidden="true" />;
  if (view.items.length === 0)
    return (
      <EmptyState
        icon={icon}
        what="No threats yet"
        why="The rules in use say nothing of this model. Add elements, flows and zones, or choose other rules. None is no proof that there are none."
        action={<AppLink to={`/r/${view.model.key}`}>Open the model</AppLink>}
      />
    );
  if (tab === 'raised')
    return (
      <EmptyState
        icon={icon}
        what="Nothing is raised"
        why={
          view.counts.open > 0
            ? `${view.counts.open} results wait for answers: a question that is open is no threat, and no proof that there is none.`
            : 'Every rule that applies is answered. Answers are claims until a control is verified.'
        }
        action={
          <AppLink to="/questions" search={{ model: view.model.key }}>
            Answer questions
          </AppLink>
        }
      />
    );
  return <EmptyState icon={icon} what="Nothing here" why="There are results in the other lists." />;
}

const COLUMNS: readonly Column<ThreatRowView>[] = [
  {
    id: 'title',
    title: 'Threat',
    value: (row) => row.title,
    cell: (row) => (
      <span title={row.statement}>
        {row.change === null ? null : (
          <>
            <StateBadge tone="attention">{row.change === 'new' ? 'New' : 'Changed'}</StateBadge>{' '}
          </>
        )}
        {row.title}
      </span>
    ),
    width: 180,
    grow: 3,
    priority: 1,
  },
  { id: 'place', title: 'Place', value: (row) => row.targetTitle, width: 120, grow: 2, priority: 1 },
  { id: 'zone', title: 'Zone', value: (row) => row.zoneTitle, width: 110, grow: 1, priority: 3 },
  {
    id: 'state',
    title: 'Result',
    value: (row) => stateWord(row).title,
    cell: (row) => {
      const word = stateWord(row);
      return <StateBadge tone={word.tone}>{word.title}</StateBadge>;
    },
    width: 165,
  },
  {
    id: 'decision',
    title: 'Decision',
    value: (row) => decisionOf(row),
    cell: (row) =>
      row.threat === null ? (
        <span className="muted">none yet</span>
      ) : (
        <>
          <AppLink to={`/r/${row.threat.key}`} tabIndex={-1}>
            {row.threat.key}
          </AppLink>{' '}
          {row.threat.stale.length > 0 ? (
            <span title={row.threat.stale.join('\n')}>
              <StateBadge tone="stale">{stateTitle(row.threat.state)}, stale</StateBadge>
            </span>
          ) : (
            <span className="muted">{stateTitle(row.threat.state)}</span>
          )}
        </>
      ),
    width: 190,
  },
  {
    id: 'severity',
    title: 'Harm',
    value: (row) => row.severity,
    cell: (row) => (row.severity === 0 ? <span className="muted">–</span> : row.severity),
    align: 'right',
    width: 76,
  },
  SAFETY_COLUMN,
  EXPLOITABILITY_COLUMN,
  { id: 'category', title: 'Category', value: (row) => row.categories.join(', '), width: 150, priority: 3 },
  { id: 'rule', title: 'Rule', value: (row) => row.rule, width: 110, priority: 3 },
  { id: 'target', title: 'Id of the place', value: (row) => row.target, width: 110, hidden: true },
  { id: 'statement', title: 'Statement', value: (row) => row.statement, width: 260, hidden: true },
];

const decisionOf = ({ threat }: ThreatRowView) =>
  threat === null ? 'none yet' : `${threat.key} ${threat.state}${threat.stale.length > 0 ? ', stale' : ''}`;
const stateTitle = (state: string) =>
  ({ open: 'open', mitigated: 'mitigated', accepted: 'accepted', gone: 'no longer raised' })[state] ??
  'not applicable';

const GROUP_COLUMNS: readonly Column<ThreatGroup>[] = [
  { id: 'title', title: 'Group', value: (row) => row.title, width: 180, grow: 1, priority: 1 },
  { id: 'raised', title: 'Raised', value: (row) => row.raised, align: 'right', width: 80, priority: 1 },
  { id: 'open', title: 'Open', value: (row) => row.open, align: 'right', width: 80 },
  { id: 'answered', title: 'Answered', value: (row) => row.answered, align: 'right', width: 90 },
  { id: 'people', title: 'By people', value: (row) => row.byPeople, align: 'right', width: 90, priority: 3 },
  { id: 'stale', title: 'Stale', value: (row) => row.stale, align: 'right', width: 80, priority: 3 },
  { id: 'severity', title: 'Harm', value: (row) => row.severity, align: 'right', width: 80, priority: 3 },
];

function filtersOf(view: Threats): readonly TableFilter<ThreatRowView>[] {
  const some = (values: Iterable<string>) => [...new Set(values)].filter((value) => value !== '').sort();
  const zones = new Map(view.items.map((row) => [row.zone, row.zoneTitle]));
  return [
    {
      id: 'zone',
      title: 'Zone',
      options: [...zones].filter(([id]) => id !== '').map(([value, title]) => ({ value, title })),
      value: (row) => row.zone,
    },
    {
      id: 'category',
      title: 'Category',
      options: some(view.items.flatMap((row) => row.categories)).map((value) => ({ value, title: value })),
      value: (row) => row.categories,
    },
    {
      id: 'safety',
      title: 'Safety',
      options: some(view.items.map((row) => row.safetyRelevance))
        .sort((a, b) => safetyRank(a) - safetyRank(b))
        .map((value) => ({ value, title: SAFETY_WORDS[value] ?? value })),
      value: (row) => row.safetyRelevance,
    },
    {
      id: 'function',
      title: 'Safety function',
      options: view.functions.map(({ id, title }) => ({ value: id, title })),
      value: (row) => row.functions,
    },
  ];
}
