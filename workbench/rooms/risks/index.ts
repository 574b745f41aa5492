// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { harm, risk } from './model.ts';

export { harm, risk } from './model.ts';

export const room: Room = { name: 'risks', kinds: [harm, risk] };
