// The public face of the room: suppliers.
import type { Room } from '../../kernel/kernel.ts';
import { supplier } from './model.ts';

export { supplier } from './model.ts';

export const room: Room = { name: 'suppliers', kinds: [supplier] };
