// The steps of `npm test`.
import { existsSync } from 'node:fs';
import { ensureInstalled } from './install.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { root } from './root.mjs';
import { runCommand, runTool, seconds } from './run-command.mjs';

const script = (name) => runCommand(process.execPath, [`${root}/scripts/${name}`]);

/** @param {readonly string[]} args */
function steps(args) {
  return [
    { name: 'format and lint', run: () => runTool('biome', ['ci', '.']) },
    { name: 'types', run: () => runTool('tsc', ['--noEmit', '-p', 'tsconfig.json']) },
    { name: 'dependencies', run: () => script('check-dependencies.mjs') },
    { name: 'unused code', run: () => runTool('knip', []), when: () => existsSync(`${root}/knip.json`) },
    { name: 'build', run: () => oneAtATime(() => script('build.mjs')) },
    { name: 'own vulnerabilities', run: () => script('check-vulnerabilities.mjs') },
    { name: 'tests', run: () => runTool('vitest', ['run', ...args]) },
  ];
}

/** @param {readonly string[]} args */
export async function testWard(args) {
  const began = performance.now();
  if (!(await oneAtATime(ensureInstalled))) {
    process.exitCode = 4;
    return;
  }
  const times = [];
  for (const step of steps(args)) {
    if (step.when && !step.when()) continue;
    console.log(`\n── ${step.name}`);
    const stepBegan = performance.now();
    const { code } = await step.run();
    times.push(`${step.name} ${seconds(stepBegan)}`);
    if (code !== 0) {
      console.error(`\nFAILED at "${step.name}" (ended with ${code}) after ${times.join(', ')}.`);
      process.exitCode = 1;
      return;
    }
  }
  console.log(`\nAll passed in ${seconds(began)}: ${times.join(', ')}.`);
}
