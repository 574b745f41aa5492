// What the routes of people read from a request beside its body, and how they answer with cookies.
import type { Context } from 'hono';
import type { Env } from '../http/env.ts';
import { refuseHttp } from '../http/problem.ts';
import type { Visitor } from './context.ts';
import { holdsRole, type Principal, type Role } from './roles.ts';
import type { SetCookies } from './sessions.ts';

export function visitorOf(c: Context<Env>): Visitor {
  const userAgent = (c.req.header('user-agent') ?? '').replace(/\p{Cc}/gu, ' ').slice(0, 300);
  return { address: c.get('clientAddress').slice(0, 100), userAgent };
}

export function sendCookies(c: Context<Env>, cookies: SetCookies): void {
  for (const cookie of cookies) c.header('set-cookie', cookie, { append: true });
}

export type SignedIn = Principal & { readonly personId: string };

/** The person in a session, whether or not they hold a role yet. Refuses `http.not-signed-in`, `http.not-permitted`. */
export function signedIn(c: Context<Env>): SignedIn {
  const principal = c.get('principal');
  if (!principal) throw refuseHttp('http.not-signed-in', 'This needs a signed-in person.');
  if (principal.via !== 'session' || principal.personId === null)
    throw refuseHttp(
      'http.not-permitted',
      'This can be done only by a person in a session, not with a token.',
    );
  return principal as SignedIn;
}

/** People belong to the whole house: the role must hold there, not on one product only. Refuses `http.not-permitted`. */
export function forTheHouse(person: SignedIn, roles: readonly Role[]): SignedIn {
  if (!holdsRole(person, roles, null))
    throw refuseHttp('http.not-permitted', `This needs a role for the organisation: ${roles.join(', ')}.`);
  return person;
}
