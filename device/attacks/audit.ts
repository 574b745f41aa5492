// Attacks on the audit log: whoever has the disk of a unit, or the way to the verifier, wants that something did not happen.

import {
  CLOSED_ENTRY,
  rememberClosing,
  signTrailClosing,
  type TrailClosing,
  TrailClosings,
} from '../audit/closing.ts';
import { decodeEntry, eventOf, frame, hashOf, unframe } from '../audit/entry.ts';
import { type AuditEvent, auditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import { openTestLog, testKeys } from '../audit/testing.ts';
import { type AuditBatch, type KnownLog, nothingKnown, verifyBatch } from '../audit/verify.ts';
import { makeKey } from '../commands/scene.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { signJws } from '../signed/jws.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const LOG = 'audit/log';

interface Scene {
  readonly disk: SimulatedDisk;
  /** What the workbench verified before the attack. */
  readonly known: KnownLog;
}

/** A unit that refused a replayed command (entry 4), signed, and uploaded everything but its last two entries. */
async function scene(): Promise<Scene> {
  const disk = new SimulatedDisk();
  const { log, keys } = await openTestLog(disk);
  const add = (event: Pick<AuditEvent, 'what' | 'outcome'> & Partial<AuditEvent>) =>
    log.append(auditEvent(event));
  await add({ what: 'session.opened', outcome: 'done', who: 'person:amira' });
  await add({ what: 'command.accepted', outcome: 'done', who: 'person:amira' });
  await add({ what: 'command.refused', outcome: 'refused', code: 'command.replayed', who: 'person:mallory' });
  await add({ what: 'session.ended', outcome: 'done', who: 'person:amira' });
  await log.checkpoint();
  const { known, whole } = await verifyBatch(await log.read(1, 100), nothingKnown('L4-0007'), keys);
  if (!whole) throw new Error('the log was not whole before the attack');
  await add({ what: 'vault.read', outcome: 'done', who: 'person:mallory', on: 'patient:p-1' });
  await log.checkpoint();
  return { disk, known };
}

function linesOf(disk: SimulatedDisk): string[] {
  const lines = Buffer.from(disk.peek(LOG) as Uint8Array)
    .toString()
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => unframe(Buffer.from(line)) as string);
}

const putLines = (disk: SimulatedDisk, lines: readonly string[]) =>
  disk.poke(LOG, Buffer.concat(lines.map((line) => frame(line))));

/** A unit whose log was put back from a copy: its trail is broken at the workbench, whose key it knows. */
async function brokenUnit() {
  const { disk, known } = await scene();
  putLines(disk, linesOf(disk).slice(0, 4));
  const { remember, newest } = rememberClosing();
  const { log } = await openTestLog(disk, { remember });
  await log.checkpoint();
  const workbench = await makeKey();
  const closings = new TrailClosings({ unit: 'L4-0007', log, newest });
  const closing: TrailClosing = {
    ...{ unit: 'L4-0007', break: 1, code: 'audit.truncated', known: known.head, start: log.head },
    ...{ by: 'Sina Security', reason: 'The disk was put back from a copy by service.', at: 0 },
  };
  return { log, workbench, closings, closing };
}

/** What the unit wrote of a closing that it must not take; nothing else of it may stand in the log. */
const closes =
  (attack: (at: Awaited<ReturnType<typeof brokenUnit>>) => Promise<string>, allowed = 0) =>
  async (): Promise<AttackOutcome> => {
    const at = await brokenUnit();
    const statement = await attack(at);
    const key = at.workbench.publicKey;
    const before = (await at.log.read(1, 1_000)).lines.length;
    const refusal = await at.closings.take(statement, key).then(
      () => null,
      (error) => (isRefusal(error) ? error.code : Promise.reject(error)),
    );
    if (refusal === null) throw new Error('the closing was taken');
    const entries = (await at.log.read(1, 1_000)).lines.flatMap((line) => decodeEntry(line) ?? []);
    if (entries.filter(({ what }) => what === CLOSED_ENTRY).length > allowed)
      throw new Error('the closing stands in the log');
    return { refusal, audit: entries.slice(before).map(eventOf) };
  };

/** The unit starts again and looks at its log; gives the first damage that it writes down. */
async function restart(disk: SimulatedDisk, before: number): Promise<AttackOutcome> {
  const { log } = await openTestLog(disk);
  return outcomeOf(log, before);
}

async function outcomeOf(log: AuditLog, before: number): Promise<AttackOutcome> {
  const { lines } = await log.read(1, 10_000);
  const entries = lines.flatMap((line) => decodeEntry(line) ?? []);
  const own = entries
    .filter(({ sequence, what }) => sequence > before || what === 'audit.damaged')
    .map(eventOf);
  const damaged = own.find(({ what }) => what === 'audit.damaged');
  if (damaged?.code == null) throw new Error('the unit found nothing');
  return { refusal: damaged.code, audit: own };
}

/** A log whose oldest file was never verified elsewhere; the files on the disk are spoilt while the unit is off. */
async function inSegments(spoil: (disk: SimulatedDisk, closed: readonly string[]) => void) {
  const disk = new SimulatedDisk();
  const { log } = await openTestLog(disk, { segmentBytes: 1_000, checkpointEvery: 4 });
  for (let at = 0; at < 40; at += 1)
    await log.append(auditEvent({ what: 'command.accepted', outcome: 'done', who: 'person:amira' }));
  const before = log.head.sequence;
  await log.close();
  spoil(
    disk,
    disk.paths().filter((path) => path.startsWith(`${LOG}-`)),
  );
  return restart(disk, before);
}

/** Changes the lines on the disk; the unit finds it at its next start, and so does whoever verifies an upload of the whole log. */
const onDisk = (change: (lines: readonly string[]) => readonly string[]) => async () => {
  const { disk } = await scene();
  const lines = linesOf(disk);
  putLines(disk, change(lines));
  return restart(disk, lines.length);
};

/** Offers a batch to the verifier; the unit is told what it said and writes it down. */
async function offer(
  given: Scene,
  spoil: (batch: AuditBatch, lines: readonly string[]) => AuditBatch | Promise<AuditBatch>,
) {
  const { log, keys } = await openTestLog(given.disk);
  const batch = await log.read(given.known.head.sequence + 1, 100);
  const verdict = await verifyBatch(await spoil(batch, linesOf(given.disk)), given.known, keys);
  if (verdict.whole || verdict.code === null || verdict.known !== given.known)
    throw new Error('the verifier took the batch for the log of the unit');
  const refused = auditEvent({
    what: 'audit.refused',
    outcome: 'refused',
    code: verdict.code,
    who: 'workbench',
    detail: { sequence: verdict.findings[0]?.sequence ?? null },
  });
  await log.append(refused);
  return { refusal: verdict.code, audit: [refused] };
}

const without = (lines: readonly string[], sequence: number) =>
  lines.filter((_, index) => index !== sequence - 1);

/** Writes the chain anew after a change, as somebody without the unit's key can. */
function rechain(lines: readonly string[], from: number): string[] {
  const out = lines.slice(0, from);
  for (const line of lines.slice(from))
    out.push(JSON.stringify({ ...JSON.parse(line), before: hashOf(out.at(-1) as string) }));
  return out;
}

const attack = (id: string, refusal: string, has: string, wants: string, run: Attack['run']): Attack => ({
  id,
  has,
  wants,
  row: 'L11',
  refusal,
  run,
});

export const family: AttackFamily = {
  title: 'Audit log',
  attacks: [
    attack(
      'cut-the-audit-log-short',
      'audit.truncated',
      'the disk of the unit',
      'that the last acknowledged entries are forgotten',
      onDisk((lines) => lines.slice(0, 4)),
    ),
    attack(
      'delete-a-closed-segment',
      'audit.deleted',
      'the disk of the unit',
      'that a whole week of the log is taken for removed as old',
      () =>
        inSegments((disk, closed) => {
          disk.poke(closed[0] as string, null);
        }),
    ),
    attack(
      'put-a-segment-in-place-of-another',
      'audit.malformed',
      'the disk of the unit',
      'the file with the refused command to hold harmless entries of another week',
      () =>
        inSegments((disk, closed) => {
          disk.poke(closed[1] as string, disk.peek(closed[2] as string) as Uint8Array);
        }),
    ),
    attack(
      'say-that-entries-were-removed',
      'audit.deleted',
      'the disk of the unit, and no key',
      'a verifier who believes that old entries were removed as the unit does it',
      async () => {
        const given = await scene();
        return offer(given, (batch, lines) => {
          const left = rechain(
            [
              ...batch.lines.slice(1, -1),
              JSON.stringify({
                ...JSON.parse(lines.at(-1) as string),
                what: 'audit.removed',
                detail: {
                  removedTo: given.known.head.sequence + 1,
                  removedHash: hashOf(batch.lines[0] as string),
                },
              }),
            ],
            1,
          );
          return { ...batch, lines: left };
        });
      },
    ),
    attack(
      'delete-an-audit-entry',
      'audit.deleted',
      'the disk of the unit',
      'that one refused command is not seen',
      onDisk((lines) => without(lines, 4)),
    ),
    attack(
      'delete-the-beginning-of-the-audit-log',
      'audit.deleted',
      'the disk of the unit',
      'that the early history is gone',
      onDisk((lines) => lines.slice(3)),
    ),
    attack(
      'change-an-audit-entry',
      'audit.changed',
      'the disk of the unit',
      'that somebody else did it',
      onDisk((lines) => lines.map((line) => line.replace('"person:mallory"', '"person:amira"'))),
    ),
    attack(
      'change-an-audit-entry-and-its-chain',
      'audit.forked',
      'the disk of the unit and the knowledge of the format, not the key',
      'a changed entry in a chain that holds',
      onDisk((lines) =>
        rechain(
          lines.map((line, index) => (index === 3 ? line.replace('mallory', 'amira') : line)),
          4,
        ),
      ),
    ),
    attack(
      'reorder-audit-entries',
      'audit.reordered',
      'the disk of the unit',
      'that the refusal seems to come before the command',
      onDisk((lines) => [...lines.slice(0, 2), lines[3] as string, lines[2] as string, ...lines.slice(4)]),
    ),
    attack(
      'renumber-audit-entries',
      'audit.gap',
      'the disk of the unit and the knowledge of the format, not the key',
      'room for entries that never were',
      onDisk((lines) => {
        const later = lines.slice(6).map((line) => {
          const entry = JSON.parse(line);
          return JSON.stringify({ ...entry, sequence: entry.sequence + 3 });
        });
        return rechain([...lines.slice(0, 6), ...later], 6);
      }),
    ),
    attack(
      'fill-the-audit-log-with-garbage',
      'audit.malformed',
      'the disk of the unit',
      'a reader that stumbles before the entry it should see',
      onDisk((lines) => [...lines.slice(0, 2), '\0'.repeat(100), ...lines.slice(2)]),
    ),
    attack(
      'drop-the-anchor-of-the-audit-log',
      'audit.anchor',
      'the disk of the unit',
      'a shortened log without the note that it was longer',
      async () => {
        const { disk } = await scene();
        disk.poke('audit/anchor', null);
        return restart(disk, linesOf(disk).length);
      },
    ),
    attack(
      'put-the-audit-log-back-from-a-copy',
      'audit.truncated',
      'the disk of the unit and a whole copy of its folder, anchor and all, of an earlier day',
      'a log that is whole and older',
      async () => {
        const disk = new SimulatedDisk();
        const first = await openTestLog(disk);
        await first.log.checkpoint();
        const copy = disk.image();
        await first.log.append(auditEvent({ what: 'vault.read', outcome: 'done', who: 'person:mallory' }));
        await first.log.checkpoint();
        const known = first.log.head;
        disk.putBack(copy);
        const { log } = await openTestLog(disk);
        // The unit cannot know; whoever verified more than that does, and tells it at the check-in.
        await log.acknowledge(known);
        return outcomeOf(log, 2);
      },
    ),
    attack(
      'fork-the-audit-log',
      'audit.forked',
      'a whole copy of the folder of an earlier day, and a unit that goes on from it for longer than before',
      'another story under the same numbers',
      async () => {
        const disk = new SimulatedDisk();
        const first = await openTestLog(disk);
        await first.log.checkpoint();
        const copy = disk.image();
        await first.log.append(auditEvent({ what: 'vault.read', outcome: 'done', who: 'person:mallory' }));
        const batch = await first.log.read(1, 100);
        const { known } = await verifyBatch(batch, nothingKnown('L4-0007'), first.keys);
        disk.putBack(copy);
        const { log } = await openTestLog(disk);
        for (let count = 0; count < 5; count += 1)
          await log.append(auditEvent({ what: 'session.opened', outcome: 'done' }));
        return offer({ disk, known }, (next) => next);
      },
    ),
    attack(
      'offer-the-checkpoint-of-another-unit',
      'audit.wrong-unit',
      'the upload of another unit, signed with the key of the product line',
      'that its quiet log stands for this one',
      async () =>
        offer(await scene(), async (batch) => {
          const other = await openTestLog(new SimulatedDisk(), { unit: 'L4-0008' });
          return { ...batch, checkpoint: await other.log.checkpoint() };
        }),
    ),
    attack(
      'sign-a-checkpoint-with-another-key',
      'audit.bad-signature',
      'the way between unit and verifier, and a key of one’s own',
      'a forged end of the log',
      async () =>
        offer(await scene(), async (batch) => {
          const { sign } = await testKeys();
          const head = batch.last;
          const claims = {
            unit: 'L4-0007',
            sequence: head.sequence,
            head: head.hash,
            size: 1,
            at: 0,
            previous: null,
          };
          return { ...batch, checkpoint: await sign(claims) };
        }),
    ),
    attack(
      'withhold-the-end-of-an-upload',
      'audit.truncated',
      'the way between unit and verifier',
      'that the newest entries are never seen off the unit',
      async () => {
        const given = await scene();
        return offer(given, (batch) => ({ ...batch, lines: [], last: { sequence: 3, hash: hashOf('3') } }));
      },
    ),
    attack(
      'flood-the-verifier-with-lines',
      'audit.oversized',
      'the way between unit and verifier',
      'a verifier that is busy for ever',
      async () =>
        offer(await scene(), (batch, lines) => ({
          ...batch,
          lines: Array(1_000_000).fill(lines[0] as string),
        })),
    ),
    attack(
      'tear-the-tail-of-the-audit-log',
      'audit.truncated',
      'the power switch and the disk: the tail looks like a write that a power cut tore',
      'acknowledged entries taken for an unfinished write',
      async () => {
        const { disk } = await scene();
        const bytes = disk.peek(LOG) as Uint8Array;
        const count = linesOf(disk).length;
        disk.poke(LOG, bytes.subarray(0, bytes.length - 20));
        const outcome = await restart(disk, count);
        if (!outcome.audit.some(({ what }) => what === 'audit.recovered'))
          throw new Error('the cut bytes were not told');
        return outcome;
      },
    ),
    {
      id: 'close-a-break-without-the-workbench',
      has: 'the certificate of a gateway and a key of one’s own',
      wants: 'the unit to say that somebody has looked',
      row: 'L11',
      refusal: 'audit.closing-forged',
      run: closes(async ({ closing }) => signTrailClosing(closing, (await makeKey()).sign)),
    },
    {
      id: 'change-a-closing-on-its-way',
      has: 'a closing that a person signed, and the way to the unit',
      wants: 'the trail to go on from an earlier line',
      row: 'L11',
      refusal: 'audit.closing-forged',
      run: closes(async ({ closing, workbench }) => {
        const [head, , signature] = (await signTrailClosing(closing, workbench.sign)).split('.');
        const changed = { ...closing, start: { sequence: 1, hash: '1'.repeat(64) } };
        return [head, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
      }),
    },
    {
      id: 'pass-another-word-of-the-workbench-for-a-closing',
      has: 'a message that the workbench signed for something else',
      wants: 'one kind of signed message taken for another',
      row: 'L11',
      refusal: 'audit.closing-forged',
      run: closes(({ closing, workbench }) =>
        signJws({ typ: 'ward-service-request+jwt' }, closing, workbench.sign),
      ),
    },
    {
      id: 'close-the-break-of-another-unit',
      has: 'a closing that a person signed for another unit',
      wants: 'this unit’s break out of sight',
      row: 'L11',
      refusal: 'audit.closing-wrong-unit',
      run: closes(({ closing, workbench }) =>
        signTrailClosing({ ...closing, unit: 'L4-0666' }, workbench.sign),
      ),
    },
    {
      id: 'close-a-second-break-with-the-closing-of-the-first',
      has: 'a closing that was taken before, with another wording',
      wants: 'the next break closed without anybody looking',
      row: 'L11',
      refusal: 'audit.closing-replayed',
      run: closes(async ({ closing, closings, workbench }) => {
        await closings.take(await signTrailClosing(closing, workbench.sign), workbench.publicKey);
        return signTrailClosing({ ...closing, at: 1 }, workbench.sign);
      }, 1),
    },
    {
      id: 'go-on-from-a-line-that-never-was',
      has: 'a closing that was signed for a clone of the unit',
      wants: 'the history of the clone to count as this unit’s',
      row: 'L11',
      refusal: 'audit.closing-elsewhere',
      run: closes(({ closing, workbench }) =>
        signTrailClosing({ ...closing, start: { sequence: 3, hash: '3'.repeat(64) } }, workbench.sign),
      ),
    },
  ],
};
