// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { requirement } from './model.ts';

export { CATEGORIES, CATEGORY_LIST, CATEGORY_TITLES, type CategoryId } from './categories.ts';
export { requirement } from './model.ts';

export const room: Room = { name: 'requirements', kinds: [requirement] };
