// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { clock, incident } from './model.ts';

export { clock, incident } from './model.ts';

export const room: Room = { name: 'incidents', kinds: [incident, clock] };
