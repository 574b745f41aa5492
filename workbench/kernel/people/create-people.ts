// Puts the parts of people together: the port that the rest of Ward asks, and what our own routes need.
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Tables } from '../database/schema.ts';
import { type Kinds, makeKinds } from '../records/kinds.ts';
import { tokenPrincipal } from './api-tokens.ts';
import type { PeopleContext } from './context.ts';
import { note } from './context.ts';
import { findAccount, proveCredential } from './credential.ts';
import { ensurePerson, findHolders, findPeople, storePassword } from './directory.ts';
import { refuse } from './errors.ts';
import { type FirstRunLink, firstRunNeeded, makeFirstRunLink } from './first-run.ts';
import { hashPassword } from './password-hash.ts';
import { checkNewPassword } from './password-rules.ts';
import type { People } from './people.ts';
import { makeProvider, type Provider } from './provider.ts';
import { roleAssignmentKind } from './role-assignment.ts';
import { makeVault } from './secrets.ts';
import { cookieNames } from './session-cookie.ts';
import { endAllSessions, type LoadAuth, sessionPrincipal } from './sessions.ts';
import { OWN_SIGN_IN, type SignInSettings } from './sign-in-settings.ts';

export interface PeopleOptions {
  readonly pool: Pool;
  readonly db: Kysely<Tables>;
  /** All kinds of the running Ward; by default only the role assignment. */
  readonly kinds?: Kinds;
  /** At least 32 random characters; signs cookies and seals TOTP secrets. Changing it signs everybody out. */
  readonly secret: string;
  /** Where browsers find this Ward, e.g. `https://ward.example.org/`. */
  readonly baseUrl: string;
  /** A provider of identities and its groups; by default people sign in with Ward's own passwords and passkeys. */
  readonly signIn?: SignInSettings;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: Logger;
}

export interface PeopleService extends People {
  readonly context: PeopleContext;
  readonly auth: LoadAuth;
  /** Null where none is set up. */
  readonly provider: Provider | null;
  /** Loads the sign-in library ahead of the first sign-in, which else takes half a second longer. */
  warm(): Promise<void>;
  /** True until there is an administrator. */
  firstRunNeeded(): Promise<boolean>;
  /** See `FirstRunLink`; each call makes the links before useless. */
  makeFirstRunLink(): Promise<FirstRunLink>;
  /** A person with a name only, such as an author in the example; the id of the one with this address if there is one. */
  ensurePerson(
    person: { readonly name: string; readonly email: string },
    tx?: Kysely<Tables>,
  ): Promise<string>;
  /** Sets the password after its checks and ends every session of the person. Refuses the `people.password-*` codes. */
  setPassword(personId: string, password: string): Promise<void>;
}

/** Throws a plain Error when the secret is too short: a mistake of the configuration. */
export function createPeople(options: PeopleOptions): PeopleService {
  if (options.secret.length < 32) throw new Error('the secret of people needs at least 32 characters');
  const { secret, baseUrl, log } = options;
  const context: PeopleContext = {
    ...options,
    kinds: options.kinds ?? makeKinds([roleAssignmentKind]),
    vault: makeVault(secret),
    cookies: cookieNames(baseUrl),
    signIn: options.signIn ?? OWN_SIGN_IN,
  };
  const auth = lazyAuth(context);

  return {
    context,
    auth,
    provider: context.signIn.provider ? makeProvider(context.signIn.provider, context) : null,
    async warm() {
      await auth();
    },
    firstRunNeeded: () => firstRunNeeded(context),
    makeFirstRunLink: () => makeFirstRunLink(context),
    async principalOf(headers) {
      // A request that brings a token is the token's, whatever cookie the browser adds.
      if (headers.has('authorization')) {
        const principal = await tokenPrincipal(context, headers);
        return principal ? { principal, sessionId: null } : null;
      }
      return sessionPrincipal(context, headers);
    },
    reauthenticate: (personId, credential, now, act) =>
      proveCredential(context, personId, credential, now, act),
    find: (ids) => findPeople(context.db, ids),
    holders: (roles, productId, except) => findHolders(context.db, roles, productId, except),
    ensurePerson: (person, tx = context.db) => ensurePerson(tx, context, person),
    async setPassword(personId, password) {
      const account = await findAccount(context.db, { id: personId });
      if (!account) throw refuse('people.person-unknown', 'There is no such person.');
      await checkNewPassword(password, [account.name, account.email], '$.newPassword');
      const hash = await hashPassword(password);
      await context.db.transaction().execute(async (tx) => {
        await storePassword(tx, context, personId, hash);
        await endAllSessions(tx, personId);
        await note(tx, context, 'people.password-set', personId, { person: personId });
      });
      log.info({ person: personId }, 'password set');
    },
  };
}

function lazyAuth(context: PeopleContext): LoadAuth {
  const { pool, secret, baseUrl, now, newId, log } = context;
  let loading: ReturnType<LoadAuth> | undefined;
  return () => {
    loading ??= import('./auth.ts').then(({ makeAuth }) =>
      makeAuth({
        pool,
        secret,
        baseUrl,
        now,
        newId,
        warn: (message) => log.warn({ message }, 'sign-in library'),
      }),
    );
    return loading;
  };
}
