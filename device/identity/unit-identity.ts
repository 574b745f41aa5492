// What a unit does with its identity, told as two acts: enrol once, renew before the end. Transport is an argument; each outcome is recorded.
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { isRefusal } from '../refusal.ts';
import { acceptEnrolment, type EnrolmentRequest, makeEnrolmentRequest } from './enrolment.ts';
import type { Identity, IdentityStore } from './identity-store.ts';
import { refuseIdentity } from './refusals.ts';
import { acceptRenewal, makeRenewalRequest } from './renewal.ts';
import type { Revocations } from './revocations.ts';
import type { TrustedTime } from './trusted-time.ts';

/**
 * Enrols the unit by a code that a person typed at it. `send` posts the request to the workbench and gives back its answer; nothing of the answer is
 * believed before it is proven. Refuses `identity.already-enrolled`, `identity.code-malformed`, and what `acceptEnrolment` refuses.
 */
export async function enrolUnit(parts: {
  readonly store: IdentityStore;
  readonly unit: string;
  readonly code: string;
  readonly send: (request: EnrolmentRequest) => Promise<unknown>;
  readonly time: TrustedTime;
  readonly audit: AuditSink;
}): Promise<Identity> {
  const { store, unit, code, send, time, audit } = parts;
  return recorded(audit, 'identity.enrolment-refused', unit, async () => {
    if (store.enrolled) throw refuseIdentity('identity.already-enrolled', { unit });
    const key = await store.makeKey();
    const request = await makeEnrolmentRequest({ unit, key, code });
    const enrolled = acceptEnrolment({ answer: await send(request), request, unit, key, code });
    const identity = await store.enrol(enrolled);
    await time.learn(enrolled.time);
    const { serial, notAfter } = enrolled.peer;
    await audit.append(
      auditEvent({
        what: 'identity.enrolled',
        outcome: 'done',
        who: 'local',
        on: unit,
        detail: { serial, notAfter },
      }),
    );
    return identity;
  });
}

/**
 * Asks for a new certificate for a new key over the unit's own channel (`ask` is its `request('renew', …)`) and keeps it beside the current one; `promote`
 * the store when a channel was opened with it. Refuses what `acceptRenewal` refuses.
 */
export async function renewUnit(parts: {
  readonly store: IdentityStore;
  /** `Channel.binding.exporter`. */
  readonly exporter: string;
  readonly ask: (request: { readonly jws: string }) => Promise<unknown>;
  readonly time: TrustedTime;
  readonly revocations: Pick<Revocations, 'certificates'>;
  readonly audit: AuditSink;
}): Promise<Identity> {
  const { store, exporter, ask, time, revocations, audit } = parts;
  const identity = await store.current();
  return recorded(audit, 'identity.renewal-refused', identity.unit, async () => {
    const next = await store.makeKey();
    const answer = await ask(await makeRenewalRequest({ identity, next, exporter }));
    const chain = acceptRenewal({ answer, identity, next, now: time.now(), revocations });
    await store.keepNext({ key: next, chain });
    await audit.append(
      auditEvent({
        what: 'identity.renewed',
        outcome: 'done',
        on: identity.unit,
        detail: { key: next.thumbprint },
      }),
    );
    return { ...identity, key: next, chain };
  });
}

/** Records a refusal before it goes on. */
async function recorded<T>(audit: AuditSink, what: string, on: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error))
      await audit.append(
        auditEvent({ what, outcome: 'refused', code: error.code, on, detail: error.detail }),
      );
    throw error;
  }
}
