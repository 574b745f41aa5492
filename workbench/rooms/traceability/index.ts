// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';

export const room: Room = { name: 'traceability', kinds: [] };
