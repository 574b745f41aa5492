// The application of a Lumen 400, as one file: what an update replaces. Started by the boot loader as `node application.mjs FOLDER SLOT`.
import { join, resolve } from 'node:path';
import { DeviceAgent } from '@ward/device/agent/agent.ts';
import { holdAlone } from '@ward/device/agent/alone.ts';
import { enrol } from '@ward/device/agent/enrol.ts';
import { readSettings } from '@ward/device/agent/unit-settings.ts';
import type { AuditEvent } from '@ward/device/audit/event.ts';
import { systemClock } from '@ward/device/clock.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { IdentityStore } from '@ward/device/identity/identity-store.ts';
import { BOOT_EVENTS, EXIT_RESTART, type FromApplication, type ToApplication } from './boot-messages.ts';
import { EnrolmentCorner } from './enrolment-corner.ts';
import { LaserApplication } from './laser-application.ts';
import { type LocalSocket, openLocalSocket } from './local-socket.ts';

/** Given by the build. */
declare const LUMEN_VERSION: string;
declare const LUMEN_FAULT: boolean;

const folder = resolve(process.argv[2] ?? '.');
const slot = process.argv[3] === 'B' ? 'B' : 'A';
const disk = new RealDisk(folder);

let agent: DeviceAgent | null = null;
let laser: LaserApplication | null = null;
let socket: LocalSocket | null = null;
let ending = false;

// Without its boot loader an application does not run: the next one starts it anew.
process.on('disconnect', () => process.exit(1));
// It may have gone while this file was loaded, when nobody listened yet.
if (process.connected === false) process.exit(1);
process.on('message', (message: ToApplication) => {
  if (message.kind === 'settled') void agent?.settled().catch(fall);
});
process.on('SIGTERM', () => void end(0));
process.on('unhandledRejection', fall);

void main().catch(fall);

async function main(): Promise<void> {
  await holdAlone(folder);
  const settings = await readSettings(disk);
  let corner: EnrolmentCorner | null = null;
  socket = await openLocalSocket({
    path: join(folder, 'panel.sock'),
    display: () => laser?.display() ?? unenrolled(settings.unit),
    act: async (request) => {
      if (laser) return laser.act(request);
      if (!corner) return { did: false, says: 'The laser starts.' };
      if (request.do !== 'enrol') return { did: false, says: 'This unit is not enrolled yet.' };
      return corner.act(request);
    },
  });
  if (!(await IdentityStore.open(disk)).enrolled) {
    corner = new EnrolmentCorner((tried) =>
      enrol({ disk, clock: systemClock, unit: settings.unit, ...tried }),
    );
    // Alive, though it is nobody yet.
    tell({ kind: 'health', ok: !LUMEN_FAULT });
    await corner.enrolled;
  }
  agent = await DeviceAgent.start({
    disk,
    clock: systemClock,
    slot,
    bootEvents: JSON.parse(process.env[BOOT_EVENTS] ?? '[]') as AuditEvent[],
    restart: () => void end(EXIT_RESTART),
    application: async (parts) => {
      laser = await LaserApplication.start({
        ...{ parts, version: LUMEN_VERSION, fault: LUMEN_FAULT },
        online: () => agent?.lastCheckIn?.code === null,
        changed: () => socket?.show(),
      });
      return laser;
    },
  });
  console.log(
    `${settings.unit} ${LUMEN_VERSION} listens on ${settings.listen.host}:${agent.port} after ${Math.round(performance.now())} ms`,
  );
  tell({ kind: 'health', ok: await agent.application.health() });
  // Enrolled after the boot loader had its word.
  if (corner) await agent.settled();
}

async function end(code: number): Promise<void> {
  if (ending) return;
  ending = true;
  // A person waits in front of it: nothing may hold it up for long.
  setTimeout(() => process.exit(code), 5_000).unref();
  await agent?.close();
  await socket?.close();
  process.exit(code);
}

function tell(message: FromApplication): void {
  process.send?.(message);
}

function fall(error: unknown): void {
  console.error(error);
  process.exit(1);
}

const unenrolled = (unit: string) => ({
  unit,
  version: LUMEN_VERSION,
  state: 'not-enrolled',
  sentences: ['This unit is not enrolled. Enter the one-time code of the workbench.'],
  warnings: [],
  online: false,
});
