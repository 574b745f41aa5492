// The first start: a one-time link makes the administrator; later such a link lets the administrator in again. Who can
// read the output of the server's process has the machine anyway; nobody else sees the link.
import { sql } from 'kysely';
import { commitChanges } from '../records/commit.ts';
import { note, type PeopleContext, type Tx, type Visitor } from './context.ts';
import { ensurePerson, storePassword } from './directory.ts';
import { refuse } from './errors.ts';
import { makeOneTimeToken, peekOneTimeToken, takeOneTimeToken } from './one-time-token.ts';
import { hashPassword } from './password-hash.ts';
import { checkNewPassword } from './password-rules.ts';
import { ROLE_ASSIGNMENT, RoleAssignment } from './role-assignment.ts';
import { administrators } from './role-guard.ts';
import type { LoadAuth, SetCookies } from './sessions.ts';
import { enter } from './sign-in.ts';

const FIRST_RUN_LOCK = 8100153;

export interface FirstRunLink {
  /** Whether the link opens the form for the administrator (true) or signs the administrator in (false). */
  readonly makesAdministrator: boolean;
  /** The token stands behind `#`, which browsers keep to themselves. Never log it. */
  readonly url: string;
}

export async function firstRunNeeded(context: PeopleContext): Promise<boolean> {
  return (await administrators(context.db)).length === 0;
}

/** A new link, good for 30 minutes and one use; the links before it stop working. */
export async function makeFirstRunLink(context: PeopleContext): Promise<FirstRunLink> {
  const token = await context.db.transaction().execute(async (tx) => {
    await tx.deleteFrom('one_time_token').where('purpose', '=', 'first-run').execute();
    return makeOneTimeToken(tx, 'first-run', null, context.now());
  });
  const makesAdministrator = await firstRunNeeded(context);
  const url = new URL('welcome', withSlash(context.baseUrl));
  url.hash = token;
  return { makesAdministrator, url: url.href };
}

export interface NewAdministrator {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** Refuses `people.link-over`, `people.first-run-done` and the `people.password-*` codes. */
export async function makeAdministrator(
  context: PeopleContext,
  auth: LoadAuth,
  input: NewAdministrator,
  visitor: Visitor,
): Promise<{ readonly personId: string; readonly cookies: SetCookies }> {
  const { db } = context;
  // Before the costly steps, so that only who holds the link can cause them.
  if (!(await peekOneTimeToken(db, 'first-run', input.token, context.now()))) throw over();
  if (!(await firstRunNeeded(context))) throw done();
  await checkNewPassword(input.password, [input.name, input.email]);
  const hash = await hashPassword(input.password);

  const personId = await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${FIRST_RUN_LOCK})`.execute(tx);
    if (!(await takeOneTimeToken(tx, 'first-run', input.token, context.now()))) throw over();
    if ((await administrators(tx)).length > 0) throw done();
    const id = await ensurePerson(tx, context, input);
    await storePassword(tx, context, id, hash);
    await appointAdministrator(tx, context, id);
    return id;
  });
  return { personId, cookies: await enter(context, auth, personId, visitor, 'first-run') };
}

/** Ward itself gives the first role; every later one needs another person (rule sod-admin-self). */
async function appointAdministrator(tx: Tx, context: PeopleContext, personId: string): Promise<void> {
  const body = RoleAssignment.parse({
    person: personId,
    role: 'administrator',
    training: 'Set up this installation of Ward.',
  });
  await commitChanges(
    tx,
    [
      {
        type: 'create',
        id: context.newId(),
        kind: ROLE_ASSIGNMENT,
        productId: null,
        title: body.role,
        body,
        state: 'active',
        reason: 'First run',
      },
    ],
    { kinds: context.kinds, actorId: null, now: context.now() },
  );
  await note(tx, context, 'people.first-administrator', null, { person: personId });
}

/**
 * Signs the first administrator in with a link. Refuses `people.link-over`, also when there is no administrator yet.
 */
export async function signInByLink(
  context: PeopleContext,
  auth: LoadAuth,
  token: string,
  visitor: Visitor,
): Promise<{ readonly personId: string; readonly cookies: SetCookies }> {
  const personId = await context.db.transaction().execute(async (tx) => {
    const first = (await administrators(tx))[0];
    if (!first) throw over();
    if (!(await takeOneTimeToken(tx, 'first-run', token, context.now()))) throw over();
    return first.personId;
  });
  return { personId, cookies: await enter(context, auth, personId, visitor, 'link') };
}

function over() {
  return refuse(
    'people.link-over',
    'This link was used, replaced by a newer one, or is older than 30 minutes.',
    {
      remedy: 'Start Ward again, or run "ward link", for a new link.',
    },
  );
}

function done() {
  return refuse('people.first-run-done', 'There is an administrator already.');
}

export function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
