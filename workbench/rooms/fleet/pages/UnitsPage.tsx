// The units of a product: what each runs, when it was heard of, whether its audit trail verifies.
import { IconBroadcast, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column, TableFilter } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { hasRole, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import type { UnitList, UnitView } from '../contract.ts';
import { FLEET_ROLES, REVIEW_ROLES } from '../fleet-roles.ts';
import { countWords, EmergenciesToReview } from './Emergencies.tsx';
import { allUnits, unitsQuery } from './fleet-queries.ts';
import { AUDIT_VERDICTS, hasOtherHardware, STEPS, UNIT_STATES } from './fleet-words.ts';
import { RegisterDialog } from './RegisterDialog.tsx';
import './fleet.css';

export function Page() {
  const { product } = useProduct();
  const me = useMe();
  const go = useGo();
  const [search] = useSearchState();
  const [adding, setAdding] = useState(false);
  const wanted = {
    product: product?.key ?? '',
    text: search.q,
    state: search.state,
    release: search.release,
    attention: search.attention,
  };
  const units = useInfiniteQuery(unitsQuery(wanted));
  const head = units.data?.pages[0];
  const rows = useMemo(() => units.data?.pages.flatMap((page) => page.items), [units.data]);
  const filters = useMemo(() => filtersOf(head), [head]);
  const add = {
    id: 'fleet.register',
    name: 'Register units',
    keys: 'n',
    section: 'Fleet',
    icon: IconPlus,
    visibleWhen: () => product !== undefined && hasRole(me, FLEET_ROLES, product.id),
    perform: () => setAdding(true),
  };
  useActions([add]);
  const narrowed = Boolean(search.q || search.state || search.release || search.attention);
  return (
    <PageFrame
      title="Units"
      wide={true}
      meta={head ? <Counts counts={head.counts} /> : null}
      primary={<ActionButton action={add} primary={true} />}
    >
      {adding && product ? <RegisterDialog product={product.key} onClose={() => setAdding(false)} /> : null}
      {head && !head.authority ? <NoAuthority /> : null}
      {head?.takenBackNearlyFull ? <NearlyFull /> : null}
      {product ? (
        <EmergenciesToReview
          product={product.key}
          count={head?.counts.toReview ?? 0}
          mayReview={hasRole(me, REVIEW_ROLES, product.id)}
        />
      ) : null}
      <DataTable
        label="Units"
        columns={COLUMNS}
        rows={product ? rows : []}
        rowId={(unit) => unit.serial}
        error={units.error}
        onRetry={() => void units.refetch()}
        onOpen={(unit) => go(`/fleet/${unit.serial}`)}
        filters={filters}
        paged={{
          total: head?.counts.units ?? 0,
          hasMore: units.hasNextPage,
          busy: units.isFetchingNextPage,
          loadMore: () => void units.fetchNextPage(),
          loadAll: () => allUnits(wanted),
        }}
        empty={
          narrowed ? (
            <EmptyState what="No unit fits" why="Take a filter away to see more." />
          ) : (
            <EmptyState
              icon={<IconBroadcast size={28} aria-hidden="true" />}
              what={product ? 'No units yet' : 'No product is chosen'}
              why="A unit is registered by its serial number, enrolled once with a code, and then reports what it runs and hands over its audit trail."
              action={product ? null : <AppLink to="/products">Products</AppLink>}
            />
          )
        }
      />
    </PageFrame>
  );
}

function NoAuthority() {
  return (
    <p className="fleet-note" role="status">
      <StateBadge tone="attention">No authority</StateBadge> Units cannot be enrolled before their authority
      is made: run <code>ward fleet init --root FOLDER</code> where Ward runs. The root key is written to the
      folder and kept offline; Ward keeps none of it.
    </p>
  );
}

function NearlyFull() {
  return (
    <p className="fleet-note" role="status">
      <StateBadge tone="danger">List nearly full</StateBadge> Soon no unit and nobody can be taken back any
      more: see <AppLink to="/revocations">Revocations</AppLink>.
    </p>
  );
}

function Counts({ counts }: { readonly counts: UnitList['counts'] }) {
  const { units, enrolled, attention, audit, toReview } = counts;
  return (
    <>
      <span>
        {units === 1 ? '1 unit' : `${units} units`}, {enrolled} enrolled
      </span>
      {attention > 0 ? (
        <AppLink to="/fleet" search={{ attention: 'yes' }}>
          {attention} to look at
        </AppLink>
      ) : null}
      <span>
        Audit trails: {audit.verified} verified, {audit.broken} broken, {audit.none} nothing yet
      </span>
      {toReview > 0 ? <span>Emergency accesses: {countWords(toReview)} to be reviewed</span> : null}
    </>
  );
}

function filtersOf(head: UnitList | undefined): readonly TableFilter<UnitView>[] {
  return [
    {
      id: 'state',
      title: 'State',
      options: Object.entries(UNIT_STATES).map(([value, [, title]]) => ({ value, title })),
    },
    {
      id: 'release',
      title: 'Runs',
      options: (head?.counts.releases ?? []).map(({ key, title, units }) => ({
        value: key ?? 'unknown',
        title: `${key === null ? 'No known release' : `${key} ${title}`} (${units})`,
      })),
    },
    { id: 'attention', title: 'To look at', options: [{ value: 'yes', title: 'Only those' }] },
  ];
}

const COLUMNS: readonly Column<UnitView>[] = [
  {
    id: 'serial',
    title: 'Unit',
    value: (unit) => unit.serial,
    cell: (unit) => (
      <AppLink className="code" to={`/fleet/${unit.serial}`}>
        {unit.serial}
      </AppLink>
    ),
    width: 110,
    priority: 1,
    sortable: false,
  },
  {
    id: 'site',
    title: 'Site',
    value: (unit) => unit.site,
    width: 140,
    grow: 1,
    priority: 3,
    sortable: false,
  },
  {
    id: 'state',
    title: 'State',
    value: (unit) => UNIT_STATES[unit.state][1],
    cell: (unit) => <StateBadge tone={UNIT_STATES[unit.state][0]}>{UNIT_STATES[unit.state][1]}</StateBadge>,
    width: 110,
    sortable: false,
  },
  {
    id: 'runs',
    title: 'Runs',
    value: (unit) => unit.runs?.version ?? 'not known',
    cell: (unit) => <Runs unit={unit} />,
    width: 160,
    grow: 1,
    priority: 1,
    sortable: false,
  },
  {
    id: 'seen',
    title: 'Last report',
    value: (unit) => unit.lastSeenAt,
    cell: (unit) => <LastSeen unit={unit} />,
    width: 150,
    sortable: false,
  },
  {
    id: 'audit',
    title: 'Audit trail',
    value: (unit) => AUDIT_VERDICTS[unit.audit.verdict][1],
    cell: (unit) => (
      <>
        <StateBadge tone={AUDIT_VERDICTS[unit.audit.verdict][0]}>
          {AUDIT_VERDICTS[unit.audit.verdict][1]}
        </StateBadge>
        {unit.audit.verdict !== 'broken' && unit.audit.breaks > 0 ? (
          <span className="muted small">
            {' '}
            after {unit.audit.breaks === 1 ? 'a break' : `${unit.audit.breaks} breaks`}
          </span>
        ) : null}
      </>
    ),
    width: 180,
    sortable: false,
  },
  {
    id: 'campaign',
    title: 'Update',
    value: (unit) => (unit.campaign ? STEPS[unit.campaign.step][1] : null),
    cell: (unit) =>
      unit.campaign ? (
        <StateBadge tone={STEPS[unit.campaign.step][0]}>{STEPS[unit.campaign.step][1]}</StateBadge>
      ) : null,
    width: 190,
    sortable: false,
  },
  {
    id: 'device',
    title: 'Device',
    value: (unit) => [unit.deviceState, ...(hasOtherHardware(unit) ? ['other hardware'] : [])].join(', '),
    cell: (unit) =>
      hasOtherHardware(unit) ? <StateBadge tone="danger">Other hardware</StateBadge> : unit.deviceState,
    width: 150,
    priority: 3,
    sortable: false,
  },
];

function Runs({ unit }: { readonly unit: UnitView }) {
  if (unit.runs === null) return <StateBadge tone="question">Not known</StateBadge>;
  const { version, release } = unit.runs;
  return (
    <span>
      {version}{' '}
      {release ? <KeyLink recordKey={release.key} /> : <span className="muted">no release known</span>}
    </span>
  );
}

export function LastSeen({ unit }: { readonly unit: Pick<UnitView, 'lastSeenAt' | 'silent'> }) {
  if (unit.lastSeenAt === null) return <span className="muted">never</span>;
  return unit.silent ? (
    <StateBadge tone="attention">
      silent, <RelativeTime at={unit.lastSeenAt} />
    </StateBadge>
  ) : (
    <RelativeTime at={unit.lastSeenAt} />
  );
}
