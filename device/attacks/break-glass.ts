// Attacks on breaking the glass: a laser with its vault behind real commands, and a person whose data are restricted. Row L10.
import type { KeyObject } from 'node:crypto';
import { makeLaserScene, SAMPLE_PREPARATION } from '../../laser/machine/scene.ts';
import { makeServiceScene } from '../../laser/machine/service-scene.ts';
import { recordHandlers } from '../../laser/unit/record-handlers.ts';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { type CommandClaims, RECEIPT_TYP, type ReceiptClaims } from '../commands/envelope.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import type { PersonRole } from '../rights/roles.ts';
import { ROLE_VERBS } from '../rights/roles.ts';
import { readJws, signJws } from '../signed/jws.ts';
import { MOST_EMERGENCIES } from '../vault/emergency-limit.ts';
import { FileKeys } from '../vault/file-keys.ts';
import { accessAs, admit, treating } from '../vault/testing.ts';
import { Vault } from '../vault/vault.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const { patient } = SAMPLE_PREPARATION;
/** Of whom nothing is restricted. */
const SECOND = 'p-2b8c4d6e';
const REASON = 'Fell at home, eye bleeding; her own clinician is not reached';
const BREAK = { verb: 'record.break-glass', body: { patient }, patientData: { reason: REASON } } as const;

async function stage() {
  const [clock, audit, disk] = [new HandClock(), new MemoryAudit(), new SimulatedDisk()];
  let ids = 0;
  const vault = await Vault.open({
    ...{ disk, clock, audit, unit: 'L4-0007', keys: new FileKeys(disk), anchor: null },
    newId: () => `r-${++ids}`,
  });
  await admit(vault, patient);
  await admit(vault, SECOND);
  await vault.restrict(accessAs('data-protection', 'restriction'), patient, true);
  const scene = await makeLaserScene({ clock, audit, handlers: recordHandlers(vault) });
  const as = (role: PersonRole) =>
    scene.connect({ person: `person:${role}`, role, verbs: [...ROLE_VERBS[role]] });
  const opened = () => audit.events.filter(({ what }) => what === 'vault.opened-in-emergency').length;
  return { ...scene, vault, audit, as, opened };
}
type Stage = Awaited<ReturnType<typeof stage>>;

/** The code that the unit refused with. `rightly`: so often it was opened by who may; by the attack never. */
function attempt(
  attack: Omit<Attack, 'run' | 'row'>,
  act: (at: Stage) => Promise<string>,
  rightly = 0,
): Attack {
  return {
    ...attack,
    row: 'L10',
    run: async (): Promise<AttackOutcome> => {
      const at = await stage();
      const refusal = await act(at);
      if (at.opened() !== rightly) throw new Error(`it was opened ${at.opened()} times, not ${rightly}`);
      if (JSON.stringify(at.audit.events).match(/Sample|bleeding/))
        throw new Error('patient data are in the log');
      return { refusal, audit: at.audit.events };
    },
  };
}

function receiptOf(answer: string, key: KeyObject): ReceiptClaims {
  const reading = readJws(answer, { typ: RECEIPT_TYP, key, mostCharacters: 1_000_000 });
  if (reading.kind !== 'read') throw new Error('the unit gave no receipt');
  return reading.claims as unknown as ReceiptClaims;
}

const codeOf = ({ code, outcome, sealed }: ReceiptClaims): string => {
  if (outcome === 'done' || code === null || sealed !== null) throw new Error('it was opened');
  return code;
};
const claimsOf = (command: string) =>
  JSON.parse(Buffer.from(command.split('.')[1] as string, 'base64url').toString()) as CommandClaims;

export const family: AttackFamily = {
  title: 'Breaking the glass',
  attacks: [
    ...(['physicist', 'data-protection', 'service-engineer', 'fleet-operator'] as const).map((role) =>
      attempt(
        {
          id: `break-the-glass-as-${role}`,
          has: `a session with the token of a ${role}`,
          wants: 'a person’s data under the pretext of an emergency',
          refusal: 'command.not-permitted',
        },
        async ({ as }) => codeOf((await (await as(role)).ask(BREAK)).receipt),
      ),
    ),
    ...(
      [
        ['nothing', ''],
        ['blanks', ' '.repeat(40)],
        ['one-letter', 'x'.repeat(40)],
      ] as const
    ).map(([name, reason]) =>
      attempt(
        {
          id: `give-${name}-for-a-reason`,
          has: 'a clinician’s session at the console',
          wants: 'to look without having to say why',
          refusal: 'vault.reason-missing',
        },
        async ({ as }) =>
          codeOf((await (await as('clinician')).ask({ ...BREAK, patientData: { reason } })).receipt),
      ),
    ),
    attempt(
      {
        id: 'give-a-reason-that-fills-the-store',
        has: 'a clinician’s session at the console',
        wants: 'so long a text that nobody reviews it',
        refusal: 'command.wrong-seal',
      },
      async ({ as }) =>
        codeOf(
          (await (await as('clinician')).ask({ ...BREAK, patientData: { reason: 'because '.repeat(80) } }))
            .receipt,
        ),
    ),
    attempt(
      {
        id: 'fill-the-store-with-emergencies',
        has: 'a console that was left signed in, and a program that types reasons',
        wants: 'so many records of emergencies that no treatment can be recorded any more',
        refusal: 'vault.emergency-too-often',
      },
      async ({ as, vault }) => {
        const amira = await as('clinician');
        for (let times = 0; times < MOST_EMERGENCIES; times += 1) await amira.ask(BREAK);
        const refused = codeOf((await amira.ask(BREAK)).receipt);
        vault.demandWritable(treating, SECOND);
        return refused;
      },
      MOST_EMERGENCIES,
    ),
    attempt(
      {
        id: 'leave-the-reason-out',
        has: 'a clinician’s session and a program of one’s own',
        wants: 'the answer without the sealed reason',
        refusal: 'command.malformed',
      },
      async ({ as }) =>
        codeOf((await (await as('clinician')).ask({ verb: BREAK.verb, body: { patient } })).receipt),
    ),
    attempt(
      {
        id: 'type-the-reason-in-clear',
        has: 'a clinician’s session and a program of one’s own',
        wants: 'what was typed of a person readable on the way',
        refusal: 'command.malformed',
      },
      async ({ as }) =>
        codeOf((await (await as('clinician')).ask({ ...BREAK, body: { patient, reason: REASON } })).receipt),
    ),
    attempt(
      {
        id: 'replay-an-emergency',
        has: 'the command of an emergency of yesterday, as it was signed',
        wants: 'the same data again without a reason of today',
        refusal: 'command.replayed',
      },
      async ({ as, commands, key }) => {
        const amira = await as('clinician');
        const command = await amira.desk.command(BREAK);
        await amira.desk.read(await commands.answer(amira.channel, command));
        const answer = await commands.answer(amira.channel, command);
        return codeOf(receiptOf(answer, key.publicKey));
      },
      1,
    ),
    attempt(
      {
        id: 'move-a-reason-to-another-emergency',
        has: 'the sealed reason of an emergency that was real',
        wants: 'it to stand under another one',
        refusal: 'command.wrong-seal',
      },
      async ({ as, commands, key }) => {
        const amira = await as('clinician');
        const first = await amira.desk.command(BREAK);
        const { sealed } = claimsOf(first);
        await amira.desk.read(await commands.answer(amira.channel, first));
        const next = { ...claimsOf(await amira.desk.command(BREAK)), sealed };
        const answer = await commands.answer(
          amira.channel,
          await signJws({ typ: 'ward-command+jwt' }, next, amira.holder.sign),
        );
        return codeOf(receiptOf(answer, key.publicKey));
      },
      1,
    ),
    attempt(
      {
        id: 'read-the-reasons-as-a-clinician',
        has: 'a clinician’s session at the console',
        wants: 'to know what colleagues typed, and of whom',
        refusal: 'command.not-permitted',
      },
      async ({ as }) =>
        codeOf(
          (await (await as('clinician')).ask({ verb: 'record.break-glass-reasons', body: { after: 0 } }))
            .receipt,
        ),
    ),
    {
      id: 'break-the-glass-in-a-service-session',
      has: 'a service session that was consented to, and a colleague’s clinician token',
      wants: 'patient data while the laser is being served',
      row: 'L10',
      refusal: 'command.wrong-state',
      run: async (): Promise<AttackOutcome> => {
        const at = await makeServiceScene();
        await at.open();
        const clinician = await at.connect({ verbs: [...ROLE_VERBS.clinician] });
        return { refusal: codeOf((await clinician.ask(BREAK)).receipt), audit: at.audit.events };
      },
    },
  ],
};
