// Days and instants as SBOMs write them (ISO 8601, RFC 3339).

/** A real calendar day `YYYY-MM-DD`: 2024-02-29 is one, 2023-02-29 is none. */
export function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** An instant with its offset from UTC, e.g. `2026-11-24T09:30:00Z`; a leap second counts as one. */
export function isInstant(text: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-](\d\d):(\d\d))$/.exec(
    text,
  );
  if (match === null || !isDay(match[1]!)) return false;
  const [hour, minute, second, offsetHour, offsetMinute] = match.slice(2).map((part) => Number(part ?? 0));
  return hour! <= 23 && minute! <= 59 && second! <= 60 && offsetHour! <= 23 && offsetMinute! <= 59;
}
