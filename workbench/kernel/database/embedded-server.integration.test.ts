import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openPool } from './connect.ts';
import { findServerPrograms } from './embedded/find-binaries.ts';
import { linkLibraries } from './embedded/link-libraries.ts';
import { processSpace, serverProcessesIn, signal } from './embedded/processes.ts';
import { chooseRunner } from './embedded/run-as.ts';
import { makeSocketFolder } from './embedded/socket-folder.ts';
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts';
import { silentLog } from './log.ts';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

let base: string;
let running: EmbeddedServer[];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ward-server-'));
  await chmod(base, 0o755);
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(base, { recursive: true, force: true });
});

async function start(dataDir: string, settings: Record<string, string> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dataDir, log: silentLog, settings });
  running.push(server);
  return server;
}

async function query(server: EmbeddedServer, text: string) {
  const client = new pg.Client(server.connectionString);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function untilGone(folder: string): Promise<void> {
  while (serverProcessesIn(folder).length > 0) await delay(5);
}

describe('a data folder', () => {
  test('is initialised once, keeps its rows, and leaves no process, lock or socket when stopped', async () => {
    const dataDir = join(base, 'data');
    const first = await start(dataDir);
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();

    expect(serverProcessesIn(join(dataDir, 'postgres'))).toEqual([]);
    expect(existsSync(first.config.host)).toBe(false);
    expect((await readdir(dataDir)).sort()).toEqual(['postgres', 'ward-data.json']);

    const second = await start(dataDir);
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test.each([
    ['with blanks and quotes', `two words 'quoted'`],
    ['with a path far above what a socket may have', join('a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60))],
    ['in letters beyond ASCII', 'Gerät-資料'],
  ])('%s works', async (_case, name) => {
    const server = await start(join(base, name));

    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('listens on no network, waits for the disk and checks its pages', async () => {
    const server = await start(join(base, 'data'));

    const rows = await query(
      server,
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('listen_addresses', 'fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'server_encoding', 'TimeZone')`,
    );
    expect(Object.fromEntries(rows.map((row) => [row.name, row.setting]))).toEqual({
      TimeZone: 'UTC',
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
    });
  });

  test('reached through a symbolic link works', async () => {
    await mkdir(join(base, 'real'));
    await symlink(join(base, 'real'), join(base, 'link'));

    const server = await start(join(base, 'link', 'data'));
    process.kill(server.pid, 'SIGKILL'); // also the watch over it goes by the real path

    await vi.waitFor(async () => expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]), {
      timeout: 20_000,
      interval: 100,
    });
  });
});

describe('a second start', () => {
  test('is refused with process and address of the first', async () => {
    const dataDir = join(base, 'data');
    const first = await start(dataDir);
    await first.announce('http://127.0.0.1:8471');

    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data.in-use',
      message: expect.stringContaining('http://127.0.0.1:8471'),
      detail: { pid: process.pid, url: 'http://127.0.0.1:8471' },
    });
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.each([
    ['of a process that is gone', { pid: 2 ** 22 - 1, identity: '1', space: processSpace() }],
    [
      'whose number belongs to another process by now',
      { pid: process.pid, identity: 'earlier', space: processSpace() },
    ],
  ])('takes over the lock %s', async (_case, holder) => {
    const dataDir = join(base, 'data');
    await mkdir(dataDir, { mode: 0o711 });
    await chmod(dataDir, 0o711);
    await writeFile(
      join(dataDir, 'ward.lock'),
      JSON.stringify({ ...holder, startedAt: '2026-11-24T00:00:00Z' }),
    );

    expect((await start(dataDir)).pid).toBeGreaterThan(0);
  });

  test('takes over a lock that nobody can read, and of ten at once just one gets the folder', async () => {
    const dataDir = join(base, 'data');
    await mkdir(dataDir, { mode: 0o711 });
    await chmod(dataDir, 0o711);
    await writeFile(join(dataDir, 'ward.lock'), '{"pid":');

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => start(dataDir)));

    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason.code] : [],
    );
    expect(refusals).toEqual(Array.from({ length: 9 }, () => 'data.in-use'));
  });

  test('waits for a holder in another container that was there a moment ago', async () => {
    const dataDir = join(base, 'data');
    await mkdir(dataDir, { recursive: true });
    const holder = {
      pid: 7,
      identity: '1',
      space: 'another boot pid:[1]',
      startedAt: '2026-11-24T00:00:00Z',
    };
    await writeFile(join(dataDir, 'ward.lock'), JSON.stringify(holder));

    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'data.in-use',
      message: expect.stringContaining('container'),
    });
  });
});

describe('refuses and touches nothing', () => {
  async function listing(folder: string) {
    return (await readdir(folder, { recursive: true })).sort();
  }

  test.each([
    ['a folder of a newer Ward', '{"format":2,"postgres":18}', 'data.newer-ward'],
    ['a damaged description', '{"format":', 'data.unreadable'],
    ['a description of something else', '[]', 'data.unreadable'],
  ])('%s', async (_case, description, code) => {
    const dataDir = join(base, 'data');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'ward-data.json'), description);

    await expect(start(dataDir)).rejects.toMatchObject({ code });

    expect(await listing(dataDir)).toEqual(['ward-data.json']);
    expect(await readFile(join(dataDir, 'ward-data.json'), 'utf8')).toBe(description);
  });

  test('a folder of another PostgreSQL', async () => {
    const dataDir = join(base, 'data');
    await (await start(dataDir)).stop();
    await writeFile(join(dataDir, 'ward-data.json'), '{"format":1,"postgres":17}');
    const before = await listing(dataDir);

    await expect(start(dataDir)).rejects.toMatchObject({ code: 'data.other-postgres' });

    expect(await listing(dataDir)).toEqual(before);
  });

  test('a folder "postgres" that is not PostgreSQL’s', async () => {
    const dataDir = join(base, 'data');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'thesis.txt'), 'mine');

    await expect(start(dataDir)).rejects.toMatchObject({ code: 'data.unreadable' });

    expect(await listing(dataDir)).toEqual(['postgres', join('postgres', 'thesis.txt')]);
  });

  test('a file in place of the folder', async () => {
    await writeFile(join(base, 'file'), '');

    await expect(start(join(base, 'file'))).rejects.toMatchObject({ code: 'data.not-writable' });
    await expect(start(join(base, 'file', 'below'))).rejects.toMatchObject({ code: 'data.not-writable' });
  });

  test('a WARD_PG_BIN without PostgreSQL', () => {
    expect(() => findServerPrograms({ WARD_PG_BIN: base })).toThrow(
      expect.objectContaining({ code: 'data.no-server-program' }),
    );
  });

  test('socket folders that are all too long fall back to a short one', async () => {
    const long = join(base, 'x'.repeat(90));
    await mkdir(long);

    const folder = await makeSocketFolder({ kind: 'self' }, { XDG_RUNTIME_DIR: long });
    await rm(folder, { recursive: true });

    expect(folder.length).toBeLessThan(90);
  });
});

describe.skipIf(!isLinux)('after kill -9', () => {
  test('of the postmaster and all backends under load, ten times, no acknowledged row is lost', {
    timeout: 120_000,
  }, async () => {
    const dataDir = join(base, 'data');
    let server = await start(dataDir);
    await query(server, 'CREATE TABLE written (n int PRIMARY KEY)');
    const acknowledged: number[] = [];
    let next = 0;

    for (let round = 0; round < 10; round += 1) {
      const pool = openPool({ database: server.connectionString, max: 4 });
      let writing = true;
      const writers = Array.from({ length: 4 }, async () => {
        while (writing) {
          next += 1;
          const mine = next;
          // A row whose connection broke may or may not be there; only an acknowledged one has to be.
          await pool.query('INSERT INTO written VALUES ($1)', [mine]).then(
            () => acknowledged.push(mine),
            () => delay(20),
          );
        }
      });
      await delay(150);
      const before = server.pid;
      for (const pid of serverProcessesIn(join(dataDir, 'postgres'))) signal(pid, 'SIGKILL');
      while (server.pid === before) await delay(5);
      await delay(100);
      writing = false;
      await Promise.all(writers);
      await pool.end();
      if (round % 3 === 2) {
        // Every third time Ward itself goes as well.
        await server.stop();
        server = await start(dataDir);
      }
    }

    const rows = await query(server, 'SELECT n FROM written');
    const present = new Set(rows.map((row) => row.n));
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(acknowledged.filter((n) => !present.has(n))).toEqual([]);
    await query(server, 'CREATE EXTENSION amcheck');
    await query(server, "SELECT bt_index_check('written_pkey', true)");
  });

  test('of Ward alone the next start stops the server that was left and goes on', async () => {
    const dataDir = join(base, 'data');
    const program = join(base, 'start.mjs');
    await bundle(program);
    const ward = spawn(process.execPath, [program, dataDir, 'stay'], {
      env: withPrograms(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => ward.stdout.once('data', resolve));
    ward.kill('SIGKILL');
    await new Promise((resolve) => ward.once('exit', resolve));
    const left = serverProcessesIn(join(dataDir, 'postgres'));
    expect(left.length).toBeGreaterThan(3);

    const second = await start(dataDir);

    expect(serverProcessesIn(join(dataDir, 'postgres')).filter((pid) => left.includes(pid))).toEqual([]);
    expect(await query(second, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  test('a number that the dead server still holds, as nobody has collected it, does not stop the next start', async () => {
    const dataDir = join(base, 'data');
    const server = await start(dataDir);
    await query(server, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const before = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
    await server.stop();
    // `sh` starts a child and becomes a program that never asks what came of it.
    const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const uncollected = await new Promise<string>((resolve) => {
      shell.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    });
    await delay(200);
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), before.replace(/^\d+/, uncollected));

    const second = await start(dataDir);
    shell.kill();

    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('a start cut off in the middle of initdb is done again', async () => {
    const dataDir = join(base, 'data');
    await mkdir(join(dataDir, 'postgres.initialising', 'base'), { recursive: true });
    await chmod(dataDir, 0o711);
    await writeFile(join(dataDir, 'postgres.initialising', 'PG_VERSION'), '18\n');

    const server = await start(dataDir);

    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, 'postgres.initialising'))).toBe(false);
  });

  test('a server that dies again and again is given up with a plain sentence', async () => {
    const server = await start(join(base, 'data'));
    let lost = false;
    server.lost.then(() => {
      lost = true;
    });
    while (!lost) {
      signal(server.pid, 'SIGKILL');
      await delay(30);
    }

    expect((await server.lost).code).toBe('data.server-gave-up');
    await untilGone(join(base, 'data', 'postgres'));
  });
});

describe.skipIf(!isRoot || !isLinux)('as root', () => {
  test('the server runs as nobody where it can, and in a user namespace under a private home', async () => {
    const open = await start(join(base, 'open'));
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o700 });
    const hidden = await start(join(home, 'data'));

    expect(open.runsAs).toBe('user');
    expect(hidden.runsAs).toBe('namespace');
    expect(await query(hidden, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a folder moves between the two and keeps its rows', async () => {
    const home = join(base, 'home');
    await mkdir(home, { mode: 0o755 });
    const first = await start(join(home, 'data'));
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    await chmod(home, 0o700);
    const second = await start(join(home, 'data'));

    expect([first.runsAs, second.runsAs]).toEqual(['user', 'namespace']);
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  test('programs under a private home: a namespace when allowed, else a copy in the cache', async () => {
    const home = join(base, 'home');
    const movable = join(home, 'package', 'native');
    await mkdir(join(home, 'package'), { recursive: true });
    await chmod(home, 0o700);
    const original = findServerPrograms().movable!;
    await cp(original, movable, { recursive: true, verbatimSymlinks: true });
    await cp(join(original, '..', 'package.json'), join(home, 'package', 'package.json'));

    const path = process.env.PATH;
    const programs = { bin: join(movable, 'bin'), movable };
    try {
      expect((await chooseRunner(programs, base)).runAs.kind).toBe('namespace');
      process.env.PATH = '/nowhere'; // no `unshare` to be found
      const copied = await chooseRunner(programs, base);
      expect(copied.runAs.kind).toBe('user');
      expect(copied.programs.bin.startsWith(home)).toBe(false);
      await expect(chooseRunner(programs, home)).rejects.toMatchObject({ code: 'data.no-unprivileged-user' });
    } finally {
      process.env.PATH = path;
    }
  });

  test('a full disk ends in a plain sentence and leaves no half folder', async () => {
    const disk = join(base, 'disk');
    await mkdir(disk);
    const mounted =
      spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=30m,mode=755', 'tmpfs', disk]).status === 0;
    if (!mounted)
      return console.warn('Skipped: this machine allows no tmpfs mount, so no disk could be filled.');
    try {
      await expect(start(join(disk, 'data'))).rejects.toMatchObject({ code: 'data.disk-full' });
      expect(await readdir(join(disk, 'data'))).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });

  test('an ordinary user runs the server as himself, and may not use root’s folder', {
    timeout: 60_000,
  }, async () => {
    const mine = join(base, 'mine');
    await mkdir(mine);
    spawnSync('chown', ['65534:65534', mine]);
    const program = join(mine, 'start.mjs');
    await bundle(program);

    expect(await runAsNobody(program, join(mine, 'data'))).toMatchObject({ runsAs: 'self', one: 1 });
    expect(await runAsNobody(program, join(base, 'roots'))).toMatchObject({ code: 'data.not-writable' });
  });
});

describe('library links', () => {
  test('are made when npm ran no install script, and made only once', async () => {
    const folder = join(base, 'package', 'native');
    await mkdir(join(folder, 'lib'), { recursive: true });
    await writeFile(join(folder, 'lib', 'libx.so.1.2'), 'library');
    const links = [
      { source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' },
      { source: '../../etc/passwd', target: 'native/lib/stolen' },
      { source: 'native/lib/libx.so.1.2', target: '../outside' },
    ];
    await writeFile(join(folder, 'pg-symlinks.json'), JSON.stringify(links));

    expect(await linkLibraries(folder)).toBe(true);
    expect(await linkLibraries(folder)).toBe(true);

    expect(await readFile(join(folder, 'lib', 'libx.so.1'), 'utf8')).toBe('library');
    expect((await readdir(join(folder, 'lib'))).sort()).toEqual(['libx.so.1', 'libx.so.1.2']);
    expect(await readdir(base)).toEqual(['package']);
  });
});

async function bundle(outfile: string): Promise<void> {
  const { build } = await import('esbuild');
  await build({
    stdin: {
      contents: `
        import { startEmbeddedServer } from './embedded-server.ts';
        import pg from 'pg';
        try {
          const server = await startEmbeddedServer({ dataDir: process.argv[2], log: { info() {}, warn() {}, error() {} } });
          const client = new pg.Client(server.connectionString);
          await client.connect();
          const { rows } = await client.query('CREATE TABLE kept AS SELECT 1 AS one; SELECT one FROM kept').then((all) => all[1]);
          await client.end();
          if (process.argv[3] !== 'stay') await server.stop();
          console.log(JSON.stringify({ ...rows[0], runsAs: server.runsAs }));
        } catch (error) {
          console.log(JSON.stringify({ code: error.code, message: error.message }));
        }`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['pg-native'],
    banner: {
      js: "import { createRequire as wardRequire } from 'node:module'; const require = wardRequire(import.meta.url);",
    },
  });
}

/** The bundle lies far from node_modules. */
function withPrograms(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, WARD_PG_BIN: findServerPrograms().bin };
}

function runAsNobody(program: string, dataDir: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, dataDir], {
      uid: 65534,
      gid: 65534,
      cwd: '/',
      env: withPrograms(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(output)));
  });
}
