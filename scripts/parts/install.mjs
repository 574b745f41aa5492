// Installs the packages when node_modules is missing or does not hold what package-lock.json asks for.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runCommand, seconds } from './run-command.mjs';

const stamp = join(root, 'node_modules', '.ward-installed');

/** True when everything is installed afterwards; says in a sentence why not. */
export async function ensureInstalled() {
  const wanted = wantedInstall();
  if (readIfThere(stamp) === wanted) return true;
  if (
    !holdsWhatIsAsked(
      readIfThere(join(root, 'package-lock.json')),
      readIfThere(join(root, 'node_modules', '.package-lock.json')),
    )
  ) {
    if (!(await install())) return false;
  }
  writeFileSync(stamp, wanted);
  return true;
}

function wantedInstall() {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}\n`;
}

/**
 * Compares the lockfile with npm's own record in node_modules: somebody may have run npm by hand.
 * Optional packages may be missing, they are for other machines.
 * @param {string | undefined} asked
 * @param {string | undefined} present
 */
export function holdsWhatIsAsked(asked, present) {
  if (asked === undefined || present === undefined) return false;
  const wanted = JSON.parse(asked).packages;
  const have = JSON.parse(present).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    if (have[path] === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (have[path]?.version !== entry.version || have[path]?.integrity !== entry.integrity) return false;
  }
  return true;
}

async function install() {
  const began = performance.now();
  console.error('Installing packages …');
  const ticking = setInterval(() => console.error(`  … still installing, ${seconds(began)}`), 5_000);
  let { code, output } = await runNpm('ci');
  if (code !== 0 && output.includes('npm error Missing:')) {
    // The lockfile names no packages for some other machines; `npm install` keeps to it all the same.
    console.error('  npm ci calls the lockfile incomplete; installing from it with npm install --no-save.');
    ({ code, output } = await runNpm('install', '--no-save'));
  }
  clearInterval(ticking);
  if (code === 0) {
    console.error(`Packages installed in ${seconds(began)}.`);
    return true;
  }
  console.error(firstComplaints(output));
  console.error(
    `\nInstalling the packages failed (npm ended with ${code}). Check the network and the free disk space, then run the command again.`,
  );
  return false;
}

function runNpm(...command) {
  // No install scripts: newer npm asks for approval of each, and Ward needs none of them.
  // Build tools are development packages: they are wanted even where NODE_ENV says production.
  const args = [
    ...command,
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ];
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js')
    ? runCommand(process.execPath, [npm, ...args], { quiet: true })
    : runCommand('npm', args, { quiet: true });
}

/** npm says first what is wrong, and then how it is used. */
function firstComplaints(output) {
  const complaints = output.split('\n').filter((line) => line.startsWith('npm error'));
  return (complaints.length > 0 ? complaints : output.trim().split('\n')).slice(0, 15).join('\n');
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
