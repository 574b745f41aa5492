// Which role may send what to which. Whoever is not in the table is refused after the handshake, before anything it says is read.
import type { PeerRole } from '../identity/names.ts';

/** What a request can be. `notice` goes from a unit to the screens that watch it. */
export const FRAME_KINDS = [
  'challenge',
  'command',
  'stop',
  'status',
  'revocations',
  'service',
  'notice',
  'check-in',
  'renew',
  'report',
  'audit',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/**
 * Sender → receiver → kinds. Units are called by consoles and service laptops, and call the gateway; what the gateway sends to a unit goes over
 * the connection that the unit opened.
 */
export const MAY_SPEAK: Readonly<
  Record<PeerRole, Readonly<Partial<Record<PeerRole, readonly FrameKind[]>>>>
> = {
  unit: {
    gateway: ['check-in', 'renew', 'report', 'audit'],
    console: ['notice'],
    service: ['notice'],
  },
  console: { unit: ['challenge', 'command', 'stop', 'status', 'revocations'] },
  service: { unit: ['challenge', 'command', 'stop', 'status', 'service'] },
  gateway: { unit: ['challenge', 'command', 'stop', 'status', 'service', 'revocations'] },
  // Signs, never speaks.
  issuer: {},
};

/** Who opens connections to whom: a unit listens to its consoles and service laptops, the gateway to its units. */
export const MAY_CONNECT: Readonly<Partial<Record<PeerRole, readonly PeerRole[]>>> = {
  unit: ['console', 'service'],
  gateway: ['unit'],
};

export const maySend = (sender: PeerRole, receiver: PeerRole, kind: string): kind is FrameKind =>
  (MAY_SPEAK[sender][receiver] ?? []).includes(kind as FrameKind);
