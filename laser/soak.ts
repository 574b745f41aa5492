// A unit whose power fails again and again: `kill -9` of its application, its boot loader or both at random moments, while it treats, updates and
// reports. After each it must come back by itself with a version that was good, every acknowledged record, and a trail that verifies.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '@ward/device/audit/verify.ts';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { FACTORY_VERSION } from './build.ts';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from './machine/scene.ts';
import { certified, signIn } from './testing/far-ends.ts';
import { look, press, until } from './testing/panel.ts';
import { SmallWorkbench } from './testing/small-workbench.ts';
import { buildUnitPrograms, UnitProcess } from './testing/unit-process.ts';
import { UnitLink } from './unit-link.ts';

export interface UnitEnduranceOptions {
  /** The repository's. */
  readonly root: string;
  readonly rounds: number;
  readonly seed: number;
  readonly onRound?: (line: string) => void;
}

export interface UnitEndurance {
  readonly rounds: number;
  readonly kills: { application: number; boot: number; both: number };
  /** Treatment records that the display said were kept. */
  readonly acknowledged: number;
  /** Of these, not found again. */
  readonly lost: readonly string[];
  /** Starts that ended in no version, or in one that never was good. */
  readonly notBootable: readonly string[];
  /** Findings in the audit trail, here and at the workbench. */
  readonly trail: readonly string[];
  readonly updates: { published: number; broken: number; confirmed: number; returned: number };
  readonly auditEntries: number;
  /** Entries that say that the log or the vault cut off a torn tail. */
  readonly recoveries: number;
  readonly recoveryMs: readonly number[];
}

const SERIAL = 'L4-0001';
const MOST_WAIT_MS = 1_500;
/** Rounds until the next version is published. */
const UPDATE_EVERY = 6;
const RECORDS_A_PATIENT = 25;

export async function endureUnit({
  root,
  rounds,
  seed,
  onRound,
}: UnitEnduranceOptions): Promise<UnitEndurance> {
  const random = randomOf(seed);
  const programs = await buildUnitPrograms(root);
  const workbench = await SmallWorkbench.open();
  const unit = await UnitProcess.make(programs, workbench, SERIAL, { checkInSeconds: 0.2 });
  const theatre = await certified(workbench, 'console', 'theatre-2');
  const good = new Set([FACTORY_VERSION]);
  const kept = new Map<string, number>();
  const run = {
    kills: { application: 0, boot: 0, both: 0 },
    lost: [] as string[],
    notBootable: [] as string[],
    trail: [] as string[],
    updates: { published: 0, broken: 0, confirmed: 0, returned: 0 },
    recoveryMs: [] as number[],
  };
  const open = (): Promise<UnitLink> => openLink(workbench, theatre, unit.port);
  let patients = 0;
  let treated = 0;

  /** Treats and consents to updates until the power fails under it. */
  async function work(isOver: () => boolean): Promise<void> {
    let link: UnitLink | null = null;
    try {
      link = await open();
      while (!isOver()) {
        const display = await look(unit.folder);
        if (display.updateStaged && display.state === 'standby' && random() < 0.5) {
          await press(unit.folder, 'update-consented');
          await sleep(50);
          continue;
        }
        if (treated % RECORDS_A_PATIENT === 0) patients += 1;
        treated += 1;
        const patient = `p-${String(patients).padStart(8, '0')}`;
        if (await treat(unit.folder, link, patient)) kept.set(patient, (kept.get(patient) ?? 0) + 1);
      }
    } catch (error) {
      // The power failed under it, or the unit restarts for an update: whatever was not acknowledged is not counted.
      if (!isRefusal(error) && !/panel|ECONN|EPIPE|ENOENT|display/.test(String(error))) throw error;
    } finally {
      link?.close();
    }
  }

  async function comeBack(round: number, began: number): Promise<void> {
    try {
      const { version } = await until(
        unit.folder,
        ({ state, online }) => state === 'standby' && online,
        60_000,
      );
      run.recoveryMs.push(performance.now() - began);
      if (!good.has(version)) run.notBootable.push(`round ${round}: ${version} runs`);
    } catch (error) {
      run.notBootable.push(`round ${round}: ${(error as Error).message.slice(0, 300)}`);
      return;
    }
    const link = await open();
    try {
      for (const [patient, count] of [...kept].slice(-3))
        await checkRecords(link, patient, count, `round ${round}`);
    } finally {
      link.close();
    }
    const { problem } = workbench.unit(SERIAL);
    if (problem) run.trail.push(`round ${round}: the workbench found ${problem}`);
  }

  async function checkRecords(link: UnitLink, patient: string, count: number, when: string): Promise<void> {
    const { receipt } = await link.ask({
      verb: 'record.read',
      body: { patient, purpose: 'treatment', view: 'summary' },
    });
    const found = (receipt.answer as { records?: number } | null)?.records ?? 0;
    if (receipt.outcome !== 'done' || found < count)
      run.lost.push(`${when}: ${patient} has ${found} of ${count} records (${receipt.code})`);
  }

  for (let round = 1; round <= rounds; round++) {
    if (round % UPDATE_EVERY === 1) {
      const version = `5.${Math.ceil(round / UPDATE_EVERY)}.0`;
      const broken = random() < 0.3;
      await workbench.publish(version, await programs.build(version, broken));
      await workbench.direct(SERIAL, version);
      run.updates.published += 1;
      if (broken) run.updates.broken += 1;
      else good.add(version);
    }
    let over = false;
    const working = work(() => over);
    await sleep(random() * MOST_WAIT_MS);
    over = true;
    const dice = random();
    const what = dice < 0.5 ? 'application' : dice < 0.75 ? 'boot' : 'both';
    run.kills[what] += 1;
    if (what !== 'boot') await unit.killApplication();
    if (what !== 'application') await unit.killBoot();
    const began = performance.now();
    if (what !== 'application') unit.start();
    await Promise.all([working, comeBack(round, began)]);
    onRound?.(
      `${round}: kill -9 of ${what}, back after ${Math.round(run.recoveryMs.at(-1) ?? 0)} ms, ${[...kept.values()].reduce((a, b) => a + b, 0)} records`,
    );
  }

  const link = await open();
  for (const [patient, count] of kept) await checkRecords(link, patient, count, 'at the end');
  link.close();
  await unit.stop();
  const segments = readdirSync(join(unit.folder, 'audit')).filter((name) => name.startsWith('log-'));
  const files = [...segments.sort(), 'log'].map((name) => readFileSync(join(unit.folder, 'audit', name)));
  const log = Buffer.concat(files);
  const keys = JSON.parse(readFileSync(join(unit.folder, 'audit/keys.json'), 'utf8'));
  const verdict = await verifyAudit(log, keys, {
    unit: SERIAL,
    earlier: [workbench.unit(SERIAL).known.head],
  });
  for (const finding of verdict.findings)
    run.trail.push(`at the end: ${finding.code} at ${finding.sequence}`);
  const entries = log.toString().split('\n');
  const count = (what: string) => entries.filter((line) => line.includes(`"what":"${what}"`)).length;
  run.updates.confirmed = count('update.confirmed');
  run.updates.returned = count('update.returned');
  await workbench.close();
  const clean = [run.lost, run.notBootable, run.trail].every((list) => list.length === 0);
  if (clean) programs.remove();
  else onRound?.(`The folder is kept: ${programs.folder}\n${unit.output.slice(-4_000)}`);
  return {
    ...run,
    rounds,
    acknowledged: [...kept.values()].reduce((sum, one) => sum + one, 0),
    auditEntries: verdict.entries,
    recoveries: count('audit.recovered') + count('vault.recovered'),
  };
}

/** One treatment of two pulses. True when the display said that its record is kept. */
async function treat(folder: string, link: UnitLink, patient: string): Promise<boolean> {
  const parameters = { ...SAMPLE_PREPARATION.parameters, pulseMilliSecond: 10, repeatHertz: 10, pulses: 2 };
  const { receipt } = await link.ask({
    verb: 'treatment.prepare',
    body: { ...SAMPLE_PREPARATION, patient, parameters },
    patientData: SAMPLE_PATIENT,
  });
  if (receipt.outcome !== 'done') {
    await sleep(50);
    return false;
  }
  await press(folder, 'key-on', 'confirm-pressed');
  await press(folder, 'arm-pressed');
  await press(folder, 'foot-a-down', 'foot-b-down');
  await until(
    folder,
    ({ state, sentences }) => state === 'ended' && /is kept/.test(sentences[1] ?? ''),
    3_000,
  );
  await press(folder, 'foot-a-up', 'foot-b-up');
  await press(folder, 'acknowledge-pressed');
  return true;
}

async function openLink(workbench: SmallWorkbench, theatre: Endpoint, port: number): Promise<UnitLink> {
  const amira = { person: 'person:amira', role: 'clinician', unit: SERIAL, channel: theatre } as const;
  return UnitLink.open(theatre, { unit: SERIAL, host: '127.0.0.1', port }, await signIn(workbench, amira));
}

/** Mulberry32: the same moments again for the same seed, as far as the machine lets it. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
