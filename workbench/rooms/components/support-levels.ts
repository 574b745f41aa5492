// Levels of support in the words of the FDA, and what SBOMs write for them.

// FDA, Cybersecurity in Medical Devices (2025) VI.A.4: the level of support provided through monitoring and maintenance.
export const SUPPORT_LEVELS = [
  'actively-maintained',
  'no-longer-maintained',
  'abandoned',
  'unknown',
] as const;
export type SupportLevel = (typeof SUPPORT_LEVELS)[number];

const levelWords: Readonly<Record<string, SupportLevel>> = {
  'actively maintained': 'actively-maintained',
  active: 'actively-maintained',
  maintained: 'actively-maintained',
  supported: 'actively-maintained',
  support: 'actively-maintained', // SPDX 3 SupportType
  limitedsupport: 'actively-maintained',
  'no longer maintained': 'no-longer-maintained',
  endofsupport: 'no-longer-maintained', // SPDX 3 SupportType
  'end of support': 'no-longer-maintained',
  nosupport: 'abandoned', // SPDX 3 SupportType
  abandoned: 'abandoned',
  unknown: 'unknown',
};

/** The level in the words of the FDA, or null for a text that is none of them. */
export function supportLevelOf(written: string | null): SupportLevel | null {
  if (written === null) return null;
  const plain = written.trim().toLowerCase().replaceAll(/[-_]+/g, ' ');
  return Object.hasOwn(levelWords, plain) ? (levelWords[plain] as SupportLevel) : null;
}
