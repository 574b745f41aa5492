// Feeds by themselves: every five minutes those whose turn has come, one after the other.
import { sql } from 'kysely';
import { isWardError } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { runFeed } from './run-feed.ts';
import { addDefaults } from './store.ts';

const RUN = 'knowledge-feed';
const DUE = 'knowledge-feeds-due';

export function registerFeedJobs(kernel: Kernel): void {
  kernel.jobs.task(RUN, async ({ feed }, { signal }) => {
    try {
      await runFeed(kernel, String(feed), signal ? { signal } : {});
    } catch (error) {
      // Running elsewhere, or deleted since: nothing is to be done.
      if (!isWardError(error)) throw error;
      kernel.log.debug({ feed, code: error.code }, 'feed not run');
    }
  });
  kernel.jobs.task(DUE, () => queueDueFeeds(kernel).then(() => undefined));
  kernel.jobs.schedule('*/5 * * * *', DUE);
}

/** Gives the ids that were queued. Only feeds that somebody has turned on. */
export async function queueDueFeeds(kernel: Kernel): Promise<string[]> {
  await addDefaults(kernel.db, kernel.now());
  const { rows } = await sql<{ id: string }>`
    select id from knowledge_feed where enabled and (next_run_at is null or next_run_at <= ${kernel.now()})
    order by next_run_at nulls first, id limit 100`.execute(kernel.db);
  for (const { id } of rows) await queueFeed(kernel, kernel.db, id);
  return rows.map(({ id }) => id);
}

/** At most one waiting job a feed; a failure has its own next try, so the job itself is not repeated. */
export async function queueFeed({ jobs }: Pick<Kernel, 'jobs'>, db: Kernel['db'], id: string): Promise<void> {
  await jobs.add(
    db,
    RUN,
    { feed: id },
    { key: `knowledge-feed:${id}`, queue: 'knowledge-feeds', maxAttempts: 1 },
  );
}
