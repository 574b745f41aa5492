// The public face of the room: the thread from harm to result.
import type { Room } from '../../kernel/kernel.ts';

export const room: Room = {
  name: 'traceability',
  kinds: [],
  api: async (kernel) => (await import('./api.ts')).traceabilityApi(kernel),
};
