// Passkeys (WebAuthn Level 3): registering several with names, proving with one, removing. Always with user
// verification, so that one passkey is both factors: the device, and the finger, face or PIN that it checked.
import { isIP } from 'node:net';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import { note, type PeopleContext } from './context.ts';
import { refuse } from './errors.ts';
import { makeOneTimeToken, takeOneTimeToken } from './one-time-token.ts';
import type { PasskeyAssertion } from './people.ts';

const MOST_PASSKEYS = 20;
/** COSE algorithms: Ed25519, ECDSA P-256, RSA; what authenticators of today have. */
const ALGORITHMS = [-8, -7, -257] as const;
const PROMPT_MS = 120_000;

export interface RelyingParty {
  /** The host to which passkeys are bound for ever. */
  readonly id: string;
  readonly origin: string;
}

/**
 * WebAuthn binds to a host name, never to an address. The loopback address has a name of its own, any other has none:
 * null, and no passkeys.
 */
export function relyingParty(baseUrl: string): RelyingParty | null {
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (/^127\.|^::1$/.test(host)) {
    url.hostname = 'localhost';
    return { id: 'localhost', origin: url.origin };
  }
  return isIP(host) === 0 ? { id: host, origin: url.origin } : null;
}

function requireRelyingParty({ baseUrl }: PeopleContext): RelyingParty {
  const party = relyingParty(baseUrl);
  if (!party) throw refuse('people.passkey-needs-name', `Passkeys cannot be bound to ${baseUrl}.`);
  return party;
}

export interface PasskeyListed {
  readonly id: string;
  readonly name: string;
  readonly synced: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** The latest first. */
export async function listPasskeys(db: Kysely<Tables>, personId: string): Promise<PasskeyListed[]> {
  const rows = await db
    .selectFrom('passkey')
    .select(['id', 'name', 'synced', 'created_at', 'last_used_at'])
    .where('person_id', '=', personId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    synced: row.synced,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }));
}

async function credentialsOf(db: Kysely<Tables>, personId: string) {
  const rows = await db
    .selectFrom('passkey')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', personId)
    .orderBy('created_at')
    .execute();
  return rows.map(({ credential_id, transports }) => ({
    id: credential_id,
    type: 'public-key' as const,
    transports,
  }));
}

/**
 * What the browser needs to make a passkey; the challenge is good once, for five minutes and this person.
 * Refuses `people.passkey-needs-name`, `people.too-many-passkeys`.
 */
export async function beginPasskey(
  context: PeopleContext,
  person: { readonly id: string; readonly name: string; readonly email: string },
) {
  const party = requireRelyingParty(context);
  const have = await credentialsOf(context.db, person.id);
  if (have.length >= MOST_PASSKEYS)
    throw refuse('people.too-many-passkeys', `You have ${have.length} passkeys; more are not kept.`);
  const challenge = await makeOneTimeToken(context.db, 'passkey-add', person.id, context.now());
  return {
    challenge,
    rp: { id: party.id, name: 'Ward' },
    user: {
      // WebAuthn 14.6.1: nothing personal, the same for every passkey of the person.
      id: Buffer.from(person.id.replaceAll('-', ''), 'hex').toString('base64url'),
      name: person.email,
      displayName: person.name,
    },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: PROMPT_MS,
    attestation: 'none' as const,
    excludeCredentials: have,
    authenticatorSelection: {
      residentKey: 'required' as const,
      requireResidentKey: true,
      userVerification: 'required' as const,
    },
  };
}

/** What a browser answers when it has made a passkey. */
export interface PasskeyMade {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[] | undefined;
  };
}

/** Refuses `people.challenge-over`, `people.passkey-refused`, `people.passkey-known`. */
export async function addPasskey(
  context: PeopleContext,
  personId: string,
  name: string,
  made: PasskeyMade,
): Promise<PasskeyListed> {
  const party = requireRelyingParty(context);
  const challenge = challengeOf(made.response.clientDataJSON);
  const now = context.now();
  const taken = await takeOneTimeToken(context.db, 'passkey-add', challenge, now);
  if (taken?.personId !== personId) throw challengeOver();
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const transports = (made.response.transports ?? []).filter((known) => TRANSPORTS.has(known));
  const verified = await verifyRegistrationResponse({
    response: {
      ...made,
      response: {
        clientDataJSON: made.response.clientDataJSON,
        attestationObject: made.response.attestationObject,
      },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  }).catch((error: unknown) => notVerified(context, error));
  const info = verified?.registrationInfo;
  if (!verified?.verified || !info) throw refused();

  const row = {
    id: context.newId(),
    person_id: personId,
    name,
    credential_id: info.credential.id,
    public_key: Buffer.from(info.credential.publicKey),
    counter: info.credential.counter,
    transports,
    synced: info.credentialDeviceType === 'multiDevice',
    created_at: now,
  };
  await context.db.transaction().execute(async (tx) => {
    const stored = await tx
      .insertInto('passkey')
      .values(row)
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!stored) throw refuse('people.passkey-known', 'This passkey is registered already.');
    await note(tx, context, 'people.passkey-added', personId, { person: personId, passkey: row.id });
  });
  return { id: row.id, name, synced: row.synced, createdAt: now, lastUsedAt: null };
}

/** Refuses `people.passkey-unknown` for one that is not this person's. */
export async function removePasskey(context: PeopleContext, personId: string, id: string): Promise<void> {
  await context.db.transaction().execute(async (tx) => {
    const row = await tx
      .deleteFrom('passkey')
      .where('id', '=', id)
      .where('person_id', '=', personId)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw refuse('people.passkey-unknown', 'You have no such passkey.');
    await note(tx, context, 'people.passkey-removed', personId, { person: personId, passkey: id });
  });
}

/**
 * What the browser needs to ask for a passkey. At the door nobody is named, and the browser offers what it has; inside,
 * the challenge is good for this person and this act only.
 */
export async function askForPasskey(
  context: PeopleContext,
  wanted: { readonly personId: string; readonly act: string } | null,
) {
  const party = requireRelyingParty(context);
  const { db } = context;
  const challenge = wanted
    ? await makeOneTimeToken(db, 'passkey-prove', wanted.personId, context.now(), wanted.act)
    : await makeOneTimeToken(db, 'passkey-sign-in', null, context.now());
  return {
    challenge,
    rpId: party.id,
    timeout: PROMPT_MS,
    userVerification: 'required' as const,
    allowCredentials: wanted ? await credentialsOf(db, wanted.personId) : [],
  };
}

/**
 * Proves by a passkey that the person is present and means this act. Refuses `people.challenge-over` (also for another
 * act), `people.passkey-refused`, `people.passkey-copied`.
 */
export async function provePasskey(
  context: PeopleContext,
  personId: string,
  assertion: PasskeyAssertion,
  act: string,
): Promise<'passkey'> {
  const challenge = challengeOf(assertion.response.clientDataJSON);
  const taken = await takeOneTimeToken(context.db, 'passkey-prove', challenge, context.now());
  if (taken?.personId !== personId || taken.about !== act) throw challengeOver();
  const owner = await acceptAssertion(context, assertion, challenge);
  if (owner !== personId) throw refused();
  return 'passkey';
}

/**
 * Whose passkey answered the challenge that this browser was given (`challenge` comes from its cookie).
 * Refuses `people.challenge-over`, `people.passkey-refused`, `people.passkey-copied`.
 */
export async function personOfPasskey(
  context: PeopleContext,
  assertion: PasskeyAssertion,
  challenge: string | null,
): Promise<string> {
  if (!challenge || !(await takeOneTimeToken(context.db, 'passkey-sign-in', challenge, context.now())))
    throw challengeOver();
  return acceptAssertion(context, assertion, challenge);
}

async function acceptAssertion(
  context: PeopleContext,
  assertion: PasskeyAssertion,
  challenge: string,
): Promise<string> {
  const party = requireRelyingParty(context);
  const row = await context.db
    .selectFrom('passkey as k')
    .innerJoin('person as p', 'p.id', 'k.person_id')
    .where('k.credential_id', '=', assertion.id)
    .where('p.disabled_at', 'is', null)
    .select(['k.id', 'k.person_id', 'k.public_key'])
    .executeTakeFirst();
  if (!row) throw refused();
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const verified = await verifyAuthenticationResponse({
    response: {
      ...assertion,
      response: {
        clientDataJSON: assertion.response.clientDataJSON,
        authenticatorData: assertion.response.authenticatorData,
        signature: assertion.response.signature,
      },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: party.origin,
    expectedRPID: party.id,
    requireUserVerification: true,
    // The counter is compared below, in the statement that stores it: two processes cannot accept the same one.
    credential: { id: assertion.id, publicKey: new Uint8Array(row.public_key), counter: 0 },
  }).catch((error: unknown) => notVerified(context, error));
  if (!verified?.verified) throw refused();

  // WebAuthn Level 3, 7.2 step 25: a counter that does not grow may be that of a copy.
  const counter = verified.authenticationInfo.newCounter;
  const counted = await context.db
    .updateTable('passkey')
    .set({ counter, last_used_at: context.now() })
    .where('id', '=', row.id)
    .where(sql<boolean>`(counter < ${counter} or (counter = 0 and ${counter} = 0))`)
    .returning('id')
    .executeTakeFirst();
  if (!counted) {
    context.log.warn({ person: row.person_id, passkey: row.id }, 'a passkey counted backwards');
    await context.db
      .transaction()
      .execute((tx) =>
        note(tx, context, 'people.passkey-copied', null, { person: row.person_id, passkey: row.id }),
      );
    throw refuse('people.passkey-copied', 'The passkey has counted backwards: there may be a copy of it.');
  }
  return row.person_id;
}

/** WebAuthn Level 3, 5.8.4; others are forgotten. */
const TRANSPORTS = new Set(['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb', 'cable']);

/** The challenge that the browser says it answered; the verification compares it again. */
function challengeOf(clientDataJson: string): string {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString('utf8'));
    const challenge = (data as { challenge?: unknown } | null)?.challenge;
    if (typeof challenge === 'string' && /^[\w-]{43}$/.test(challenge)) return challenge;
  } catch {
    // not JSON: refused below
  }
  throw refused();
}

/** The library throws for every check that fails; its words are for the log. */
function notVerified(context: PeopleContext, error: unknown): null {
  const reason = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
  context.log.info({ reason }, 'a passkey was not accepted');
  return null;
}

function refused() {
  return refuse('people.passkey-refused', 'The passkey was not accepted.');
}

function challengeOver() {
  return refuse('people.challenge-over', 'Nothing waits for this passkey any more.');
}
