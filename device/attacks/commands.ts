// Attacks on commands, sessions and receipts, against a unit with the laser behind it. After each the laser has to be as it was.
import { CompactSign, type JWK } from 'jose';
import { makeLaserScene, SAMPLE_PATIENT, SAMPLE_PREPARATION } from '../../laser/machine/scene.ts';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { type CommandClaims, RECEIPT_TYP, type ReceiptClaims, signReceipt } from '../commands/envelope.ts';
import { type Connected, type KeyInHand, makeChannel, makeKey } from '../commands/scene.ts';
import { seal } from '../commands/seal.ts';
import { isRefusal } from '../refusal.ts';
import { readJws, signJws } from '../signed/jws.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

async function stage() {
  const clock = new HandClock();
  const audit = new MemoryAudit();
  const scene = await makeLaserScene({ clock, audit });
  const clinician = await scene.connect();
  return { ...scene, clock, audit, clinician };
}
type Stage = Awaited<ReturnType<typeof stage>>;

const PREPARE = { verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT } as const;
const STATUS = { verb: 'unit.status', body: {} } as const;

/** Sends a message as it is, and gives the code of the unit's receipt, whose signature is verified. */
async function send(at: Stage, message: unknown, { channel }: Pick<Connected, 'channel'> = at.clinician) {
  return codeOf(at, await at.commands.answer(channel, message));
}

async function codeOf(at: Stage, answer: string): Promise<string> {
  const reading = readJws(answer, {
    typ: RECEIPT_TYP,
    key: at.key.publicKey,
    mostCharacters: 1_000_000,
  });
  if (reading.kind !== 'read') throw new Error(`the unit gave no receipt: ${reading.kind}`);
  const { code, outcome } = reading.claims as ReceiptClaims;
  if (outcome === 'done' || code === null) throw new Error('the command was done');
  return code;
}

const claimsOf = (command: string) =>
  JSON.parse(Buffer.from(command.split('.')[1] as string, 'base64url').toString()) as CommandClaims;
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The next command of the holder, with other claims, signed by the holder. */
async function altered(
  by: Connected,
  asked: Parameters<Connected['desk']['command']>[0],
  change: (claims: CommandClaims) => object,
  key: KeyInHand = by.holder,
) {
  return signJws({ typ: 'ward-command+jwt' }, change(claimsOf(await by.desk.command(asked))), key.sign);
}

/** Sets the stage, then attacks, and holds that the attack changed nothing about the laser. */
function attempt(
  attack: Omit<Attack, 'run'>,
  set: (at: Stage) => Promise<() => Promise<string>> | (() => Promise<string>),
): Attack {
  return {
    ...attack,
    run: async (): Promise<AttackOutcome> => {
      const at = await stage();
      const act = await set(at);
      const was = at.laser.now;
      const events = at.audit.events.length;
      const refusal = await act();
      if (at.laser.now !== was)
        throw new Error(`the laser went from ${was.control.state} to ${at.laser.state}`);
      // Of the unit; of the console, when it was the one that refused.
      const audit = [...at.audit.events.slice(events), ...at.clinician.consoleAudit.events];
      if (JSON.stringify(audit).includes(SAMPLE_PATIENT.name))
        throw new Error('patient data are in the audit log');
      return { refusal, audit };
    },
  };
}

async function refusalOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  throw new Error('it was accepted');
}

const parameterAttacks = (
  [
    ['power', { powerMilliWatt: 1_001 }],
    ['power-below', { powerMilliWatt: 49 }],
    ['pulse', { pulseMilliSecond: 501 }],
    ['spot', { spotMicroMetre: 49 }],
    ['repetition', { repeatHertz: 11 }],
    ['pulses', { pulses: 3_001 }],
    ['duration', { treatmentSecond: 3_601 }],
    ['fraction', { powerMilliWatt: 200.5 }],
  ] as const
).map(([name, change]) =>
  attempt(
    {
      id: `prepare-with-${name}-out-of-bounds`,
      has: 'a console with a valid session',
      wants: `a treatment whose ${name} the table of its mode does not have`,
      row: 'L4',
      refusal: name === 'fraction' ? 'command.malformed' : 'command.out-of-bounds',
    },
    (at) => async () =>
      send(
        at,
        await at.clinician.desk.command({
          ...PREPARE,
          body: { ...SAMPLE_PREPARATION, parameters: { ...SAMPLE_PREPARATION.parameters, ...change } },
        }),
      ),
  ),
);

/** Commands that are the holder's in everything but one claim or one key. */
const forgeries: readonly Attack[] = [
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

/** True commands at a wrong time, place or order. */
const staleness: readonly Attack[] = [
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

/** Messages that are no commands at all. */
const malformations: readonly Attack[] = [
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

/** What a holder may not do. */
const overreach: readonly Attack[] = [
  attempt(
    {
      id: 'combine-values-above-the-energy-limit',
      has: 'a valid session',
      wants: 'a pulse of too much energy from values that are each within their bounds',
      row: 'L4',
      refusal: 'command.out-of-bounds',
    },
    (at) => async () => {
      const parameters = {
        ...SAMPLE_PREPARATION.parameters,
        powerMilliWatt: 1_000,
        pulseMilliSecond: 201,
        spotMicroMetre: 500,
      };
      return send(
        at,
        await at.clinician.desk.command({ ...PREPARE, body: { ...SAMPLE_PREPARATION, parameters } }),
      );
    },
  ),
  attempt(
    {
      id: 'use-values-of-another-mode',
      has: 'a valid session',
      wants: "one mode with another's bounds",
      row: 'L4',
      refusal: 'command.out-of-bounds',
    },
    (at) => async () =>
      send(
        at,
        await at.clinician.desk.command({ ...PREPARE, body: { ...SAMPLE_PREPARATION, mode: 'single' } }),
      ),
  ),
  attempt(
    {
      id: 'raise-the-power-while-armed',
      has: 'a valid session, and a laser that is armed',
      wants: 'more power than the person at the device confirmed',
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('armed', at.clinician);
      return () => adjust(at, 400);
    },
  ),
  attempt(
    {
      id: 'raise-the-power-during-emission',
      has: 'a valid session, and a laser that emits',
      wants: 'more power in the pulses under way',
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('emitting', at.clinician);
      return () => adjust(at, 400);
    },
  ),
  attempt(
    {
      id: 'command-the-laser-to-arm',
      has: 'a valid session with every right',
      wants: 'the laser armed from remote',
      row: 'L4',
      refusal: 'command.unknown-verb',
    },
    async (at) => {
      await at.bringTo('confirmed', at.clinician);
      return async () => send(at, await at.clinician.desk.command({ verb: 'treatment.arm', body: {} }));
    },
  ),
  attempt(
    {
      id: 'press-the-foot-switch-from-remote',
      has: 'a valid session, an armed laser, and the names of its local inputs',
      wants: 'emission',
      row: 'L4',
      refusal: 'command.unknown-verb',
    },
    async (at) => {
      await at.bringTo('armed', at.clinician);
      return async () => send(at, await at.clinician.desk.command({ verb: 'foot-a-down', body: {} }));
    },
  ),
  attempt(
    {
      id: 'prepare-during-a-treatment',
      has: 'a valid session',
      wants: "another patient's setting under a treatment that was confirmed",
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('confirmed', at.clinician);
      return async () =>
        send(
          at,
          await at.clinician.desk.command({
            ...PREPARE,
            body: { ...SAMPLE_PREPARATION, patient: 'p-otherone1' },
          }),
        );
    },
  ),
  attempt(
    {
      id: 'use-a-verb-that-the-token-does-not-give',
      has: 'a session to look at the state',
      wants: 'to prepare a treatment',
      row: 'L2',
      refusal: 'command.not-permitted',
    },
    async (at) => {
      const observer = await at.connect({
        person: 'person:ola',
        role: 'fleet-operator',
        verbs: ['unit.status'],
      });
      return async () => send(at, await observer.desk.command(PREPARE), observer);
    },
  ),
  attempt(
    {
      id: 'command-while-nothing-can-be-recorded',
      has: 'a valid session, and a full audit disk',
      wants: 'to act without a trace',
      row: 'L11',
      refusal: 'command.audit-unwritable',
    },
    (at) => async () => {
      Object.defineProperty(at.audit, 'writable', { value: false, configurable: true });
      return send(at, await at.clinician.desk.command(PREPARE));
    },
  ),
];

/** On the sealed patient data and on the way back. */
const sealsAndReceipts: readonly Attack[] = [
  attempt(
    {
      id: 'change-sealed-patient-data',
      has: "the holder's key, not the unit's",
      wants: 'patient data that were changed shown at the device',
      row: 'L4',
      refusal: 'command.wrong-seal',
    },
    (at) => async () =>
      send(
        at,
        await altered(at.clinician, PREPARE, (claims) => {
          const parts = (claims.sealed as string).split('.');
          const content = Buffer.from(parts[3] as string, 'base64url');
          content[0] = (content[0] as number) ^ 1;
          return {
            ...claims,
            sealed: [...parts.slice(0, 3), content.toString('base64url'), parts[4]].join('.'),
          };
        }),
      ),
  ),
  attempt(
    {
      id: 'move-sealed-patient-data-to-another-command',
      has: "a patient's sealed data from an earlier command",
      wants: "them shown with another patient's treatment",
      row: 'L4',
      refusal: 'command.wrong-seal',
    },
    async (at) => {
      const { sealed } = claimsOf(await at.clinician.desk.command(PREPARE));
      await at.clinician.ask(STATUS);
      return async () => send(at, await altered(at.clinician, PREPARE, (claims) => ({ ...claims, sealed })));
    },
  ),
  attempt(
    {
      id: 'seal-patient-data-to-ones-own-key',
      has: 'a key of their own between console and unit',
      wants: 'the unit to take what they can read',
      row: 'L4',
      refusal: 'command.wrong-seal',
    },
    (at) => async () => {
      const own = await makeKey();
      const { session } = at.clinician.desk;
      const sealed = await seal(SAMPLE_PATIENT, own.jwk, {
        unit: at.unit,
        session,
        sequence: 1,
        way: 'to-unit',
      });
      return send(at, await altered(at.clinician, PREPARE, (claims) => ({ ...claims, sealed })));
    },
  ),
  attempt(
    {
      id: 'forge-a-receipt',
      has: 'the connection, and a key of their own',
      wants: 'the console to believe that a stop was done',
      row: 'L3',
      refusal: 'receipt.forged',
    },
    (at) => async () => {
      const { channel, desk } = at.clinician;
      const command = await desk.command({
        ...PREPARE,
        verb: 'unit.status',
        body: {},
        patientData: undefined,
      });
      const answered = await at.commands.answer(channel, command);
      const claims = JSON.parse(
        Buffer.from(answered.split('.')[1] as string, 'base64url').toString(),
      ) as ReceiptClaims;
      const own = await makeKey();
      return refusalOf(desk.read(await signReceipt({ ...claims, state: 'emergency-stopped' }, own.sign)));
    },
  ),
  attempt(
    {
      id: 'pass-another-message-of-the-unit-for-a-receipt',
      has: 'the signed opening of the session',
      wants: 'one kind of signed message taken for another at the console',
      row: 'L3',
      refusal: 'receipt.malformed',
    },
    async (at) => {
      const { channel, desk, grant } = at.clinician;
      const opening = await at.commands.openSession(grant, channel);
      return () => refusalOf(desk.read(opening));
    },
  ),
  attempt(
    {
      id: 'replay-an-old-receipt',
      has: 'a receipt of an earlier command',
      wants: 'the console to take it for the answer to a stop that was held back',
      row: 'L3',
      refusal: 'receipt.of-another-command',
    },
    (at) => async () => {
      const { channel, desk } = at.clinician;
      const old = await at.commands.answer(channel, await desk.command(STATUS));
      await desk.read(old);
      await desk.command({ verb: 'stop', body: {} });
      return refusalOf(desk.read(old));
    },
  ),
];

const adjust = async (at: Stage, powerMilliWatt: number) => {
  const { patient, mode, parameters } = SAMPLE_PREPARATION;
  return send(
    at,
    await at.clinician.desk.command({
      verb: 'treatment.adjust',
      body: { patient, mode, parameters: { ...parameters, powerMilliWatt } },
    }),
  );
};

export const family: AttackFamily = {
  title: 'Commands',
  attacks: [
    ...staleness,
    ...forgeries,
    ...malformations,
    ...parameterAttacks,
    ...overreach,
    ...sealsAndReceipts,
  ],
};
