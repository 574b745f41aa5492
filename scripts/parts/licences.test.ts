import { describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript that runs before anything is installed
import * as licences from './licences.mjs';
// @ts-expect-error as above
import { shippedPackages } from './shipped-packages.mjs';

const checked = { integrity: 'sha512-x' };

describe('the licence of a package', () => {
  test.each([
    ['MIT', true, true],
    ['(MIT OR GPL-3.0-only)', true, true],
    ['MIT AND GPL-3.0-only', true, false],
    ['(MIT OR GPL-3.0-only) AND Apache-2.0', true, true],
    ['GPL-3.0-or-later', false, false],
    ['MPL-2.0', true, false],
    ['MPL-2.0', false, true],
    ['SEE LICENSE IN FILE', true, false],
    ['(MIT', true, false],
    ['', true, false],
  ])('"%s" that ships: %s is allowed: %s', (licence, ships, allowed) => {
    expect(licences.isAllowed(licence, ships)).toBe(allowed);
  });

  test('names the package in its complaint', () => {
    const { complaint } = licences.judgePackage(
      checked,
      { name: 'left', version: '1.0.0', license: 'AGPL-3.0' },
      true,
    );

    expect(complaint).toContain('left 1.0.0');
  });

  test('complains about a package without a checksum or without a licence', () => {
    expect(licences.judgePackage({}, { name: 'a', license: 'MIT' }, true).complaint).toContain('checksum');
    expect(licences.judgePackage(checked, { name: 'a' }, false).complaint).toContain('none stated');
  });
});

describe('what ships', () => {
  test('follows what runs, nearest first, and leaves tools and optional companions out', () => {
    const shipped = shippedPackages({
      '': { devDependencies: { tool: '1' } },
      workbench: { dependencies: { a: '1' } },
      'node_modules/workbench': { link: true, resolved: 'workbench' },
      'node_modules/a': {
        dependencies: { b: '2' },
        peerDependencies: { tool: '1' },
        peerDependenciesMeta: { tool: { optional: true } },
      },
      'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
      'node_modules/b': {},
      'node_modules/c': {},
      'node_modules/tool': {},
    });

    expect([...shipped].sort()).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
    ]);
  });
});
