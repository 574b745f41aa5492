// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { attacker, threat } from './model.ts';

export type * from './evaluate/contract.ts';
export { attacker, threat } from './model.ts';

export const room: Room = { name: 'threats', kinds: [attacker, threat] };
