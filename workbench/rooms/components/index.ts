// The public face of the room: SBOMs and components.
import type { Room } from '../../kernel/kernel.ts';

export const room: Room = { name: 'components', kinds: [] };
