// What the room does in the background: identities and platforms are decided anew when what they rest on has changed.
import type { Kernel } from '../../kernel/kernel.ts';

/** What a task does is loaded when it runs. */
export function registerJobs(kernel: Kernel): void {
  kernel.jobs.task('renew-identities', async (payload) => {
    const { renewIdentities } = await import('./renew-identities.ts');
    await renewIdentities(kernel, payload.keys as string[]);
  });
  kernel.jobs.task('renew-curated-identities', async () => {
    const { renewForCuratedList } = await import('./renew-identities.ts');
    await renewForCuratedList(kernel);
  });
  kernel.jobs.task('renew-platforms', async (payload) => {
    const { renewPlatformsOf } = await import('./platforms.ts');
    await renewPlatformsOf(kernel, payload.advisories as number[]);
  });
  kernel.jobs.schedule('23 * * * *', 'renew-curated-identities');
  // In one queue with the decisions that rest on them, and before them: this room comes first.
  kernel.jobs.on('matches.changed', 'renew-platforms', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('aliases.changed', 'renew-identities', () => ({ queue: 'reconsider' }));
}
