// `node scripts/run.mjs FILE.ts [arguments]`: bundles one TypeScript file and runs it (benchmarks, endurance runs).
// Packages stay in node_modules; `import.meta.url` names the bundle, so files are to be found from the working folder.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { root } from './parts/root.mjs';

const [file, ...args] = process.argv.slice(2);
if (!file || !existsSync(file)) {
  console.error(file ? `There is no file ${file}.` : 'Usage: node scripts/run.mjs FILE.ts [arguments]');
  process.exit(2);
}

const packagesStayOutside = {
  name: 'packages-stay-outside',
  setup(bundle) {
    // Ward's own packages are TypeScript and must be bundled.
    bundle.onResolve({ filter: /^[^./]/ }, (found) =>
      // Data of a package goes in, too: Node.js would ask for an import attribute that the bundle no longer has.
      found.kind === 'entry-point' || found.path.startsWith('@ward/') || found.path.endsWith('.json')
        ? undefined
        : { external: true },
    );
  },
};

const digest = createHash('sha256').update(resolve(file)).digest('hex').slice(0, 8);
const outfile = join(
  root,
  'node_modules',
  '.cache',
  'ward-run',
  `${basename(file, '.ts')}-${digest}-${process.pid}.mjs`,
);
await build({
  entryPoints: [resolve(file)],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [packagesStayOutside],
}).catch(() => process.exit(4)); // esbuild has shown where

const nodeOptions = process.env.WARD_NODE_OPTIONS?.split(' ') ?? [];
const child = spawn(process.execPath, ['--enable-source-maps', ...nodeOptions, outfile, ...args], {
  stdio: 'inherit',
});
process.on('SIGINT', () => {}); // the terminal sends it to the child as well
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('close', (code, signal) => {
  rmSync(outfile, { force: true });
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
