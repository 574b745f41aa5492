// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { systemModel } from './model.ts';

export { systemModel } from './model.ts';

export const room: Room = { name: 'system', kinds: [systemModel] };
