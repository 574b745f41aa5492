// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { control } from './model.ts';

export { findKnownBad } from './known-bad/find-known-bad.ts';
export { control } from './model.ts';

export const room: Room = {
  name: 'controls',
  kinds: [control],
  api: async (kernel) => (await import('./api.ts')).controlsApi(kernel),
};
