// Instants and days as people read them: relative and short, the exact one always at hand. Pure; `now` is an argument.

const STEPS: readonly (readonly [
  limitSeconds: number,
  unitSeconds: number,
  unit: Intl.RelativeTimeFormatUnit,
])[] = [
  [90, 1, 'second'],
  [90 * 60, 60, 'minute'],
  [36 * 3600, 3600, 'hour'],
  [45 * 86_400, 86_400, 'day'],
  [548 * 86_400, 30.44 * 86_400, 'month'],
  [Number.POSITIVE_INFINITY, 365.25 * 86_400, 'year'],
];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** `3 hours ago`, `in 2 days`, `just now`; an unreadable instant is given back as it is. */
export function relativeTime(instant: string, now: Date): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  const seconds = (at - now.getTime()) / 1000;
  if (Math.abs(seconds) < 10) return 'just now';
  for (const [limit, size, unit] of STEPS) {
    if (Math.abs(seconds) < limit) return words.format(Math.round(seconds / size), unit);
  }
  return instant;
}

/** `2026-11-24 03:12:40 UTC+1` in the reader's zone. */
export function exactTime(instant: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = -at.getTimezoneOffset();
  const hours = Math.trunc(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const zone =
    offset === 0 ? 'UTC' : `UTC${offset > 0 ? '+' : '-'}${hours}${minutes ? `:${two(minutes)}` : ''}`;
  return `${isoDay(at)} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} ${zone}`;
}

/** `2026-11-24`, in the reader's zone. */
export function isoDay(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
