// One rule pack: its rules with their tests; the house's own can be edited.
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { SidePanel } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { RULE_SAFETY, RULE_TARGETS } from '../evaluate/contract.ts';
import type { PackDetail, RuleView } from '../views.ts';
import { RuleEditor } from './RuleEditor.tsx';
import { ORIGIN_WORDS, testedWord } from './rule-words.ts';
import { EXPLOITABILITY_COLUMN, SAFETY_COLUMN } from './threat-columns.ts';
import { SAFETY_WORDS } from './threat-words.ts';
import { packQuery } from './threats-queries.ts';
import './threats.css';

export function Page() {
  const { pack } = useParams({ strict: false }) as { pack: string };
  const query = useQuery(packQuery(pack));
  if (query.data) return <Loaded key={pack} detail={query.data} />;
  return (
    <PageFrame title={pack}>
      {query.error ? (
        <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading lines={12} label={`Loading ${pack}`} />
      )}
    </PageFrame>
  );
}

const NEW = 'new';

function Loaded({ detail }: { readonly detail: PackDetail }) {
  const [search, set] = useSearchState();
  const { summary } = detail;
  const word = testedWord(summary);
  const shown = detail.rules.find(({ id }) => id === search.rule);
  const write = {
    id: 'rules.new-rule',
    name: 'New rule',
    keys: 'n',
    section: 'This pack',
    icon: IconPlus,
    visibleWhen: () => detail.mayEdit,
    perform: () => set({ rule: NEW }),
  };
  useActions([write]);
  const close = () => set({ rule: '' });
  return (
    <PageFrame
      title={summary.title}
      wide={true}
      state={<StateBadge tone={word.tone}>{word.title}</StateBadge>}
      meta={
        <>
          <span>{ORIGIN_WORDS[summary.origin]}</span>
          <span>
            <code>{summary.pack}</code> edition {summary.edition}
          </span>
          {summary.record === null ? null : <AppLink to={`/r/${summary.record}`}>{summary.record}</AppLink>}
          <AppLink to="/rules">All packs</AppLink>
        </>
      }
      primary={<ActionButton action={write} primary={true} />}
    >
      <DataTable
        label="Rules"
        columns={COLUMNS}
        rows={detail.rules}
        rowId={(row) => row.id}
        filters={FILTERS}
        onOpen={(row) => set({ rule: row.id })}
        empty={
          <EmptyState
            what="No rules yet"
            why="A rule says when a threat is possible, and what stands against it. It is tried on your own model before it is saved."
            action={<ActionButton action={write} />}
          />
        }
      />
      {shown !== undefined || (search.rule === NEW && detail.mayEdit) ? (
        <SidePanel title={shown?.title ?? 'New rule'} opened={true} onClose={close} size="xl">
          <RuleEditor key={search.rule} detail={detail} rule={shown} onDone={close} />
        </SidePanel>
      ) : null}
    </PageFrame>
  );
}

const COLUMNS: readonly Column<RuleView>[] = [
  { id: 'id', title: 'Rule', value: (row) => row.id, width: 120, priority: 1 },
  { id: 'title', title: 'Title', value: (row) => row.title, width: 180, grow: 2, priority: 1 },
  { id: 'applies', title: 'Applies to', value: (row) => row.appliesTo, width: 100 },
  { id: 'category', title: 'Group', value: (row) => row.category ?? '', width: 100, priority: 3 },
  {
    id: 'stride',
    title: 'Category',
    value: (row) => row.stride.join(', '),
    width: 160,
    grow: 1,
    priority: 3,
  },
  SAFETY_COLUMN,
  EXPLOITABILITY_COLUMN,
  {
    id: 'tested',
    title: 'Tests',
    value: (row) => row.tested,
    cell: (row) => {
      const word = testedWord({ tested: row.tested, failing: row.failures.length });
      return (
        <span title={row.failures.join('\n')}>
          <StateBadge tone={word.tone}>{word.title}</StateBadge>
        </span>
      );
    },
    width: 120,
  },
  { id: 'version', title: 'Version', value: (row) => row.version, align: 'right', width: 70, priority: 3 },
];

const FILTERS: readonly TableFilter<RuleView>[] = [
  {
    id: 'applies',
    title: 'Applies to',
    options: RULE_TARGETS.map((value) => ({
      value,
      title: value,
    })),
    value: (row) => row.appliesTo,
  },
  {
    id: 'safety',
    title: 'Safety',
    options: RULE_SAFETY.map((value) => ({
      value,
      title: SAFETY_WORDS[value] ?? value,
    })),
    value: (row) => row.safetyRelevance,
  },
];
