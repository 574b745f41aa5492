// Sessions for commands: opened by a grant on one channel, living by the monotonic clock alone, fresh by the unit's own challenges.
import type { KeyObject } from 'node:crypto';
import { base64url } from 'jose';
import type { Clock } from '../clock.ts';
import { publicKeyOf } from '../identity/key.ts';
import type { Channel, Grant } from './grant.ts';
import { refuseCommand } from './refusals.ts';

export interface SessionLimits {
  readonly idleMilliSecond: number;
  readonly longestMilliSecond: number;
  readonly mostSessions: number;
}

export const SESSION_LIMITS: SessionLimits = {
  idleMilliSecond: 5 * 60_000,
  longestMilliSecond: 12 * 3_600_000,
  mostSessions: 8,
};

export interface Session {
  readonly id: string;
  readonly grant: Grant;
  readonly channel: Channel;
  readonly holderKey: KeyObject;
  readonly endsAt: number;
  /** Throws a refusal when the grant no longer holds, by what the unit knows now. */
  readonly stillHolds: () => void;
  usedAt: number;
  challenge: string;
  /** Number that the next command has to have. */
  sequence: number;
  /** Why it ended; null while it is open. An ended session stays until its channel closes, to tell `too-late` from `no-session`. */
  ended: SessionEnd | null;
}
export type SessionEnd = 'idle' | 'time' | 'revoked' | 'closed' | 'replaced';

/** Bytes from a secure source; an argument so that tests can repeat them. */
export type Random = (length: number) => Uint8Array;
export const secureRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** The sessions of a unit, at most one to a channel. */
export class SessionBook {
  readonly #clock: Clock;
  readonly #unit: string;
  readonly #random: Random;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, Session>();

  constructor(unit: string, clock: Clock, random: Random = secureRandom, limits = SESSION_LIMITS) {
    this.#unit = unit;
    this.#clock = clock;
    this.#random = random;
    this.#limits = limits;
  }

  get limits(): SessionLimits {
    return this.#limits;
  }

  /** Opens a session, and ends the one that was open on the channel. Throws a refusal. */
  open(grant: Grant, channel: Channel, stillHolds: () => void): Session {
    const now = this.#clock.monotonic();
    if (grant.unit !== this.#unit) throw refuseCommand('command.wrong-unit', { unit: grant.unit });
    if (grant.channelThumbprint !== channel.peerThumbprint) throw refuseCommand('command.wrong-channel');
    if (now >= grant.expiresAtMonotonic) throw refuseCommand('command.too-late', { ended: 'token' });
    const others = [...this.#sessions.values()].filter(
      (session) => session.channel.exporter !== channel.exporter && this.endOf(session) === null,
    );
    if (others.length >= this.#limits.mostSessions) throw refuseCommand('command.too-many-sessions');

    const session: Session = {
      id: this.#challenge(),
      grant,
      channel,
      holderKey: publicKeyOf(grant.holderKey),
      stillHolds,
      endsAt: Math.min(grant.expiresAtMonotonic, now + this.#limits.longestMilliSecond),
      usedAt: now,
      challenge: this.#challenge(),
      sequence: 1,
      ended: null,
    };
    this.#sessions.set(channel.exporter, session);
    this.#dropEnded(channel.exporter);
    return session;
  }

  /** The session of a channel: the same connection and the same peer. */
  of(channel: Channel): Session | null {
    const session = this.#sessions.get(channel.exporter);
    return session?.channel.peerThumbprint === channel.peerThumbprint ? session : null;
  }

  /** Why the session has ended, by now; null while it lives. Never looks at the wall clock. */
  endOf(session: Session): SessionEnd | null {
    const now = this.#clock.monotonic();
    if (session.ended === null && now >= session.endsAt) session.ended = 'time';
    if (session.ended === null && now - session.usedAt >= this.#limits.idleMilliSecond)
      session.ended = 'idle';
    return session.ended;
  }

  /** A command was fresh: its number and its challenge are used up, whatever becomes of it. */
  advance(session: Session): void {
    session.usedAt = this.#clock.monotonic();
    session.sequence += 1;
    session.challenge = this.#challenge();
  }

  /** Ends the open sessions that the condition names, e.g. those of a revoked token. Gives how many. */
  end(why: SessionEnd, where: (session: Session) => boolean): number {
    let ended = 0;
    for (const session of this.#sessions.values())
      if (this.endOf(session) === null && where(session)) {
        session.ended = why;
        ended += 1;
      }
    return ended;
  }

  /** The connection is gone. */
  closeChannel(channel: Channel): void {
    this.#sessions.delete(channel.exporter);
  }

  #challenge(): string {
    return base64url.encode(this.#random(32));
  }

  /** Keeps the book bounded when channels are never closed. */
  #dropEnded(except: string): void {
    for (const [exporter, session] of this.#sessions) {
      if (this.#sessions.size <= 2 * this.#limits.mostSessions) return;
      if (exporter !== except && this.endOf(session) !== null) this.#sessions.delete(exporter);
    }
  }
}
