// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { campaign } from './model.ts';

export { campaign } from './model.ts';

export const room: Room = { name: 'fleet', kinds: [campaign] };
