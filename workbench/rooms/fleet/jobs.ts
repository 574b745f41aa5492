// Campaigns go on when they are started or resumed, when a unit has answered, and by time; requests for service that nobody answers end, and
// so does what stands in the list of revocations.
import type { Kernel } from '../../kernel/kernel.ts';
import { advanceCampaign, runningCampaigns } from './campaigns/advance-campaign.ts';
import { listWaiting, pruneRevocations } from './revocations.ts';
import { expireServices } from './service/expire-services.ts';

const TASK = 'advance-campaign';
const EVENTS = ['campaign.start', 'campaign.resume', 'fleet.campaign-moved'];

export function registerJobs(kernel: Kernel): void {
  const { jobs, db } = kernel;
  // Many answers at once are one look at the campaign.
  const options = (id: string) => ({ key: `${TASK}:${id}`, queue: TASK });
  jobs.task(TASK, async ({ id }) => {
    if (typeof id === 'string') await advanceCampaign(kernel, id);
  });
  for (const event of EVENTS) jobs.on(event, TASK, ({ id }) => options(String(id)));
  jobs.task('advance-campaigns', async () =>
    jobs.addMany(
      db,
      (await runningCampaigns(kernel)).map((id) => ({ task: TASK, payload: { id }, options: options(id) })),
    ),
  );
  jobs.schedule('*/5 * * * *', 'advance-campaigns');
  jobs.task('expire-services', async () => expireServices(kernel));
  jobs.schedule('* * * * *', 'expire-services');
  jobs.task('prune-revocations', async () => {
    await pruneRevocations(kernel);
    await listWaiting(kernel);
  });
  jobs.schedule('17 * * * *', 'prune-revocations');
}
