// Bundles of the laser's programs: each one file, so that a unit needs nothing but Node.js and what an update brings.
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

/** The version that comes from the factory. */
export const FACTORY_VERSION = '4.1.0';

const COMMON: BuildOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Needed by a unit with a PKCS#11 module only, which brings it.
  external: ['koffi'],
  // Packages in the bundle that were written for `require`.
  banner: {
    js: "import { createRequire as ward_createRequire } from 'node:module'; const require = ward_createRequire(import.meta.url);",
  },
};

export interface ApplicationBuild {
  readonly version: string;
  readonly outfile: string;
  /** A build that fails its own health check, to watch a unit return to its last good version. */
  readonly broken?: boolean;
}

/** What an update replaces. `folder` is the repository's root. */
export async function buildApplication(
  folder: string,
  { version, outfile, broken = false }: ApplicationBuild,
) {
  await build({
    ...COMMON,
    entryPoints: [join(folder, 'laser/unit/app.ts')],
    outfile,
    define: { LUMEN_VERSION: JSON.stringify(version), LUMEN_FAULT: String(broken) },
  });
}

/** The boot loader alone. */
export async function buildBoot(folder: string, outdir: string): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: { boot: join(folder, 'laser/unit/boot.ts') },
    outdir,
    outExtension: { '.js': '.mjs' },
  });
}

/** Boot loader, console, panels and service program, and the scripts of their pages. */
export async function buildPrograms(folder: string, outdir: string): Promise<void> {
  const source = (path: string) => join(folder, 'laser', path);
  await build({
    ...COMMON,
    entryPoints: {
      boot: source('unit/boot.ts'),
      console: source('console/main.ts'),
      panels: source('panel/main.ts'),
      service: source('service-app/main.ts'),
    },
    outdir,
    outExtension: { '.js': '.mjs' },
  });
  await build({
    entryPoints: {
      'console-page': source('console/page/console-page.ts'),
      'panel-page': source('panel/page/panel-page.ts'),
      'console-style': source('console/page/console-page.css'),
      'panel-style': source('panel/page/panel-page.css'),
    },
    outdir,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    logLevel: 'warning',
  });
}
