// A unit in this process, on a disk in memory, enrolled at a small workbench, with a clinician at a console: for tests.
import { createHash } from 'node:crypto';
import { DeviceAgent } from '@ward/device/agent/agent.ts';
import type { AgentParts } from '@ward/device/agent/application.ts';
import { enrol } from '@ward/device/agent/enrol.ts';
import { makeUnitSeal } from '@ward/device/agent/unit-seal.ts';
import { writeSettings } from '@ward/device/agent/unit-settings.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { systemClock } from '@ward/device/clock.ts';
import type { Disk } from '@ward/device/disk/disk.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import type { PersonRole } from '@ward/device/rights/roles.ts';
import { Bootloader } from '@ward/device/updates/bootloader.ts';
import { counterFile } from '@ward/device/updates/rollback-counter.ts';
import { LaserApplication } from '../unit/laser-application.ts';
import { UnitLink } from '../unit-link.ts';
import { certified, signIn } from './far-ends.ts';
import { SmallWorkbench } from './small-workbench.ts';

export const SERIAL = 'L4-0001';
/** A minute in real use. */
export const LAPTOP_GONE_MS = 300;
const closing: (() => Promise<unknown>)[] = [];

/** To be called after each test. */
export async function closeUnits(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** Factory and enrolment. */
async function makeUnit(disk: Disk, workbench: SmallWorkbench): Promise<void> {
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
}

/** Starts what is on this disk. */
async function startUnit(disk: Disk) {
  const late: { laser?: LaserApplication; parts?: AgentParts } = {};
  const agent = await DeviceAgent.start({
    ...{ disk, clock: systemClock, slot: 'A', restart: () => undefined },
    application: async (parts) => {
      late.parts = parts;
      late.laser = await LaserApplication.start({
        ...{ parts, version: '4.1.0', fault: false, online: () => true, changed: () => undefined },
        laptopGoneMs: LAPTOP_GONE_MS,
      });
      return late.laser;
    },
  });
  closing.push(() => agent.close());
  await agent.settled();
  return { agent, laser: late.laser as LaserApplication, parts: late.parts as AgentParts };
}

export async function unitInHand() {
  const workbench = await SmallWorkbench.open();
  closing.push(() => workbench.close());
  const simulated = new SimulatedDisk();
  await makeUnit(simulated, workbench);
  const theatre = await certified(workbench, 'console', 'theatre-2');
  const started = await startUnit(simulated);
  const running = { ...started };
  /** Somebody of the clinic at the console of the theatre. */
  const linkOf = async (person: string, role: PersonRole) => {
    const place = { unit: SERIAL, host: '127.0.0.1', port: running.agent.port };
    const signed = await signIn(workbench, { person, role, unit: SERIAL, channel: theatre });
    const link = await UnitLink.open(theatre, place, signed);
    closing.push(async () => link.close());
    return link;
  };
  /** An engineer at a service laptop of this name. */
  const laptop = async (name: string, person: string) => {
    const channel = await certified(workbench, 'service', name);
    const place = { unit: SERIAL, host: '127.0.0.1', port: running.agent.port };
    const signed = await signIn(workbench, { person, role: 'service-engineer', unit: SERIAL, channel });
    const open = async () => {
      const link = await UnitLink.open(channel, place, signed);
      closing.push(async () => link.close());
      return link;
    };
    return { open, link: await open() };
  };
  const events = async () =>
    (await running.agent.log.read(1, 10_000)).lines.map((line) => JSON.parse(line) as Record<string, never>);
  /** Off, something done to its disk, and on again. */
  const restart = async (between: (disk: SimulatedDisk) => void) => {
    await running.agent.close();
    between(simulated);
    Object.assign(running, await startUnit(simulated));
    return running;
  };
  const link = await linkOf('person:amira', 'clinician');
  return { workbench, simulated, ...started, link, linkOf, laptop, events, restart };
}
