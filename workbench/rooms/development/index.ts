// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { practiceEvidence } from './model.ts';

export { practiceEvidence } from './model.ts';

export const room: Room = { name: 'development', kinds: [practiceEvidence] };
