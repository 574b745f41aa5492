// The public face of the room: SBOMs and components.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { platformTables } from './identity-migration.ts';
import { componentTables } from './migration.ts';
import { renewPlatformVerdicts } from './platforms.ts';
import { renewForCuratedList, renewIdentities } from './renew-identities.ts';
import { supplementTables } from './supplement-migration.ts';

export { importSbom } from './import-sbom.ts';
export { coverageOf } from './read-components.ts';
export { findSyntaxProblem, lineAndColumn } from './sbom/json-syntax.ts';
export { firstTooDeep } from './sbom/parse-json.ts';
export { readSbom } from './sbom/read-sbom.ts';
export type { Sbom, SbomComponent } from './sbom/sbom.ts';

function registerJobs(kernel: Kernel): void {
  kernel.jobs.task('renew-identities', async (payload) => {
    await renewIdentities(kernel, payload.keys as string[]);
  });
  kernel.jobs.task('renew-curated-identities', () => renewForCuratedList(kernel));
  kernel.jobs.task('renew-platforms', (payload) =>
    kernel.records.write(SYSTEM, (unit) =>
      renewPlatformVerdicts(unit.db, { advisories: payload.advisories as number[] }),
    ),
  );
  kernel.jobs.schedule('23 * * * *', 'renew-curated-identities');
  // In one queue with the decisions that rest on them, and before them: this room comes first.
  kernel.jobs.on('matches.changed', 'renew-platforms', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('aliases.changed', 'renew-identities', () => ({ queue: 'reconsider' }));
}

export const room: Room = {
  name: 'components',
  kinds: [],
  migrations: [componentTables, platformTables, supplementTables],
  jobs: registerJobs,
  api: async (kernel) => (await import('./api.ts')).componentsApi(kernel),
};
