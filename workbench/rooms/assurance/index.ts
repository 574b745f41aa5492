// The public face of the room: attack paths and defence in depth.
import type { Room } from '../../kernel/kernel.ts';
import { registerJobs } from './jobs.ts';
import { assuranceTables } from './migration.ts';

export type * from './contract.ts';

export const room: Room = {
  name: 'assurance',
  kinds: [],
  migrations: [assuranceTables],
  api: async (kernel) => (await import('./api.ts')).assuranceApi(kernel),
  jobs: registerJobs,
};
