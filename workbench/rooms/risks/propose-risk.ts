// A risk from threats and findings: harms as the threats' links say, the attack path as their steps do. A proposal; people judge.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { readRecord, toRecord } from '../../kernel/records/read.ts';
import type { JsonObject, WardRecord } from '../../kernel/records/record.ts';

type Row = Parameters<typeof toRecord>[0];

export interface Proposal {
  readonly productId: string;
  readonly body: JsonObject;
  readonly links: readonly { readonly type: string; readonly to: WardRecord }[];
}

/** Refuses `record.wrong-product` where the sources do not belong to one product, or are no threat and no finding. */
export async function proposeRisk(
  kernel: Kernel,
  principal: Principal,
  from: readonly string[],
): Promise<Proposal> {
  const sources: WardRecord[] = [];
  for (const key of from) sources.push(await readRecord(kernel.db, principal, key));
  const [first] = sources;
  const odd = sources.find(
    (one) => !['threat', 'finding'].includes(one.kind) || one.productId !== first?.productId,
  );
  if (!first?.productId || odd)
    throw refuseRecord(
      'record.wrong-product',
      odd
        ? `${odd.key} is no threat or finding of the same product.`
        : 'A risk is of threats or findings of a product.',
      { at: odd?.key ?? '$.from' },
    );
  const { rows: harms } = await sql<Row>`
    select distinct on (h.id) h.* from link l join record h on h.id = l.to_id and h.kind = 'harm' and h.state <> 'gone'
    where l.from_id = any(${sources.map(({ id }) => id)}::uuid[]) and l.type = 'leads-to' and l.ended_at is null
    order by h.id`.execute(kernel.db);
  const { rows: controls } = await sql<Row>`
    select distinct on (c.id) c.* from link l join record c on c.id = l.from_id and c.kind = 'control' and c.state <> 'withdrawn'
    where l.to_id = any(${sources.map(({ id }) => id)}::uuid[]) and l.type = 'cuts' and l.ended_at is null
    order by c.id`.execute(kernel.db);
  const steps = sources.flatMap(({ body }) => (Array.isArray(body.steps) ? body.steps : []));
  return {
    productId: first.productId,
    body: {
      title: first.title,
      description: sources
        .map(({ body }) => (typeof body.description === 'string' ? body.description : ''))
        .filter((text) => text !== '')
        .join('\n\n')
        .slice(0, 20_000),
      attackPath: steps
        .map((step, index) => `${index + 1}. ${String(step)}`)
        .join('\n')
        .slice(0, 4_000),
    },
    links: [
      ...sources.map((to) => ({ type: 'of', to })),
      ...harms.map((row) => ({ type: 'harms', to: toRecord(row) })),
      ...controls.map((row) => ({ type: 'reduced-by', to: toRecord(row) })),
    ],
  };
}
