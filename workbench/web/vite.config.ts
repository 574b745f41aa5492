// Builds the pages into workbench/dist/web and prints what the first load costs.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const outDir = join(here, '../dist/web');
// First load at most 200 kB gzipped.
const FIRST_LOAD_MAX = 200_000;

/** Sums up the scripts and styles that index.html names; the build fails when the script is over the limit. */
function firstLoad(): Plugin {
  return {
    name: 'ward-first-load',
    apply: 'build',
    closeBundle() {
      const html = readFileSync(join(outDir, 'index.html'), 'utf8');
      const size = (pattern: RegExp) =>
        [...html.matchAll(pattern)].reduce(
          (sum, match) => sum + gzipSync(readFileSync(join(outDir, match[1] as string))).length,
          0,
        );
      const script = size(/(?:src|href)="\/([^"]+\.js)"/g);
      const style = size(/href="\/([^"]+\.css)"/g);
      console.log(
        `first load: ${(script / 1000).toFixed(1)} kB script, ${(style / 1000).toFixed(1)} kB style (gzip)`,
      );
      if (script > FIRST_LOAD_MAX)
        throw new Error(`The first load is over ${FIRST_LOAD_MAX / 1000} kB of script.`);
    },
  };
}

export default defineConfig({
  root: here,
  plugins: [react(), firstLoad()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // An inlined font or image would be a data: address, which the content policy refuses for everything but images.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:7400' } },
});
