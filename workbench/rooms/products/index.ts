// The public face of the room: products, releases, plans.
import type { Room } from '../../kernel/kernel.ts';
import { checkRelease } from './check-release.ts';
import { plan, product, release } from './model.ts';

export { plan, product, release } from './model.ts';
export { readRelease } from './read-release.ts';

export const room: Room = {
  name: 'products',
  kinds: [product, release, plan],
  guards: (kernel) => kernel.records.addGuard(release.kind, checkRelease),
};
