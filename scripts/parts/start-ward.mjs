// Install, build, start: each only when it is needed.
import { pathToFileURL } from 'node:url';
import { isBuildFresh } from './freshness.mjs';
import { ensureInstalled } from './install.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { root, serverProgram } from './root.mjs';
import { runCommand } from './run-command.mjs';

/** @param {readonly string[]} args */
export async function startWard(args) {
  const ready = await oneAtATime(async () => (await ensureInstalled()) && (await ensureBuilt()));
  if (!ready) {
    process.exitCode = 4;
    return;
  }
  // In this process: signals reach Ward itself and its exit code is ours.
  process.argv = [process.execPath, serverProgram, 'start', ...args];
  await import(pathToFileURL(serverProgram).href);
}

async function ensureBuilt() {
  if (isBuildFresh()) return true;
  console.error('Building …');
  const { code } = await runCommand(process.execPath, [`${root}/scripts/build.mjs`]);
  if (code !== 0)
    console.error('\nThe build failed; its message stands above. Correct that, then run the command again.');
  return code === 0;
}
