// `node tests/clone/clone.mjs [--with-tests] [--user present|ordinary] [--keep]`: what a newcomer lives through. Clones the checkout's last commit into
// an empty folder with a blank in its name, runs `npm start` until the page answers, stops it, starts it again, and prints
// the times: as the present user, and as root also as an ordinary one.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LONGEST_START_MS = 10 * 60_000;
const { values } = parseArgs({
  options: {
    'with-tests': { type: 'boolean', default: false },
    user: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const users = values.user === 'ordinary' ? [] : [{ name: 'the present user', options: {} }];
if (process.getuid?.() === 0 && values.user !== 'present')
  users.push({ name: 'an ordinary user (nobody)', options: nobody() });

let failed = false;
for (const user of users) {
  const folder = mkdtempSync(join(tmpdir(), 'ward-clone-'));
  try {
    const times = await livesThrough(folder, user.options);
    console.log(`As ${user.name}:`);
    for (const [what, seconds] of times) console.log(`  ${what.padEnd(34)} ${seconds.toFixed(1)} s`);
  } catch (error) {
    failed = true;
    console.error(`As ${user.name}: ${error.message}`);
  } finally {
    if (!values.keep) rmSync(folder, { recursive: true, force: true });
    else console.log(`  kept in ${folder}`);
  }
}
process.exitCode = failed ? 1 : 0;

function nobody() {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

/** @param {string} folder @param {{ uid?: number, gid?: number }} as */
async function livesThrough(folder, as) {
  const home = join(folder, 'home');
  const clone = join(folder, 'my checkout');
  mkdirSync(home, { mode: 0o700 });
  if (as.uid !== undefined) {
    chownSync(folder, as.uid, as.gid);
    chownSync(home, as.uid, as.gid);
  }
  // npm's settings (a mirror of the registry, certificates) may be in the environment or in the present user's file.
  const env = { ...process.env, ...(as.uid === undefined ? {} : { HOME: home, ...npmSettings() }) };
  for (const name of ['DATABASE_URL', 'WARD_DATA', 'WARD_PORT', 'WARD_PROGRAM', 'npm_execpath'])
    delete env[name];
  const options = { ...as, env };

  const times = [];
  const timed = async (what, work) => {
    const began = performance.now();
    const answer = await work();
    times.push([what, (performance.now() - began) / 1_000]);
    return answer;
  };

  await timed('git clone', () => git(clone, options));
  const first = await timed('first npm start until the page', () => start(clone, options));
  for (const [what, seconds] of first.parts()) times.push([`  of which ${what}`, seconds]);
  await timed('stop', () => first.stop());
  nothingLeft(clone);
  const second = await timed('second npm start until the page', () => start(clone, options));
  await timed('stop again', () => second.stop());
  nothingLeft(clone);
  if (values['with-tests']) {
    await timed('npm test', async () => {
      const run = spawnSync('npm', ['test'], { cwd: clone, stdio: 'inherit', ...options });
      if (run.status !== 0) throw new Error(`npm test ended with ${run.status}.`);
    });
  }
  return times;
}

/** A stop in order gives the data folder back; a lock that is still there means that something runs on. */
function nothingLeft(clone) {
  if (existsSync(join(clone, '.ward', 'ward.lock'))) throw new Error('The stop left its data folder locked.');
}

/** The registry and certificates that the present user's npm knows; no tokens. */
function npmSettings() {
  const settings = {};
  for (const name of ['registry', 'cafile', 'proxy', 'https-proxy']) {
    const { stdout } = spawnSync('npm', ['config', 'get', name], { encoding: 'utf8' });
    const value = stdout?.trim().split('\n').at(-1) ?? '';
    if (value !== '' && value !== 'null' && value !== 'undefined')
      settings[`npm_config_${name.replace('-', '_')}`] = value;
  }
  return settings;
}

/** Cloned by the present user, then given away: git refuses to read another user's checkout. */
function git(clone, { uid, gid }) {
  const run = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`git clone: ${run.stderr}`);
  if (uid === undefined) return;
  const given = spawnSync('chown', ['-R', `${uid}:${gid}`, clone], { encoding: 'utf8' });
  if (given.status !== 0) throw new Error(`chown: ${given.stderr}`);
}

async function start(clone, options) {
  const port = await freePort();
  const child = spawn('npm', ['start', '--', '--port', String(port)], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that Ctrl-C can be sent to all of it
    ...options,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let over = false;
  ended.then(() => {
    over = true;
  });
  const stop = async () => {
    if (!over) process.kill(-child.pid, 'SIGINT');
    await ended;
  };
  const until = Date.now() + LONGEST_START_MS;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    const page = await answer?.text();
    if (answer?.ok && page.includes('<title>Ward</title>')) break;
    if (over) throw new Error(`npm start ended before the page came:\n${output.slice(-4_000)}`);
    if (Date.now() > until) {
      await stop();
      throw new Error(`No page after ${LONGEST_START_MS / 60_000} minutes:\n${output.slice(-4_000)}`);
    }
    await delay(50);
  }
  return { stop, parts: () => partsOf(output) };
}

/** The seconds that `npm start` itself prints for installing and building. */
function partsOf(output) {
  const parts = [];
  const installed = /Packages installed in ([\d.]+) s/.exec(output);
  if (installed) parts.push(['installing', Number(installed[1])]);
  const built = [...output.matchAll(/^(?:server|web) .*?([\d.]+) s$/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
  if (built > 0) parts.push(['building', built]);
  return parts;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
