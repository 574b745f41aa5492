// A request for a service session, signed by the workbench: who wants to do what for how long, and why. Fresh by a challenge that the unit gave out.
import { createHash, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { readJws, type Sign, signJws } from '../signed/jws.ts';
import { refuseService } from './refusals.ts';

export const SERVICE_REQUEST_TYP = 'ward-service-request+jwt';
export const MOST_MINUTES = 60;
const MOST_CHARACTERS = 4_096;

/** All that a service session may hold; a request names some. Ending it is always possible. */
export const SERVICE_VERBS = [
  'service.read-logs',
  'service.self-test',
  'service.diagnostics',
  'calibration.propose',
] as const;
export type ServiceVerb = (typeof SERVICE_VERBS)[number];

export const ServiceRequest = z.strictObject({
  id: z.uuid(),
  unit: z.string().min(1).max(64),
  /** Who will work: subject of the capability token, e.g. `person:noor`. */
  who: z.string().min(1).max(100),
  /** Shown at the device: one line without control characters. */
  why: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u),
  verbs: z.array(z.enum(SERVICE_VERBS)).min(1).max(SERVICE_VERBS.length),
  minutes: z.int().min(1),
  /** Of the unit (`ServiceDesk.challenge`). */
  challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type ServiceRequest = z.infer<typeof ServiceRequest>;

export const signServiceRequest = (request: ServiceRequest, sign: Sign) =>
  signJws({ typ: SERVICE_REQUEST_TYP }, request, sign);

/** Form, signature, unit, length. Throws a refusal. */
export function readServiceRequest(
  message: unknown,
  { unit, key }: { readonly unit: string; readonly key: KeyObject },
): ServiceRequest {
  const reading = readJws(message, {
    typ: SERVICE_REQUEST_TYP,
    key,
    mostCharacters: MOST_CHARACTERS,
  });
  if (reading.kind === 'wrong-signature') throw refuseService('service.wrong-signature');
  if (reading.kind !== 'read') throw refuseService('service.malformed', { why: reading.kind });
  const request = ServiceRequest.safeParse(reading.claims);
  if (!request.success) throw refuseService('service.malformed', { why: 'claims' });
  if (request.data.unit !== unit) throw refuseService('service.wrong-unit', { unit: request.data.unit });
  if (request.data.minutes > MOST_MINUTES)
    throw refuseService('service.too-long', { minutes: request.data.minutes });
  return request.data;
}

/**
 * Eight digits that both ends make of the signed request, so that the person at the device and the engineer on the telephone can compare them.
 * The unit's challenge is part of it, so a request with the same code cannot be searched for beforehand.
 */
export function comparisonCode(signedRequest: string): string {
  const text = `ward service request, comparison code\n${signedRequest}`;
  const number = createHash('sha256').update(text).digest().readBigUInt64BE(0) % 100_000_000n;
  return number.toString().padStart(8, '0');
}
