// Which role may send what to which. Whoever is not in the table is refused after the handshake, before anything it says is read.
import type { PeerRole } from '../identity/names.ts';

/**
 * Sender → receiver → kinds of request. Consoles and service laptops call units, and units call the gateway; nobody asks anything over a connection that
 * the other end opened. Whoever listens has a handler for each kind that somebody may send to it: `HandlersOf`.
 */
export const MAY_SPEAK = {
  unit: { gateway: ['check-in', 'renew'] },
  console: { unit: ['challenge', 'command', 'stop', 'status', 'revocations'] },
  service: { unit: ['challenge', 'command', 'stop', 'status'] },
  gateway: {},
  // Signs, never speaks.
  issuer: {},
} as const satisfies Readonly<Record<PeerRole, Readonly<Partial<Record<PeerRole, readonly string[]>>>>>;

/** What somebody may send to this role. */
export type KindTo<Receiver extends PeerRole> = {
  [Sender in PeerRole]: (typeof MAY_SPEAK)[Sender] extends Readonly<
    Record<Receiver, readonly (infer Kind extends string)[]>
  >
    ? Kind
    : never;
}[PeerRole];
export type FrameKind = { [Receiver in PeerRole]: KindTo<Receiver> }[PeerRole];

/** Who opens connections to whom: a unit listens to its consoles and service laptops, the gateway to its units. */
export const MAY_CONNECT: Readonly<Partial<Record<PeerRole, readonly PeerRole[]>>> = {
  unit: ['console', 'service'],
  gateway: ['unit'],
};

/** The kinds of `MAY_SPEAK`; none when the two do not speak. */
export function kindsBetween(sender: PeerRole, receiver: PeerRole): readonly string[] {
  const to: Readonly<Partial<Record<PeerRole, readonly string[]>>> = MAY_SPEAK[sender];
  return to[receiver] ?? [];
}

export const maySend = (sender: PeerRole, receiver: PeerRole, kind: string): kind is FrameKind =>
  kindsBetween(sender, receiver).includes(kind);
