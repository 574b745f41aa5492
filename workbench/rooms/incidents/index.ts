// The public face of the room: incidents and clocks.
import type { Room } from '../../kernel/kernel.ts';
import { missClocks } from './miss-clocks.ts';
import { clock, incident } from './model.ts';

export { clock, incident } from './model.ts';

export const room: Room = {
  name: 'incidents',
  kinds: [incident, clock],
  jobs: (kernel) => {
    kernel.jobs.task('miss-clocks', async () => {
      await missClocks(kernel);
    });
    kernel.jobs.schedule('*/5 * * * *', 'miss-clocks');
  },
};
