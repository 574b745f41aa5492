// The public face of the room: SBOMs and components.
import type { Room } from '../../kernel/kernel.ts';
import { platformTables } from './identity-migration.ts';
import { registerJobs } from './jobs.ts';
import { componentTables } from './migration.ts';
import { placesBeside, referencesKept } from './reference-migration.ts';
import { supplementTables } from './supplement-migration.ts';

export { readSbom } from './sbom/read-sbom.ts';
export type { Sbom, SbomComponent } from './sbom/sbom.ts';

// Loaded when used: `ward scan` reads SBOMs through this face and needs nothing of the database.

export const importSbom: typeof import('./import-sbom.ts').importSbom = async (...given) =>
  (await import('./import-sbom.ts')).importSbom(...given);

export const coverageOf: typeof import('./read-components.ts').coverageOf = async (...given) =>
  (await import('./read-components.ts')).coverageOf(...given);

export const room: Room = {
  name: 'components',
  kinds: [],
  migrations: [componentTables, platformTables, supplementTables, placesBeside, referencesKept],
  jobs: registerJobs,
  api: async (kernel) => (await import('./api.ts')).componentsApi(kernel),
};
