// How old what is known is, and what an import brought, in words. Pure; `now` is an argument.

// A feed that has brought nothing new for this long is worth a look. Own judgement: public feeds change daily.
const STALE_DAYS = 30;
const DAY_MS = 86_400_000;

export type Age = { readonly kind: 'unknown' } | { readonly kind: 'fresh' | 'stale'; readonly days: number };

/** Age of the newest record; an instant that is missing or cannot be read is unknown, never fresh. */
export function ageOf(newest: string | null, now: Date): Age {
  const at = newest === null ? Number.NaN : Date.parse(newest);
  if (Number.isNaN(at)) return { kind: 'unknown' };
  const days = Math.max(0, Math.floor((now.getTime() - at) / DAY_MS));
  return { kind: days > STALE_DAYS ? 'stale' : 'fresh', days };
}

export function ageWords(age: Age): string {
  if (age.kind === 'unknown') return 'Age unknown';
  if (age.days === 0) return 'Newest record from today';
  return `Newest record ${age.days.toLocaleString('en')} ${age.days === 1 ? 'day' : 'days'} old`;
}

const ECOSYSTEMS: Readonly<Record<string, string>> = { cpe: 'NVD (by CPE)' };

export function ecosystemTitle(ecosystem: string): string {
  return ECOSYSTEMS[ecosystem] ?? ecosystem;
}

export interface ImportCounts {
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
}

/** `32 read: 32 new, 0 changed, 0 as before`. */
export function importWords({ read, added, changed, unchanged }: ImportCounts): string {
  const number = (count: number) => count.toLocaleString('en');
  return `${number(read)} read: ${number(added)} new, ${number(changed)} changed, ${number(unchanged)} as before`;
}

/** The server takes plain file names only; what else stands in a name becomes a dash. */
export function uploadName(name: string): string {
  const plain = name.replace(/[^\w .()+-]/g, '-').replace(/^[^\w]+/, '');
  if (plain === '') return 'upload';
  if (plain.length <= 200) return plain;
  // The ending tells the reader what it is.
  return plain.slice(0, 180) + plain.slice(-20);
}
