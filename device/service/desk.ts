// Service sessions at the unit: requested by the workbench, consented to by a person at the device who compares a code, limited in time and verbs,
// shown while they last, recorded step by step.
import type { KeyObject } from 'node:crypto';
import { base64url } from 'jose';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import { type Random, secureRandom } from '../commands/session.ts';
import { sha256Base64url } from '../identity/key.ts';
import { isRefusal } from '../refusal.ts';
import { refuseService } from './refusals.ts';
import { comparisonCode, readServiceRequest, type ServiceRequest, type ServiceVerb } from './request.ts';

export interface ServiceLimits {
  /** How long a challenge may wait for its request, and a request for its consent. */
  readonly waitMilliSecond: number;
  readonly tries: number;
}
export const SERVICE_LIMITS: ServiceLimits = { waitMilliSecond: 15 * 60_000, tries: 3 };

export type ServiceEnd =
  | 'engineer'
  | 'person-at-device'
  | 'time'
  | 'treatment'
  | 'update'
  | 'channel-lost'
  | 'emergency-stop'
  | 'power'
  | 'fault'
  | 'revoked';

/** What the device shows, always. */
export type ServiceVisible =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'requested';
      readonly who: string;
      readonly why: string;
      readonly verbs: readonly ServiceVerb[];
      readonly minutes: number;
      /** To compare with the engineer's. */
      readonly code: string;
      readonly triesLeft: number;
    }
  | {
      readonly kind: 'open';
      readonly who: string;
      readonly why: string;
      readonly verbs: readonly ServiceVerb[];
      readonly secondsLeft: number;
      readonly requestsSoFar: number;
      readonly proposal: CalibrationProposal | null;
    };

export interface CalibrationProposal {
  readonly item: string;
  readonly partsPerThousand: number;
}

interface Waiting {
  readonly kind: 'requested';
  readonly request: ServiceRequest;
  readonly code: string;
  readonly since: number;
  triesLeft: number;
}
interface Open {
  readonly kind: 'open';
  readonly request: ServiceRequest;
  readonly endsAt: number;
  requests: number;
  proposal: CalibrationProposal | null;
  /** Where the first verb came from; null before it. */
  laptop: string | null;
}

/** Who works, and on what. */
export interface Worker {
  /** Of the capability token: `person:noor`. */
  readonly who: string;
  /** Thumbprint of the certificate of the laptop's channel, to which the token is bound. */
  readonly laptop: string;
}

export interface ServiceDeskParts {
  readonly unit: string;
  readonly clock: Clock;
  readonly audit: AuditSink;
  /** Key of the workbench that may ask for service. */
  readonly requesterKey: KeyObject;
  /** Is the device in standby, so that a session may begin? */
  readonly inStandby: () => boolean;
  /** Told when a session ends, by whatever. */
  readonly ended?: (why: ServiceEnd) => void;
  readonly random?: Random;
  readonly limits?: ServiceLimits;
}

/** How many challenges may be out; and how many used ones are remembered, only to name a replay as one. */
const MOST_CHALLENGES = 8;
const MOST_USED = 64;

export class ServiceDesk {
  readonly #parts: ServiceDeskParts;
  readonly #limits: ServiceLimits;
  readonly #challenges = new Map<string, number>();
  readonly #used = new Set<string>();
  #now: { readonly kind: 'none' } | Waiting | Open = { kind: 'none' };

  constructor(parts: ServiceDeskParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? SERVICE_LIMITS;
  }

  /** For the next request; goes to the workbench with a check-in. Good once, for a quarter of an hour. */
  challenge(): string {
    const challenge = base64url.encode((this.#parts.random ?? secureRandom)(32));
    this.#challenges.set(challenge, this.#parts.clock.monotonic());
    for (const oldest of this.#challenges.keys()) {
      if (this.#challenges.size <= MOST_CHALLENGES) break;
      this.#challenges.delete(oldest);
    }
    return challenge;
  }

  /** A request came. From now on the device shows it. Throws a refusal, recorded. */
  request(message: unknown): Promise<{ readonly code: string }> {
    return this.#recorded('service.request-refused', null, async () => {
      const { unit, requesterKey, clock, inStandby, audit } = this.#parts;
      const request = readServiceRequest(message, { unit, key: requesterKey });
      const code = comparisonCode(message as string);
      const hash = sha256Base64url(message as string);
      this.#lookAtTime();
      this.#useChallenge(request.challenge);
      if (this.#now.kind !== 'none') throw refuseService('service.already-open');
      if (!inStandby()) throw refuseService('service.wrong-state');
      if (!audit.writable) throw refuseService('service.audit-unwritable');
      const { who, verbs, minutes } = request;
      this.#now = {
        kind: 'requested',
        request,
        code,
        since: clock.monotonic(),
        triesLeft: this.#limits.tries,
      };
      // The words of `why` stay out of the log: they are free text; the workbench has the request by its hash.
      await this.#record(
        'service.requested',
        request,
        { verbs: verbs.join(' '), minutes, request: hash },
        who,
      );
      return { code };
    });
  }

  /** A person at the device compared the codes and entered the engineer's. Opens the session. Throws a refusal, recorded. */
  consent(code: string): Promise<void> {
    const waiting = this.#now;
    return this.#recorded('service.consent-refused', requestOf(waiting), async () => {
      this.#lookAtTime();
      if (this.#now.kind !== 'requested') throw refuseService('service.nothing-requested');
      const { request } = this.#now;
      if (code !== this.#now.code) {
        this.#now.triesLeft -= 1;
        if (this.#now.triesLeft > 0)
          throw refuseService('service.wrong-code', { triesLeft: this.#now.triesLeft });
        this.#now = { kind: 'none' };
        throw refuseService('service.too-many-tries');
      }
      if (!this.#parts.inStandby()) throw refuseService('service.wrong-state');
      if (!this.#parts.audit.writable) throw refuseService('service.audit-unwritable');
      this.#now = {
        kind: 'open',
        request,
        endsAt: this.#parts.clock.monotonic() + request.minutes * 60_000,
        requests: 0,
        proposal: null,
        laptop: null,
      };
      await this.#record('service.opened', request, { by: 'local', minutes: request.minutes }, 'local');
    });
  }

  /** A person at the device does not want it. */
  async decline(): Promise<void> {
    if (this.#now.kind !== 'requested') return;
    const { request } = this.#now;
    this.#now = { kind: 'none' };
    await this.#record('service.declined', request, {}, 'local');
  }

  /**
   * One verb within the session; question and answer go into the transcript by their hashes. The laptop of the first verb is the session's: another one
   * is refused, and only its own being gone is the loss of the channel. Throws a refusal, recorded.
   */
  perform<Answer>(
    by: Worker,
    verb: ServiceVerb,
    body: unknown,
    answer: () => Answer | Promise<Answer>,
  ): Promise<Answer> {
    return this.#recorded('service.verb-refused', requestOf(this.#now), async () => {
      const session = this.#openFor(by);
      if (!session.request.verbs.includes(verb)) throw refuseService('service.verb-not-agreed', { verb });
      if (!this.#parts.audit.writable) throw refuseService('service.audit-unwritable');
      session.laptop = by.laptop;
      session.requests += 1;
      const given = await answer();
      // The session may have ended while the answer was made: then it does not leave the unit.
      if (this.#openFor(by) !== session) throw refuseService('service.not-open');
      await this.#record(
        'service.performed',
        session.request,
        {
          verb,
          number: session.requests,
          question: sha256Base64url(JSON.stringify(body ?? null)),
          answer: sha256Base64url(JSON.stringify(given ?? null)),
          laptop: by.laptop,
        },
        by.who,
      );
      return given;
    });
  }

  /** Keeps a proposed value for the person at the device; it has no effect yet. */
  propose(by: Worker, proposal: CalibrationProposal): Promise<{ readonly waits: true }> {
    return this.perform(by, 'calibration.propose', proposal, () => {
      this.#openFor(by).proposal = { ...proposal };
      return { waits: true } as const;
    });
  }

  /** A person at the device accepts what was proposed; `apply` then does it. Nothing else ever calls `apply`. */
  confirmCalibration(by: 'local' | 'remote', apply: (proposal: CalibrationProposal) => void): Promise<void> {
    return this.#recorded('service.calibration-refused', requestOf(this.#now), async () => {
      this.#lookAtTime();
      if (by !== 'local') throw refuseService('service.not-local');
      if (this.#now.kind !== 'open') throw refuseService('service.not-open');
      const { proposal, request } = this.#now;
      if (proposal === null) throw refuseService('service.no-proposal');
      this.#now.proposal = null;
      await this.#record('service.calibrated', request, { ...proposal }, 'local');
      apply(proposal);
    });
  }

  /** Ends what is open or waits; nothing happens when there is nothing. */
  async end(why: ServiceEnd): Promise<void> {
    const ended = this.#endNow(why);
    if (ended !== null)
      await this.#record(
        'service.ended',
        ended.request,
        { why, requests: ended.kind === 'open' ? ended.requests : 0 },
        null,
      );
  }

  /** To be called now and then, so that a session also ends when nobody asks for anything. */
  async tick(): Promise<void> {
    if (this.#isOver()) await this.end('time');
  }

  /** The laptop of the session that is open; null when none is, or none of its verbs came yet. */
  get laptop(): string | null {
    return this.#now.kind === 'open' && !this.#isOver() ? this.#now.laptop : null;
  }

  get visible(): ServiceVisible {
    const now = this.#now;
    if (now.kind === 'none' || this.#isOver()) return { kind: 'none' };
    const { who, why, verbs, minutes } = now.request;
    if (now.kind === 'requested')
      return { kind: 'requested', who, why, verbs, minutes, code: now.code, triesLeft: now.triesLeft };
    return {
      kind: 'open',
      who,
      why,
      verbs,
      secondsLeft: Math.ceil((now.endsAt - this.#parts.clock.monotonic()) / 1000),
      requestsSoFar: now.requests,
      proposal: now.proposal,
    };
  }

  #openFor({ who, laptop }: Worker): Open {
    this.#lookAtTime();
    if (this.#now.kind !== 'open') throw refuseService('service.not-open');
    if (this.#now.request.who !== who) throw refuseService('service.another-person', { who });
    if (this.#now.laptop !== null && this.#now.laptop !== laptop)
      throw refuseService('service.another-laptop', { who, laptop });
    return this.#now;
  }

  #isOver(): boolean {
    const now = this.#parts.clock.monotonic();
    if (this.#now.kind === 'open') return now >= this.#now.endsAt;
    return this.#now.kind === 'requested' && now - this.#now.since >= this.#limits.waitMilliSecond;
  }

  #lookAtTime(): void {
    if (this.#isOver()) void this.end('time');
  }

  /** At once, before anything is written. */
  #endNow(why: ServiceEnd): Waiting | Open | null {
    const ended = this.#now;
    if (ended.kind === 'none') return null;
    this.#now = { kind: 'none' };
    if (ended.kind === 'open') this.#parts.ended?.(why);
    return ended;
  }

  #useChallenge(challenge: string): void {
    if (this.#used.has(challenge)) throw refuseService('service.replayed');
    const since = this.#challenges.get(challenge);
    if (since === undefined || this.#parts.clock.monotonic() - since >= this.#limits.waitMilliSecond)
      throw refuseService('service.stale-request');
    this.#challenges.delete(challenge);
    this.#used.add(challenge);
    for (const oldest of this.#used) {
      if (this.#used.size <= MOST_USED) break;
      this.#used.delete(oldest);
    }
  }

  async #recorded<Value>(
    what: string,
    request: ServiceRequest | null,
    act: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await act();
    } catch (error) {
      if (isRefusal(error))
        await this.#append({
          what,
          outcome: 'refused',
          code: error.code,
          who: request?.who ?? null,
          on: request?.id ?? null,
          detail: error.detail,
        });
      throw error;
    }
  }

  #record(
    what: string,
    request: ServiceRequest,
    detail: Readonly<Record<string, string | number>>,
    who: string | null,
  ): Promise<void> {
    return this.#append({ what, outcome: 'done', who, role: 'service-engineer', on: request.id, detail });
  }

  /** What cannot be recorded has been refused before; what has begun by then still ends. */
  async #append(event: Parameters<typeof auditEvent>[0]): Promise<void> {
    try {
      await this.#parts.audit.append(auditEvent(event));
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
}

function requestOf(now: { readonly kind: 'none' } | Waiting | Open): ServiceRequest | null {
  return now.kind === 'none' ? null : now.request;
}
