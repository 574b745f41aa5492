// When sessions end by themselves.

/** Without any request. NIST SP 800-63B 2.2.3 (AAL2) suggests an hour or less; a work day suits a workbench. */
export const IDLE_MS = 12 * 3_600_000;
/** However busy. */
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;
/** `last_seen_at` is not written with every request. */
export const SEEN_EVERY_MS = 5 * 60_000;

export function sessionEnded(
  session: { readonly createdAt: Date; readonly lastSeenAt: Date },
  now: Date,
): boolean {
  return (
    now.getTime() - session.lastSeenAt.getTime() >= IDLE_MS ||
    now.getTime() - session.createdAt.getTime() >= ABSOLUTE_MS
  );
}
