// The unit's side of rights: judges the token that somebody presents on a channel, records it, and takes a grant back when its time is over, when a
// list takes it back, or when what the unit knows is too old.
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import type { PublicJwk } from '../identity/key.ts';
import type { Anchors, Peer } from '../identity/peer.ts';
import type { Revocations } from '../identity/revocations.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { refuseRights } from './refusals.ts';
import { checkGrant, checkToken, checkVerb, type Grant } from './token.ts';

export interface AdmissionsParts {
  readonly unit: string;
  readonly anchors: Anchors;
  readonly time: TrustedTime;
  readonly clock: Clock;
  readonly revocations: () => Revocations;
  readonly audit: AuditSink;
}

export class Admissions {
  readonly #parts: AdmissionsParts;

  constructor(parts: AdmissionsParts) {
    this.#parts = parts;
  }

  /**
   * The grant that a token gives on a channel; recorded before it is given. Refuses what `checkToken` refuses, recorded too, and
   * `audit.unwritable` when it cannot be recorded.
   */
  async admit(
    presented: { readonly token: unknown; readonly holderKey: PublicJwk },
    peer: Peer,
  ): Promise<Grant> {
    const { unit, anchors, time, clock, revocations, audit } = this.#parts;
    let grant: Grant;
    try {
      grant = await checkToken({
        ...presented,
        unit,
        channelPeer: peer,
        trustedTime: time,
        clock,
        revocations: revocations(),
        anchors,
      });
    } catch (error) {
      if (isRefusal(error)) await this.#record(error, { who: peer.name, role: null });
      throw error;
    }
    await audit.append(
      auditEvent({
        what: 'rights.granted',
        outcome: 'done',
        who: grant.person,
        role: grant.role,
        on: grant.jti,
        detail: {
          from: peer.name,
          purpose: grant.purpose,
          issuer: grant.issuer,
          verbs: grant.verbs.join(' '),
        },
      }),
    );
    return grant;
  }

  /**
   * Whether a grant still allows a verb on this channel: to be asked before each command.
   * Refuses `rights.verb-not-granted`, `rights.wrong-channel`, `rights.expired`, `rights.revoked`, `rights.stale`, each recorded.
   */
  async demand(grant: Grant, verb: string, peer: Peer): Promise<void> {
    try {
      checkVerb(grant, verb);
      if (grant.channelThumbprint !== peer.thumbprint)
        throw refuseRights('rights.wrong-channel', { jti: grant.jti });
      this.check(grant);
    } catch (error) {
      if (isRefusal(error)) await this.#record(error, { who: grant.person, role: grant.role });
      throw error;
    }
  }

  /** As `checkGrant` by what the unit knows now; records nothing. */
  check(grant: Grant): void {
    const { time, clock, revocations } = this.#parts;
    checkGrant(grant, { now: time.now(), monotonic: clock.monotonic(), revocations: revocations() });
  }

  /** That a grant holds no longer, as `check` refused it. */
  recordEnd(grant: Grant, refusal: Refusal): Promise<void> {
    return this.#record(refusal, { who: grant.person, role: grant.role });
  }

  async #record(refusal: Refusal, { who, role }: { who: string; role: string | null }): Promise<void> {
    const { role: claimed, jti } = refusal.detail;
    await this.#parts.audit.append(
      auditEvent({
        what: 'rights.refused',
        outcome: 'refused',
        code: refusal.code,
        // What a refused token says of itself is a claim: it stands in the detail, and who showed it in `who`.
        who,
        role: role ?? (typeof claimed === 'string' ? claimed : null),
        on: typeof jti === 'string' ? jti : null,
        detail: refusal.detail,
      }),
    );
  }
}
