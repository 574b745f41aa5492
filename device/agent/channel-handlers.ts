// What a console or a service laptop can ask on the unit's port: a session for a token, commands in it, the state, a stop, and to hand over a
// newer revocation list. Who may send what is the channel's to say; who may do what is the token's.
import { z } from 'zod';
import { auditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import { type Channel, type Handlers, handle } from '../channel/channel.ts';
import type { Clock } from '../clock.ts';
import type { CommandUnit } from '../commands/unit.ts';
import type { Identity } from '../identity/identity-store.ts';
import { PublicJwk } from '../identity/key.ts';
import type { RevocationStore } from '../identity/revocation-store.ts';
import { MOST_REVOCATIONS_BYTES } from '../identity/revocations.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, ownRefusal } from '../refusal.ts';
import { checkGrant, checkToken, type Grant } from '../rights/token.ts';
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
  readonly #parts: SessionsParts;
  readonly #grants = new Map<Channel, Grant>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** Refuses what `checkToken` and `openSession` refuse, recorded. */
  async open({ token, holderKey }: SessionQuestion, channel: Channel): Promise<{ session: string }> {
    const { unit, identity, clock, time, revocations, commands } = this.#parts;
    let grant: Grant;
    try {
      grant = await checkToken({
        ...{ token, holderKey, unit, clock, channelPeer: channel.peer, trustedTime: time },
        ...{ revocations: revocations.current, anchors: identity.anchors },
      });
    } catch (error) {
      if (isRefusal(error)) await this.#record(error, channel.peer.name);
      throw error;
    }
    const session = await commands.openSession(grant as never, channel.binding);
    this.#grants.set(channel, grant);
    // It may have closed while the token was judged: nobody would close the session then.
    if (!channel.open) this.close(channel);
    return { session };
  }

  /** A grant is asked before each command: time passes and lists come, also to a session that is open. */
  async command(command: string, channel: Channel): Promise<{ receipt: string }> {
    await this.#stillHolds(channel);
    return { receipt: await this.#parts.commands.answer(channel.binding, command) };
  }

  async reconsider(): Promise<void> {
    for (const channel of this.#grants.keys()) await this.#stillHolds(channel);
  }

  close(channel: Channel): void {
    this.#grants.delete(channel);
    this.#parts.commands.closeChannel(channel.binding);
  }

  async #stillHolds(channel: Channel): Promise<void> {
    const grant = this.#grants.get(channel);
    if (!grant) return;
    const { clock, time, revocations, commands } = this.#parts;
    try {
      checkGrant(grant, {
        now: time.now(),
        monotonic: clock.monotonic(),
        revocations: revocations.current,
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#grants.delete(channel);
      await this.#record(error, grant.person, grant.role);
      await commands.endSessions('revoked', ({ jti }) => jti === grant.jti);
    }
  }

  async #record(error: { code: string; detail: object }, who: string, role: string | null = null) {
    const { code, detail } = error;
    await this.#parts.log
      .append(
        auditEvent({ what: 'session.refused', outcome: 'refused', code, who, role, detail: { ...detail } }),
      )
      .catch(ownRefusal);
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
}: HandlerParts): Handlers {
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
