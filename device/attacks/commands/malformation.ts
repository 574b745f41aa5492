// Attacks by messages that are no commands at all.
import { makeChannel } from '../../commands/scene.ts';
import { isRefusal } from '../../refusal.ts';
import type { Attack } from '../attack.ts';
import { attempt, claimsOf, encoded, STATUS, send } from './scene.ts';

export const attacks: readonly Attack[] = [
  attempt(
    {
      id: 'send-bytes-that-are-no-command',
      has: 'a connection',
      wants: 'an error of the runtime',
      row: 'L3',
      refusal: 'command.malformed',
    },
    (at) => () => send(at, '\u0000..\ud800 not a message'),
  ),
  attempt(
    {
      id: 'send-an-oversized-command',
      has: 'a connection',
      wants: 'memory and time of the unit',
      row: 'L3',
      refusal: 'command.too-large',
    },
    (at) => () => send(at, 'A'.repeat(5_000_000)),
  ),
  attempt(
    {
      id: 'send-deeply-nested-json',
      has: "the holder's key",
      wants: 'to exhaust the stack of the parser',
      row: 'L3',
      refusal: 'command.malformed',
    },
    (at) => async () => {
      const header = encoded({ alg: 'ES256', typ: 'ward-command+jwt' });
      const payload = Buffer.from('['.repeat(5_000) + ']'.repeat(5_000)).toString('base64url');
      const content = `${header}.${payload}`;
      const signature = await at.clinician.holder.sign(new TextEncoder().encode(content));
      return send(at, `${content}.${Buffer.from(signature).toString('base64url')}`);
    },
  ),
  attempt(
    {
      id: 'reach-into-the-prototype',
      has: "the holder's key",
      wants: 'names like `__proto__` to change objects of the unit',
      row: 'L3',
      refusal: 'command.malformed',
    },
    (at) => async () => {
      const claims = JSON.stringify(claimsOf(await at.clinician.desk.command(STATUS)));
      const payload = claims.replace('"body":{}', '"body":{"__proto__":{"role":"admin"}}');
      const content = `${encoded({ alg: 'ES256', typ: 'ward-command+jwt' })}.${Buffer.from(payload).toString('base64url')}`;
      const signature = await at.clinician.holder.sign(new TextEncoder().encode(content));
      const code = await send(at, `${content}.${Buffer.from(signature).toString('base64url')}`);
      if ('role' in {}) throw new Error('the prototype was changed');
      return code;
    },
  ),
  attempt(
    {
      id: 'flood-with-commands',
      has: 'a connection with a session',
      wants: 'the unit busy and its audit disk full',
      row: 'L3',
      refusal: 'command.too-many',
    },
    (at) => async () => {
      const codes = new Set<string>();
      for (let sent = 0; sent < 500; sent += 1) codes.add(await send(at, 'x.y.z'));
      if (at.audit.events.length > 100) throw new Error('each message of the flood was recorded');
      return codes.has('command.too-many') ? 'command.too-many' : [...codes].join();
    },
  ),
  attempt(
    {
      id: 'open-sessions-without-end',
      has: 'a token and many connections',
      wants: 'the memory of the unit',
      row: 'L3',
      refusal: 'command.too-many-sessions',
    },
    (at) => async () => {
      for (let opened = 0; opened < 50; opened += 1) {
        const channel = makeChannel();
        const grant = { ...at.clinician.grant, channelThumbprint: channel.peerThumbprint };
        const code = await at.commands.openSession(grant, channel).then(
          () => null,
          (error) => (isRefusal(error) ? error.code : Promise.reject(error)),
        );
        if (code !== null) return code;
      }
      throw new Error('fifty sessions are open');
    },
  ),
];
