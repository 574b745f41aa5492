// The public face of the room: units in the field, what they run and hand over, campaigns that update them.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { trailTables } from './audit/migration.ts';
import { checkStart, followStart } from './campaigns/start-campaign.ts';
import { emergencyTables } from './emergencies/migration.ts';
import { registerJobs } from './jobs.ts';
import { fleetTables } from './migration.ts';
import { authorityTables, directorTables } from './migration-authority.ts';
import { campaign } from './model.ts';

export { campaign } from './model.ts';

// Loaded when a server opens it: commands do not need TLS and certificates to start.
export const openGateway: typeof import('./gateway/gateway.ts').openGateway = async (...given) =>
  (await import('./gateway/gateway.ts')).openGateway(...given);

function registerGuards({ records }: Kernel): void {
  records.addGuard(campaign.kind, checkStart);
  records.addReaction(campaign.kind, followStart);
}

export const room: Room = {
  name: 'fleet',
  kinds: [campaign],
  migrations: [fleetTables, authorityTables, directorTables, emergencyTables, trailTables],
  api: async (kernel) => (await import('./api.ts')).fleetApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
