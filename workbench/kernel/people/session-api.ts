// Routes: the first run, signing in and out, who am I.
import { createRoute, type z } from '@hono/zod-openapi';
import { ONE_ACCOUNT, rateLimit } from '../http/rate-limit.ts';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import { signInSubject } from './back-off.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { waysOf } from './directory.ts';
import { refuse } from './errors.ts';
import { firstRunNeeded, makeAdministrator, signInByLink } from './first-run.ts';
import { relyingParty } from './passkeys.ts';
import { unseenReset, usePasswordReset } from './password-reset.ts';
import type { Provider } from './provider.ts';
import { beginByProvider, finishByProvider } from './provider-sign-in.ts';
import { sendCookies, visitorOf } from './request.ts';
import { closeSession } from './sessions.ts';
import { finishSignIn, signIn } from './sign-in.ts';

const tags = ['session'];
const anyone = access({ who: 'anyone' });

export function sessionApi({ context, auth, find, provider }: PeopleService) {
  const accounts = rateLimit(ONE_ACCOUNT);
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/first-run',
        tags,
        ...anyone,
        responses: answers(contract.FirstRunState, 'Whether the administrator is still to be made'),
      }),
      async (c) => c.json({ needed: await firstRunNeeded(context) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/first-run',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.FirstRun) },
        responses: answers(contract.SignInAnswer, 'The administrator is made and signed in'),
      }),
      async (c) => {
        const { cookies } = await makeAdministrator(context, auth, c.req.valid('json'), visitorOf(c));
        sendCookies(c, cookies);
        return c.json({ step: 'done' as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/session',
        tags,
        ...anyone,
        responses: answers(contract.SessionAnswer, 'Who asks; null when nobody is signed in'),
      }),
      async (c) => {
        const principal = c.get('principal');
        const personId = principal?.personId ?? null;
        const known = personId === null ? undefined : (await find([personId])).get(personId);
        if (!principal || !known || principal.via === 'system') return c.json({ person: null }, 200);
        const reset = await unseenReset(context, known.id);
        const person: contract.Me = {
          id: known.id,
          name: known.name,
          email: known.email,
          ...(await waysOf(context.db, known.id)),
          passwordReset: reset ? { at: reset.at.toISOString(), by: reset.by } : null,
          roles: [...principal.grants],
          via: principal.via,
          scopes: principal.scopes === null ? null : [...principal.scopes],
        };
        return c.json({ person }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/session/ways',
        tags,
        ...anyone,
        responses: answers(contract.SignInWays, 'How people sign in here'),
      }),
      (c) => {
        const settings = context.signIn.provider;
        const ways: z.infer<typeof contract.SignInWays> = {
          passwords: !settings?.only,
          passkeyOrigin: relyingParty(context.baseUrl)?.origin ?? null,
          provider: settings ? { name: settings.name } : null,
        };
        return c.json(ways, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.SignIn) },
        responses: answers(contract.SignInAnswer, 'Signed in, or the second factor is asked for'),
      }),
      async (c) => {
        const input = c.req.valid('json');
        accounts.take(signInSubject(input.email));
        const { step, cookies } = await signIn(context, auth, input, visitorOf(c));
        sendCookies(c, cookies);
        return c.json({ step }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/provider',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.ProviderWanted) },
        responses: answers(contract.ProviderTrip, 'Where the browser goes to sign in'),
      }),
      async (c) => {
        const begun = await beginByProvider(context, required(provider), c.req.valid('json').next);
        sendCookies(c, begun.cookies);
        return c.json({ url: begun.url }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/provider/finish',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.ProviderAnswer) },
        responses: answers(contract.ProviderEntered, 'Signed in by the provider, and where to go on'),
      }),
      async (c) => {
        const answer = new URLSearchParams(c.req.valid('json').query);
        const { headers } = c.req.raw;
        const done = await finishByProvider(context, auth, required(provider), headers, answer, visitorOf(c));
        sendCookies(c, done.cookies);
        return c.json({ step: 'done' as const, next: done.next }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/totp',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.Code) },
        responses: answers(
          contract.SignInAnswer,
          'Signed in with a code of the authenticator or a backup code',
        ),
      }),
      async (c) => {
        const { code } = c.req.valid('json');
        const done = await finishSignIn(context, auth, c.req.raw.headers, code, visitorOf(c));
        sendCookies(c, done.cookies);
        return c.json({ step: 'done' as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/password-reset',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.PasswordReset) },
        responses: answers(contract.Done, 'The password is set; now sign in with it'),
      }),
      async (c) => {
        await usePasswordReset(context, c.req.valid('json'));
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/link',
        tags,
        ...anyone,
        request: { body: jsonBody(contract.Link) },
        responses: answers(contract.SignInAnswer, 'The administrator is signed in by a one-time link'),
      }),
      async (c) => {
        const { token } = c.req.valid('json');
        const { cookies } = await signInByLink(context, auth, token, visitorOf(c));
        sendCookies(c, cookies);
        return c.json({ step: 'done' as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/session',
        tags,
        ...anyone,
        responses: answers(contract.SignedOut, 'Signed out here; the address signs out at the provider too'),
      }),
      async (c) => {
        const closed = await closeSession(context, auth, c.req.raw.headers);
        sendCookies(c, closed.cookies);
        const own = closed.provider !== null && closed.provider === context.signIn.provider?.issuer;
        const providerUrl = own ? ((await provider?.signOutUrl()) ?? null) : null;
        return c.json({ done: true as const, providerUrl }, 200);
      },
    );
}

function required(provider: Provider | null): Provider {
  if (!provider) throw refuse('people.provider-none', 'This Ward has no provider of identities.');
  return provider;
}
