// Enrolment of a unit over the network: a code typed at the unit, one message there, one back. The way between is nobody's to trust.
import type { Clock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import { acceptEnrolment, makeEnrolmentRequest } from '../identity/enrolment.ts';
import { type Identity, IdentityStore } from '../identity/identity-store.ts';
import { refuseIdentity } from '../identity/refusals.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { refuseAgent } from './refusals.ts';

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
  readonly post?: (url: string, body: unknown) => Promise<unknown>;
}

/**
 * Refuses `identity.already-enrolled`, `identity.code-malformed`, `agent.workbench-unreachable`, `agent.enrolment-refused` (the workbench's own
 * sentence in the detail) and what `acceptEnrolment` refuses. Nothing is kept before the answer is proven.
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { disk, clock, unit, code, workbenchUrl, post = postJson } = options;
  const store = await IdentityStore.open(disk);
  if (store.enrolled) throw refuseIdentity('identity.already-enrolled', { unit });
  const key = await store.makeKey();
  const request = await makeEnrolmentRequest({ unit, key, code });
  const answer = await post(new URL('/api/fleet/enrol', workbenchUrl).href, request);
  const enrolled = acceptEnrolment({ answer, unit, key, code, request });
  const time = await TrustedTime.load(clock, disk);
  await time.learn(enrolled.time);
  return store.enrol(enrolled);
}

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
  const text = await readBounded(response);
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

async function readBounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > MOST_ANSWER_BYTES) throw refuseAgent('agent.enrolment-refused', { bytes: length });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
