// Enrolment: a unit without any trust gets its certificate and its anchors, and both ends know that the other knows the one-time code. Pure; the
// two messages travel by any transport, over which a man in the middle may sit. RFC 7030 (EST) has no way to authenticate
// the server to a unit without an anchor; here a MAC under a key from the code does it in both directions.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isRefusal, type Refusal } from '../refusal.ts';
import {
  type CertificateAuthority,
  type IssuedCertificate,
  issueCertificate,
  randomSerial,
} from './certificate-authority.ts';
import { makeCertificateRequest } from './certificate-request.ts';
import { deriveEnrolmentKeys, type EnrolmentKeys } from './enrolment-code.ts';
import { type SigningKey, sha256Base64url } from './key.ts';
import { IssuerId, PlainId } from './names.ts';
import { type Anchors, type Peer, readPeer } from './peer.ts';
import { refuseIdentity } from './refusals.ts';
import { NO_REVOCATIONS } from './revocations.ts';

const Base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const Der = z.base64().max(8192);

/** Both messages: the JSON of a payload as base64url, and the HMAC-SHA-256 over exactly these characters. */
const Sealed = z.strictObject({ payload: Base64url.max(64 * 1024), mac: Base64url.length(43) });
/** What a unit posts to the workbench. */
export const EnrolmentRequest = Sealed;
export type EnrolmentRequest = z.infer<typeof EnrolmentRequest>;
/** What the workbench answers. */
export const EnrolmentAnswer = Sealed;
export type EnrolmentAnswer = z.infer<typeof EnrolmentAnswer>;

const RequestPayload = z.strictObject({
  kind: z.literal('ward-enrolment-request'),
  version: z.literal(1),
  unit: PlainId,
  /** PKCS #10, DER, base64. */
  csr: Der,
});

const AnswerPayload = z.strictObject({
  kind: z.literal('ward-enrolment-answer'),
  version: z.literal(1),
  unit: PlainId,
  /** SHA-256 of the request's payload: this answer is to that request. */
  request: Base64url.length(43),
  certificate: Der,
  issuing: Der,
  roots: z.array(Der).min(1).max(3),
  issuers: z.array(IssuerId).max(20),
  /** Milliseconds since 1970 at the workbench: the first time that the unit may trust. */
  time: z.number().int().min(0).max(8_640_000_000_000_000),
});

const MAC_TAG = { request: 'ward enrolment request 1.', answer: 'ward enrolment answer 1.' } as const;

function mac(key: string, side: keyof typeof MAC_TAG, payload: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(MAC_TAG[side] + payload)
    .digest('base64url');
}

function macHolds(key: string, side: keyof typeof MAC_TAG, sealed: EnrolmentRequest): boolean {
  const [expected, given] = [mac(key, side, sealed.payload), sealed.mac].map((text) => Buffer.from(text));
  return expected!.length === given!.length && timingSafeEqual(expected!, given!);
}

function seal(key: string, side: keyof typeof MAC_TAG, payload: unknown): EnrolmentRequest {
  const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return { payload: encoded, mac: mac(key, side, encoded) };
}

function open<T>(message: unknown, schema: z.ZodType<T>): { sealed: EnrolmentRequest; payload: T } {
  try {
    const sealed = Sealed.parse(message);
    return { sealed, payload: schema.parse(JSON.parse(Buffer.from(sealed.payload, 'base64url').toString())) };
  } catch (cause) {
    throw refuseIdentity('identity.enrolment-malformed', {}, cause);
  }
}

// --- The unit's side --------------------------------------------------------------------------------------------------------------------

/** A request for `unit` with a key that was made on it. Refuses `identity.code-malformed`. */
export async function makeEnrolmentRequest(options: {
  readonly unit: string;
  readonly key: SigningKey;
  /** As typed at the unit. */
  readonly code: string;
}): Promise<EnrolmentRequest> {
  const keys = deriveEnrolmentKeys(options.code, options.unit);
  const csr = Buffer.from(await makeCertificateRequest(options.key, options.unit)).toString('base64');
  return seal(keys.request, 'request', {
    kind: 'ward-enrolment-request',
    version: 1,
    unit: options.unit,
    csr,
  });
}

export interface Enrolled {
  /** Holder, issuing CA: DER. */
  readonly chain: readonly Uint8Array[];
  readonly anchors: Anchors;
  readonly peer: Peer;
  /** The workbench's time: for `TrustedTime.learn`. */
  readonly time: number;
}

/**
 * What the answer brings, when it came from who knows the code, is to this very request, and its certificate is for this unit's key under the
 * anchors that it carries. Nothing of it may be used before.
 * Refuses `identity.enrolment-malformed`, `identity.answer-forged`, `identity.answer-not-ours`, and what `readPeer` refuses.
 */
export function acceptEnrolment(options: {
  readonly answer: unknown;
  readonly request: EnrolmentRequest;
  readonly unit: string;
  readonly key: SigningKey;
  readonly code: string;
}): Enrolled {
  const { sealed, payload } = open(options.answer, AnswerPayload);
  const keys = deriveEnrolmentKeys(options.code, options.unit);
  if (!macHolds(keys.answer, 'answer', sealed)) throw refuseIdentity('identity.answer-forged');
  if (payload.unit !== options.unit || payload.request !== sha256Base64url(options.request.payload))
    throw refuseIdentity('identity.answer-not-ours', { unit: payload.unit });
  const anchors = { roots: payload.roots.map(fromBase64), issuers: payload.issuers };
  const chain = [fromBase64(payload.certificate), fromBase64(payload.issuing)];
  const peer = readPeer(chain, { anchors, now: payload.time, revocations: NO_REVOCATIONS, roles: ['unit'] });
  if (peer.id !== options.unit || peer.thumbprint !== options.key.thumbprint)
    throw refuseIdentity('identity.answer-not-ours', { certificate: peer.name });
  return { chain, anchors, peer, time: payload.time };
}

// --- The workbench's side ---------------------------------------------------------------------------------------------------------------

/** What the workbench keeps of a code: never the code. JSON; the keys are as secret as the code was. */
export interface PendingEnrolment {
  readonly unit: string;
  readonly keys: EnrolmentKeys;
  readonly expiresAt: number;
  readonly attemptsLeft: number;
  /** The request that used the code, and what was answered: the same request gets the same answer, should it be lost on its way. */
  readonly used: {
    readonly request: string;
    readonly answer: EnrolmentAnswer;
    readonly serial: string;
  } | null;
}

/** Codes are carried by a person through a building. */
export const ENROLMENT_CODE_MS = 60 * 60_000;
const ENROLMENT_ATTEMPTS = 5;

export function beginEnrolment(options: {
  readonly unit: string;
  readonly code: string;
  readonly now: number;
  readonly validMs?: number;
}): PendingEnrolment {
  const { unit, code, now, validMs = ENROLMENT_CODE_MS } = options;
  return {
    unit: PlainId.parse(unit),
    keys: deriveEnrolmentKeys(code, unit),
    expiresAt: now + validMs,
    attemptsLeft: ENROLMENT_ATTEMPTS,
    used: null,
  };
}

/** The unit that a request says it comes from, to find its pending enrolment. Proven by `answerEnrolment` only. Refuses `identity.enrolment-malformed`. */
export function enrolmentUnit(request: unknown): string {
  return open(request, RequestPayload).payload.unit;
}

export type EnrolmentJudgement =
  /** `issued` is null when an earlier answer was given again. Keep `pending` before the answer is sent. */
  | {
      readonly kind: 'answered';
      readonly answer: EnrolmentAnswer;
      readonly issued: IssuedCertificate | null;
      readonly pending: PendingEnrolment;
    }
  /** Keep `pending`: it has one attempt less. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly pending: PendingEnrolment };

/**
 * Judges a request under its pending enrolment; the caller commits `pending` in one transaction with the lock on it, then answers.
 * Refusals (as values): `identity.enrolment-malformed`, `identity.code-locked`, `identity.code-expired`, `identity.code-wrong`,
 * `identity.code-used`, and those of `issueCertificate`.
 */
export async function answerEnrolment(options: {
  readonly request: unknown;
  readonly pending: PendingEnrolment;
  readonly issuing: CertificateAuthority;
  readonly anchors: Anchors;
  readonly now: number;
  readonly days: number;
  readonly serial?: string;
}): Promise<EnrolmentJudgement> {
  const { pending, issuing, anchors, now, days, serial = randomSerial() } = options;
  let spent = pending;
  try {
    const { sealed, payload } = open(options.request, RequestPayload);
    if (pending.attemptsLeft <= 0) throw refuseIdentity('identity.code-locked', { unit: pending.unit });
    if (payload.unit !== pending.unit || !macHolds(pending.keys.request, 'request', sealed)) {
      spent = { ...pending, attemptsLeft: pending.attemptsLeft - 1 };
      throw refuseIdentity('identity.code-wrong', { unit: pending.unit, left: spent.attemptsLeft });
    }
    if (!(now <= pending.expiresAt)) throw refuseIdentity('identity.code-expired', { unit: pending.unit });
    const request = sha256Base64url(sealed.payload);
    if (pending.used) {
      if (pending.used.request !== request)
        throw refuseIdentity('identity.code-used', { unit: pending.unit });
      return { kind: 'answered', answer: pending.used.answer, issued: null, pending };
    }
    const csr = fromBase64(payload.csr);
    const issued = await issueCertificate(issuing, {
      csr,
      role: 'unit',
      id: pending.unit,
      now,
      days,
      serial,
    });
    const answer = seal(pending.keys.answer, 'answer', {
      kind: 'ward-enrolment-answer',
      version: 1,
      unit: pending.unit,
      request,
      certificate: toBase64(issued.certificate),
      issuing: toBase64(issuing.certificate),
      roots: anchors.roots.map(toBase64),
      issuers: [...anchors.issuers],
      time: now,
    } satisfies z.infer<typeof AnswerPayload>);
    return {
      kind: 'answered',
      answer,
      issued,
      pending: { ...pending, used: { request, answer, serial: issued.serial } },
    };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { kind: 'refused', refusal: error, pending: spent };
  }
}

const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
