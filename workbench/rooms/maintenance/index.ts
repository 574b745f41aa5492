// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { update } from './model.ts';

export { update } from './model.ts';

export const room: Room = { name: 'maintenance', kinds: [update] };
