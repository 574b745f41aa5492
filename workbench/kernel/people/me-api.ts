// Routes: what a person does with the own account: password, second factor, sessions.
import { createRoute } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import { note } from './context.ts';
import * as contract from './contract.ts';
import type { PeopleService } from './create-people.ts';
import { proveForAccount, provePassword } from './credential.ts';
import { refuse } from './errors.ts';
import { confirmResetSeen } from './password-reset.ts';
import { sendCookies, signedIn, visitorOf } from './request.ts';
import { beginEnrolment, confirmEnrolment, removeSecondFactor, renewBackupCodes } from './second-factor.ts';
import { closeSession, endAllSessions, endSession, listSessions, openSession } from './sessions.ts';

const tags = ['me'];
const ownAccount = access({ who: 'signed-in', scope: 'read', sessionOnly: true });

export function meApi({ context, auth, setPassword, find }: PeopleService) {
  const { db, now } = context;
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/password',
        tags,
        ...ownAccount,
        request: { body: jsonBody(contract.PasswordChange) },
        responses: answers(contract.Done, 'The password is changed; every other session has ended'),
      }),
      async (c) => {
        const me = signedIn(c);
        const { password, newPassword } = c.req.valid('json');
        await provePassword(context, me.personId, password, now());
        await setPassword(me.personId, newPassword);
        sendCookies(c, await openSession(auth, me.personId, visitorOf(c)));
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/password-reset/seen',
        tags,
        ...ownAccount,
        responses: answers(contract.Done, 'The person knows that the password was reset'),
      }),
      async (c) => {
        await confirmResetSeen(context, signedIn(c).personId);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/totp',
        tags,
        ...ownAccount,
        request: { body: jsonBody(contract.ProofAgain) },
        responses: answers(
          contract.EnrolmentView,
          'A secret for the authenticator; it waits for its first code',
        ),
      }),
      async (c) => {
        const me = signedIn(c);
        await proveForAccount(context, me.personId, c.req.valid('json'), now());
        const person = (await find([me.personId])).get(me.personId);
        if (!person) throw refuse('people.person-unknown', 'There is no such person.');
        return c.json(await beginEnrolment(context, person), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/totp/confirm',
        tags,
        ...ownAccount,
        request: { body: jsonBody(contract.Code) },
        responses: answers(contract.BackupCodes, 'The second factor is on; the backup codes are shown once'),
      }),
      async (c) => {
        const me = signedIn(c);
        const codes = await confirmEnrolment(context, me.personId, c.req.valid('json').code);
        return c.json({ backupCodes: [...codes] }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/totp/backup-codes',
        tags,
        ...ownAccount,
        request: { body: jsonBody(contract.ProofAgain) },
        responses: answers(contract.BackupCodes, 'New backup codes; the old ones stop working'),
      }),
      async (c) => {
        const me = signedIn(c);
        await proveForAccount(context, me.personId, c.req.valid('json'), now());
        return c.json({ backupCodes: [...(await renewBackupCodes(context, me.personId))] }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/me/totp/disable',
        tags,
        ...ownAccount,
        request: { body: jsonBody(contract.ProofAgain) },
        responses: answers(contract.Done, 'The second factor is off'),
      }),
      async (c) => {
        const me = signedIn(c);
        await proveForAccount(context, me.personId, c.req.valid('json'), now());
        await removeSecondFactor(context, me.personId);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/me/sessions',
        tags,
        ...ownAccount,
        responses: answers(contract.SessionList, 'Where this person is signed in'),
      }),
      async (c) => {
        const me = signedIn(c);
        const sessions = await listSessions(db, me.personId, now());
        const items = sessions.map((session) => ({
          ...session,
          startedAt: session.startedAt.toISOString(),
          lastSeenAt: session.lastSeenAt.toISOString(),
          endsAt: session.endsAt.toISOString(),
          current: session.id === c.get('sessionId'),
        }));
        return c.json({ items }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/me/sessions',
        tags,
        ...ownAccount,
        responses: answers(contract.SessionsEnded, 'Signed out everywhere, here too'),
      }),
      async (c) => {
        const me = signedIn(c);
        const ended = await db.transaction().execute(async (tx) => {
          const count = await endAllSessions(tx, me.personId);
          await note(tx, context, 'people.sessions-ended', me.personId, {
            person: me.personId,
            sessions: count,
          });
          return count;
        });
        sendCookies(c, (await closeSession(context, auth, c.req.raw.headers)).cookies);
        return c.json({ ended }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/me/sessions/{id}',
        tags,
        ...ownAccount,
        request: { params: contract.IdParam },
        responses: answers(contract.Done, 'That session has ended'),
      }),
      async (c) => {
        const me = signedIn(c);
        await endSession(db, me.personId, c.req.valid('param').id);
        return c.json({ done: true as const }, 200);
      },
    );
}
