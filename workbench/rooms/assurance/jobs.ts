// When something moves on which a depth rests, the releases of the product are looked at again; a fall is told.
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { contentHash } from '../../kernel/ledger/canonical.ts';
import type { Entry } from '../../kernel/notifications/follow-ledger.ts';
import type { NoticeItem } from '../../kernel/notifications/tell.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { readRecords } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { depthNews, knownDepths } from './depth-news.ts';
import { assureRelease, type ProductFacts, readFacts, readProductFacts } from './read-assurance.ts';
import './tables.ts';

const TASK = 'watch-depth';
/** Kinds whose changes may move a depth. */
const WATCHED = [
  'control',
  'requirement',
  'verification',
  'result',
  'assessment',
  'system-model',
  'harm',
  'plan',
] as const;
/** Releases of one product that are watched; the newest. */
const MOST_RELEASES = 50;

export function registerJobs(kernel: Kernel): void {
  const { jobs, notifications } = kernel;
  // Many changes of a product are one look at it. One after the other: two at once would both tell of the same fall.
  const options = (product: string) => ({ key: `${TASK}:${product}`, queue: TASK });
  jobs.task(TASK, (payload) => watchDepth(kernel, String(payload.product)));
  // The ledger is read in pages, so that a change itself pays nothing for it.
  notifications.addReader(async (tx, entries) => {
    const products = await movedProducts(tx, entries);
    await jobs.addMany(
      tx,
      products.map((product) => ({ task: TASK, payload: { product }, options: options(product) })),
    );
    return [];
  });
}

async function movedProducts(tx: Transaction<Tables>, entries: readonly Entry[]): Promise<string[]> {
  const sboms = entries
    .filter(({ action }) => action === 'sbom.imported')
    .flatMap(({ product }) => product ?? []);
  const { rows } = await sql<{ product_id: string }>`
    select distinct product_id from record where product_id is not null and kind = any(${[...WATCHED]}::text[])
      and id = any(${[...new Set(entries.flatMap(({ record }) => record ?? []))]}::uuid[])`.execute(tx);
  return [...new Set([...sboms, ...rows.map((row) => row.product_id)])].sort();
}

/** Repeatable: what was told is what was last known. */
async function watchDepth(kernel: Kernel, product: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from record where kind = 'release' and product_id = ${product}::uuid and state <> 'end-of-life'
    order by number desc limit ${MOST_RELEASES}`.execute(kernel.db);
  const releases = await readRecords(
    kernel.db,
    SYSTEM,
    rows.map(({ id }) => id),
  );
  if (releases.length === 0) return;
  const shared = await readProductFacts(kernel.db, product);
  for (const release of releases) await watchRelease(kernel, release, shared);
}

async function watchRelease(kernel: Kernel, release: WardRecord, shared: ProductFacts): Promise<void> {
  const facts = await readFacts(kernel.db, release, shared);
  if (!facts) return;
  const { model, controls, assurance } = assureRelease(facts);
  const depths = knownDepths(assurance.depths);
  const counted = controls.filter((control) => control.counted).map((control) => control.id);
  const titles = new Map(
    [...model.safetyFunctions, ...model.assets, ...model.attackers].map(({ id, title }) => [id, title]),
  );
  const now = kernel.now();
  await kernel.db.transaction().execute(async (tx) => {
    const before = await tx
      .selectFrom('assurance_state')
      .selectAll()
      .where('release_id', '=', release.id)
      .forUpdate()
      .executeTakeFirst();
    // What the database gives back has its keys in another order.
    if (before && contentHash([before.depths, before.counted]) === contentHash([depths, counted])) return;
    const state = { depths: JSON.stringify(depths), counted: JSON.stringify(counted), at: now };
    await tx
      .insertInto('assurance_state')
      .values({ release_id: release.id, ...state })
      .onConflict((conflict) => conflict.column('release_id').doUpdateSet(state))
      .execute();
    // Looked at for the first time there is no past to compare with.
    if (!before) return;
    const lost = controls.filter(({ id, counted }) => !counted && before.counted.includes(id));
    const news = depthNews(before.depths, assurance.depths, lost, (id) => titles.get(id) ?? id);
    const items = news.map(
      ({ target, severity, text }): NoticeItem => ({
        subject: `${release.id}:${target}:${now.toISOString()}`,
        productId: release.productId,
        recordId: release.id,
        title: `${release.key} ${release.title}: ${titles.get(target) ?? target}`,
        text,
        link: `/releases/${release.key}/depth?${new URLSearchParams({ target })}`,
        urgent: severity >= 4,
      }),
    );
    const occasion = `${release.id}:${now.toISOString().slice(0, 10)}`;
    await kernel.notifications.tell(tx, [{ topic: 'depth-fell', occasion, items }]);
  });
}
