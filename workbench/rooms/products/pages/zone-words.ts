// Zones of the matrix in words, letters and tones: colour is never alone.
import type { Tone } from '../../../web/design/StateBadge.tsx';
import type { Zone } from '../policy.ts';

export type AnyZone = Zone | 'not judged';

export const ZONE_WORDS: Readonly<
  Record<AnyZone, { readonly title: string; readonly letter: string; readonly tone: Tone }>
> = {
  acceptable: { title: 'Acceptable', letter: 'A', tone: 'settled' },
  reduce: { title: 'To be reduced', letter: 'R', tone: 'attention' },
  unacceptable: { title: 'Unacceptable', letter: 'U', tone: 'danger' },
  'not judged': { title: 'Not judged', letter: '?', tone: 'question' },
};

export const zoneClass = (zone: AnyZone): string => `zone zone--${zone.replace(' ', '-')}`;
