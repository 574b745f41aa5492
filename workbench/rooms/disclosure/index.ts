// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { advisory, disclosureCase } from './model.ts';

export { advisory, disclosureCase } from './model.ts';

export const room: Room = { name: 'disclosure', kinds: [disclosureCase, advisory] };
