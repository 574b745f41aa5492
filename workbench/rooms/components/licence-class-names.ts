// Classes of licences by their obligations; apart from the list, so that pages do not carry it.
export const LICENCE_CLASS_NAMES = [
  'permissive',
  'weak-copyleft',
  'strong-copyleft',
  'commercial',
  'unknown',
] as const;
export type LicenceClass = (typeof LICENCE_CLASS_NAMES)[number];
