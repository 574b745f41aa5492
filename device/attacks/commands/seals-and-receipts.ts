// Attacks on the sealed patient data, and on the way back.
import { SAMPLE_PATIENT } from '../../../laser/machine/scene.ts';
import { type ReceiptClaims, signReceipt } from '../../commands/envelope.ts';
import { makeKey } from '../../commands/scene.ts';
import { seal } from '../../commands/seal.ts';
import type { Attack } from '../attack.ts';
import { altered, attempt, claimsOf, PREPARE, refusalOf, STATUS, send } from './scene.ts';

export const attacks: readonly Attack[] = [
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
