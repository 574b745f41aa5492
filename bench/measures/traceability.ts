// The thread of a product on the server: 5,000 requirements and 20,000 links, and the same doubled; by route, as a page asks for it.
import type { Ward } from '../../workbench/compose.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { checkRequirements } from '../../workbench/rooms/requirements/check-requirement.ts';
import { requirementsOf } from '../../workbench/rooms/requirements/read-requirements.ts';
import { readSuspects, readTrace } from '../../workbench/rooms/traceability/read-trace.ts';
import { Trace } from '../../workbench/rooms/traceability/trace.ts';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { withScratchWard } from '../scratch.ts';
import { median } from '../table.ts';

const RUNS = 7;
/** What hangs on 5,000 requirements, in the proportions of a large device. */
const SIZES: Readonly<Record<string, number>> = {
  harm: 100,
  threat: 1_500,
  risk: 400,
  requirement: 5_000,
  control: 1_200,
  verification: 3_000,
  result: 3_000,
};
/** From, link, to, how many links. */
const LINKS: readonly (readonly [from: string, type: string, to: string, count: number])[] = [
  ['requirement', 'derives-from', 'threat', 5_000],
  ['requirement', 'demands', 'control', 5_000],
  ['verification', 'verifies', 'requirement', 3_000],
  ['result', 'of', 'verification', 3_000],
  ['control', 'cuts', 'threat', 1_500],
  ['threat', 'leads-to', 'harm', 1_500],
  ['risk', 'of', 'threat', 600],
  ['risk', 'harms', 'harm', 400],
];

export const measureTraceability = (): Promise<Figure[]> => withScratchWard(measure);

async function measure(ward: Ward): Promise<Figure[]> {
  const once = await look(ward, await fill(ward, 1));
  const twice = await look(ward, await fill(ward, 2));
  const links = LINKS.reduce((sum, [, , , count]) => sum + count, 0);
  const size = `${SIZES.requirement?.toLocaleString('en')} requirements, ${links.toLocaleString('en')} links`;
  return [...once].map(([what, value]) => ({
    what: `traceability: ${what}`,
    size,
    value,
    twice: twice.get(what) ?? 0,
    unit: 'ms' as const,
    ...(what === 'page of requirements' ? { goal: { atMost: 300 } } : {}),
  }));
}

async function look(ward: Ward, product: WardRecord): Promise<ReadonlyMap<string, number>> {
  const thread = async (by: 'requirement' | 'threat') => {
    const { graph, releases } = await readTrace(ward.db, product.id);
    const trace = new Trace(graph, releases[0]?.id ?? null);
    // What the route does for a page: its rows, and the counts of the head.
    const rows = trace.nodesOf(by).slice(0, 100);
    return { rows: rows.map((node) => trace.row(node)), counts: trace.counts() };
  };
  const works: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['page of requirements', () => thread('requirement')],
    ['page of threats', () => thread('threat')],
    [
      'requirements with any gap',
      async () => {
        const { graph, releases } = await readTrace(ward.db, product.id);
        const trace = new Trace(graph, releases[0]?.id ?? null);
        return {
          rows: trace.rows('requirement').filter(({ gaps }) => gaps.length > 0),
          counts: trace.counts(),
        };
      },
    ],
    ['suspect links', () => readSuspects(ward.db, product.id, { offset: 0, limit: 100, ids: null })],
    [
      'check of all requirements',
      async () =>
        checkRequirements(
          (await requirementsOf(ward.db, product.id)).map(({ key, body }) => ({
            key,
            statement: String(body.statement),
            acceptance: String(body.acceptance),
          })),
        ),
    ],
  ];
  const times = new Map<string, number>();
  for (const [what, work] of works) {
    await work();
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run += 1) runs.push((await timed(work)).ms);
    times.set(what, median(runs));
  }
  return times;
}

/** By SQL, since ten thousand records written one by one would be the measure of something else. */
async function fill(ward: Ward, factor: number): Promise<WardRecord> {
  const product = await createRecord(ward.records, SYSTEM, {
    kind: 'product',
    productId: null,
    body: { name: `Measured ${factor}` },
  });
  const release = await createRecord(ward.records, SYSTEM, {
    kind: 'release',
    productId: product.id,
    body: { name: 'Measured', version: '1.0' },
  });
  for (const [kind, count] of Object.entries(SIZES)) {
    const { key } = ward.kinds.get(kind);
    const state = ward.kinds.get(kind).states[0].id;
    await ward.pool.query(
      `insert into record (id, kind, number, key, product_id, revision, state, title, body, created_at, updated_at)
        select gen_random_uuid(), $1, $2 + n, $3 || '-' || ($2 + n), $4, 1, $5, 'Measured ' || n,
          jsonb_build_object('title', 'Measured ' || n, 'outcome', 'pass',
            'statement', 'The unit ' || n || ' shall refuse message ' || n * 7 || ' of peer ' || n % 13 || '.',
            'acceptance', 'Each of 40 changed messages is refused within 1 s.'), now(), now()
        from generate_series(1, $6::int) n`,
      [kind, factor * 100_000, key, product.id, state, count * factor],
    );
  }
  const ids = new Map<string, string[]>();
  const { rows } = await ward.pool.query<{ kind: string; id: string }>(
    'select kind, id from record where product_id = $1 order by number',
    [product.id],
  );
  for (const { kind, id } of rows) {
    const known = ids.get(kind);
    if (known) known.push(id);
    else ids.set(kind, [id]);
  }
  for (const [from, type, to, count] of LINKS) {
    const [near, far] = [ids.get(from) ?? [], ids.get(to) ?? []];
    const at = Array.from({ length: count * factor }, (_, n) => n);
    await ward.pool.query(
      `insert into link (id, type, from_id, to_id, seen_revision, made_at)
        select gen_random_uuid(), $1, f, t, 1, now() from unnest($2::uuid[], $3::uuid[]) as pair(f, t) on conflict do nothing`,
      [
        type,
        at.map((n) => near[n % near.length]),
        at.map((n) => far[(n * 7 + Math.floor(n / near.length)) % far.length]),
      ],
    );
  }
  await ward.pool.query(
    `insert into link (id, type, from_id, to_id, seen_revision, made_at)
      select gen_random_uuid(), 'in', id, $2, 1, now() from record where kind = 'result' and product_id = $1`,
    [product.id, release.id],
  );
  await ward.pool.query(
    `update link set seen_revision = 0 where id in (select l.id from link l join record r on r.id = l.from_id
      where r.product_id = $1 and r.kind = 'requirement' order by l.id limit 500)`,
    [product.id],
  );
  await ward.pool.query('vacuum analyze');
  return product;
}
