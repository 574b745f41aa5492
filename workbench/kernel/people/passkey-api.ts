// Routes: passkeys at the door, and those of the own account.
import { createRoute } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { findAccount, proveForAccount } from './credential.ts';
import { refuse } from './errors.ts';
import { CHALLENGE_MS } from './one-time-token.ts';
import { requireOwnWay } from './own-way.ts';
import {
  addPasskey,
  askForPasskey,
  beginPasskey,
  listPasskeys,
  type PasskeyListed,
  personOfPasskey,
  removePasskey,
} from './passkeys.ts';
import { sendCookies, signedIn, visitorOf } from './request.ts';
import { readCookie, shortCookie } from './session-cookie.ts';
import { justSignedIn } from './sessions.ts';
import { enter } from './sign-in.ts';
import { ACCOUNT_ACT, signedAct } from './signed-act.ts';

const anyone = access({ who: 'anyone' });
const ownAccount = access({ who: 'signed-in', scope: 'read', sessionOnly: true });

export function passkeyApi({ context, auth }: PeopleService) {
  const { db } = context;
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/passkey/challenge',
        tags: ['session'],
        ...anyone,
        responses: answers(contract.PasskeyRequest, 'What the browser needs to ask for a passkey'),
      }),
      async (c) => {
        const asked = await askForPasskey(context, null);
        sendCookies(c, [
          shortCookie(context.cookies, context.cookies.passkey, asked.challenge, CHALLENGE_MS / 1000),
        ]);
        return c.json(asked, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session/passkey',
        tags: ['session'],
        ...anyone,
        request: { body: jsonBody(contract.PasskeyAssertion) },
        responses: answers(contract.SignInAnswer, 'Signed in by passkey, which is both factors'),
      }),
      async (c) => {
        const challenge = readCookie(c.req.raw.headers, context.cookies.passkey);
        const personId = await personOfPasskey(context, c.req.valid('json'), challenge);
        await requireOwnWay(context, personId);
        const cookies = await enter(context, auth, personId, visitorOf(c), 'passkey');
        sendCookies(c, [...cookies, shortCookie(context.cookies, context.cookies.passkey, '', 0)]);
        return c.json({ step: 'done' as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/me/passkeys',
        tags: ['me'],
        ...ownAccount,
        responses: answers(contract.PasskeyList, "The person's own passkeys"),
      }),
      async (c) => {
        const items = (await listPasskeys(db, signedIn(c).personId)).map(viewOf);
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/passkeys/options',
        tags: ['me'],
        ...ownAccount,
        request: { body: jsonBody(contract.PasskeyWanted) },
        responses: answers(contract.PasskeyCreation, 'What the browser needs to make a passkey'),
      }),
      async (c) => {
        const me = signedIn(c);
        const account = await findAccount(db, { id: me.personId });
        if (!account) throw refuse('people.person-unknown', 'There is no such person.');
        const { proof } = c.req.valid('json');
        // Who has nothing to prove with came in by a provider a moment ago, or does so again.
        const nothingToProve =
          account.password === null && (await listPasskeys(db, me.personId)).length === 0;
        if (proof) await proveForAccount(context, me.personId, proof, context.now());
        else if (!nothingToProve)
          throw refuse('people.wrong-credential', 'A new passkey needs your password or another passkey.');
        else if (!(await justSignedIn(context, c.get('sessionId'))))
          throw refuse('people.session-old', 'The first passkey of an account needs a fresh sign-in.');
        return c.json(await beginPasskey(context, account), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/passkeys',
        tags: ['me'],
        ...ownAccount,
        request: { body: jsonBody(contract.NewPasskey) },
        responses: answers(contract.PasskeyView, 'The passkey is registered'),
      }),
      async (c) => {
        const { name, passkey } = c.req.valid('json');
        return c.json(viewOf(await addPasskey(context, signedIn(c).personId, name, passkey)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/me/passkeys/{id}',
        tags: ['me'],
        ...ownAccount,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'The passkey does not open anything here any more'),
      }),
      async (c) => {
        await removePasskey(context, signedIn(c).personId, c.req.valid('param').id);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/passkeys/challenge',
        tags: ['me'],
        ...ownAccount,
        request: { body: jsonBody(contract.PasskeyAct) },
        responses: answers(
          contract.PasskeyRequest,
          'What the browser needs to prove one act by passkey: a change of the account, or one signature',
        ),
      }),
      async (c) => {
        const { sign } = c.req.valid('json');
        const act = sign ? signedAct(sign) : ACCOUNT_ACT;
        return c.json(await askForPasskey(context, { personId: signedIn(c).personId, act }), 200);
      },
    );
}

function viewOf(passkey: PasskeyListed) {
  return {
    ...passkey,
    createdAt: passkey.createdAt.toISOString(),
    lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
  };
}
