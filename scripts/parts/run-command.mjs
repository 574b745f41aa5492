// Runs a command and says how it went; never throws for a command that fails.
import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ quiet?: boolean }} [options] quiet: the output is kept and given back instead of shown
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCommand(command, args, { quiet = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 130 : 1), output }));
  });
}

/** Runs a program of an installed package, e.g. `biome`. */
export function runTool(name, args) {
  const suffix = process.platform === 'win32' ? '.cmd' : '';
  return runCommand(`${root}/node_modules/.bin/${name}${suffix}`, args);
}

export function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
