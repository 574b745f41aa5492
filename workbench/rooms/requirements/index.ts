// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { control, requirement } from './model.ts';

export { control, requirement } from './model.ts';

export const room: Room = { name: 'requirements', kinds: [control, requirement] };
