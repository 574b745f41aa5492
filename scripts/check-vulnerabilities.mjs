// Ward scans itself: an SBOM of the lockfile against what is known, with the scanner that ships. Findings that were
// judged stand in security/own-vex.json, each with its reason; any other one stops the build.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, serverProgram } from './parts/root.mjs';
import { runCommand } from './parts/run-command.mjs';

const cache = join(root, 'node_modules', '.cache', 'ward');
const sbom = join(cache, 'ward.cdx.json');
// Public advisories beside the checkout where there are some; else only the facts that ship with Ward.
const sources = ['osv', 'osv-derived']
  .map((name) => join(root, '..', 'shared', 'data', 'advisories', name))
  .filter(existsSync);

async function makeSbom() {
  mkdirSync(cache, { recursive: true });
  const npm = process.env.npm_execpath;
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { code, output } = await runQuiet(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args);
  if (code !== 0) throw new Error(`npm sbom ended with ${code}`);
  writeFileSync(sbom, output.slice(output.indexOf('{')));
}

/** Standard output whole; `runCommand` keeps the end only. */
async function runQuiet(command, args) {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.on('error', () => resolve({ code: 127, output: '' }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString('utf8') }));
  });
}

async function knowledge() {
  if (sources.length === 0) {
    console.log('No public advisories beside the checkout: only the facts that ship with Ward are known.');
    return [];
  }
  const file = join(cache, 'own.ward');
  const newest = Math.max(
    ...sources.map((source) => statSync(source).mtimeMs),
    statSync(serverProgram).mtimeMs,
  );
  if (!existsSync(file) || statSync(file).mtimeMs < newest) {
    const { code } = await runCommand(process.execPath, [
      serverProgram,
      'knowledge',
      'build',
      file,
      '--from',
      ...sources,
    ]);
    if (code !== 0) throw new Error(`ward knowledge build ended with ${code}`);
  }
  return ['--knowledge', file];
}

function judged() {
  const file = join(root, 'security', 'own-vex.json');
  if (!existsSync(file)) return new Set();
  const { statements } = JSON.parse(readFileSync(file, 'utf8'));
  const settled = statements.filter(({ status }) => status === 'not_affected' || status === 'fixed');
  return new Set(
    settled.flatMap(({ vulnerability, products }) =>
      products.flatMap(({ subcomponents = [] }) =>
        subcomponents.map((part) => `${vulnerability.name} ${part['@id']}`),
      ),
    ),
  );
}

await makeSbom();
const { code, output } = await runQuiet(process.execPath, [
  serverProgram,
  'scan',
  sbom,
  '--format',
  'json',
  '--fail-on',
  'none',
  ...(await knowledge()),
]);
if (code !== 0) throw new Error(`ward scan ended with ${code}`);
const { components, findings, undetermined, unmatched } = JSON.parse(output);
const known = judged();
const open = [...findings, ...undetermined].filter(
  ({ id, component }) => !known.has(`${id} ${component.purl}`),
);
console.log(
  `${components} packages, ${unmatched.length} not watched, ${findings.length} findings, ${undetermined.length} undetermined, ${open.length} not judged.`,
);
console.log('What is known of npm here is a part of what is public: this is a check, not a clearance.');
for (const { id, component, why } of open) console.error(`${id}  ${component.purl}  ${why}`);
if (open.length > 0) {
  console.error('\nUpdate these packages, or judge each in security/own-vex.json with its reason.');
  process.exitCode = 1;
}
