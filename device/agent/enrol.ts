// Enrolment of a unit: a code typed at the unit, one message to the workbench, one back. The way between is nobody's to trust; what came of it
// stands in the unit's audit log, which begins here.
import { type AuditSink, auditEvent } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import { acceptEnrolment, type EnrolmentRequest, makeEnrolmentRequest } from '../identity/enrolment.ts';
import { type Identity, IdentityStore } from '../identity/identity-store.ts';
import { refuseIdentity } from '../identity/refusals.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal, ownRefusal } from '../refusal.ts';
import { readText } from './read-text.ts';
import { refuseAgent } from './refusals.ts';
import { openUnitLog } from './unit-log.ts';

const MOST_ANSWER_BYTES = 128 * 1024;
const DEADLINE_MS = 20_000;

export interface EnrolOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly unit: string;
  /** As typed. */
  readonly code: string;
  /** E.g. `https://ward.example`. */
  readonly workbenchUrl: string;
}

/**
 * Enrols the unit of this folder over HTTP. Refuses `agent.workbench-unreachable`, `agent.enrolment-refused` (the workbench's own sentence in the
 * detail) and what `enrolUnit` refuses. Whoever calls it is alone on the folder (`alone.ts`).
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { disk, clock, unit, code, workbenchUrl } = options;
  const store = await IdentityStore.open(disk);
  const time = await TrustedTime.load(clock, disk);
  const identity = store.enrolled ? await store.current() : null;
  const log = await openUnitLog({ disk, clock, unit, identity });
  try {
    const send = (request: unknown) => postJson(new URL('/api/fleet/enrol', workbenchUrl).href, request);
    return await enrolUnit({ store, unit, code, send, time, audit: log });
  } finally {
    await log.close().catch(ownRefusal);
  }
}

/**
 * The enrolment itself, recorded as `identity.enrolled` or `identity.enrolment-refused`. `send` brings the request to the workbench and gives back
 * its answer. Refuses `identity.already-enrolled`, `identity.code-malformed`, what `acceptEnrolment` refuses, and what `send` refuses. Nothing
 * is kept before the answer is proven.
 */
export async function enrolUnit(parts: {
  readonly store: IdentityStore;
  readonly unit: string;
  /** As typed. */
  readonly code: string;
  readonly send: (request: EnrolmentRequest) => Promise<unknown>;
  readonly time: TrustedTime;
  readonly audit: AuditSink;
}): Promise<Identity> {
  const { store, unit, code, send, time, audit } = parts;
  try {
    if (store.enrolled) throw refuseIdentity('identity.already-enrolled', { unit });
    const key = await store.makeKey();
    const request = await makeEnrolmentRequest({ unit, key, code });
    const enrolled = acceptEnrolment({ answer: await send(request), request, unit, key, code });
    await time.learn(enrolled.time);
    const identity = await store.enrol(enrolled);
    const { serial, notAfter } = enrolled.peer;
    await note(audit, { what: 'identity.enrolled', outcome: 'done', on: unit, detail: { serial, notAfter } });
    return identity;
  } catch (error) {
    if (isRefusal(error)) {
      const { code, detail } = error;
      await note(audit, { what: 'identity.enrolment-refused', outcome: 'refused', code, on: unit, detail });
    }
    throw error;
  }
}

/** Told after it is so: a log that cannot be written changes nothing about it. */
const note = (audit: AuditSink, event: Parameters<typeof auditEvent>[0]) =>
  audit.append(auditEvent({ who: 'local', ...event })).catch(ownRefusal);

async function postJson(url: string, body: unknown): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    throw refuseAgent('agent.workbench-unreachable', { url }, error);
  }
  const text = await readText(response, MOST_ANSWER_BYTES);
  if (text === null) throw refuseAgent('agent.enrolment-refused', { moreThanBytes: MOST_ANSWER_BYTES });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuseAgent('agent.enrolment-refused', { status: response.status }, error);
  }
  if (!response.ok)
    throw refuseAgent('agent.enrolment-refused', {
      status: response.status,
      says: JSON.stringify(value).slice(0, 500),
    });
  return value;
}
