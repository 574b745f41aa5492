import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript that runs before anything is installed
import { sourcesFingerprint } from './freshness.mjs';
// @ts-expect-error as above
import { holdsWhatIsAsked } from './install.mjs';
// @ts-expect-error as above
import { isSupported } from './node-version.mjs';
// @ts-expect-error as above
import { oneAtATime } from './one-at-a-time.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ward start '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['18.20.4', false],
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.1.0', true],
  ['24.0.0', true],
])('Node.js %s is supported: %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported);
});

describe('packages are installed again', () => {
  const entry = { version: '1.0.0', integrity: 'sha512-a' };
  const asked = JSON.stringify({
    packages: {
      '': {},
      workbench: {},
      'node_modules/a': entry,
      'node_modules/b': { ...entry, optional: true },
    },
  });
  const present = (packages: object) => JSON.stringify({ packages });

  test.each([
    [
      'no: everything is there, an optional one is for another machine',
      present({ 'node_modules/a': entry }),
      true,
    ],
    ['yes: another version is there', present({ 'node_modules/a': { ...entry, version: '0.9.0' } }), false],
    [
      'yes: the same version with another checksum is there',
      present({ 'node_modules/a': { ...entry, integrity: 'sha512-b' } }),
      false,
    ],
    ['yes: one is missing', present({}), false],
    ['yes: nothing was ever installed', undefined, false],
  ])('%s', (_case, record, holds) => {
    expect(holdsWhatIsAsked(asked, record)).toBe(holds);
  });
});

describe('the build is out of date', () => {
  test('when a source is touched, added or removed, not when a test or an output is', () => {
    mkdirSync(join(folder, 'src', 'dist'), { recursive: true });
    writeFileSync(join(folder, 'src', 'a.ts'), '1');
    const first = sourcesFingerprint(folder, ['src']);

    writeFileSync(join(folder, 'src', 'a.test.ts'), '1');
    writeFileSync(join(folder, 'src', 'dist', 'a.js'), '1');
    expect(sourcesFingerprint(folder, ['src', 'not-there'])).toBe(first);

    utimesSync(join(folder, 'src', 'a.ts'), 1, 1);
    const touched = sourcesFingerprint(folder, ['src']);
    expect(touched).not.toBe(first);

    writeFileSync(join(folder, 'src', 'b.ts'), '');
    expect(sourcesFingerprint(folder, ['src'])).not.toBe(touched);
  });
});

describe('one start at a time', () => {
  test('the second waits for the first', async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`${name} ends`);
    };

    await Promise.all([oneAtATime(work('a'), folder), oneAtATime(work('b'), folder)]);

    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('a lock whose process is gone does not hold anyone up', async () => {
    const gone = await new Promise<number>((resolve) => {
      const child = execFile(process.execPath, ['-e', ''], () => resolve(child.pid!));
    });
    writeFileSync(join(folder, 'build.lock'), String(gone));

    expect(await oneAtATime(async () => 'done', folder)).toBe('done');
  });
});
