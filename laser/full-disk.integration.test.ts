// A unit in this process whose disk is full: nothing is done for remote any more, and a treatment that is under way goes on to its end.

import { createHash } from 'node:crypto';
import { DeviceAgent } from '@ward/device/agent/agent.ts';
import { enrol } from '@ward/device/agent/enrol.ts';
import { makeUnitSeal } from '@ward/device/agent/unit-seal.ts';
import { writeSettings } from '@ward/device/agent/unit-settings.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { systemClock } from '@ward/device/clock.ts';
import type { Disk } from '@ward/device/disk/disk.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { Bootloader } from '@ward/device/updates/bootloader.ts';
import { counterFile } from '@ward/device/updates/rollback-counter.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from './machine/scene.ts';
import { certified, signIn } from './testing/far-ends.ts';
import { SmallWorkbench } from './testing/small-workbench.ts';
import { LaserApplication } from './unit/laser-application.ts';
import { UnitLink } from './unit-link.ts';

const SERIAL = 'L4-0001';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function unitInHand() {
  const workbench = await SmallWorkbench.open();
  closing.push(() => workbench.close());
  const simulated = new SimulatedDisk();
  const disk: Disk = simulated;
  const seal = await makeUnitSeal(disk);
  await writeSettings(disk, {
    ...{ version: 1, unit: SERIAL, hardwareId: 'lumen-400', listen: { host: '127.0.0.1', port: 0 } },
    ...{ gateway: workbench.gateway, repository: null, checkInSeconds: 3600 },
  });
  const program = Buffer.from('the application');
  await new Bootloader({ disk, seal, counter: counterFile(disk, seal), audit: new MemoryAudit() }).provision(
    (async function* () {
      yield program;
    })(),
    {
      ...{ length: program.length, sha256: createHash('sha256').update(program).digest('hex') },
      ...{ version: '4.1.0', releaseCounter: 0, releaseKey: 'factory' },
    },
  );
  const code = workbench.code(SERIAL);
  await enrol({ disk, clock: systemClock, unit: SERIAL, code, workbenchUrl: workbench.url });
  const late: { laser?: LaserApplication } = {};
  const agent = await DeviceAgent.start({
    ...{ disk, clock: systemClock, slot: 'A', restart: () => undefined },
    application: async (parts) => {
      late.laser = await LaserApplication.start({
        ...{ parts, version: '4.1.0', fault: false, online: () => true, changed: () => undefined },
      });
      return late.laser;
    },
  });
  closing.push(() => agent.close());
  await agent.settled();
  const laser = late.laser as LaserApplication;
  const theatre = await certified(workbench, 'console', 'theatre-2');
  const place = { unit: SERIAL, host: '127.0.0.1', port: agent.port };
  const link = await UnitLink.open(
    theatre,
    place,
    await signIn(workbench, { person: 'person:amira', role: 'clinician', unit: SERIAL, channel: theatre }),
  );
  closing.push(async () => link.close());
  return { workbench, simulated, agent, laser, link };
}

describe('a unit whose disk is full', () => {
  it('refuses what comes from remote, stops when told to, and lets a treatment go on to its end', async () => {
    const { simulated, laser, link, agent } = await unitInHand();
    const parameters = { ...SAMPLE_PREPARATION.parameters, repeatHertz: 10, pulses: 5 };
    const prepare = { ...SAMPLE_PREPARATION, parameters };
    await link.ask({ verb: 'treatment.prepare', body: prepare, patientData: SAMPLE_PATIENT });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed', 'foot-a-down', 'foot-b-down'] as const)
      laser.local(input);
    expect(laser.state).toBe('emitting');

    simulated.limit(0);
    const refused = await link.ask({ verb: 'treatment.end', body: {} });
    expect(refused.receipt).toMatchObject({ outcome: 'refused', code: 'command.audit-unwritable' });
    expect(laser.state).toBe('emitting');
    await expect.poll(() => laser.state, { timeout: 5_000 }).toBe('ended');
    expect(laser.display()).toMatchObject({ energyMilliJoule: 20 });
    expect(laser.display().warnings.join(' ')).toContain('audit log cannot be written');
    expect(laser.display().sentences[1]).toContain('is being kept');

    simulated.limit(Number.MAX_SAFE_INTEGER);
    await expect.poll(() => laser.display().sentences[1], { timeout: 15_000 }).toContain('is kept');
    const events = (await agent.log.read(1, 1_000)).lines.map((line) => JSON.parse(line).what);
    expect(events).toContain('audit.resumed');
  });

  it('obeys a stop from remote though nothing can be written', async () => {
    const { simulated, laser, link } = await unitInHand();
    await link.ask({ verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed'] as const) laser.local(input);
    simulated.limit(0);
    const { receipt } = await link.ask({ verb: 'stop', body: {} });
    expect(receipt).toMatchObject({ outcome: 'done', state: 'paused', audit: null });
  });
});
