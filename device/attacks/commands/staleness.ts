// Attacks by true commands at a wrong time, place or order.
import { makeChannel } from '../../commands/scene.ts';
import type { Attack } from '../attack.ts';
import { altered, attempt, PREPARE, refusalOf, STATUS, send } from './scene.ts';

export const attacks: readonly Attack[] = [
  attempt(
    {
      id: 'replay-a-command-in-its-session',
      has: 'a recording of a command that was done',
      wants: 'it done once more',
      row: 'L3',
      refusal: 'command.replayed',
    },
    async (at) => {
      const { channel, desk } = at.clinician;
      const recorded = await desk.command(PREPARE);
      await desk.read(await at.commands.answer(channel, recorded));
      at.press('end-pressed', 'acknowledge-pressed');
      return () => send(at, recorded);
    },
  ),
  attempt(
    {
      id: 'replay-a-command-in-a-new-session',
      has: 'a recording of a command, and a new session of the same person with the same key',
      wants: 'it done in the new session',
      row: 'L3',
      refusal: 'command.wrong-session',
    },
    async (at) => {
      const { channel, desk, grant } = at.clinician;
      const recorded = await desk.command(PREPARE);
      await at.commands.openSession(grant, channel);
      return () => send(at, recorded);
    },
  ),
  attempt(
    {
      id: 'replay-a-command-in-another-open-session',
      has: 'two sessions of the same holder on two channels',
      wants: 'a command of one done in the other',
      row: 'L3',
      refusal: 'command.wrong-session',
    },
    async (at) => {
      const channel = makeChannel();
      await at.commands.openSession(
        { ...at.clinician.grant, channelThumbprint: channel.peerThumbprint },
        channel,
      );
      return async () => send(at, await at.clinician.desk.command(PREPARE), { channel });
    },
  ),
  attempt(
    {
      id: 'send-a-command-to-another-unit',
      has: 'a command for a unit in the next room',
      wants: 'this unit to do it',
      row: 'L3',
      refusal: 'command.wrong-unit',
    },
    (at) => async () =>
      send(at, await altered(at.clinician, PREPARE, (claims) => ({ ...claims, unit: 'L4-0008' }))),
  ),
  attempt(
    {
      id: 'reorder-two-commands',
      has: 'two commands in flight',
      wants: 'the second done before the first',
      row: 'L3',
      refusal: 'command.out-of-order',
    },
    (at) => async () =>
      send(at, await altered(at.clinician, PREPARE, (claims) => ({ ...claims, sequence: 2 }))),
  ),
  attempt(
    {
      id: 'skip-ahead-in-the-sequence',
      has: 'a stolen moment at the console',
      wants: 'a command laid up for later, with a far number',
      row: 'L3',
      refusal: 'command.out-of-order',
    },
    (at) => async () =>
      send(at, await altered(at.clinician, STATUS, (claims) => ({ ...claims, sequence: 1_000_000 }))),
  ),
  attempt(
    {
      id: 'sign-ahead-without-the-challenge',
      has: 'the holder’s key for a moment, before the unit gave its next challenge',
      wants: 'a command with the right number to be fresh later',
      row: 'L3',
      refusal: 'command.stale-challenge',
    },
    async (at) => {
      const ahead = await altered(at.clinician, PREPARE, (claims) => ({ ...claims, sequence: 2 }));
      await at.clinician.ask(STATUS);
      return () => send(at, ahead);
    },
  ),
  attempt(
    {
      id: 'delay-a-command-beyond-its-session',
      has: 'a command held back on the way',
      wants: 'it done when nobody expects it any more',
      row: 'L3',
      refusal: 'command.too-late',
    },
    async (at) => {
      const held = await at.clinician.desk.command(PREPARE);
      at.clock.advance(5 * 60_000);
      return () => send(at, held);
    },
  ),
  attempt(
    {
      id: 'set-the-wall-clock-back-to-revive-a-session',
      has: 'a held command, and the clock of the unit',
      wants: 'an ended session to live again',
      row: 'L3',
      refusal: 'command.too-late',
    },
    async (at) => {
      const held = await at.clinician.desk.command(PREPARE);
      at.clock.advance(6 * 60_000);
      at.clock.setWall(at.clock.wall() - 3_600_000);
      return () => send(at, held);
    },
  ),
  attempt(
    {
      id: 'command-with-a-revoked-token',
      has: 'a session whose token was revoked',
      wants: 'to go on in it',
      row: 'L2',
      refusal: 'command.too-late',
    },
    async (at) => {
      await at.commands.endSessions('revoked', ({ jti }) => jti === at.clinician.grant.jti);
      return async () => send(at, await at.clinician.desk.command(PREPARE));
    },
  ),
  attempt(
    {
      id: 'take-over-a-session-from-another-connection',
      has: "the clinician's command, and a connection of their own",
      wants: 'it accepted on that connection',
      row: 'L3',
      refusal: 'command.no-session',
    },
    (at) => async () => send(at, await at.clinician.desk.command(PREPARE), { channel: makeChannel() }),
  ),
  attempt(
    {
      id: 'open-a-session-with-a-token-of-another-channel',
      has: "a clinician's token, stolen, and a certificate of their own",
      wants: 'a session',
      row: 'L2',
      refusal: 'command.wrong-channel',
    },
    (at) => () => refusalOf(at.commands.openSession(at.clinician.grant, makeChannel())),
  ),
];
