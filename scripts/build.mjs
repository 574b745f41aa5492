// `npm run build`: bundles command line and server with esbuild and the pages with Vite into workbench/dist.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sourcesFingerprint } from './parts/freshness.mjs';
import { buildStamp, root, serverEntry, serverOutput, webFolder } from './parts/root.mjs';
import { seconds } from './parts/run-command.mjs';
import { bundleServer, threads } from './parts/server-bundle.mjs';

const require = createRequire(import.meta.url);

async function buildServer() {
  const began = performance.now();
  const draft = `${serverOutput}.draft`;
  rmSync(draft, { recursive: true, force: true });
  const result = await bundleServer({ entries: { ward: serverEntry, ...threads }, outdir: draft, root });
  rmSync(serverOutput, { recursive: true, force: true });
  mkdirSync(join(serverOutput, '..'), { recursive: true });
  renameSync(draft, serverOutput);

  const outputs = Object.entries(result.metafile.outputs).filter(([path]) => path.endsWith('.mjs'));
  const total = outputs.reduce((sum, [, output]) => sum + output.bytes, 0);
  const entry = statSync(join(serverOutput, 'ward.mjs')).size;
  console.log(
    `server  ${kilobytes(total)} in ${outputs.length} files, ward.mjs ${kilobytes(entry)}, ${seconds(began)}`,
  );
}

async function buildWeb() {
  const began = performance.now();
  const { build } = await import('vite');
  const answer = await build({
    configFile: join(webFolder, 'vite.config.ts'),
    root: webFolder,
    logLevel: 'warn',
  });
  const files = [answer].flat().flatMap((result) => result.output ?? []);
  const scripts = files.filter((file) => file.type === 'chunk');
  const first = scripts
    .filter((file) => file.isEntry)
    .reduce((sum, file) => sum + gzipSync(file.code).length, 0);
  const total = files.reduce((sum, file) => sum + Buffer.byteLength(file.code ?? file.source), 0);
  console.log(
    `web     ${kilobytes(total)} in ${files.length} files, entry ${kilobytes(first)} gzipped, ${seconds(began)}`,
  );
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1024)} kB`;
}

async function main() {
  if (!existsSync(serverEntry)) {
    console.error('There is nothing to build: workbench/cli/ward.ts is missing.');
    return 3;
  }
  const sources = sourcesFingerprint();
  await buildServer();
  const hasPages = existsSync(join(webFolder, 'index.html'));
  if (hasPages) await buildWeb();
  else console.error('The pages were left out: workbench/web/index.html is missing.');

  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
  const stamp = {
    version,
    sources: hasPages ? sources : 'without pages',
    esbuild: require('esbuild').version,
  };
  writeFileSync(buildStamp, `${JSON.stringify(stamp)}\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  // esbuild and Vite have shown where; a stack trace of the tool would say nothing more.
  console.error(`The build failed: ${error.message}`);
  process.exitCode = 4;
}
