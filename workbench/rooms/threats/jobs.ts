// The rules run again whenever what they rest on changes; the difference then waits for a person.
import type { Kernel } from '../../kernel/kernel.ts';
import { systemModel } from '../system/index.ts';

const TASK = 'rerun-threats';

/** What a task does is loaded when it runs. */
export function registerJobs(kernel: Kernel): void {
  const { jobs, notifications } = kernel;
  const rerun = async (models: readonly string[] | null) => {
    const { rerunThreats } = await import('./rerun.ts');
    await rerunThreats(kernel, models);
  };
  jobs.task(TASK, ({ id }) => rerun([String(id)]));
  // The ledger is read in pages, so that a change itself pays nothing for it; many changes are one run of a model.
  notifications.addReader(async (tx, entries) => {
    const { modelsTouched } = await import('./touched-models.ts');
    const models = await modelsTouched(tx, entries);
    await jobs.addMany(
      tx,
      models.map((id) => ({
        task: TASK,
        payload: { id },
        options: { queue: 'threats', key: `${TASK} ${id}` },
      })),
    );
    return [];
  });
  // Ward brings rules of its own, which a newer Ward changes.
  jobs.task('rerun-all-threats', () => rerun(null));
  jobs.schedule('33 2 * * *', 'rerun-all-threats');
  jobs.task('take-imported-threats', async ({ id, files }) => {
    const { takeImportedThreats } = await import('./take-imported.ts');
    await takeImportedThreats(kernel, String(id), files as unknown as { name: string; hash: string }[]);
  });
  // In the queue of the runs, so that the figures of the model are counted after its threats are in.
  jobs.on(`${systemModel.kind}.imported`, 'take-imported-threats', () => ({ queue: 'threats' }));
}
