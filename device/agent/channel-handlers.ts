// What a console or a service laptop can ask on the unit's port: a session for a token, commands in it, the state, a stop, and to hand over a
// newer revocation list. Who may send what is the channel's to say; who may do what is the token's.
import { z } from 'zod';
import { auditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import { type Channel, type HandlersOf, handle } from '../channel/channel.ts';
import type { Clock } from '../clock.ts';
import type { CommandUnit } from '../commands/unit.ts';
import type { Identity } from '../identity/identity-store.ts';
import { PublicJwk } from '../identity/key.ts';
import type { RevocationStore } from '../identity/revocation-store.ts';
import { MOST_REVOCATIONS_BYTES } from '../identity/revocations.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, ownRefusal } from '../refusal.ts';
import { Admissions } from '../rights/admissions.ts';
import type { Grant } from '../rights/token.ts';
import type { DeviceApplication, Running } from './application.ts';

/** Body of `challenge`. Answer: `{session}`, the unit's signed opening. */
export const SessionQuestion = z.strictObject({
  token: z.string().max(16 * 1024),
  holderKey: PublicJwk,
});
export type SessionQuestion = z.infer<typeof SessionQuestion>;
/** Body of `command`; its size is the command's own check. Answer: `{receipt}`. */
export const CommandQuestion = z.strictObject({ command: z.string() });
const Nothing = z.strictObject({});
const ListQuestion = z.strictObject({ list: z.string().max(MOST_REVOCATIONS_BYTES) });

export interface SessionsParts {
  readonly unit: string;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly time: TrustedTime;
  readonly revocations: RevocationStore;
  readonly log: AuditLog;
  readonly commands: CommandUnit;
}

/** Which grant is in use on which channel, and whether it still holds. */
export class Sessions {
  readonly #commands: CommandUnit;
  readonly #admissions: Admissions;
  readonly #grants = new Map<Channel, Grant>();

  constructor({ unit, identity, clock, time, revocations, log, commands }: SessionsParts) {
    this.#commands = commands;
    this.#admissions = new Admissions({
      ...{ unit, clock, time, audit: log, anchors: identity.anchors },
      revocations: () => revocations.current,
    });
  }

  /** Refuses what `Admissions.admit` and `openSession` refuse, recorded. */
  async open(question: SessionQuestion, channel: Channel): Promise<{ session: string }> {
    const grant = await this.#admissions.admit(question, channel.peer);
    const session = await this.#commands.openSession(grant, channel.binding, () =>
      this.#admissions.check(grant),
    );
    this.#grants.set(channel, grant);
    // It may have closed while the token was judged: nobody would close the session then.
    if (!channel.open) this.close(channel);
    return { session };
  }

  /** A grant is asked before each command: time passes and lists come, also to a session that is open. */
  async command(command: string, channel: Channel): Promise<{ receipt: string }> {
    await this.#endUnlessHolds(channel);
    return { receipt: await this.#commands.answer(channel.binding, command) };
  }

  async reconsider(): Promise<void> {
    for (const channel of this.#grants.keys()) await this.#endUnlessHolds(channel);
  }

  close(channel: Channel): void {
    this.#grants.delete(channel);
    this.#commands.closeChannel(channel.binding);
  }

  async #endUnlessHolds(channel: Channel): Promise<void> {
    const grant = this.#grants.get(channel);
    if (!grant) return;
    try {
      this.#admissions.check(grant);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#grants.delete(channel);
      // A full log keeps nobody in: the session ends all the same.
      await this.#admissions.recordEnd(grant, error).catch(ownRefusal);
      await this.#commands.endSessions('revoked', ({ jti }) => jti === grant.jti);
    }
  }
}

export interface HandlerParts {
  readonly unit: string;
  readonly sessions: Sessions;
  readonly application: DeviceApplication;
  readonly revocations: RevocationStore;
  readonly running: Running;
  readonly log: AuditLog;
}

export function channelHandlers({
  unit,
  sessions,
  application,
  revocations,
  running,
  log,
}: HandlerParts): HandlersOf<'unit'> {
  return {
    challenge: handle(SessionQuestion, (question, channel) => sessions.open(question, channel)),
    command: handle(CommandQuestion, ({ command }, channel) => sessions.command(command, channel)),
    stop: handle(Nothing, async (_nothing, { peer }) => {
      application.stop(peer.name);
      // Done first, told after; a log that is full stops no stop.
      await log
        .append(auditEvent({ what: 'command.stopped', outcome: 'done', who: peer.name, role: peer.role }))
        .catch(ownRefusal);
      return { state: application.state };
    }),
    status: handle(Nothing, async () => ({
      unit,
      state: application.state,
      version: running.version,
      revocations: revocations.current.number,
    })),
    revocations: handle(ListQuestion, async ({ list }) => {
      await revocations.accept(list);
      return { number: revocations.current.number };
    }),
  };
}
