// Attacks on the store of patient data: by people whose role or purpose is not enough, and by whoever has the disk of a unit.

import { openTestLog } from '../audit/testing.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { decodeFrame, frameLength } from '../vault/frame.ts';
import type { Access } from '../vault/purposes.ts';
import {
  accessAs,
  admit,
  eventsOf,
  openTestUnit,
  type TestUnit,
  treating,
  treatment,
} from '../vault/testing.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const DATA = 'vault/data';
const KEYRING = 'vault/keyring';

interface Scene extends TestUnit {
  readonly disk: SimulatedDisk;
  readonly ofAda: string;
  readonly ofBob: string;
}

/** A unit with two patients and a treatment of each, Ada's corrected once. */
async function scene(): Promise<Scene> {
  const disk = new SimulatedDisk();
  const unit = await openTestUnit(disk);
  const ofAda = await admit(unit.vault, 'p-ada');
  const ofBob = await admit(unit.vault, 'p-bob');
  await unit.vault.write(treating, 'p-ada', treatment({ note: 'of p-Ada' }), ofAda);
  return { ...unit, disk, ofAda, ofBob };
}

/** What must be refused; gives the code and what the audit log holds of it. */
async function refused(
  job: () => Promise<unknown>,
  events: () => Promise<AttackOutcome['audit']>,
): Promise<AttackOutcome> {
  try {
    await job();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const own = (await events()).filter(({ code }) => code === error.code);
    return { refusal: error.code, audit: own };
  }
  throw new Error('patient data were given out or changed');
}

/** Somebody asks for what they may not have. */
const asks = (job: (scene: Scene) => Promise<unknown>) => async () => {
  const given = await scene();
  return refused(() => job(given), given.events);
};

/** The attacker writes into the file that the running unit has open; then a clinician reads Ada's record. */
const underWay = (version: number, change: (frames: readonly Uint8Array[]) => Uint8Array) => async () => {
  const given = await scene();
  const frames = framesOf(given.disk);
  const at = frames.findIndex((frame) => {
    const head = decodeFrame(frame)?.head;
    return head?.record === given.ofAda && head.version === version;
  });
  const file = await given.disk.open(DATA);
  const position = frames.slice(0, at).reduce((sum, { length }) => sum + length, 0);
  const bytes = change(frames);
  if (bytes.length !== frames[at]?.length) throw new Error('the attack does not fit its place');
  await file.write(position, bytes);
  return refused(() => given.vault.read(treating, 'p-ada', given.ofAda, version), given.events);
};

/** Starts the unit again after the disk was changed. */
const atStart = (change: (scene: Scene) => Promise<void> | void) => async () => {
  const given = await scene();
  await given.vault.close();
  await change(given);
  return restarted(given.disk, given);
};

/** The unit starts on what the attacker left: it opens nothing, or says what is damaged and gives out no record but as it was written. */
async function restarted(disk: SimulatedDisk, given?: Scene): Promise<AttackOutcome> {
  let unit: TestUnit;
  try {
    unit = await openTestUnit(disk);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const events = await eventsOf((await openTestLog(disk)).log);
    return { refusal: error.code, audit: events.filter(({ code }) => code === error.code) };
  }
  const { code } = unit.vault.health;
  if (code === null || !given) throw new Error('the unit found nothing');
  const written = [
    ['p-ada', given.ofAda, 1, 'of p-ada'],
    ['p-ada', given.ofAda, 2, 'of p-Ada'],
    ['p-ada', given.ofAda, undefined, 'of p-Ada'],
    ['p-bob', given.ofBob, 1, 'of p-bob'],
    ['p-bob', given.ofBob, undefined, 'of p-bob'],
  ] as const;
  for (const [patient, record, version, note] of written) {
    const read = await unit.vault.read(treating, patient, record, version).catch((error) => {
      if (!isRefusal(error) || !unit.vault.health.damagedRecords) throw error;
      return null;
    });
    if (read && !('note' in read.fields && read.fields.note === note))
      throw new Error(`a record of ${patient} reads as another one`);
  }
  const events = await unit.events();
  return { refusal: code, audit: events.filter((event) => event.code === code) };
}

function framesOf(disk: SimulatedDisk): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let rest = disk.peek(DATA) as Uint8Array;
  while (rest.length > 0) {
    const length = frameLength(rest) as number;
    frames.push(rest.subarray(0, length));
    rest = rest.subarray(length);
  }
  return frames;
}

/** Frames of the scene: Ada, her treatment, Bob, his treatment, Ada's correction. */
const ADA = 1;
const BOB = 3;
const frameAt = (frames: readonly Uint8Array[], at: number) => frames[at] as Uint8Array;

/** Changes the frames on the disk of a unit that is off. */
const onDisk = (change: (frames: readonly Uint8Array[]) => readonly Uint8Array[]) =>
  atStart(({ disk }) => disk.poke(DATA, Buffer.concat(change(framesOf(disk)))));

/** Head of one frame over the content of another. */
function headOver(head: Uint8Array, content: Uint8Array): Uint8Array {
  const [one, other] = [decodeFrame(head), decodeFrame(content)];
  if (!one || !other) throw new Error('no frames');
  return Buffer.concat([head.subarray(0, 6), one.headBytes, other.sealed, one.mac]);
}

/** The frame with the record id of another one. */
function renamed(frame: Uint8Array, other: Uint8Array): Uint8Array {
  const [from, to] = [decodeFrame(frame)?.head.record, decodeFrame(other)?.head.record];
  if (from === undefined || to === undefined) throw new Error('no frames');
  return Buffer.from(Buffer.from(frame).toString('latin1').replace(from, to), 'latin1');
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] as number) ^ 1;
  return changed;
}

const attack = (
  id: string,
  row: string,
  refusal: string,
  has: string,
  wants: string,
  run: Attack['run'],
): Attack => ({ id, has, wants, row, refusal, run });

const THE_DISK = 'the disk of a unit that is off';
const OPEN_FILE = 'a program on the unit that may write the file of the running vault';
const erasing: Access = accessAs('data-protection', 'erasure');

export const family: AttackFamily = {
  title: 'Patient data',
  attacks: [
    attack(
      'move-ciphertext-between-patients',
      'L9',
      'vault.moved',
      OPEN_FILE,
      'that Bob’s treatment is shown as Ada’s',
      underWay(1, (frames) => frameAt(frames, BOB)),
    ),
    attack(
      'move-ciphertext-under-the-head-of-another-patient',
      'L9',
      'vault.changed',
      OPEN_FILE,
      'that Bob’s treatment opens under Ada’s name',
      underWay(1, (frames) => headOver(frameAt(frames, ADA), frameAt(frames, BOB))),
    ),
    attack(
      'put-old-ciphertext-back-under-way',
      'L9',
      'vault.moved',
      OPEN_FILE,
      'that the treatment before its correction is taken for the newest',
      underWay(2, (frames) => frameAt(frames, ADA)),
    ),
    attack(
      'put-old-content-under-the-newest-head',
      'L9',
      'vault.changed',
      OPEN_FILE,
      'that the treatment before its correction opens as the newest',
      underWay(2, (frames) => headOver(frameAt(frames, 4), frameAt(frames, ADA))),
    ),
    attack(
      'put-old-ciphertext-back-on-the-disk',
      'L9',
      'vault.moved',
      THE_DISK,
      'that the treatment before its correction is taken for the newest',
      onDisk((frames) => [...frames.slice(0, 4), frameAt(frames, ADA)]),
    ),
    attack(
      'change-a-stored-frame',
      'L9',
      'vault.changed',
      THE_DISK,
      'another dose in the record',
      onDisk((frames) => frames.map((frame, at) => (at === ADA ? flipped(frame, frame.length - 60) : frame))),
    ),
    attack(
      'swap-the-ids-of-two-records',
      'L9',
      'vault.changed',
      THE_DISK,
      'that each record is found under the name of the other',
      onDisk((frames) =>
        frames.map((frame, at) => {
          if (at !== ADA && at !== BOB) return frame;
          return renamed(frame, frameAt(frames, at === ADA ? BOB : ADA));
        }),
      ),
    ),
    attack(
      'take-what-is-left-for-all-there-is',
      'L9',
      'vault.damaged',
      THE_DISK,
      'that Ada’s export leaves out the treatment that was broken, and nobody sees it',
      async () => {
        const given = await scene();
        await given.vault.close();
        const frames = framesOf(given.disk);
        const broken = frames.map((frame, at) => (at === ADA ? flipped(frame, frame.length - 60) : frame));
        given.disk.poke(DATA, Buffer.concat(broken));
        const again = await openTestUnit(given.disk);
        const access = accessAs('data-protection', 'access-request', { channel: 'remote' });
        return refused(() => again.vault.exportPatient(access, 'p-ada'), again.events);
      },
    ),
    attack(
      'delete-a-stored-frame',
      'L9',
      'vault.deleted',
      THE_DISK,
      'that a treatment never was',
      onDisk((frames) => frames.filter((_, at) => at !== ADA)),
    ),
    attack(
      'cut-the-stored-frames-short',
      'L9',
      'vault.rolled-back',
      THE_DISK,
      'that the correction never was',
      onDisk((frames) => frames.slice(0, 4)),
    ),
    attack(
      'claim-an-endless-frame',
      'L9',
      'vault.oversized',
      THE_DISK,
      'a unit that runs out of memory at its start',
      onDisk((frames) => [...frames.slice(0, 2), Buffer.from('ffffffff', 'hex'), ...frames.slice(2)]),
    ),
    attack(
      'swap-the-keyring-for-that-of-another-unit',
      'L9',
      'vault.keyring-swapped',
      'the disks of two units',
      'data of one unit under keys that the attacker knows',
      atStart(async ({ disk }) => {
        const other = new SimulatedDisk();
        await admit((await openTestUnit(other, { unit: 'L4-0666' })).vault, 'p-ada');
        disk.poke(KEYRING, other.peek(KEYRING));
      }),
    ),
    attack(
      'swap-the-key-files-for-those-of-another-unit',
      'L9',
      'vault.keyring-swapped',
      'the disks of two units with key files',
      'a key-encryption key that the attacker knows',
      atStart(async ({ disk }) => {
        const other = new SimulatedDisk();
        await admit((await openTestUnit(other)).vault, 'p-ada');
        disk.poke('keys/kek-1', other.peek('keys/kek-1'));
      }),
    ),
    attack(
      'swap-the-keys-of-two-patients',
      'L9',
      'vault.keyring-changed',
      THE_DISK,
      'Ada’s data under Bob’s key, to be erased with him',
      atStart(({ disk }) => {
        const file = JSON.parse(Buffer.from(disk.peek(KEYRING) as Uint8Array).toString());
        const body = JSON.parse(file.body);
        const { 'p-ada': ada, 'p-bob': bob } = body.patients;
        body.patients = { 'p-ada': bob, 'p-bob': ada };
        disk.poke(KEYRING, Buffer.from(JSON.stringify({ ...file, body: JSON.stringify(body) })));
      }),
    ),
    attack(
      'put-an-old-keyring-back',
      'L9',
      'vault.keyring-rolled-back',
      'the disk of a unit and its keyring of an earlier day, under a generation that still exists',
      'that a restriction is forgotten',
      async () => {
        const { disk, vault } = await scene();
        const old = disk.peek(KEYRING);
        await vault.restrict(accessAs('data-protection', 'restriction'), 'p-ada', true);
        await vault.close();
        disk.poke(KEYRING, old);
        return restarted(disk);
      },
    ),
    attack(
      'take-the-keyring-away',
      'L9',
      'vault.keyring-missing',
      THE_DISK,
      'a unit that begins anew and forgets',
      atStart(({ disk }) => disk.poke(KEYRING, null)),
    ),
    attack(
      'put-an-empty-store-in-its-place',
      'L9',
      'vault.keyring-missing',
      THE_DISK,
      'a unit that looks as if it had never treated anybody',
      atStart(({ disk }) => {
        for (const path of disk.paths()) if (!path.startsWith('audit/')) disk.poke(path, null);
      }),
    ),
    attack(
      'put-the-whole-store-back-from-a-copy',
      'L9',
      'vault.rolled-back',
      'the disk of a unit and a whole copy of data, keyring and key files of an earlier day',
      'that the last treatments never were',
      async () => {
        const given = await scene();
        const { disk, vault } = given;
        const copy = [...disk.image()].filter(([path]) => !path.startsWith('audit/'));
        await vault.write(treating, 'p-ada', treatment());
        await vault.close();
        for (const [path, bytes] of copy) disk.poke(path, bytes);
        return restarted(disk, given);
      },
    ),
    attack(
      'read-an-erased-patient-from-a-backup',
      'L12',
      'vault.key-destroyed',
      'a backup of data and keyring of before the erasure',
      'what the erased patient was treated for',
      async () => {
        const { disk, vault } = await scene();
        const backup = [...disk.image()].filter(([path]) => path.startsWith('vault/'));
        await vault.erase(erasing, 'p-ada');
        await vault.close();
        for (const [path, bytes] of backup) disk.poke(path, bytes);
        return restarted(disk);
      },
    ),
    attack(
      'read-an-erased-patient-under-the-newest-keyring',
      'L12',
      'vault.erased',
      'a backup of the data of before the erasure, put back by somebody who may',
      'what the erased patient was treated for',
      async () => {
        const { disk, vault, ofAda } = await scene();
        const data = disk.peek(DATA);
        await vault.erase(erasing, 'p-ada');
        await vault.close();
        disk.poke(DATA, data);
        const again = await openTestUnit(disk, { restore: true });
        return refused(() => again.vault.read(treating, 'p-ada', ofAda), again.events);
      },
    ),
    attack(
      'read-patient-data-in-a-service-session',
      'L10',
      'vault.role-not-permitted',
      'a service session that was consented to',
      'treatments of the day, under the pretext of a fault',
      asks(({ vault, ofAda }) =>
        vault.read(accessAs('service-engineer', 'treatment', { channel: 'remote' }), 'p-ada', ofAda),
      ),
    ),
    attack(
      'read-with-the-right-role-for-the-wrong-purpose',
      'L10',
      'vault.purpose-not-permitted',
      'the role of a physicist',
      'who was treated, and for what',
      asks(({ vault, ofAda }) => vault.read(accessAs('physicist', 'treatment'), 'p-ada', ofAda)),
    ),
    attack(
      'read-the-name-for-calibration',
      'L10',
      'vault.purpose-not-permitted',
      'the role of a physicist and its own purpose',
      'the name behind the pseudonym',
      asks(({ vault }) => vault.read(accessAs('physicist', 'calibration-quality'), 'p-ada', 'patient')),
    ),
    attack(
      'list-all-patients-in-one-emergency',
      'L10',
      'vault.purpose-not-permitted',
      'the role of a clinician and one emergency',
      'treatments of everybody, under one reason or none that is kept',
      asks(({ vault }) => {
        const reason = 'Looks like an emergency to me';
        return vault.listWithoutPatients(accessAs('clinician', 'break-glass', { reason }), 1000);
      }),
    ),
    attack(
      'break-the-glass-without-a-reason',
      'L10',
      'vault.reason-missing',
      'the role of a clinician',
      'to look without having to say why',
      asks(({ vault, ofAda }) =>
        vault.read(
          accessAs('clinician', 'break-glass', { reason: 'xxxxxxxxxxxxxxxxxxxxxxxx' }),
          'p-ada',
          ofAda,
        ),
      ),
    ),
    attack(
      'review-ones-own-emergency-access',
      'L10',
      'vault.purpose-not-permitted',
      'two roles in one person',
      'that an access without cause is called justified',
      asks(async ({ vault, ofAda }) => {
        const who = 'person:mallory';
        const reason = 'Looks like an emergency to me';
        await vault.read(accessAs('clinician', 'break-glass', { who, reason }), 'p-ada', ofAda);
        const reviewing = accessAs('data-protection', 'access-review', { who });
        const [open] = (await vault.emergencyAccesses(reviewing)).accesses;
        await vault.review(reviewing, 'p-ada', open?.id ?? '', { justified: true, note: 'fine' });
      }),
    ),
    attack(
      'export-without-the-right',
      'L12',
      'vault.purpose-not-permitted',
      'the role of a clinician',
      'all data of a person in one file',
      asks(({ vault }) => vault.exportPatient(accessAs('clinician', 'access-request'), 'p-ada')),
    ),
    attack(
      'read-a-restricted-person',
      'L12',
      'vault.restricted',
      'the role of a clinician',
      'data whose use was restricted',
      asks(async ({ vault, ofAda }) => {
        await vault.restrict(accessAs('data-protection', 'restriction'), 'p-ada', true);
        await vault.read(treating, 'p-ada', ofAda);
      }),
    ),
    attack(
      'fill-the-store-with-records',
      'L9',
      'vault.full',
      'the role of a clinician and a program',
      'a unit that can neither write nor read',
      async () => {
        const { vault, events } = await openTestUnit(new SimulatedDisk(), { mostBytes: 1200 });
        const record = await admit(vault, 'p-ada');
        const outcome = await refused(() => vault.write(treating, 'p-ada', treatment()), events);
        await vault.read(treating, 'p-ada', record);
        return outcome;
      },
    ),
    attack(
      'write-a-record-that-is-none',
      'L9',
      'vault.malformed',
      'the role of a clinician and a program of one’s own',
      'a record that stops every reader',
      asks(({ vault }) => vault.write(treating, 'p-ada', { ...treatment(), pulses: Number.NaN })),
    ),
  ],
};
