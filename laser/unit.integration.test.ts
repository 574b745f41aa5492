// A whole life of a unit in its real processes: enrolled, treated with, updated, updated with something broken, served, and killed at any moment.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from './machine/scene.ts';
import { certified, signIn } from './testing/far-ends.ts';
import { askPanel, look, press, until } from './testing/panel.ts';
import { SmallWorkbench } from './testing/small-workbench.ts';
import { buildUnitPrograms, type Programs, UnitProcess } from './testing/unit-process.ts';
import { inPlainWords, UnitLink } from './unit-link.ts';

const SERIAL = 'L4-0001';
let programs: Programs & { remove(): void };
let workbench: SmallWorkbench;
let unit: UnitProcess;
let theatre: Endpoint;

beforeAll(async () => {
  programs = await buildUnitPrograms(process.cwd());
  workbench = await SmallWorkbench.open();
  unit = await UnitProcess.make(programs, workbench, SERIAL);
  theatre = await certified(workbench, 'console', 'theatre-2');
});
afterAll(async () => {
  await unit?.stop();
  await workbench?.close();
  programs?.remove();
});

const place = () => ({ unit: SERIAL, host: '127.0.0.1', port: unit.port });
const clinicianAt = async () =>
  UnitLink.open(
    theatre,
    place(),
    await signIn(workbench, { person: 'person:amira', role: 'clinician', unit: SERIAL, channel: theatre }),
  );
const reported = async (
  is: (report: NonNullable<ReturnType<SmallWorkbench['unit']>['report']>) => boolean,
) => {
  for (const began = Date.now(); Date.now() - began < 20_000; await sleep(50)) {
    const { report } = workbench.unit(SERIAL);
    if (report && is(report)) return report;
  }
  throw new Error(`not reported: ${JSON.stringify(workbench.unit(SERIAL).report)}\n${unit.output}`);
};
const audited = (what: string) =>
  workbench
    .unit(SERIAL)
    .lines.map((line) => JSON.parse(line))
    .filter((entry) => entry.what === what);

/** TCP ports on which a process listens, by the kernel's own tables. */
function listeningPorts(pid: number): number[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === '0A' && inode && sockets.has(inode))
      .map(([, local]) => Number.parseInt(local?.split(':').at(-1) ?? '', 16)),
  );
}

describe('a unit in its processes', () => {
  it('is enrolled by the code at its panel and reports what it runs', async () => {
    expect(workbench.unit(SERIAL).report).toMatchObject({
      version: '4.1.0',
      slot: 'a',
      deviceState: 'standby',
    });
  });

  it('listens on its one documented port, and its boot loader on none', () => {
    expect(listeningPorts(unit.applicationPid as number)).toEqual([unit.port]);
    expect(listeningPorts(unit.bootPid)).toEqual([]);
  });

  it('treats by what a clinician prepared and a person at the device armed, and keeps the record', async () => {
    const link = await clinicianAt();
    const pulses = 3;
    const parameters = { ...SAMPLE_PREPARATION.parameters, repeatHertz: 10, pulses };
    const prepared = await link.ask({
      verb: 'treatment.prepare',
      body: { ...SAMPLE_PREPARATION, parameters },
      patientData: SAMPLE_PATIENT,
    });
    expect(prepared.receipt).toMatchObject({ outcome: 'done', state: 'prepared' });
    expect((await look(unit.folder)).patient).toEqual(SAMPLE_PATIENT);

    await press(unit.folder, 'key-on', 'confirm-pressed');
    await press(unit.folder, 'arm-pressed');
    await press(unit.folder, 'foot-a-down', 'foot-b-down');
    const ended = await until(
      unit.folder,
      ({ state, sentences }) => state === 'ended' && /is kept/.test(sentences[1] ?? ''),
    );
    await press(unit.folder, 'foot-a-up', 'foot-b-up');
    const { receipt, patientData } = await link.ask({
      verb: 'record.read',
      body: { patient: SAMPLE_PREPARATION.patient, purpose: 'treatment', view: 'whole' },
    });
    link.close();

    expect(ended.energyMilliJoule).toBe(12);
    expect(receipt).toMatchObject({ outcome: 'done', answer: { records: 1 } });
    expect(patientData).toMatchObject({
      records: [
        { fields: { kind: 'patient', family: 'Ferrara', given: 'Jo' } },
        {
          fields: {
            kind: 'treatment',
            pulses,
            totalEnergyMilliJoule: 12,
            outcome: 'completed',
            performedBy: 'person:amira',
          },
        },
      ],
    });
    expect((await press(unit.folder, 'acknowledge-pressed')).did).toBe(true);
  });

  it('refuses a token of another channel, and says so in its audit trail', async () => {
    const elsewhere = await certified(workbench, 'console', 'theatre-3');
    const stolen = await signIn(workbench, {
      ...{ person: 'person:amira', role: 'clinician', unit: SERIAL, channel: elsewhere },
    });

    const refused = await UnitLink.open(theatre, place(), stolen).catch(inPlainWords);

    expect(refused).toMatchObject({ code: 'rights.wrong-channel' });
    await expect.poll(() => audited('rights.refused').at(-1)?.code).toBe('rights.wrong-channel');
  });

  it('installs an update when the person agrees, and runs it', async () => {
    await workbench.publish('4.2.0', await programs.build('4.2.0'));
    await workbench.direct(SERIAL, '4.2.0');
    await until(unit.folder, ({ updateStaged }) => updateStaged === '4.2.0');
    await press(unit.folder, 'update-consented');

    await until(unit.folder, ({ state, version }) => state === 'standby' && version === '4.2.0');
    const report = await reported(({ version }) => version === '4.2.0');

    expect(report).toMatchObject({ slot: 'b', deviceState: 'standby' });
    await expect.poll(() => audited('update.confirmed').length).toBe(1);
  });

  it('returns to the last good version from a broken one, and tells why', async () => {
    await workbench.publish('4.3.0', await programs.build('4.3.0', true));
    await workbench.direct(SERIAL, '4.3.0');
    await until(unit.folder, ({ updateStaged }) => updateStaged === '4.3.0');
    await press(unit.folder, 'update-consented');

    const report = await reported(({ update }) => update?.step === 'failed');

    expect(report).toMatchObject({
      ...{ version: '4.2.0', deviceState: 'standby' },
      update: { version: '4.3.0', code: 'update.health-failed' },
    });
    await expect.poll(() => audited('update.returned').at(-1)?.code).toBe('update.health-failed');
  });

  it('opens a service session by consent with the code, and closes it', async () => {
    const laptop = await certified(workbench, 'service', 'laptop-7');
    const engineer = {
      person: 'person:noor',
      role: 'service-engineer',
      unit: SERIAL,
      channel: laptop,
    } as const;
    await reported(({ serviceChallenge }) => serviceChallenge !== null);
    const { id, code } = await workbench.requestService(SERIAL, {
      ...{ who: engineer.person, why: 'Power meter drifts', minutes: 10 },
      verbs: ['service.read-logs', 'service.diagnostics', 'calibration.propose'],
    });
    const waiting = await until(unit.folder, ({ service }) => service?.state === 'waiting');
    expect(waiting.service?.code).toBe(code);
    expect((await askPanel(unit.folder, { do: 'consent', code: '00000000' })).did).toBe(false);
    expect(await askPanel(unit.folder, { do: 'consent', code })).toMatchObject({ did: true });
    await reported(({ service }) => service?.id === id && service.state === 'open');

    const first = await UnitLink.open(laptop, place(), await signIn(workbench, engineer));
    const logs = await first.ask({ verb: 'service.read-logs', body: { after: 0, most: 50 } });
    // A laptop that hangs up and calls again is the same engineer.
    first.close();
    const link = await UnitLink.open(laptop, place(), await signIn(workbench, engineer));
    const proposed = await link.ask({
      ...{ verb: 'calibration.propose', body: { item: 'power-scale', partsPerThousand: 12 } },
    });
    const offered = await until(unit.folder, ({ calibration }) => calibration !== null);
    const confirmed = await press(unit.folder, 'calibration-confirmed');
    const ended = await link.ask({ verb: 'service.end', body: {} });
    link.close();

    expect(logs.receipt.outcome).toBe('done');
    expect(JSON.stringify(logs.receipt.answer)).not.toContain('amira');
    expect(proposed.receipt).toMatchObject({ outcome: 'done', answer: { waits: true } });
    expect(offered.calibration).toContain('power-scale');
    expect(confirmed.did).toBe(true);
    expect(ended.receipt).toMatchObject({ outcome: 'done', state: 'standby' });
    await reported(({ endedServices }) =>
      endedServices.some((one) => one.id === id && one.because === 'engineer'),
    );
  });

  it('comes back from a kill of the application and of the boot loader, with its records and its trail', async () => {
    for (const wait of [0, 120, 400]) {
      await unit.killApplication();
      await sleep(wait);
    }
    await until(unit.folder, ({ state }) => state === 'standby');
    await unit.killBoot();
    unit.start();
    await until(unit.folder, ({ state, online }) => state === 'standby' && online);

    const link = await clinicianAt();
    const { receipt } = await link.ask({
      verb: 'record.read',
      body: { patient: SAMPLE_PREPARATION.patient, purpose: 'treatment', view: 'whole' },
    });
    link.close();
    expect(receipt).toMatchObject({ outcome: 'done', answer: { records: 1 } });
    expect(workbench.unit(SERIAL)).toMatchObject({ problem: null, report: { version: '4.2.0' } });
  });

  it('hears of a revocation with the next check-in, and ends what was open', async () => {
    const link = await clinicianAt();
    await workbench.revoke({ persons: ['person:amira'] });
    await expect
      .poll(async () => (await link.ask({ verb: 'unit.status', body: {} })).receipt.code, { timeout: 10_000 })
      .toBe('command.too-late');
    link.close();

    expect(await clinicianAt().catch(inPlainWords)).toMatchObject({ code: 'rights.revoked' });
  });
});
