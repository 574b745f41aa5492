// The words and the order of depths. Pure.
import type { DepthView, StepView } from '../views.ts';

export const SEVERITY_TITLES = ['', 'Negligible', 'Minor', 'Serious', 'Critical', 'Catastrophic'] as const;

export const missingOf = (depth: Pick<DepthView, 'counted' | 'enough'>): number =>
  depth.counted === null ? 0 : Math.max(0, depth.enough - depth.counted);

/** What misses depth first, the gravest of it on top; then what has enough; then what nobody reaches. */
export function byNeed(depths: readonly DepthView[]): DepthView[] {
  const group = (depth: DepthView) => (!depth.reachable ? 2 : missingOf(depth) > 0 ? 0 : 1);
  return [...depths].sort(
    (a, b) =>
      group(a) - group(b) ||
      b.severity - a.severity ||
      missingOf(b) - missingOf(a) ||
      (a.easiest ?? 0) - (b.easiest ?? 0) ||
      a.target.localeCompare(b.target, 'en'),
  );
}

export const STATE_WORDS: Readonly<
  Record<StepView['state'], { readonly word: string; readonly why: string }>
> = {
  open: { word: 'Open', why: 'A threat that was raised lets it pass.' },
  assumed: { word: 'Assumed', why: 'Nobody answered, so it is taken as passable.' },
  guarded: { word: 'Guarded by answer', why: 'Answers say that it is closed; that is a claim.' },
};

/** `1 of 2`; nobody gets there: a dash. */
export function depthWords(depth: DepthView): string {
  if (depth.counted === null) return '–';
  return `${depth.exact ? '' : 'at least '}${depth.counted} of ${depth.enough}`;
}

export function verdictWords(depth: DepthView): string {
  if (!depth.reachable) return 'No way leads here';
  const missing = missingOf(depth);
  if (missing === 0) return 'Enough';
  return missing === 1 ? '1 missing' : `${missing} missing`;
}

/** One change of the what-if as it stands in the address: `CTL-1,CTL-2`. */
export const listIn = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, 200);

export function toggled(list: readonly string[], item: string, on: boolean): string {
  return [...list.filter((one) => one !== item), ...(on ? [item] : [])].join(',');
}
