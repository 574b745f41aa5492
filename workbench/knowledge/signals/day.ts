// Days as feeds write them.

/**
 * The day, `YYYY-MM-DD`, when the text is or begins with one that exists; else null.
 *
 * @example parseDay('2025-08-25T12:55:00Z')  // '2025-08-25'
 * @example parseDay('2025-02-30')            // null
 */
export function parseDay(text: string | null | undefined): string | null {
  const day = /^(\d{4}-\d\d-\d\d)(?:$|[Tt ])/.exec(text?.trim() ?? '')?.[1];
  if (day === undefined) return null;
  const time = Date.parse(`${day}T00:00:00Z`);
  // 2025-02-30 would become the 2nd of March.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? null : day;
}
