// Ward's own SBOM from the lockfile (CycloneDX, made by npm), cut to what reaches users or to what does not.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './root.mjs';
import { shippedPackages } from './shipped-packages.mjs';

/**
 * @param {string} file
 * @param {{ only: 'shipped' | 'tools' }} choice
 * @returns {Promise<number>} how many components it names
 */
export async function writeOwnSbom(file, { only }) {
  const npm = process.env.npm_execpath;
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const { code, output } = await runQuiet(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args);
  if (code !== 0) throw new Error(`npm sbom ended with ${code}`);
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const sbom = cut(JSON.parse(output.slice(output.indexOf('{'))), shippedRefs(packages), only);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
  return sbom.components.length;
}

function cut(sbom, shipped, only) {
  const fits = (component) => shipped.has(component['bom-ref']) === (only === 'shipped');
  const components = sbom.components.filter(fits);
  const { component: self } = sbom.metadata;
  const kept = new Set([self['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const dependencies = sbom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((to) => kept.has(to)) }));
  // npm names the root by its folder.
  const component = { ...self, type: 'application', name: 'ward' };
  return { ...sbom, metadata: { ...sbom.metadata, component }, components, dependencies };
}

/** As npm refers to a component: name@version. Ward's own packages lie outside node_modules, and ship. */
function shippedRefs(packages) {
  const shipped = shippedPackages(packages);
  const paths = Object.keys(packages).filter((path) => !path.includes('node_modules') || shipped.has(path));
  return new Set(
    paths.map((path) => {
      const { name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version } =
        packages[path];
      return `${name}@${version}`;
    }),
  );
}

/** Standard output whole; `runCommand` keeps the end only. */
export async function runQuiet(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.on('error', () => resolve({ code: 127, output: '' }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString('utf8') }));
  });
}
