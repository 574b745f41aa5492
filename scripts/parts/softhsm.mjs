// SoftHSM, a PKCS#11 module in software, for the tests of the device's vault. Where it is not installed, the packages of the
// distribution are unpacked beside the sources (Debian and its kin; no root needed). Nothing of Ward needs it to run.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './root.mjs';

const run = promisify(execFile);
const PACKAGES = ['softhsm2', 'libsofthsm2'];
const SECONDS = 60;

/**
 * Where the module and its tool are.
 * @returns {Promise<{ module: string, util: string } | { missing: string }>} or a sentence why it cannot be had
 */
export async function findSoftHsm(store = join(root, 'node_modules', '.cache')) {
  const installed = lookIn('/');
  if (installed) return installed;
  const folder = join(store, 'softhsm');
  const unpacked = lookIn(folder);
  if (unpacked) return unpacked;
  mkdirSync(store, { recursive: true });
  const draft = mkdtempSync(join(store, 'softhsm-'));
  try {
    const options = { cwd: draft, timeout: SECONDS * 1000 };
    await run('apt-get', ['download', ...PACKAGES], options);
    for (const name of readdirSync(draft).filter((name) => name.endsWith('.deb')))
      await run('dpkg', ['-x', name, 'tree'], options);
    if (!existsSync(folder)) renameSync(join(draft, 'tree'), folder);
  } catch (error) {
    return { missing: `SoftHSM is not installed and its packages cannot be had: ${firstLine(error)}` };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return lookIn(folder) ?? { missing: 'The packages of SoftHSM hold no module where it was looked for.' };
}

/** @param {string} base */
function lookIn(base) {
  const libraries = join(base, 'usr', 'lib');
  const places = existsSync(libraries) ? ['.', ...readdirSync(libraries)] : [];
  const module = places
    .map((place) => join(libraries, place, 'softhsm', 'libsofthsm2.so'))
    .find((path) => existsSync(path));
  const util = join(base, 'usr', 'bin', 'softhsm2-util');
  return module && existsSync(util) ? { module, util } : null;
}

/**
 * Makes a token of its own in a folder and points SoftHSM to it.
 * @param {{ module: string, util: string }} softHsm
 * @param {string} folder
 * @param {{ token: string, pin: string }} names
 */
export async function makeToken({ module, util }, folder, { token, pin }) {
  const tokens = join(folder, 'tokens');
  mkdirSync(tokens, { recursive: true, mode: 0o700 });
  const config = join(folder, 'softhsm2.conf');
  writeFileSync(config, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = config;
  const words = ['--init-token', '--free', '--label', token, '--pin', pin, '--so-pin', pin];
  await run(util, [...words, '--module', module], { timeout: SECONDS * 1000 });
}

/** @param {unknown} error */
function firstLine(error) {
  return String(error instanceof Error ? error.message : error).split('\n')[0];
}
