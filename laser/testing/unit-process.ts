// A real unit in processes of its own, against the small workbench: for tests and the endurance run.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UnitSettings } from '@ward/device/agent/unit-settings.ts';
import { buildApplication, buildBoot, FACTORY_VERSION } from '../build.ts';
import { FAMILY, makeUnit } from '../make-unit.ts';
import { askPanel, until } from './panel.ts';
import type { SmallWorkbench } from './small-workbench.ts';

export interface Programs {
  readonly folder: string;
  readonly boot: string;
  readonly application: string;
  /** Another version, whole or broken on purpose. */
  readonly build: (version: string, broken?: boolean) => Promise<Uint8Array>;
}

/** Programs in a folder that is removed by `remove`. `root` is the repository's. */
export async function buildUnitPrograms(root: string): Promise<Programs & { remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'lumen-'));
  const application = join(folder, 'application.mjs');
  await buildApplication(root, { version: FACTORY_VERSION, outfile: application });
  await buildBoot(root, folder);
  return {
    ...{ folder, application, boot: join(folder, 'boot.mjs') },
    build: async (version, broken = false) => {
      const outfile = join(folder, `application-${version}${broken ? '-broken' : ''}.mjs`);
      await buildApplication(root, { version, outfile, broken });
      return readFileSync(outfile);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export class UnitProcess {
  readonly serial: string;
  readonly folder: string;
  readonly port: number;
  readonly #boot: string;
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  output = '';

  constructor(serial: string, folder: string, port: number, boot: string) {
    this.serial = serial;
    this.folder = folder;
    this.port = port;
    this.#boot = boot;
  }

  /** Makes, starts and enrols a unit; resolves when it has reported once. */
  static async make(
    programs: Programs,
    workbench: SmallWorkbench,
    serial: string,
    settings: Partial<UnitSettings> = {},
  ): Promise<UnitProcess> {
    const port = await freePort();
    const unit = new UnitProcess(serial, join(programs.folder, serial), port, programs.boot);
    await makeUnit({
      folder: unit.folder,
      settings: {
        ...{ version: 1, unit: serial, hardwareId: FAMILY, listen: { host: '127.0.0.1', port } },
        ...{ gateway: workbench.gateway, repository: workbench.repository },
        ...{ checkInSeconds: 0.3, updateGraceSeconds: 3600, ...settings },
      },
      application: { file: programs.application, version: FACTORY_VERSION },
      ...{ imageRoot: workbench.imageRoot, directorRoot: null },
    });
    unit.start();
    await until(unit.folder, (display) => display.state === 'not-enrolled');
    await askPanel(unit.folder, { do: 'enrol', code: workbench.code(serial), workbenchUrl: workbench.url });
    await until(unit.folder, ({ state, online }) => state === 'standby' && online);
    return unit;
  }

  start(): void {
    const child = spawn(process.execPath, [this.#boot, this.folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        this.output = (this.output + chunk).slice(-20_000);
      });
    this.#child = child;
    this.#ended = once(child, 'exit');
  }

  get bootPid(): number {
    return this.#child!.pid!;
  }
  get applicationPid(): number | null {
    try {
      return Number(readFileSync(join(this.folder, 'application.pid'), 'utf8')) || null;
    } catch {
      return null;
    }
  }

  /** As a cable that is pulled: nothing is written any more. */
  async killApplication(): Promise<void> {
    const pid = this.applicationPid;
    if (pid && isUnit(pid, this.folder)) process.kill(pid, 'SIGKILL');
    await this.#isGone(pid);
  }
  /** Its application ends by itself. */
  async killBoot(): Promise<void> {
    const pid = this.applicationPid;
    this.#child?.kill('SIGKILL');
    await this.#ended;
    await this.#isGone(pid);
  }

  async #isGone(pid: number | null): Promise<void> {
    for (let waited = 0; pid && isUnit(pid, this.folder); waited += 5) {
      if (waited > 10_000) throw new Error('the application did not end');
      await sleep(5);
    }
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM');
    await this.#ended;
  }
}

/** Only what was started here is ever killed. */
function isUnit(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder);
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
