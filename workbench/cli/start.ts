// `ward start` and `ward link`.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../config.ts';
import type { Running } from '../main.ts';
import { extendSchemas, withWard } from '../open-ward.ts';
import { VERSION } from '../version.ts';
import { EXIT, progressLine } from './output.ts';

export interface StartCommandOptions {
  readonly port?: string;
  readonly data?: string;
  readonly example: boolean;
  readonly web?: boolean;
  readonly worker?: boolean;
}

export async function startCommand(options: StartCommandOptions): Promise<number> {
  const config = readConfig(process.env, options);
  const both = !options.web && !options.worker;
  const line = progressLine();
  const signals = catchSignals();
  if (Number(process.versions.node.split('.')[0]) < 22) {
    process.stderr.write(
      `Node.js ${process.versions.node} is out of support since 2026-04-30; Ward runs on it, but use 24 for real work.\n`,
    );
  }
  await extendSchemas();
  const { start } = await import('../main.ts');
  const running = await start({
    config,
    web: both || options.web === true,
    worker: both || options.worker === true,
    example: options.example && both,
    webRoot: webRoot(),
    progress: (text) => line.show(`${text} …`),
  });
  line.done();
  if (signals.came()) process.stdout.write('Ward stops.\n');
  else if (running.url !== null) await greet(running.url, running.ward);
  else process.stdout.write(`Ward ${VERSION} runs jobs. Stop with Ctrl-C.\n`);
  return untilStopped(running, signals.first);
}

async function greet(url: string, ward: Running['ward']): Promise<void> {
  const lines = [`Ward ${VERSION} is running at ${url}`, ''];
  // Standard output may end in a log that others read: once there is an administrator, only a terminal is shown a way in.
  if (process.stdout.isTTY || (await ward.people.firstRunNeeded())) {
    const link = await ward.people.makeFirstRunLink();
    const own = new URL(link.url);
    const what = link.makesAdministrator ? 'Make the administrator' : 'Sign in as the administrator';
    lines.push(`${what} (one use, 30 minutes):`, `${url}${own.pathname}${own.hash}`, '');
  } else {
    lines.push('For a one-time sign-in link of the administrator run "ward link".', '');
  }
  process.stdout.write(
    `\n${[...lines, 'Stop with Ctrl-C.'].map((line) => `  ${line}`.trimEnd()).join('\n')}\n\n`,
  );
  // The first sign-in then does not wait for the library.
  ward.people.warm().catch(() => undefined);
}

/**
 * From the first moment on, so that a signal during the start is kept until there is something to stop in order: ended at once,
 * Ward would leave its database running. A second Ctrl-C does not wait; the next start finds the database and goes on with it.
 */
function catchSignals(): { readonly first: Promise<void>; came(): boolean } {
  let came = false;
  const first = new Promise<void>((resolve) => {
    const take = (signal: NodeJS.Signals) => {
      if (came) {
        if (signal === 'SIGINT') process.exit(130);
        return;
      }
      came = true;
      resolve();
    };
    process.on('SIGINT', take);
    process.on('SIGTERM', take);
  });
  return { first, came: () => came };
}

function untilStopped(running: Running, asked: Promise<void>): Promise<number> {
  return new Promise((resolve) => {
    let stopping = false;
    const stop = (code: number) => {
      if (stopping) return;
      stopping = true;
      running.stop().then(
        () => resolve(code),
        () => resolve(EXIT.internal),
      );
    };
    void asked.then(() => stop(EXIT.ok));
    running.lost.then((error) => {
      process.stderr.write(`The database was lost: ${error.message}\n`);
      stop(EXIT.internal);
    });
  });
}

/** Built pages lie beside the built program; when run from source, in the package's dist. */
function webRoot(): string | null {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [join(here, '../web'), join(here, '../../web'), join(here, '../dist/web')];
  return candidates.find((folder) => existsSync(join(folder, 'index.html'))) ?? null;
}

export async function linkCommand(options: { readonly data?: string }): Promise<number> {
  const config = readConfig(process.env, options);
  const link = await withWard(config, (ward) => ward.people.makeFirstRunLink());
  process.stdout.write(`${link.url}\n`);
  return EXIT.ok;
}
