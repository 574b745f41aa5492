// Ward scans itself: an SBOM of what ships, and one of all that builds and tests it, against what is known, with the scanner
// that ships. Findings that were judged stand in security/own-vex.json, each with its reason; any other one stops the build.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runQuiet, writeOwnSbom } from './parts/own-sbom.mjs';
import { root, serverProgram } from './parts/root.mjs';
import { runCommand } from './parts/run-command.mjs';

const cache = join(root, 'node_modules', '.cache', 'ward');
// What ships as an example, and public advisories beside the checkout where there are some; those in
// `native` are wrapped in a way that no importer reads (those for npm are in `osv-derived` again).
const beside = ['osv', 'osv-derived']
  .map((name) => join(root, '..', 'shared', 'data', 'advisories', name))
  .filter(existsSync);
const sources = [join(root, 'example', 'advisories'), ...beside];

async function knowledge() {
  if (beside.length === 0)
    console.log('No public advisories beside the checkout: only the example’s are known.');
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

async function scan(name, what, only, using) {
  const file = join(cache, name);
  await writeOwnSbom(file, { only });
  const args = [serverProgram, 'scan', file, '--format', 'json', '--fail-on', 'none', ...using];
  const { code, output } = await runQuiet(process.execPath, args);
  if (code !== 0) throw new Error(`ward scan ended with ${code}`);
  const { components, findings, undetermined, unmatched } = JSON.parse(output);
  const all = [...findings, ...undetermined];
  const open = all.filter(({ id, component }) => !known.has(`${id} ${component.purl}`));
  console.log(
    `${what}: ${components} components, ${components - unmatched.length} watched, ${findings.length} findings, ${undetermined.length} undetermined, ${all.length - open.length} decided, ${open.length} not decided.`,
  );
  return open;
}

const known = judged();
mkdirSync(cache, { recursive: true });
const using = await knowledge();
const open = [
  ...(await scan('ward.cdx.json', 'What ships', 'shipped', using)),
  ...(await scan('tools.cdx.json', 'What builds and tests it', 'tools', using)),
];
console.log('What is known of npm here is a part of what is public: this is a check, not a clearance.');
for (const { id, component, why } of open) console.error(`${id}  ${component.purl}  ${why}`);
if (open.length > 0) {
  console.error('\nUpdate these packages, or judge each in security/own-vex.json with its reason.');
  process.exitCode = 1;
}
