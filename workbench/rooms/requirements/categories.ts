// What a requirement or a control is about: the control categories of the FDA premarket guidance (appendix 1), told apart a
// little finer where a design needs it. One list for the rooms requirements and controls; ids stay, since records hold them.

export interface Category {
  readonly id: string;
  readonly title: string;
  /** Category of the guidance; null where it names none. Numbering of its 2026 edition was not compared with the text. */
  readonly fda: string | null;
}

export const CATEGORY_LIST = [
  { id: 'authentication', title: 'Authentication', fda: 'Authentication' },
  { id: 'authorization', title: 'Authorization', fda: 'Authorization' },
  { id: 'access control', title: 'Access control and local presence', fda: 'Authorization' },
  { id: 'encryption', title: 'Cryptography and keys', fda: 'Cryptography' },
  {
    id: 'integrity',
    title: 'Integrity of code, data and execution',
    fda: 'Code, data and execution integrity',
  },
  { id: 'secure communication', title: 'Secure communication', fda: 'Code, data and execution integrity' },
  { id: 'data protection', title: 'Confidentiality and data protection', fda: 'Confidentiality' },
  { id: 'audit', title: 'Event detection and logging', fda: 'Event detection and logging' },
  { id: 'availability', title: 'Resiliency, recovery and availability', fda: 'Resiliency and recovery' },
  { id: 'update', title: 'Updatability', fda: 'Firmware and software updates' },
  { id: 'organisation', title: 'People, suppliers and development', fda: null },
  { id: 'other', title: 'Other', fda: null },
] as const satisfies readonly Category[];

export type CategoryId = (typeof CATEGORY_LIST)[number]['id'];
export const CATEGORIES = CATEGORY_LIST.map(({ id }) => id) as [CategoryId, ...CategoryId[]];
export const CATEGORY_TITLES = Object.fromEntries(
  CATEGORY_LIST.map(({ id, title }) => [id, title]),
) as Readonly<Record<CategoryId, string>>;
