// The boot loader's program: starts the application of the slot that may be started, asks it how it is, returns to the last good one, starts it
// again when it falls over. An update never replaces this file.
//
// `node boot.mjs FOLDER`
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unitSeal } from '@ward/device/agent/unit-seal.ts';
import type { AuditEvent, AuditSink } from '@ward/device/audit/event.ts';
import { refuseAudit } from '@ward/device/audit/refusals.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { applicationPath } from '@ward/device/updates/boot-record.ts';
import { Bootloader } from '@ward/device/updates/bootloader.ts';
import { counterFile } from '@ward/device/updates/rollback-counter.ts';
import { BOOT_EVENTS, EXIT_RESTART, type FromApplication } from './boot-messages.ts';

/** From start to a word about its health: tens of times what it needs. */
const HEALTH_DEADLINE_MS = 30_000;
const LONG_ENOUGH_MS = 60_000;
const MOST_WAIT_MS = 5_000;

const folder = resolve(process.argv[2] ?? '.');
const disk = new RealDisk(folder);
const pidFile = join(folder, 'application.pid');
const bootPidFile = join(folder, 'boot.pid');

/** The log is the application's to write: what the record says happened is told there; what has no place in the record goes along. */
class BootAudit implements AuditSink {
  readonly writable = false;
  events: AuditEvent[] = [];
  async append(event: AuditEvent): Promise<{ sequence: number }> {
    if (event.what === 'update.record-rebuilt' || event.what === 'update.boot-failed')
      this.events.push(event);
    throw refuseAudit('audit.unwritable', { reason: 'boot' });
  }
}

let child: ChildProcess | null = null;
let stopping = false;
// With the power supply, when it started this with a wire between them, goes the unit.
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const)
  process.on(signal, () => {
    stopping = true;
    if (child) child.kill('SIGTERM');
    else process.exit(0);
  });

process.exit(await main());

async function main(): Promise<number> {
  if (existsSync(bootPidFile) && isOurs(Number(readFileSync(bootPidFile, 'utf8')))) {
    console.error(`boot: the unit in ${folder} runs already.`);
    return 1;
  }
  writeFileSync(bootPidFile, String(process.pid));
  const seal = await unitSeal(disk);
  const audit = new BootAudit();
  let quickFalls = 0;
  while (!stopping) {
    await formerIsGone();
    const bootloader = new Bootloader({ disk, seal, counter: counterFile(disk, seal), audit });
    const booted = await bootloader.boot().catch((error) => {
      console.error(`boot: ${error.message}`);
      // Nothing that may be started is for service; a disk that did not answer is asked again.
      return isRefusal(error) ? ('nothing' as const) : null;
    });
    if (booted === 'nothing') return 1;
    if (!booted) {
      await sleep(250);
      continue;
    }
    const began = performance.now();
    const { exited, health } = start(booted.slot, audit.events);
    audit.events = [];
    const word = await Promise.race([
      health,
      exited,
      sleep(HEALTH_DEADLINE_MS, 'late' as const, { ref: false }),
    ]);
    if (word === 'healthy' || word === 'ill' || word === 'late') {
      // A version that was confirmed once runs on and says itself what is wrong; silence is a hang.
      const verdict = await bootloader
        .settle(async () => word === 'healthy', 1_000)
        .catch((error: Error) => {
          console.error(`boot: ${error.message}`);
          return 'returned' as const;
        });
      if (verdict === 'returned' || word === 'late') child?.kill('SIGKILL');
      else child?.send({ kind: 'settled' });
    }
    const code = await exited;
    child = null;
    if (stopping || code === 0) return 0;
    if (code === EXIT_RESTART) continue;
    quickFalls = performance.now() - began > LONG_ENOUGH_MS ? 0 : quickFalls + 1;
    if (quickFalls > 3) await sleep(Math.min(MOST_WAIT_MS, 250 * 2 ** (quickFalls - 3)));
  }
  return 0;
}

function start(slot: 'A' | 'B', events: readonly AuditEvent[]) {
  const started = spawn(process.execPath, [join(folder, applicationPath(slot)), folder, slot], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [BOOT_EVENTS]: JSON.stringify(events) },
  });
  child = started;
  if (started.pid) writeFileSync(pidFile, String(started.pid));
  const exited = new Promise<number>((done) => {
    started.on('error', () => done(1));
    started.on('exit', (code, signal) => done(code ?? (signal === 'SIGTERM' ? 0 : 1)));
  });
  const health = new Promise<'healthy' | 'ill'>((done) => {
    started.on('message', (message: FromApplication) => {
      if (message.kind === 'health') done(message.ok ? 'healthy' : 'ill');
    });
  });
  return { exited, health };
}

/** After a fall of the boot loader its application ends by itself; the log must not have two writers meanwhile. */
async function formerIsGone(): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  for (let waited = 0; isOurs(pid); waited += 10) {
    if (waited > 5_000) process.kill(pid, 'SIGKILL');
    await sleep(10);
  }
}

/** A live process that was started for this folder; never true where there is no /proc. */
function isOurs(pid: number): boolean {
  try {
    const from = readlinkSync(`/proc/${pid}/cwd`);
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return pid !== process.pid && args.slice(1).some((arg) => arg !== '' && resolve(from, arg) === folder);
  } catch {
    return false;
  }
}
