// Where commands are attacked: a unit with the laser behind it. After each attack the laser has to be as it was.
import { makeLaserScene, SAMPLE_PATIENT, SAMPLE_PREPARATION } from '../../../laser/machine/scene.ts';
import { MemoryAudit } from '../../audit/event.ts';
import { HandClock } from '../../clock.ts';
import { type CommandClaims, RECEIPT_TYP, type ReceiptClaims } from '../../commands/envelope.ts';
import type { Connected, KeyInHand } from '../../commands/scene.ts';
import { isRefusal } from '../../refusal.ts';
import { readJws, signJws } from '../../signed/jws.ts';
import type { Attack, AttackOutcome } from '../attack.ts';

export async function stage() {
  const clock = new HandClock();
  const audit = new MemoryAudit();
  const scene = await makeLaserScene({ clock, audit });
  const clinician = await scene.connect();
  return { ...scene, clock, audit, clinician };
}
export type Stage = Awaited<ReturnType<typeof stage>>;

export const PREPARE = {
  verb: 'treatment.prepare',
  body: SAMPLE_PREPARATION,
  patientData: SAMPLE_PATIENT,
} as const;
export const STATUS = { verb: 'unit.status', body: {} } as const;

/** Sends a message as it is, and gives the code of the unit's receipt, whose signature is verified. */
export async function send(
  at: Stage,
  message: unknown,
  { channel }: Pick<Connected, 'channel'> = at.clinician,
) {
  return codeOf(at, await at.commands.answer(channel, message));
}

export async function codeOf(at: Stage, answer: string): Promise<string> {
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

export const claimsOf = (command: string) =>
  JSON.parse(Buffer.from(command.split('.')[1] as string, 'base64url').toString()) as CommandClaims;
export const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The next command of the holder, with other claims, signed by the holder. */
export async function altered(
  by: Connected,
  asked: Parameters<Connected['desk']['command']>[0],
  change: (claims: CommandClaims) => object,
  key: KeyInHand = by.holder,
) {
  return signJws({ typ: 'ward-command+jwt' }, change(claimsOf(await by.desk.command(asked))), key.sign);
}

/** Sets the stage, then attacks, and holds that the attack changed nothing about the laser. */
export function attempt(
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

export async function refusalOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  throw new Error('it was accepted');
}
