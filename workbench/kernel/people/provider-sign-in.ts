// Entering by the provider: who comes back is known by issuer and subject and by nothing else. An e-mail address links
// once, when it was invited and the provider vouches for it.
import { z } from 'zod';
import { note, type PeopleContext, type Tx, type Visitor } from './context.ts';
import { ensurePerson } from './directory.ts';
import { refuse } from './errors.ts';
import { setProviderGroups, syncGroupRoles } from './group-roles.ts';
import type { Identity, Provider, ProviderTrip } from './provider.ts';
import { tokenHash } from './secrets.ts';
import { readCookie, shortCookie } from './session-cookie.ts';
import type { LoadAuth, SetCookies } from './sessions.ts';
import { enter } from './sign-in.ts';

/** People look for their telephone meanwhile. */
const TRIP_MS = 10 * 60_000;

const Trip = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() });

/** Only paths of our own: `//evil.example` and `/\evil.example` are other sites (CWE-601), and browsers drop controls. */
export function ownPath(next: string | undefined): string {
  if (!next || next.length > 2_000 || !/^\/(?![/\\])/.test(next) || /\p{Cc}/u.test(next)) return '/';
  return next;
}

/**
 * Sends the browser to the provider. What must come back is sealed in the database under the hash of the state; the
 * cookie binds it to this browser. Refuses `people.provider-away`.
 */
export async function beginByProvider(
  context: PeopleContext,
  provider: Provider,
  next: string | undefined,
): Promise<{ readonly url: string; readonly cookies: SetCookies }> {
  const { url, state, nonce, verifier } = await provider.begin();
  const now = context.now();
  const identifier = identifierOf(state);
  const trip: z.infer<typeof Trip> = { state, nonce, verifier, next: ownPath(next) };
  await context.db.deleteFrom('verification').where('expires_at', '<', now).execute();
  await context.db
    .insertInto('verification')
    .values({
      id: context.newId(),
      identifier,
      value: context.vault.seal(Buffer.from(JSON.stringify(trip)), identifier),
      expires_at: new Date(now.getTime() + TRIP_MS),
      created_at: now,
      updated_at: now,
    })
    .execute();
  return { url, cookies: [shortCookie(context.cookies, context.cookies.provider, state, TRIP_MS / 1000)] };
}

/**
 * Lets in who came back. Refuses `people.challenge-over`, `people.provider-refused`, `people.provider-away`,
 * `people.provider-unknown`.
 */
export async function finishByProvider(
  context: PeopleContext,
  auth: LoadAuth,
  provider: Provider,
  headers: Headers,
  answer: URLSearchParams,
  visitor: Visitor,
): Promise<{ readonly personId: string; readonly next: string; readonly cookies: SetCookies }> {
  const trip = await takeTrip(context, readCookie(headers, context.cookies.provider), answer.get('state'));
  const identity = await provider.finish(answer, trip);
  const personId = await context.db.transaction().execute(async (tx) => {
    const found = await personOf(tx, context, identity);
    await setProviderGroups(tx, found, identity.groups);
    await syncGroupRoles(tx, context, found);
    return found;
  });
  const cookies = await enter(context, auth, personId, visitor, 'provider', identity.issuer);
  return {
    personId,
    next: trip.next,
    cookies: [...cookies, shortCookie(context.cookies, context.cookies.provider, '', 0)],
  };
}

/** Once: of two answers with one state the second finds nothing. */
async function takeTrip(
  context: PeopleContext,
  fromCookie: string | null,
  fromAnswer: string | null,
): Promise<ProviderTrip & { readonly next: string }> {
  const over = () => refuse('people.challenge-over', 'No sign-in by the provider was begun in this browser.');
  if (!fromCookie || fromCookie !== fromAnswer) throw over();
  const identifier = identifierOf(fromCookie);
  const row = await context.db
    .deleteFrom('verification')
    .where('identifier', '=', identifier)
    .where('expires_at', '>', context.now())
    .returning('value')
    .executeTakeFirst();
  if (!row) throw over();
  return Trip.parse(JSON.parse(context.vault.open(row.value, identifier).toString('utf8')));
}

const identifierOf = (state: string) => `provider:${tokenHash(state).toString('base64url')}`;

export const providerId = (issuer: string) => `oidc:${issuer}`;

async function personOf(tx: Tx, context: PeopleContext, identity: Identity): Promise<string> {
  const known = await tx
    .selectFrom('account as a')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .where('a.provider_id', '=', providerId(identity.issuer))
    .where('a.account_id', '=', identity.subject)
    .select(['p.id', 'p.disabled_at'])
    .executeTakeFirst();
  if (known?.disabled_at) throw refuse('people.provider-unknown', 'This account was disabled here.');
  if (known) return known.id;
  if (identity.email === null || !identity.emailVerified)
    throw refuse(
      'people.provider-unknown',
      'The provider does not vouch for an e-mail address, so the account cannot be told apart.',
    );
  const invited = await invitedPerson(tx, context, identity.email);
  if (invited) {
    await link(tx, context, invited, identity, 'people.provider-linked');
    return invited;
  }
  if (!context.signIn.provider?.create)
    throw refuse('people.provider-unknown', 'Nobody was invited under the e-mail address of this account.');
  const taken = await tx
    .selectFrom('person')
    .select('id')
    .where('email', '=', identity.email)
    .executeTakeFirst();
  if (taken)
    throw refuse(
      'people.provider-unknown',
      'The e-mail address belongs to a person here who was not invited to come by the provider.',
    );
  const { email, name } = identity;
  const id = await ensurePerson(tx, context, { name: name ?? email, email });
  await link(tx, context, id, identity, 'people.provider-created');
  return id;
}

/** An open invitation, or a person whom the provider keeps here by SCIM and who never signed in. */
async function invitedPerson(tx: Tx, context: PeopleContext, email: string): Promise<string | null> {
  const person = await tx
    .selectFrom('person as p')
    .select(['p.id'])
    .where('p.email', '=', email)
    .where('p.disabled_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!person) return null;
  const accepted = await tx
    .updateTable('invitation')
    .set({ accepted_at: context.now() })
    .where('person_id', '=', person.id)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', context.now())
    .returning('id')
    .execute();
  if (accepted.length > 0) return person.id;
  const kept = await tx
    .selectFrom('scim_user')
    .select('person_id')
    .where('person_id', '=', person.id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!kept) return null;
  const account = await tx
    .selectFrom('account')
    .select('id')
    .where('person_id', '=', person.id)
    .executeTakeFirst();
  return account ? null : person.id;
}

async function link(
  tx: Tx,
  context: PeopleContext,
  personId: string,
  { issuer, subject }: Identity,
  action: string,
): Promise<void> {
  const now = context.now();
  await tx
    .insertInto('account')
    .values({
      id: context.newId(),
      account_id: subject,
      provider_id: providerId(issuer),
      person_id: personId,
      password: null,
      created_at: now,
      updated_at: now,
    })
    .execute();
  await note(tx, context, action, personId, { person: personId, issuer });
}
