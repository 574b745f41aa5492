// The rules run again whenever what they rest on changes; the difference then waits for a person.
import type { Kernel } from '../../kernel/kernel.ts';
import { systemModel } from '../system/index.ts';
import { rulePack, threat } from './model.ts';

/** What a task does is loaded when it runs. */
export function registerJobs(kernel: Kernel): void {
  kernel.jobs.task('rerun-threats', async (payload) => {
    const { rerunThreats } = await import('./rerun.ts');
    await rerunThreats(kernel, typeof payload.id === 'string' ? [payload.id] : null);
  });
  kernel.jobs.task('rerun-all-threats', async () => {
    const { rerunThreats } = await import('./rerun.ts');
    await rerunThreats(kernel, null);
  });
  kernel.jobs.task('take-imported-threats', async ({ id, files }) => {
    const { takeImportedThreats } = await import('./take-imported.ts');
    await takeImportedThreats(kernel, String(id), files as unknown as { name: string; hash: string }[]);
  });
  // In the queue of the runs, so that the figures of the model are counted after its threats are in.
  kernel.jobs.on(`${systemModel.kind}.imported`, 'take-imported-threats', () => ({ queue: 'threats' }));
  for (const step of ['created', 'edited'])
    kernel.jobs.on(`${systemModel.kind}.${step}`, 'rerun-threats', ({ id }) => ({
      queue: 'threats',
      key: `rerun-threats ${String(id)}`,
    }));
  const all = () => ({ queue: 'threats', key: 'rerun-all-threats' });
  for (const step of ['created', 'edited', 'withdraw'])
    kernel.jobs.on(`${rulePack.kind}.${step}`, 'rerun-all-threats', all);
  for (const step of threat.transitions)
    kernel.jobs.on(`${threat.kind}.${step.id}`, 'rerun-all-threats', all);
  for (const event of ['threat.confirmed', 'rules.chosen', 'sbom.imported', 'matches.changed'])
    kernel.jobs.on(event, 'rerun-all-threats', all);
}
