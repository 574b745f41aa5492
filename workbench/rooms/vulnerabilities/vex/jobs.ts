// What follows when statements of others arrive, or components that they may speak of.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import type { VexStatus } from '../model.ts';
import { noteMoved } from '../reconsider.ts';
import { RELEASE_NAMED } from './follow-names.ts';
import { VEX_IMPORTED } from './import-vex.ts';
import { renewCovers } from './renew-covers.ts';

export function registerVexJobs(kernel: Kernel): void {
  kernel.jobs.task('renew-vex', (payload) =>
    kernel.records.write(SYSTEM, (unit) => renewCovers(unit.db, { release: payload.release as string })),
  );
  kernel.jobs.on('sbom.imported', 'renew-vex', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('release.rematched', 'renew-vex', () => ({ queue: 'reconsider' }));
  kernel.jobs.on(RELEASE_NAMED, 'renew-vex', () => ({ queue: 'reconsider' }));
  kernel.jobs.task('vex-news', async (payload) => {
    await tellDecisions(kernel, payload.document as string);
  });
  kernel.jobs.on(VEX_IMPORTED, 'vex-news', () => ({ queue: 'reconsider' }));
}

const WORDS: Readonly<Record<VexStatus, string>> = {
  under_investigation: 'under investigation',
  affected: 'affected',
  not_affected: 'not affected',
  fixed: 'fixed',
};

/** A decision hears of statements that came after it, for its next review. None is re-opened by the word of others. */
async function tellDecisions(kernel: Kernel, documentId: string): Promise<void> {
  const { rows } = await sql<{
    id: string;
    key: string;
    product_id: string | null;
    author: string;
    statuses: VexStatus[];
  }>`
    select e.id, e.key, e.product_id, d.author, array_agg(distinct w.status order by w.status) as statuses
    from vex_word w join vex_document d on d.id = w.document_id
    join alias_member m on m.group_id = w.group_id
    join finding_place fp on fp.ext_id = m.ext_id and fp.release_id = w.release_id and (w.place is null or fp.place = w.place)
    join link l on l.to_id = fp.finding_id and l.type = 'judges' and l.ended_at is null
    join record e on e.id = l.from_id and e.state = 'approved'
    where w.document_id = ${documentId}::uuid and w.certain group by 1, 2, 3, 4 order by e.id`.execute(
    kernel.db,
  );
  for (const { id, key, product_id, author, statuses } of rows) {
    const said = statuses.map((status) => WORDS[status]).join(', ');
    const reason = `${author || 'Somebody'} now says: ${said}.`;
    await kernel.records.write(SYSTEM, (unit) =>
      noteMoved(unit, { id, key, productId: product_id }, [reason]),
    );
  }
}
