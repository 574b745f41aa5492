// Risks of a product: the matrix before and after controls, the statement of the residual risk, and the list, safety first.
import { IconPlus, IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useProduct } from '../../../web/product.ts';
import { useKind } from '../../../web/queries.ts';
import { useSearchState } from '../../../web/search-state.ts';
import { mayCreate, useMe } from '../../../web/session.ts';
import { useGo } from '../../../web/use-go.ts';
import { Matrix, MatrixLegend } from '../../products/pages/Matrix.tsx';
import type { AnyZone } from '../../products/pages/zone-words.ts';
import { type RiskPolicy, ZONES } from '../../products/policy.ts';
import type { RiskList, RiskRow } from '../contract.ts';
import { risksQuery } from './risk-queries.ts';
import {
  cellOf,
  countCells,
  exploitabilityWord,
  ratedOf,
  severityWord,
  VERDICTS,
  type VerdictId,
  VIEWS,
  type ViewId,
} from './risk-words.ts';
import { Statement } from './Statement.tsx';
import { ZoneTag } from './ZoneTag.tsx';
import './risks.css';

export function Page() {
  const { product } = useProduct();
  const me = useMe();
  const go = useGo();
  const kind = useKind('risk');
  const risks = useQuery({ ...risksQuery(product?.id ?? ''), enabled: product !== undefined });
  const add = {
    id: 'risks.new',
    name: 'New risk',
    keys: 'n',
    section: 'Risks',
    icon: IconPlus,
    visibleWhen: () => product !== undefined && kind !== undefined && mayCreate(me, kind, product.id),
    perform: () => go('/new/risk', { product: product?.id }),
  };
  useActions([add]);
  return (
    <PageFrame
      title="Risks"
      wide={true}
      meta={
        <>
          {product ? <span>{product.title}</span> : null}
          {risks.data ? <PolicySource list={risks.data} /> : null}
          {product ? (
            <AppLink to="/risk-file" search={{ product: product.id }}>
              Risk management file
            </AppLink>
          ) : null}
        </>
      }
      primary={<ActionButton action={add} primary={true} />}
    >
      {product === undefined ? (
        <EmptyState
          icon={<IconScale size={28} aria-hidden="true" />}
          what="No product is chosen"
          why="Risks are judged for one product, by the policy of its plan and the harms of its safety file."
          action={<AppLink to="/products">Products</AppLink>}
        />
      ) : risks.error && risks.data === undefined ? (
        <ProblemNotice error={risks.error} onRetry={() => void risks.refetch()} />
      ) : (
        <Loaded list={risks.data} product={product.id} />
      )}
    </PageFrame>
  );
}

function PolicySource({ list }: { readonly list: RiskList }) {
  if (list.plan)
    return (
      <span>
        Policy of <KeyLink recordKey={list.plan.key} /> revision {list.plan.revision}
      </span>
    );
  return <StateBadge tone="attention">Ward's default policy: no plan is approved</StateBadge>;
}

function Loaded({ list, product }: { readonly list: RiskList | undefined; readonly product: string }) {
  const [search, set] = useSearchState();
  const view = VIEWS.find(({ id }) => id === search.view)?.id ?? 'after';
  const verdict = VERDICTS.find(({ id }) => id === search.verdict)?.id ?? 'safety';
  const policy = list?.policy as unknown as RiskPolicy | undefined;
  const rows = useMemo(
    () =>
      list?.items.filter((row) => {
        const rated = ratedOf(row, verdict, view);
        if (search.cell) return cellOf(rated) === search.cell;
        if (search.zone) return (rated?.zone ?? 'not judged') === search.zone;
        return true;
      }),
    [list, search.cell, search.zone, verdict, view],
  );
  const columns = useColumns(policy, verdict, view);
  const go = useGo();
  return (
    <>
      {list && list.items.length > 0 && policy ? (
        <div className="risks-top">
          <div className="stack">
            <Choices
              label="Which moment"
              options={VIEWS}
              chosen={view}
              onChoose={(id) => set({ view: id === 'after' ? undefined : id })}
            />
            <Choices
              label="Which verdict"
              options={VERDICTS}
              chosen={verdict}
              onChoose={(id) => set({ verdict: id === 'safety' ? undefined : id })}
            />
            <RiskMatrix
              list={list}
              policy={policy}
              verdict={verdict}
              view={view}
              cell={search.cell}
              zone={search.zone}
              onCell={(cell) => set({ cell: cell === search.cell ? undefined : cell, zone: undefined })}
              onZone={(zone) => set({ zone: zone === search.zone ? undefined : zone, cell: undefined })}
            />
          </div>
          <Section title="Overall residual risk">
            <Statement statement={list.statement} />
          </Section>
        </div>
      ) : null}
      {search.cell || search.zone ? (
        <p className="row" aria-live="polite">
          <span>
            {rows?.length ?? 0} of {list?.items.length ?? 0} risks, in{' '}
            {search.cell
              ? `the cell of severity ${search.cell.replace('-', ', exploitability ')}`
              : `"${search.zone}"`}
          </span>
          <button
            type="button"
            className="link-button"
            onClick={() => set({ cell: undefined, zone: undefined })}
          >
            Show all
          </button>
        </p>
      ) : null}
      <DataTable
        label="Risks"
        columns={columns}
        rows={rows}
        rowId={(row) => row.key}
        onOpen={(row) => go(`/r/${row.key}`)}
        empty={<NoRisks product={product} filtered={Boolean(search.cell || search.zone)} />}
      />
      {list && list.items.length > 0 ? (
        <p className="small">
          <a href={`/api/risks/export?product=${product}`} download={true}>
            Download as a workbook (XLSX)
          </a>
        </p>
      ) : null}
    </>
  );
}

function NoRisks({ product, filtered }: { readonly product: string; readonly filtered: boolean }) {
  if (filtered)
    return <EmptyState what="No risk stands here" why="Choose another cell, or show all of them." />;
  return (
    <EmptyState
      icon={<IconScale size={28} aria-hidden="true" />}
      what="No risks yet"
      why="A risk joins threats or findings with the harms of the safety file. Open a threat and make a risk of it; the harms that it leads to come along."
      action={
        <span className="row">
          <AppLink to="/records/threat" search={{ product }}>
            Threats
          </AppLink>
          <AppLink to="/harms/import" search={{ product }}>
            Import the safety file
          </AppLink>
        </span>
      }
    />
  );
}

function Choices<Id extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  readonly label: string;
  readonly options: readonly { readonly id: Id; readonly title: string }[];
  readonly chosen: Id;
  readonly onChoose: (id: Id) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons that filter, no fields of a form
    <div role="group" aria-label={label} className="choice-row">
      {options.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          className="choice"
          aria-pressed={id === chosen}
          onClick={() => onChoose(id)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

function RiskMatrix({
  list,
  policy,
  verdict,
  view,
  cell,
  zone,
  onCell,
  onZone,
}: {
  readonly list: RiskList;
  readonly policy: RiskPolicy;
  readonly verdict: VerdictId;
  readonly view: ViewId;
  readonly cell: string | undefined;
  readonly zone: string | undefined;
  readonly onCell: (cell: string) => void;
  readonly onZone: (zone: string) => void;
}) {
  const counts = countCells(list.items, verdict, view);
  const zones = [...ZONES, 'not judged'] as const;
  const inZone = (one: AnyZone) =>
    list.items.filter((row) => (ratedOf(row, verdict, view)?.zone ?? 'not judged') === one).length;
  return (
    <>
      <Matrix
        label={`Risks by severity and exploitability, ${verdict}, ${VIEWS.find(({ id }) => id === view)?.title.toLowerCase()}`}
        policy={policy}
        content={(severity, exploitability) => {
          const count = counts.byCell.get(`${severity}-${exploitability}`);
          return count === undefined ? null : <span className="matrix__count">{count}</span>;
        }}
        words={(severity, exploitability) =>
          `${counts.byCell.get(`${severity}-${exploitability}`) ?? 0} risks`
        }
        pressed={(severity, exploitability) => cell === `${severity}-${exploitability}`}
        onPress={(severity, exploitability) => onCell(`${severity}-${exploitability}`)}
      />
      <MatrixLegend />
      <div className="row">
        {zones.map((one) => (
          <button
            key={one}
            type="button"
            className="choice zone-count"
            aria-pressed={zone === one}
            onClick={() => onZone(one)}
          >
            <ZoneTag zone={one} /> {inZone(one)}
          </button>
        ))}
        {counts.none > 0 ? (
          <span className="muted small">{counts.none} without loss, counted as acceptable, in no cell</span>
        ) : null}
      </div>
    </>
  );
}

function useColumns(
  policy: RiskPolicy | undefined,
  verdict: VerdictId,
  view: ViewId,
): readonly Column<RiskRow>[] {
  const kind = useKind('risk');
  return useMemo(() => {
    const rated = (row: RiskRow) => ratedOf(row, verdict, view);
    const zoneOf = (row: RiskRow, which: VerdictId, moment: ViewId): AnyZone =>
      ratedOf(row, which, moment)?.zone ?? 'not judged';
    return [
      {
        id: 'key',
        title: 'Risk',
        value: (row) => `${row.key} ${row.title}`,
        cell: (row) => <KeyLink recordKey={row.key} title={row.title} />,
        width: 260,
        grow: 2,
        priority: 1,
      },
      {
        id: 'zone',
        title: verdict === 'safety' ? 'Safety' : 'Privacy',
        value: (row) => zoneOf(row, verdict, view),
        cell: (row) => <ZoneTag zone={zoneOf(row, verdict, view)} />,
        width: 150,
        priority: 1,
      },
      {
        id: 'severity',
        title: 'Severity',
        value: (row) => {
          const one = rated(row);
          return one && policy ? severityWord(one, policy) : 'not judged';
        },
        width: 140,
      },
      {
        id: 'exploitability',
        title: 'Exploitability',
        value: (row) => {
          const one = rated(row);
          return one && policy ? exploitabilityWord(one.exploitability, policy) : 'not judged';
        },
        width: 150,
      },
      {
        id: 'was',
        title: 'Before controls',
        value: (row) => zoneOf(row, verdict, 'before'),
        cell: (row) => <ZoneTag zone={zoneOf(row, verdict, 'before')} />,
        width: 150,
        priority: 3,
      },
      {
        id: 'other',
        title: verdict === 'safety' ? 'Privacy' : 'Safety',
        value: (row) => zoneOf(row, verdict === 'safety' ? 'privacy' : 'safety', view),
        cell: (row) => <ZoneTag zone={zoneOf(row, verdict === 'safety' ? 'privacy' : 'safety', view)} />,
        width: 150,
        priority: 3,
      },
      { id: 'harms', title: 'Harms', value: (row) => row.harms.join(', '), width: 130, priority: 3 },
      {
        id: 'state',
        title: 'State',
        value: (row) => row.state,
        cell: (row) => <RecordState kind={kind} state={row.state} />,
        width: 170,
      },
      {
        id: 'flags',
        title: 'Moved',
        value: (row) => row.flags.length,
        cell: (row) =>
          row.flags.length === 0 ? null : (
            <span title={row.flags.map(({ reason }) => reason).join(' ')}>
              <StateBadge tone="stale">{row.flags.length} moved</StateBadge>
            </span>
          ),
        width: 110,
      },
      {
        id: 'until',
        title: 'Accepted until',
        value: (row) => row.acceptedUntil ?? '',
        width: 130,
        hidden: true,
      },
    ] satisfies Column<RiskRow>[];
  }, [policy, verdict, view, kind]);
}
