// Attacks by commands that are the holder's in everything but one claim or one key.
import { CompactSign, type JWK } from 'jose';
import { SAMPLE_PREPARATION } from '../../../laser/machine/scene.ts';
import { makeKey } from '../../commands/scene.ts';
import { signJws } from '../../signed/jws.ts';
import type { Attack } from '../attack.ts';
import { altered, attempt, claimsOf, encoded, PREPARE, STATUS, send } from './scene.ts';

export const attacks: readonly Attack[] = [
  attempt(
    {
      id: 'sign-with-another-key',
      has: 'all claims of a good command, and a key of their own',
      wants: 'to act as the holder',
      row: 'L3',
      refusal: 'command.wrong-signature',
    },
    (at) => async () => send(at, await altered(at.clinician, PREPARE, (claims) => claims, await makeKey())),
  ),
  attempt(
    {
      id: 'use-a-stolen-signature-in-ones-own-session',
      has: "a session of their own and a clinician's signed command for the same unit",
      wants: "the clinician's command done in their session",
      row: 'L3',
      refusal: 'command.wrong-signature',
    },
    async (at) => {
      const thief = await at.connect({ person: 'person:thief', verbs: ['unit.status'] });
      return async () => send(at, await at.clinician.desk.command(PREPARE), thief);
    },
  ),
  attempt(
    {
      id: 'change-the-body-of-a-signed-command',
      has: 'a signed command in flight',
      wants: 'other parameters under the same signature',
      row: 'L4',
      refusal: 'command.wrong-signature',
    },
    (at) => async () => {
      const [header, payload, signature] = (await at.clinician.desk.command(PREPARE)).split('.');
      const claims = claimsOf(`.${payload}`);
      const body = {
        ...SAMPLE_PREPARATION,
        parameters: { ...SAMPLE_PREPARATION.parameters, powerMilliWatt: 900 },
      };
      return send(at, `${header}.${encoded({ ...claims, body })}.${signature}`);
    },
  ),
  attempt(
    {
      id: 'change-the-verb-of-a-signed-command',
      has: 'a signed question for the state',
      wants: 'a preparation under the same signature',
      row: 'L3',
      refusal: 'command.wrong-signature',
    },
    (at) => async () => {
      const [header, payload, signature] = (await at.clinician.desk.command(STATUS)).split('.');
      return send(
        at,
        `${header}.${encoded({ ...claimsOf(`.${payload}`), verb: 'treatment.end' })}.${signature}`,
      );
    },
  ),
  attempt(
    {
      id: 'ask-for-no-signature',
      has: 'the claims of a good command',
      wants: 'them believed with `alg: none`',
      row: 'L3',
      refusal: 'command.wrong-algorithm',
    },
    (at) => async () => {
      const [, payload] = (await at.clinician.desk.command(PREPARE)).split('.');
      return send(at, `${encoded({ alg: 'none', typ: 'ward-command+jwt' })}.${payload}.`);
    },
  ),
  attempt(
    {
      id: 'sign-by-the-public-key-as-a-secret',
      has: "the holder's public key",
      wants: 'a keyed hash by it (HS256) taken for a signature',
      row: 'L3',
      refusal: 'command.wrong-algorithm',
    },
    (at) => async () => {
      const [, payload] = (await at.clinician.desk.command(PREPARE)).split('.');
      const secret = new TextEncoder().encode(JSON.stringify(at.clinician.holder.jwk as JWK));
      const forged = await new CompactSign(Buffer.from(payload as string, 'base64url'))
        .setProtectedHeader({ alg: 'HS256', typ: 'ward-command+jwt' })
        .sign(secret);
      return send(at, forged);
    },
  ),
  attempt(
    {
      id: 'bring-ones-own-key-in-the-header',
      has: 'a key of their own',
      wants: 'the unit to verify by the key that the message brings (`jwk`)',
      row: 'L3',
      refusal: 'command.malformed',
    },
    (at) => async () => {
      const own = await makeKey();
      const [, payload] = (await at.clinician.desk.command(PREPARE)).split('.');
      const content = `${encoded({ alg: 'ES256', typ: 'ward-command+jwt', jwk: own.jwk })}.${payload}`;
      const signature = await own.sign(new TextEncoder().encode(content));
      return send(at, `${content}.${Buffer.from(signature).toString('base64url')}`);
    },
  ),
  attempt(
    {
      id: 'send-a-receipt-as-a-command',
      has: 'a receipt signed by the unit',
      wants: 'one kind of signed message taken for another',
      row: 'L3',
      refusal: 'command.wrong-type',
    },
    async (at) => {
      const { channel, desk } = at.clinician;
      const receipt = await at.commands.answer(channel, await desk.command(STATUS));
      return () => send(at, receipt);
    },
  ),
  attempt(
    {
      id: 'sign-a-command-as-another-type',
      has: "the holder's key, used by another program for another kind of message",
      wants: 'that message taken for a command',
      row: 'L3',
      refusal: 'command.wrong-type',
    },
    (at) => async () => {
      const claims = claimsOf(await at.clinician.desk.command(PREPARE));
      return send(at, await signJws({ typ: 'ward-service-request+jwt' }, claims, at.clinician.holder.sign));
    },
  ),
  attempt(
    {
      id: 'swap-the-token-of-a-command',
      has: 'two tokens of the holder, one with more rights',
      wants: 'a command of one session to count for the other token',
      row: 'L2',
      refusal: 'command.wrong-token',
    },
    async (at) => {
      const other = await at.connect();
      return async () =>
        send(
          at,
          await altered(at.clinician, PREPARE, (claims) => ({ ...claims, token: other.grant.tokenHash })),
        );
    },
  ),
];
