// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { document } from './model.ts';

export { document } from './model.ts';

export const room: Room = { name: 'documents', kinds: [document] };
