// Whether Ward's own ways in, password and passkey, are open to a person.
import type { PeopleContext } from './context.ts';
import { PASSWORD_PROVIDER } from './credential.ts';
import { refuse } from './errors.ts';
import { administrators } from './role-guard.ts';

/**
 * With `WARD_OIDC_ONLY` passwords and passkeys open the door for one person: the first administrator, for the day on
 * which the provider is away. Refuses `people.provider-only`; asked after the proof, so that nobody learns who it is.
 */
export async function requireOwnWay(context: PeopleContext, personId: string): Promise<void> {
  if (!(await ownWayOpen(context, personId)))
    throw refuse('people.provider-only', 'Here people come in by the provider.');
}

async function ownWayOpen(context: PeopleContext, personId: string): Promise<boolean> {
  if (!context.signIn.provider?.only) return true;
  for (const { personId: administrator } of await administrators(context.db)) {
    const own = await context.db
      .selectFrom('account')
      .select('id')
      .where('person_id', '=', administrator)
      .where('provider_id', '=', PASSWORD_PROVIDER)
      .where('password', 'is not', null)
      .executeTakeFirst();
    if (own) return administrator === personId;
  }
  return false;
}
