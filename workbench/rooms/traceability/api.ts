// Routes of the thread: rows of a kind, a matrix of two, the surroundings of one record, suspect links, files.
import { createRoute, z } from '@hono/zod-openapi';
import { isWardError } from '../../kernel/errors.ts';
import { access, answers, jsonBody, newRouter, PageQuery } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { holdsRole, MAKER_ROLES, type Principal } from '../../kernel/people/roles.ts';
import { difference } from '../../kernel/records/difference.ts';
import { changeLink } from '../../kernel/records/operations.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { writeCsv } from '../../kernel/text/csv.ts';
import { requireTheProduct, writeTable } from '../requirements/index.ts';
import { refuseTrace } from './errors.ts';
import { KIND_TITLES } from './kind-titles.ts';
import { readSuspects, readTrace, type TraceRelease } from './read-trace.ts';
import { tableOf } from './table.ts';
import {
  GAP_IDS,
  GAPS,
  hasEnded,
  TRACED,
  Trace,
  type Traced,
  type TraceNode,
  type TraceRow,
} from './trace.ts';

const tags = ['traceability'];
const read = access({ who: 'member', scope: 'read' });
const Key = z.string().min(1).max(60);
const count = z.number().int();
const ThreadQuery = z.object({
  product: Key.openapi({ example: 'PRD-1' }),
  release: Key.optional().openapi({ description: 'Results count in it; by default the newest' }),
});

const NodeView = z.object({ key: z.string(), title: z.string(), state: z.string() });
const TiedView = z.object({ count, some: z.array(NodeView) });
const Head = {
  product: z.object({ id: z.uuid(), key: z.string(), title: z.string() }),
  release: z.object({ key: z.string(), title: z.string() }).nullable(),
  releases: z.array(z.object({ key: z.string(), title: z.string() })),
};
const RowView = z
  .object({
    kind: z.enum(TRACED),
    key: z.string(),
    title: z.string(),
    state: z.string(),
    tied: z.record(z.enum(TRACED), TiedView),
    verdict: z.enum(['passed', 'failed', 'not run']).nullable(),
    gaps: z.array(z.enum(GAP_IDS)),
    suspects: count,
  })
  .openapi('TraceRow');
export type TraceRowView = z.infer<typeof RowView>;
const ThreadView = z
  .object({
    ...Head,
    items: z.array(RowView),
    next: z.string().nullable(),
    total: count,
    kinds: z.record(z.enum(TRACED), count),
    gaps: z.array(
      z.object({ id: z.enum(GAP_IDS), kind: z.enum(TRACED), title: z.string(), todo: z.string(), count }),
    ),
    suspects: count,
  })
  .openapi('Thread');
export type ThreadView = z.infer<typeof ThreadView>;

const MatrixView = z
  .object({
    ...Head,
    rows: z.array(NodeView),
    columns: z.array(NodeView),
    rowsTotal: count,
    columnsTotal: count,
    /** Row, column, and whether they are linked directly or through records between. */
    cells: z.array(
      z.object({ row: count, column: count, tie: z.enum(['direct', 'through']), suspect: z.boolean() }),
    ),
  })
  .openapi('TraceMatrix');
export type MatrixView = z.infer<typeof MatrixView>;

const GraphView = z
  .object({
    ...Head,
    nodes: z.array(NodeView.extend({ kind: z.enum(TRACED), outcome: z.string().nullable() })),
    links: z.array(z.object({ from: z.string(), to: z.string(), type: z.string(), suspect: z.boolean() })),
    /** Records that were left out, since no picture holds them. */
    leftOut: count,
  })
  .openapi('TraceGraph');
export type GraphView = z.infer<typeof GraphView>;

const EndView = z.object({ kind: z.string(), key: z.string(), title: z.string() });
const SuspectView = z
  .object({
    id: z.uuid(),
    type: z.string(),
    typeTitle: z.string(),
    from: EndView,
    to: EndView.extend({ revision: count }),
    seenRevision: count,
    changedAt: z.string(),
    changedBy: z.string().nullable(),
    /** What differs at the far end; empty when only its history moved. */
    changes: z.array(
      z.object({
        field: z.string(),
        before: z.string(),
        after: z.string(),
        words: z.array(z.object({ kind: z.enum(['kept', 'added', 'removed']), text: z.string() })).nullable(),
      }),
    ),
    moreChanges: count,
    mayConfirm: z.boolean(),
  })
  .openapi('SuspectLink');
export type SuspectView = z.infer<typeof SuspectView>;

const ConfirmOutcome = z
  .object({
    confirmed: z.array(z.uuid()),
    refused: z.array(z.object({ id: z.uuid(), code: z.string(), message: z.string() })),
  })
  .openapi('ConfirmedLinks');
export type ConfirmOutcome = z.infer<typeof ConfirmOutcome>;

const SOME = 12;
const MATRIX = { rows: 500, columns: 120 } as const;
const GRAPH_NODES = 200;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export function traceabilityApi(kernel: Kernel) {
  const { db } = kernel;

  async function open(principal: Principal, wanted: { product: string; release?: string | undefined }) {
    const product = await requireTheProduct(db, principal, wanted.product);
    const { graph, releases } = await readTrace(db, product.id);
    const release =
      wanted.release === undefined ? (releases[0] ?? null) : releaseOf(releases, wanted.release);
    const head = {
      product: { id: product.id, key: product.key, title: product.title },
      release: release && { key: release.key, title: release.title },
      releases: releases.map(({ key, title }) => ({ key, title })),
    };
    return { product, trace: new Trace(graph, release?.id ?? null), head, release };
  }

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/traceability',
        tags,
        ...read,
        request: {
          query: ThreadQuery.extend({
            by: z.enum(TRACED).default('requirement'),
            text: z.string().max(200).optional(),
            gap: z.enum([...GAP_IDS, 'any']).optional(),
            suspect: z.enum(['yes']).optional(),
            verdict: z.enum(['passed', 'failed', 'not run']).optional(),
            ...PageQuery.shape,
          }),
        },
        responses: answers(
          ThreadView,
          'One row for each record of a kind, with what it is tied to and where the thread breaks',
        ),
      }),
      async (c) => {
        const { by, text, gap, suspect, verdict, cursor, limit = 100, ...wanted } = c.req.valid('query');
        const { trace, head } = await open(c.get('principal')!, wanted);
        const offset = Number(cursor ?? 0);
        // Without a filter only the page itself is followed through.
        const narrowed = [text, gap, suspect, verdict].some((one) => one !== undefined);
        const rows = narrowed ? filterRows(trace.rows(by), { text, gap, suspect, verdict }) : null;
        const nodes = rows === null ? trace.nodesOf(by) : [];
        const total = rows?.length ?? nodes.length;
        const page =
          rows?.slice(offset, offset + limit) ??
          nodes.slice(offset, offset + limit).map((node) => trace.row(node));
        const counts = trace.counts();
        const answer = {
          ...head,
          items: page.map(rowView),
          next: offset + limit < total ? String(offset + limit) : null,
          total,
          kinds: counts.kinds,
          gaps: GAP_IDS.map((id) => ({ id, ...GAPS[id], count: counts.gaps[id] })),
          suspects: counts.suspects,
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/traceability/matrix',
        tags,
        ...read,
        request: { query: ThreadQuery.extend({ rows: z.enum(TRACED), columns: z.enum(TRACED) }) },
        responses: answers(
          MatrixView,
          `Two kinds against each other: the first ${MATRIX.rows} by ${MATRIX.columns}`,
        ),
      }),
      async (c) => {
        const { rows: rowKind, columns: columnKind, ...wanted } = c.req.valid('query');
        const { trace, head } = await open(c.get('principal')!, wanted);
        return c.json({ ...head, ...matrixOf(trace, rowKind, columnKind) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/traceability/graph',
        tags,
        ...read,
        request: { query: ThreadQuery.extend({ key: Key }) },
        responses: answers(GraphView, 'The thread through one record, from harms to results'),
      }),
      async (c) => {
        const { key, ...wanted } = c.req.valid('query');
        const { trace, head } = await open(c.get('principal')!, wanted);
        const node = trace.graph.nodes.find((one) => one.key === key.toUpperCase());
        if (!node)
          throw refuseTrace(
            'traceability.not-traced',
            `The thread of ${head.product.key} has no ${key.slice(0, 40)}.`,
            {
              at: key.slice(0, 40),
            },
          );
        return c.json({ ...head, ...graphOf(trace, node) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/traceability/suspects',
        tags,
        ...read,
        request: { query: z.object({ product: Key, ...PageQuery.shape }) },
        responses: answers(
          z.object({ items: z.array(SuspectView), next: z.string().nullable(), total: count }),
          'Links whose far end moved, with what changed there',
        ),
      }),
      async (c) => {
        const { product: wanted, cursor, limit = 100 } = c.req.valid('query');
        const principal = c.get('principal')!;
        const product = await requireTheProduct(db, principal, wanted);
        const offset = Number(cursor ?? 0);
        const { items, total } = await readSuspects(db, product.id, { offset, limit, ids: null });
        const answer = {
          items: items.map((item) => suspectView(kernel, principal, product, item)),
          next: offset + limit < total ? String(offset + limit) : null,
          total,
        };
        return c.json(answer, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/traceability/confirm',
        tags,
        ...access({ who: 'roles', roles: MAKER_ROLES, scope: 'records:write' }),
        request: {
          body: jsonBody(
            z.object({
              links: z
                .array(
                  z.object({
                    id: z.uuid(),
                    revision: z.number().int().min(1).max(2_147_483_647).openapi({
                      description:
                        'Revision of the far end that was looked at; a newer one is not confirmed unseen',
                    }),
                  }),
                )
                .min(1)
                .max(500),
            }),
          ),
        },
        responses: answers(
          ConfirmOutcome,
          'Which links hold for the revision that was seen, and which were refused',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const outcome: ConfirmOutcome = { confirmed: [], refused: [] };
        for (const { id, revision } of c.req.valid('json').links) {
          try {
            await changeLink(kernel.records, principal, id, 'confirm', null, revision);
            outcome.confirmed.push(id);
          } catch (error) {
            if (!isWardError(error)) throw error;
            outcome.refused.push({ id, code: error.code, message: error.message });
          }
        }
        return c.json(outcome, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/traceability/export',
        tags,
        ...read,
        request: {
          query: ThreadQuery.extend({
            by: z.enum(TRACED).default('requirement'),
            gap: z.enum([...GAP_IDS, 'any']).optional(),
            format: z.enum(['csv', 'xlsx']),
          }),
        },
        responses: {
          200: {
            content: {
              'text/csv': { schema: z.string() },
              [XLSX]: { schema: z.string().openapi({ format: 'binary' }) },
            },
            description: 'All rows of a kind, as CSV or workbook',
          },
          default: answers(ThreadView, '').default,
        },
      }),
      async (c) => {
        const { by, gap, format, ...wanted } = c.req.valid('query');
        const { trace, head } = await open(c.get('principal')!, wanted);
        const table = tableOf(by, filterRows(trace.rows(by), { gap }), head.release?.key ?? null);
        c.header(
          'content-disposition',
          `attachment; filename="traceability-${head.product.key}-${by}.${format}"`,
        );
        if (format === 'csv') {
          c.header('content-type', 'text/csv; charset=utf-8');
          return c.body(writeCsv([table.columns, ...table.rows], { mark: true }), 200);
        }
        c.header('content-type', XLSX);
        const columns = table.columns.map((title, at) => ({ title, width: at === 1 ? 50 : 20 }));
        return c.body((await writeTable(KIND_TITLES[by][1], columns, table.rows)) as never, 200);
      },
    );
}
export type TraceabilityApi = ReturnType<typeof traceabilityApi>;

function releaseOf(releases: readonly TraceRelease[], wanted: string): TraceRelease {
  const found = releases.find(({ id, key }) => id === wanted || key === wanted.toUpperCase());
  if (found) return found;
  throw refuseTrace(
    'traceability.no-release',
    `There is no release ${wanted.slice(0, 40)} of this product.`,
    {
      at: '$.release',
    },
  );
}

function filterRows(
  rows: readonly TraceRow[],
  filter: {
    readonly text?: string | undefined;
    readonly gap?: string | undefined;
    readonly suspect?: string | undefined;
    readonly verdict?: string | undefined;
  },
): readonly TraceRow[] {
  const words = (filter.text ?? '').toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
  return rows.filter(({ node, tied, gaps, suspects, verdict }) => {
    if (
      filter.gap !== undefined &&
      !(filter.gap === 'any' ? gaps.length > 0 : gaps.includes(filter.gap as never))
    )
      return false;
    if (filter.suspect !== undefined && suspects.length === 0) return false;
    if (filter.verdict !== undefined && verdict !== filter.verdict) return false;
    if (words.length === 0) return true;
    const own = `${node.key} ${node.title}`.toLocaleLowerCase('en');
    // A key of something that it is tied to finds it as well.
    return words.every(
      (word) =>
        own.includes(word) ||
        TRACED.some((kind) => tied[kind].some(({ key }) => key.toLocaleLowerCase('en') === word)),
    );
  });
}

const nodeView = ({ key, title, state }: TraceNode) => ({ key, title, state });

function rowView({ node, tied, verdict, gaps, suspects }: TraceRow): TraceRowView {
  return {
    kind: node.kind,
    ...nodeView(node),
    tied: Object.fromEntries(
      TRACED.map((kind) => [
        kind,
        { count: tied[kind].length, some: tied[kind].slice(0, SOME).map(nodeView) },
      ]),
    ) as TraceRowView['tied'],
    verdict,
    gaps: [...gaps],
    suspects: suspects.length,
  };
}

function matrixOf(trace: Trace, rowKind: Traced, columnKind: Traced) {
  const all = (kind: Traced) =>
    trace.graph.nodes
      .filter((node) => node.kind === kind && !hasEnded(node))
      .sort((a, b) => a.number - b.number);
  const allRows = all(rowKind);
  const allColumns = all(columnKind);
  const rows = allRows.slice(0, MATRIX.rows);
  const columns = allColumns.slice(0, MATRIX.columns);
  const place = new Map(columns.map((node, at) => [node.id, at]));
  const suspect = new Set(
    trace.graph.links
      .filter((link) => link.suspect)
      .flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]),
  );
  const cells = rows.flatMap((node, row) => {
    const direct = new Set(trace.near(node.id, columnKind).map(({ id }) => id));
    return trace.tied(node)[columnKind].flatMap((far) => {
      const column = place.get(far.id);
      if (column === undefined) return [];
      const tie = direct.has(far.id) ? ('direct' as const) : ('through' as const);
      return { row, column, tie, suspect: suspect.has(`${node.id} ${far.id}`) };
    });
  });
  return {
    rows: rows.map(nodeView),
    columns: columns.map(nodeView),
    rowsTotal: allRows.length,
    columnsTotal: allColumns.length,
    cells,
  };
}

function graphOf(trace: Trace, node: TraceNode) {
  const tied = trace.tied(node);
  const all = [node, ...TRACED.flatMap((kind) => tied[kind])];
  const nodes = all.slice(0, GRAPH_NODES);
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  return {
    nodes: nodes.map((one) => ({ ...nodeView(one), kind: one.kind, outcome: one.outcome })),
    links: trace.graph.links.flatMap(({ from, to, type, suspect }) => {
      const [near, far] = [keys.get(from), keys.get(to)];
      return near !== undefined && far !== undefined ? { from: near, to: far, type, suspect } : [];
    }),
    leftOut: all.length - nodes.length,
  };
}

const CHANGES = 6;
const shown = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 2_000);

function suspectView(
  kernel: Kernel,
  principal: Principal,
  product: WardRecord,
  item: Awaited<ReturnType<typeof readSuspects>>['items'][number],
): SuspectView {
  const from = kernel.kinds.get(item.from.kind);
  const shape = kernel.kinds.get(item.to.kind).schema.shape as Record<
    string,
    { meta?: () => { title?: string } | undefined }
  >;
  const changes = item.seenBody === null ? [] : difference(item.seenBody, item.body);
  const label = (path: string) => {
    const [field = ''] = path.replace(/^\$\./, '').split(/[.[]/);
    return shape[field]?.meta?.()?.title ?? field;
  };
  return {
    id: item.id,
    type: item.type,
    typeTitle: from.links.find(({ type }) => type === item.type)?.title ?? item.type,
    from: item.from,
    to: item.to,
    seenRevision: item.seenRevision,
    changedAt: new Date(item.changedAt).toISOString(),
    changedBy: item.changedBy,
    changes: changes.slice(0, CHANGES).map(({ path, before, after, words }) => ({
      field: label(path),
      before: shown(before),
      after: shown(after),
      words: words === null ? null : words.slice(0, 400).map(({ kind, text }) => ({ kind, text })),
    })),
    moreChanges: Math.max(0, changes.length - CHANGES),
    mayConfirm: holdsRole(principal, from.rights.edit, product.id),
  };
}
