// Two starts in one checkout: the second waits until the first has installed and built.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './root.mjs';

/** Far above what installing and building takes: an older lock belongs to a process number that was given out again. */
const longestMs = 15 * 60_000;

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [folder]
 * @returns {Promise<T>}
 */
export async function oneAtATime(work, folder = join(root, '.ward')) {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'build.lock');
  await take(lock);
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function take(lock) {
  let told = false;
  for (;;) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = readHolder(lock);
    if ((holder !== undefined && !isAlive(holder)) || ageMs(lock) > longestMs) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told)
      console.error(`Waiting for process ${holder ?? '?'}, which installs or builds in this folder …`);
    told = true;
    await delay(200);
  }
}

function readHolder(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return pid > 0 ? pid : undefined; // created, but not written yet
  } catch {
    return undefined; // gone meanwhile
  }
}

function ageMs(lock) {
  try {
    return Date.now() - statSync(lock).mtimeMs;
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
