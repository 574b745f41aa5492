// Asking the browser for a passkey. Its own dialog may be closed, which is no fault.
import type { InferResponseType } from 'hono/client';
import type { PasskeyAssertion } from '../kernel/people/people.ts';
import type { SignedAct } from '../kernel/people/signed-act.ts';
import { ProblemError } from './client.ts';
import { peopleClient } from './session.ts';

type Creation = InferResponseType<typeof peopleClient.me.passkeys.options.$post>;

const load = () => import('@simplewebauthn/browser');

/** True where this browser can keep and use passkeys. */
export function passkeysWork(): boolean {
  return typeof globalThis.PublicKeyCredential === 'function';
}

/** Signs in with whatever passkey of this Ward the browser has. */
export async function signInByPasskey(): Promise<void> {
  const options = await (await peopleClient.session.passkey.challenge.$post()).json();
  const answer = await ask(options);
  await peopleClient.session.passkey.$post({ json: answer });
}

/** Proves presence for one signature, or (null) for a change of the own account. */
export async function proveByPasskey(sign: SignedAct | null): Promise<PasskeyAssertion> {
  const json = sign === null ? {} : { sign };
  return ask(await (await peopleClient.me.passkeys.challenge.$post({ json })).json());
}

export async function makePasskey(options: Creation) {
  const { startRegistration } = await load();
  try {
    const made = await startRegistration({
      optionsJSON: { ...options, excludeCredentials: transported(options.excludeCredentials) },
    });
    return made as typeof made & { type: 'public-key' };
  } catch (error) {
    throw said(error);
  }
}

async function ask(
  options: InferResponseType<typeof peopleClient.me.passkeys.challenge.$post>,
): Promise<PasskeyAssertion & { type: 'public-key' }> {
  const { startAuthentication } = await load();
  try {
    const answer = await startAuthentication({
      optionsJSON: { ...options, allowCredentials: transported(options.allowCredentials) },
    });
    return answer as PasskeyAssertion;
  } catch (error) {
    throw said(error);
  }
}

type Ref = Creation['excludeCredentials'][number];
const transported = (refs: readonly Ref[]) =>
  refs.map((ref) => ({ ...ref, transports: ref.transports as never }));

/** WebAuthn's errors by name (Web Authentication Level 3, 5.1); the browser's own words are for developers. */
function said(error: unknown): Error {
  const name = error instanceof Error ? error.name : '';
  const words: Readonly<Record<string, readonly [title: string, detail: string, remedy: string]>> = {
    NotAllowedError: [
      'No passkey was used',
      'The dialog of the browser was closed, or nothing was chosen in time.',
      'Try again, or use another way.',
    ],
    InvalidStateError: [
      'This device has a passkey here already',
      'The same device was registered before.',
      'Use that one, or register another device.',
    ],
    SecurityError: [
      'Passkeys do not work at this address',
      `This page was opened at ${location.host}, to which no passkey can belong.`,
      'Open Ward under the name that its settings give, over https or on localhost.',
    ],
  };
  const [title, detail, remedy] = words[name] ?? [
    'The browser could not use a passkey',
    'It gave no reason that would help.',
    'Try another browser or another way to sign in.',
  ];
  return new ProblemError({
    type: 'urn:ward:problem:page',
    title,
    status: 0,
    code: 'passkey',
    detail,
    remedy,
    requestId: 'none',
  });
}
