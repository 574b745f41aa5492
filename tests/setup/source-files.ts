// Ward's source files and what each imports, for the tests that look at the program as a whole.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOMS } from '../../workbench/rooms/order.ts';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const OUTSIDE = new Set(['node_modules', 'dist', 'test-results', 'coverage']);

/** Every file below a folder of the repository, as paths from its root, without what is built or installed. */
export function filesBelow(folder = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (OUTSIDE.has(entry.name) || (entry.name.startsWith('.') && entry.isDirectory())) continue;
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

export function readSource(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Import {
  readonly from: string;
  /** A path from the root for a file of the repository, else the package or built-in as it is written. */
  readonly to: string;
  /** `type`: gone when the program runs; `value`: runs with the module; `lazy`: an `import()` that runs when it is called. */
  readonly how: 'type' | 'value' | 'lazy';
}

const STATIC = /^[ \t]*(import|export)\b(?:(\s+type)\b(?!\s*,|\s+from))?([^'";]*?\bfrom\s*)?\s*'([^']+)'/gm;
const LAZY = /\bimport\(\s*'([^']+)'/g;
const LAZY_TYPE = /(?:typeof|[:<|&=,(]\s*)\s*import\(\s*'[^']+'\s*\)\s*\./g;

/** The imports of one file; what stands in comments does not count. */
export function importsOf(path: string, source = readSource(path)): Import[] {
  const text = source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(LAZY_TYPE, '');
  const imports: Import[] = [];
  const add = (to: string, how: Import['how']) => {
    const target = to.startsWith('.') ? posix.join(posix.dirname(path), to) : to;
    imports.push({ from: path, to: target.replace(/\?.*$/, ''), how });
  };
  for (const [, keyword, type, names, to] of text.matchAll(STATIC)) {
    if (keyword === 'export' && !names) continue;
    add(to as string, type ? 'type' : 'value');
  }
  for (const [, to] of text.matchAll(LAZY)) add(to as string, 'lazy');
  // The one import that is not written out: the faces of all rooms.
  if (path === 'workbench/rooms/load.ts') for (const room of ROOMS) add(`./${room}/index.ts`, 'lazy');
  return imports;
}

export const isTest = (path: string) => /\.(test|fixture)\.tsx?$/.test(path);
