// The unit's end of commands: opens sessions, and answers each command with a signed receipt, done or refused. One command of a session after
// the other; decided first, recorded, then done.
import type { CryptoKey, JWK } from 'jose';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { TokenBucket } from '../channel/limits.ts';
import type { Clock } from '../clock.ts';
import { sha256Base64url } from '../identity/key.ts';
import { isRefusal, type Refusal, type RefusalDetail } from '../refusal.ts';
import type { Sign } from '../signed/jws.ts';
import { checkFreshness, checkMeaning, readCommand } from './checks.ts';
import { type CommandClaims, type ReceiptClaims, signReceipt, signSession } from './envelope.ts';
import type { Channel, Grant } from './grant.ts';
import { refuseCommand } from './refusals.ts';
import { openSeal, seal } from './seal.ts';
import { type Random, type Session, SessionBook, type SessionEnd, type SessionLimits } from './session.ts';
import type { VerbDefinition, Vocabulary } from './vocabulary.ts';

/** A command that was believed: who asks, for what. */
export interface Command {
  readonly id: string;
  readonly verb: string;
  /** As the verb's schema gave it back. */
  readonly body: unknown;
  /** Patient data that came sealed; undefined when the verb has none. */
  readonly patientData: unknown;
  readonly grant: Grant;
  readonly session: string;
}

export interface CommandAnswer {
  /** For all to see. Never patient data. */
  readonly open?: unknown;
  /** Patient data: sealed to the holder. */
  readonly sealed?: unknown;
}

/** The device behind the commands. Both methods throw a refusal when the state does not allow it. */
export interface CommandedDevice {
  /** Name of the present state, for the receipt. */
  readonly state: string;
  /** Would it be done now? Changes nothing. */
  decide(command: Command): void;
  /** Does it. Decides again first: a person at the device may have acted meanwhile. */
  perform(command: Command): CommandAnswer | Promise<CommandAnswer>;
}

export interface CommandUnitParts {
  readonly unit: string;
  readonly clock: Clock;
  /** By the unit's identity key. */
  readonly sign: Sign;
  readonly sealKey: { readonly publicJwk: JWK; readonly privateKey: CryptoKey };
  readonly vocabulary: Vocabulary;
  readonly device: CommandedDevice;
  readonly audit: AuditSink;
  readonly random?: Random;
  readonly limits?: SessionLimits;
}

interface Outcome {
  readonly outcome: ReceiptClaims['outcome'];
  readonly code: string | null;
  readonly detail: RefusalDetail;
  readonly audit: number | null;
  readonly answer: unknown;
  readonly sealed: string | null;
}

/** At most so many commands of a channel wait for the one before. */
const MOST_WAITING = 16;
/** Commands of a channel: so many at once, and so many a second after it. What is above is refused unread. */
const BURST = 40;
const COMMANDS_PER_SECOND = 20;

/** How much a peer may send; only the first refusal of a flood is recorded. */
interface Gate {
  readonly bucket: TokenBucket;
  /** Nothing was let through since the last refusal. */
  flooded: boolean;
}

const makeGate = (clock: Clock): Gate => ({
  bucket: new TokenBucket(BURST, COMMANDS_PER_SECOND, () => clock.monotonic()),
  flooded: false,
});

export class CommandUnit {
  readonly #parts: CommandUnitParts;
  readonly #sessions: SessionBook;
  readonly #lanes = new Map<string, { last: Promise<unknown>; waiting: number; gate: Gate }>();
  readonly #strangers: Gate;

  constructor(parts: CommandUnitParts) {
    this.#parts = parts;
    this.#sessions = new SessionBook(parts.unit, parts.clock, parts.random, parts.limits);
    this.#strangers = makeGate(parts.clock);
  }

  /**
   * Opens a session on a channel and gives the unit's signed statement of it (`SessionClaims`). Throws a refusal, recorded. `stillHolds` is asked
   * before each command and throws when the grant was taken back meanwhile, e.g. `() => admissions.check(grant)`.
   */
  async openSession(
    grant: Grant,
    channel: Channel,
    stillHolds: () => void = () => undefined,
  ): Promise<string> {
    const { audit, unit, clock, sealKey, sign } = this.#parts;
    const who = { who: grant.person, role: grant.role };
    try {
      if (!audit.writable) throw refuseCommand('command.audit-unwritable');
      const session = this.#sessions.open(grant, channel, stillHolds);
      await this.#record({ what: 'session.opened', outcome: 'done', ...who, on: session.id });
      this.#lanes.set(channel.exporter, {
        last: Promise.resolve(),
        waiting: 0,
        gate: this.#lanes.get(channel.exporter)?.gate ?? makeGate(clock),
      });
      return await signSession(
        {
          unit,
          session: session.id,
          token: grant.tokenHash,
          channel: channel.exporter,
          challenge: session.challenge,
          sequence: session.sequence,
          sealTo: sealKey.publicJwk as never,
          limits: {
            idleMilliSecond: this.#sessions.limits.idleMilliSecond,
            endsInMilliSecond: session.endsAt - clock.monotonic(),
          },
        },
        sign,
      );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.#record({ what: 'session.refused', outcome: 'refused', ...who, ...ofRefusal(error) });
      throw error;
    }
  }

  /** Ends the open sessions that the condition names (revocation, end of a shift). */
  async endSessions(why: SessionEnd, where: (grant: Grant) => boolean): Promise<number> {
    const ended = this.#sessions.end(why, (session) => where(session.grant));
    if (ended > 0) await this.#record({ what: 'session.ended', outcome: 'done', detail: { why, ended } });
    return ended;
  }

  /** The connection is gone, and its session with it. */
  closeChannel(channel: Channel): void {
    this.#sessions.closeChannel(channel);
    this.#lanes.delete(channel.exporter);
  }

  /** The signed receipt of a command. Never throws for what came from outside. */
  async answer(channel: Channel, message: unknown): Promise<string> {
    const lane = this.#lanes.get(channel.exporter);
    const gate = lane?.gate ?? this.#strangers;
    if (!gate.bucket.take() || (lane?.waiting ?? 0) >= MOST_WAITING) {
      const first = !gate.flooded;
      gate.flooded = true;
      return this.#tooMany(channel, message, first);
    }
    gate.flooded = false;
    if (lane === undefined) return this.#answerNow(channel, message);
    lane.waiting += 1;
    const turn = lane.last.then(() => this.#answerNow(channel, message));
    lane.last = turn
      .catch(() => undefined)
      .then(() => {
        lane.waiting -= 1;
      });
    return turn;
  }

  async #answerNow(channel: Channel, message: unknown): Promise<string> {
    const session = this.#sessions.of(channel);
    let claims: CommandClaims | null = null;
    let outcome: Outcome;
    try {
      claims = await readCommand(message, session);
      outcome = await this.#obey(claims, session as Session);
    } catch (error) {
      // What the device fails at is told as that, with its cause kept from whoever asked.
      const refusal = isRefusal(error)
        ? error
        : refuseCommand('command.failed', { verb: claims?.verb ?? null }, error);
      outcome = await this.#refused(refusal, claims, session);
    }
    return this.#receipt(message, session, claims, outcome);
  }

  /** From a command that is the holder's to its effect. Throws a refusal. */
  async #obey(claims: CommandClaims, session: Session): Promise<Outcome> {
    const { unit, vocabulary, device, audit } = this.#parts;
    const stale = checkFreshness({ unit, claims, session, end: this.#sessions.endOf(session) });
    if (stale !== null) throw stale;
    this.#sessions.advance(session);
    session.stillHolds();

    const { definition, body } = checkMeaning(claims, session, vocabulary);
    const patientData = await this.#openSealed(claims, definition);
    const command: Command = {
      id: claims.id,
      verb: claims.verb,
      body,
      patientData,
      grant: session.grant,
      session: session.id,
    };
    if (definition.evenUnrecorded) {
      const answer = await device.perform(command);
      return this.#done(claims, answer, await this.#recordDone(command));
    }
    if (!audit.writable) throw refuseCommand('command.audit-unwritable', { verb: claims.verb });
    device.decide(command);
    const sequence = await this.#recordDone(command);
    if (sequence === null) throw refuseCommand('command.audit-unwritable', { verb: claims.verb });
    return this.#done(claims, await device.perform(command), sequence);
  }

  async #openSealed(claims: CommandClaims, definition: VerbDefinition): Promise<unknown> {
    if (claims.sealed === undefined || definition.sealed === undefined) return undefined;
    const content = await openSeal(claims.sealed, this.#parts.sealKey.privateKey, {
      unit: claims.unit,
      session: claims.session,
      sequence: claims.sequence,
      way: 'to-unit',
    });
    const patientData = definition.sealed.safeParse(content);
    if (!patientData.success) throw refuseCommand('command.wrong-seal', { verb: claims.verb });
    return patientData.data;
  }

  async #done(claims: CommandClaims, answer: CommandAnswer, sequence: number | null): Promise<Outcome> {
    const { unit, session } = claims;
    const sealed =
      answer.sealed === undefined || claims.answerTo === undefined
        ? null
        : await seal(answer.sealed, claims.answerTo, {
            unit,
            session,
            sequence: claims.sequence,
            way: 'to-holder',
          }).catch(() => null);
    return { outcome: 'done', code: null, detail: {}, audit: sequence, answer: answer.open ?? null, sealed };
  }

  async #refused(refusal: Refusal, claims: CommandClaims | null, session: Session | null): Promise<Outcome> {
    const failed = refusal.code === 'command.failed';
    const audit = await this.#record({
      what: failed ? 'command.failed' : 'command.refused',
      outcome: failed ? 'failed' : 'refused',
      // Whoever sent what could not be believed is not the holder; the channel's peer is in the channel's own entries.
      who: claims === null ? null : (session?.grant.person ?? null),
      role: claims === null ? null : (session?.grant.role ?? null),
      on: claims?.id ?? null,
      ...ofRefusal(refusal),
    });
    return {
      outcome: failed ? 'failed' : 'refused',
      code: refusal.code,
      detail: claims === null ? {} : refusal.detail,
      audit,
      answer: null,
      sealed: null,
    };
  }

  async #tooMany(channel: Channel, message: unknown, first: boolean): Promise<string> {
    const refusal = refuseCommand('command.too-many');
    const session = this.#sessions.of(channel);
    const outcome: Outcome = first
      ? await this.#refused(refusal, null, session)
      : { outcome: 'refused', code: refusal.code, detail: {}, audit: null, answer: null, sealed: null };
    return this.#receipt(message, session, null, outcome);
  }

  async #receipt(
    message: unknown,
    session: Session | null,
    claims: CommandClaims | null,
    outcome: Outcome,
  ): Promise<string> {
    const alive = session !== null && this.#sessions.endOf(session) === null;
    return signReceipt(
      {
        unit: this.#parts.unit,
        session: session?.id ?? null,
        // What is too large to read is not hashed either.
        command: sha256Base64url(typeof message === 'string' ? message.slice(0, 16_385) : ''),
        id: claims?.id ?? null,
        ...outcome,
        state: this.#parts.device.state,
        next: alive ? { challenge: session.challenge, sequence: session.sequence } : null,
      },
      this.#parts.sign,
    );
  }

  #recordDone(command: Command): Promise<number | null> {
    return this.#record({
      what: 'command.accepted',
      outcome: 'done',
      who: command.grant.person,
      role: command.grant.role,
      on: command.id,
      detail: { verb: command.verb, session: command.session },
    });
  }

  /** Number of the entry; null when the log cannot be written, which its own refusal says. */
  async #record(event: Parameters<typeof auditEvent>[0]): Promise<number | null> {
    try {
      return (await this.#parts.audit.append(auditEvent(event))).sequence;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }
}

function ofRefusal(refusal: Refusal): { readonly code: string; readonly detail: RefusalDetail } {
  return { code: refusal.code, detail: refusal.detail };
}
