// Every code with which Ward refuses: registered once, worded for people, used somewhere, and asserted by some test.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorDefinitions } from '../workbench/kernel/errors.ts';
import { filesBelow, isTest, ROOT, readSource } from './setup/source-files.ts';

/** Codes that no test reaches, and why not. A code that is tested by now must leave this list. */
const NOT_TESTED: Readonly<Record<string, string>> = {
  'blob.no-space': 'needs a full disk; the same error of the operating system is tested for backups',
  'data.no-socket-folder': 'needs a machine on which no folder can be written',
  'data.server-did-not-start': 'needs a PostgreSQL that hangs at its start',
  'database.too-old': 'needs a PostgreSQL 14',
  'vex.too-many': 'needs 20,000 findings in one release',
};

const sources = filesBelow('workbench').filter((path) => /\.tsx?$/.test(path));
const defining = sources.filter((path) => !isTest(path) && /\bdefineErrors\(\{/.test(readSource(path)));
const DEFINITION = /^\s+'([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)': \{/gm;
const defined = defining.flatMap((path) =>
  [...readSource(path).matchAll(DEFINITION)].map((match) => ({ path, code: match[1] as string })),
);
const tests = [...filesBelow('tests'), ...sources.filter(isTest), ...filesBelow('example')]
  .filter((path) => /\.tsx?$/.test(path) && path !== 'tests/error-codes.test.ts')
  .map((path) => readSource(path))
  .join('\n');
const asserted = (code: string) => tests.includes(`'${code}'`) || tests.includes(`"${code}"`);

for (const path of defining) await import(pathToFileURL(join(ROOT, path)).href);

describe('codes', () => {
  it('are all registered, each in one place', () => {
    const codes = defined.map(({ code }) => code);

    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect([...errorDefinitions().keys()].sort()).toEqual([...codes].sort());
    expect(codes.length).toBeGreaterThan(100);
  });

  it.each(defined.map(({ code, path }) => [code, path] as const))('%s is worded for people', (code) => {
    const { title, remedy, status, exit } = errorDefinitions().get(code)!;

    expect(title).toMatch(/^[A-Z].{3,79}[^.!?]$/);
    expect(remedy).toMatch(/^[A-Z].{8,}[.?]$/);
    expect(remedy).not.toMatch(/please|oops|sorry|invalid/i);
    expect(status).toBeGreaterThanOrEqual(400);
    expect([1, 2, 3, 4]).toContain(exit);
  });

  it('are each used where something is refused', () => {
    const unused = defined.filter(({ code }) => {
      const uses = sources
        .filter((path) => !isTest(path))
        .reduce((count, path) => count + readSource(path).split(`'${code}'`).length - 1, 0);
      return uses < 2;
    });

    expect(unused).toEqual([]);
  });

  it('are each asserted by a test, or stand in the list with a reason', () => {
    const missing = defined.filter(({ code }) => !asserted(code) && !NOT_TESTED[code]);

    expect(missing).toEqual([]);
  });

  it('leave the list of the untested when a test asserts them', () => {
    const known = new Set(defined.map(({ code }) => code));

    expect(Object.keys(NOT_TESTED).filter((code) => asserted(code) || !known.has(code))).toEqual([]);
  });
});
