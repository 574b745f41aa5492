// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { requirement } from './model.ts';

export { CATEGORIES, CATEGORY_LIST, CATEGORY_TITLES, type CategoryId } from './categories.ts';
export { requirement } from './model.ts';
export { requireTheProduct } from './the-product.ts';

// Loaded when used: the library that writes workbooks is not needed to start.
export const writeTable: typeof import('./exchange/xlsx.ts').writeTable = async (...given) =>
  (await import('./exchange/xlsx.ts')).writeTable(...given);

export const room: Room = {
  name: 'requirements',
  kinds: [requirement],
  api: async (kernel) => (await import('./api.ts')).requirementsApi(kernel),
};
