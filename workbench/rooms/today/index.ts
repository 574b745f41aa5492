// The public face of the room: what waits for me.
import type { Room } from '../../kernel/kernel.ts';

export const room: Room = {
  name: 'today',
  kinds: [],
  api: async (kernel) => (await import('./api.ts')).todayApi(kernel),
};
