// What the audit log keeps for the vault: how far it was at the last change. A store put back whole from a copy is behind it.
import { type AuditEvent, auditEvent } from '../audit/event.ts';

export interface Anchor {
  /** Sequence of the newest frame; 0 for an empty store. */
  readonly sequence: number;
  /** MAC of that frame, hexadecimal. */
  readonly head: string;
  /** Serial of the keyring. */
  readonly keyring: number;
}

/** The anchor in an event of the vault, null in all others. */
export function anchorOf({ what, outcome, detail }: AuditEvent): Anchor | null {
  const { sequence, head, keyring } = detail;
  if (!what.startsWith('vault.') || outcome !== 'done') return null;
  if (typeof sequence !== 'number' || typeof head !== 'string' || typeof keyring !== 'number') return null;
  return { sequence, head, keyring };
}

/** The newer of two: events of writes of one moment may stand in another order than the frames. */
function newerAnchor(before: Anchor | null, event: AuditEvent): Anchor | null {
  const anchor = anchorOf(event);
  if (anchor === null || before === null) return anchor ?? before;
  const newest = anchor.sequence >= before.sequence ? anchor : before;
  return { ...newest, keyring: Math.max(anchor.keyring, before.keyring) };
}

/** Give `remember` to the audit log when it is opened, and `anchor()` to the vault after that. */
export function rememberAnchor(): {
  readonly remember: (event: AuditEvent) => void;
  readonly anchor: () => Anchor | null;
  /** For the log's next segment, so that the newest place is found without the older ones. */
  readonly carry: () => readonly AuditEvent[];
} {
  let newest: Anchor | null = null;
  return {
    remember: (event) => {
      newest = newerAnchor(newest, event);
    },
    anchor: () => newest,
    carry: () =>
      newest === null ? [] : [auditEvent({ what: 'vault.anchored', outcome: 'done', detail: { ...newest } })],
  };
}
