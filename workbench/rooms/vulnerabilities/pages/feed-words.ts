// What a feed's state and last run are called. Pure.
import type { Feed } from '../../../knowledge/api.ts';
import type { Tone } from '../../../web/design/StateBadge.tsx';

export const FEED_STATES: Readonly<Record<Feed['state'], { readonly title: string; readonly tone: Tone }>> = {
  off: { title: 'Off', tone: 'ended' },
  never: { title: 'Never fetched', tone: 'question' },
  running: { title: 'Fetching', tone: 'open' },
  fresh: { title: 'Fresh', tone: 'settled' },
  old: { title: 'Old', tone: 'stale' },
  failing: { title: 'Failing', tone: 'danger' },
  incomplete: { title: 'Incomplete', tone: 'attention' },
};

export const FEED_KIND_TITLES: Readonly<Record<Feed['kind'], string>> = {
  osv: 'OSV bulk data',
  nvd: 'NVD API 2.0',
  kev: 'Known exploited vulnerabilities (KEV)',
  epss: 'Exploit prediction (EPSS)',
  csaf: 'CSAF provider',
  eol: 'endoflife.date',
};

/** `3 new, 1 changed, 20 as before; 2 not readable`. */
export function feedCounts({ counts }: Pick<Feed, 'counts'>): string | null {
  if (counts === null) return null;
  if (counts.read === 0) return 'nothing new at its last turn';
  const number = (count: number) => count.toLocaleString('en');
  const brought = `${number(counts.added)} new, ${number(counts.changed)} changed, ${number(counts.unchanged)} as before`;
  const unread = counts.problems > 0 ? `; ${number(counts.problems)} not readable` : '';
  const unnamed =
    counts.notMatched > 0
      ? `; ${number(counts.notMatched)} products that nothing identifies are not compared`
      : '';
  return brought + unread + unnamed;
}

/** `every hour`, `every 6 hours`, `every day`, `every 90 minutes`. */
export function turnWords(minutes: number): string {
  for (const [size, word] of [
    [1_440, 'day'],
    [60, 'hour'],
  ] as const) {
    if (minutes % size === 0) return minutes === size ? `every ${word}` : `every ${minutes / size} ${word}s`;
  }
  return `every ${minutes} minutes`;
}

/** Share that is done, 0 to 1; null where nobody knows. */
export function shareOf({ running }: Pick<Feed, 'running'>): number | null {
  if (!running || running.done === null || running.total === null || running.total <= 0) return null;
  return Math.min(1, running.done / running.total);
}

/** A name for a new feed: small letters, digits and dashes, beginning with a letter. */
export function feedId(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return plain === '' ? 'feed' : plain;
}
