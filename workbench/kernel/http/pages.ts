// Serves the built pages: hashed assets for ever, everything else is the one page whose script reads the address.
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { Handler } from 'hono';
import type { Env } from './env.ts';
import { refuseHttp } from './problem.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

export function pages(root: string): Handler<Env> {
  // The built pages never change while the program runs, and are few.
  const files = new Map<string, Promise<Uint8Array<ArrayBuffer> | null>>();
  const load = (path: string) => {
    let file = files.get(path);
    if (!file) {
      file = readFile(join(root, path)).then(
        (bytes) => new Uint8Array(bytes),
        () => null,
      );
      files.set(path, file);
    }
    return file;
  };
  return async (c) => {
    const path = normalize(decodePath(c.req.path)).replace(/^\/+/, '');
    const type = TYPES[extname(path)];
    if (type && !path.startsWith('..') && path.length < 200) {
      const found = /^[\w./-]+$/.test(path) ? await load(path) : null;
      if (!found) throw refuseHttp('http.not-found', `There is no file ${path.slice(0, 100)}.`);
      const forever = path.startsWith('assets/');
      return c.body(found, 200, {
        'content-type': type,
        'cache-control': forever ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    }
    const page = await load('index.html');
    if (!page)
      throw refuseHttp('http.not-ready', 'The pages are not built.', { remedy: 'Run "npm run build".' });
    return c.body(page, 200, { 'content-type': TYPES['.html'] as string, 'cache-control': 'no-cache' });
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
}
