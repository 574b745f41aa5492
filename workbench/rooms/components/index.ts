// The public face of the room: SBOMs and components.
import type { Room } from '../../kernel/kernel.ts';
import { componentTables } from './migration.ts';

export { importSbom } from './import-sbom.ts';
export { coverageOf } from './read-components.ts';
export { readSbom } from './sbom/read-sbom.ts';
export type { Sbom, SbomComponent } from './sbom/sbom.ts';

export const room: Room = {
  name: 'components',
  kinds: [],
  migrations: [componentTables],
  api: async (kernel) => (await import('./api.ts')).componentsApi(kernel),
};
