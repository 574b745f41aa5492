// What the room does when facts change, and by date.
import type { Kernel } from '../../kernel/kernel.ts';
import { SIGNALS_CHANGED } from '../../knowledge/store/store-signals.ts';
import { registerNotices } from './notices.ts';
import { reconsiderAdvisories, reconsiderRelease } from './reconsider.ts';
import { reopenDue } from './reopen-due.ts';
import { registerVexJobs } from './vex/jobs.ts';

export function registerJobs(kernel: Kernel): void {
  kernel.jobs.task('reconsider-advisories', async (payload) => {
    await reconsiderAdvisories(kernel, payload.advisories as number[], (payload.ids ?? []) as string[]);
  });
  kernel.jobs.task('reconsider-release', async (payload) => {
    await reconsiderRelease(kernel, payload.release as string);
  });
  kernel.jobs.task('reopen-due', () => reopenDue(kernel).then(() => undefined));
  kernel.jobs.schedule('7 * * * *', 'reopen-due');
  // One after the other: two at once would look at the same decision.
  kernel.jobs.on('matches.changed', 'reconsider-advisories', () => ({ queue: 'reconsider' }));
  // Exploitation that became known ends decisions, as a changed range does.
  kernel.jobs.task('reconsider-signals', async (payload) => {
    await reconsiderAdvisories(kernel, [], payload.ids as string[]);
  });
  kernel.jobs.on(SIGNALS_CHANGED, 'reconsider-signals', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('release.rematched', 'reconsider-release', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('sbom.imported', 'reconsider-release', () => ({ queue: 'reconsider' }));
  registerVexJobs(kernel);
  registerNotices(kernel);
}
