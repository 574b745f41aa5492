// The round in which a unit calls the workbench: reports, hands over its audit trail, takes what is meant for it. Being offline is normal.

import type { z } from 'zod';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import type { Channel } from '../channel/channel.ts';
import { connect } from '../channel/connect.ts';
import type { Clock } from '../clock.ts';
import type { Identity, IdentityStore } from '../identity/identity-store.ts';
import { acceptRenewal, makeRenewalRequest, RenewalAnswer, renewalDue } from '../identity/renewal.ts';
import type { RevocationStore } from '../identity/revocation-store.ts';
import type { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, ownRefusal } from '../refusal.ts';
import { type CheckIn, CheckInAnswer, type UnitReport } from './messages.ts';
import { refuseAgent } from './refusals.ts';

/** Of a frame of 64 KiB; the rest is the report. */
const MOST_AUDIT_BYTES = 48 * 1024;
const MOST_AUDIT_LINES = 500;
/** So many uploads in one round; the rest comes with the next. */
const MOST_UPLOADS = 20;
/** An answer may carry a revocation list of 1 MB. */
const MOST_ANSWER_BYTES = 2 * 1024 * 1024;

export interface CheckInParts {
  readonly gateway: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  readonly identities: IdentityStore;
  readonly time: TrustedTime;
  readonly revocations: RevocationStore;
  readonly log: AuditLog;
  readonly report: () => Promise<UnitReport>;
  readonly directorVersion: () => Promise<number>;
  /** Everything in an answer but revocations and audit. */
  readonly take: (answer: CheckInAnswer) => Promise<void>;
  /** The certificate was renewed and proven. */
  readonly renewed: (identity: Identity) => void;
}

export class CheckIns {
  readonly #parts: CheckInParts;
  readonly #offline: OnceOffline;
  #auditFrom: number | null = null;
  #running: Promise<boolean> | null = null;
  #last: { readonly at: number; readonly code: string | null } | null = null;

  constructor(parts: CheckInParts) {
    this.#parts = parts;
    this.#offline = new OnceOffline(parts.log);
  }

  /** When the last round ended, by the monotonic clock, and why it failed. */
  get last() {
    return this.#last;
  }

  /** One round; whoever asks while one is under way waits for it. False: the workbench was not reached or did not take it. Never rejects for that. */
  round(): Promise<boolean> {
    this.#running ??= this.#round().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #round(): Promise<boolean> {
    const { clock } = this.#parts;
    try {
      const channel = await this.#call();
      try {
        await this.#report(channel);
        await this.#renew(channel);
      } finally {
        channel.close();
      }
      this.#offline.reached();
      this.#last = { at: clock.monotonic(), code: null };
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Whether the lines were taken is not known: the next report asks first.
      this.#auditFrom = null;
      const told = error.code === 'channel.refused' ? String(error.detail.code) : error.code;
      this.#last = { at: clock.monotonic(), code: told };
      return false;
    }
  }

  /** With the renewed identity when there is one: a channel opened with it proves it. */
  async #call(): Promise<Channel> {
    const { gateway, clock, identities, time, revocations } = this.#parts;
    const open = (identity: Identity) =>
      connect({
        ...gateway,
        endpoint: { role: 'unit', key: identity.key, chain: identity.chain, anchors: identity.anchors },
        peer: { role: 'gateway' },
        audit: this.#offline,
        clock,
        now: () => time.now(),
        revocations: () => revocations.current,
        limits: { mostFrameBytes: MOST_ANSWER_BYTES },
      });
    const next = await identities.next();
    if (!next) return open(await identities.current());
    const channel = await open(next).catch(async (error) => {
      if (!isRefusal(error)) throw error;
      return null;
    });
    if (!channel) return open(await identities.current());
    await identities.promote();
    await this.#parts.log
      .append(auditEvent({ what: 'identity.renewed', outcome: 'done' }))
      .catch(() => undefined);
    this.#parts.renewed(await identities.current());
    return channel;
  }

  async #report(channel: Channel): Promise<void> {
    for (let upload = 0; upload < MOST_UPLOADS; upload++) {
      const body: CheckIn = {
        report: await this.#parts.report(),
        audit: await this.#audit(),
        revocations: this.#parts.revocations.current.number,
        director: await this.#parts.directorVersion(),
      };
      const answer = CheckInAnswer.safeParse(await channel.request('check-in', body));
      if (!answer.success) throw await this.#malformed(answer.error);
      await this.#take(answer.data);
      const known = answer.data.auditKnown.sequence;
      if (answer.data.auditProblem !== null || known >= this.#parts.log.head.sequence) return;
      // Nothing moved: the workbench does not take them now.
      if (body.audit && body.audit.lines.length > 0 && known < this.#sentFrom) return;
    }
  }

  #sentFrom = 0;
  #acknowledged: string | null = null;

  /** The lines that the workbench wants next, after a signature over the newest; null before it has said what it wants. */
  async #audit(): Promise<CheckIn['audit']> {
    const { log } = this.#parts;
    if (this.#auditFrom === null) return null;
    this.#sentFrom = this.#auditFrom;
    await log.checkpoint().catch(ownRefusal);
    const { lines, last, checkpoint } = await log.read(this.#auditFrom, MOST_AUDIT_LINES);
    let bytes = 0;
    const fits = lines.findIndex((line) => {
      bytes += Buffer.byteLength(JSON.stringify(line)) + 1;
      return bytes > MOST_AUDIT_BYTES;
    });
    return { lines: fits < 0 ? [...lines] : lines.slice(0, fits), last, checkpoint };
  }

  async #take(answer: CheckInAnswer): Promise<void> {
    const { revocations, time } = this.#parts;
    await this.#acknowledge(answer);
    // A disk that takes nothing keeps the unit from nothing that is only to be known: the rest of the answer is taken all the same.
    const faults: unknown[] = [];
    const note = (error: unknown) => {
      if (!isRefusal(error)) faults.push(error);
    };
    await revocations.accept(answer.revocations).catch(note);
    await time.keep().catch(note);
    await this.#parts.take(answer);
    if (faults.length > 0) throw faults[0];
  }

  /** Looks once at each new place whether the unit's own log goes through it; a log that was put back from a copy does not, and says so itself. */
  async #acknowledge({ auditKnown, auditProblem }: CheckInAnswer): Promise<void> {
    this.#auditFrom = auditKnown.sequence + 1;
    const place = `${auditKnown.sequence} ${auditKnown.hash}`;
    if (auditProblem !== null || place === this.#acknowledged) return;
    this.#acknowledged = place;
    await this.#parts.log.acknowledge(auditKnown).catch(ownRefusal);
  }

  /** From two thirds of the certificate's life on. */
  async #renew(channel: Channel): Promise<void> {
    const { identities, time, revocations, log } = this.#parts;
    const identity = await identities.current();
    if ((await identities.next()) || !renewalDue(identity.chain, time.now())) return;
    try {
      const answer = RenewalAnswer.safeParse(
        await channel.request('renew', await makeRenewalRequest(identity)),
      );
      if (!answer.success) throw await this.#malformed(answer.error);
      const known = { now: time.now(), revocations: revocations.current };
      const chain = acceptRenewal(answer.data, identity, known);
      await identities.keepNext(chain);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { code, detail } = error;
      await log
        .append(auditEvent({ what: 'identity.renewal-refused', outcome: 'refused', code, detail }))
        .catch(() => undefined);
    }
  }

  async #malformed(error: z.ZodError) {
    const at = error.issues[0]?.path.map(String).join('.').slice(0, 100) ?? '';
    const refusal = refuseAgent('agent.answer-malformed', { at }, error);
    await this.#parts.log
      .append(
        auditEvent({
          what: 'agent.answer-refused',
          outcome: 'refused',
          code: refusal.code,
          detail: refusal.detail,
        }),
      )
      .catch(() => undefined);
    return refusal;
  }
}

/** While the workbench is not reached, the same reason is written once, not once a minute. */
class OnceOffline implements AuditSink {
  readonly #log: AuditSink;
  readonly #told = new Set<string>();

  constructor(log: AuditSink) {
    this.#log = log;
  }

  get writable(): boolean {
    return this.#log.writable;
  }

  append(event: Parameters<AuditSink['append']>[0]) {
    const code = event.code ?? event.what;
    if (this.#told.has(code)) return Promise.resolve({ sequence: 0 });
    this.#told.add(code);
    return this.#log.append(event);
  }

  reached(): void {
    this.#told.clear();
  }
}
