// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';

export type * from './contract.ts';

export const room: Room = { name: 'assurance', kinds: [] };
