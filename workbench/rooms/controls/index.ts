// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { control } from './model.ts';

export { control } from './model.ts';

export const room: Room = { name: 'controls', kinds: [control] };
