// Every SBOM of the shared data set: it imports, or it is refused for a stated reason; nothing else is thrown.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';
import type { Sbom } from './sbom.ts';

const sharedData = resolve('../shared/data');
const present = existsSync(sharedData);
const title = (text: string) => (present ? text : `${text} (skipped: ../shared is absent)`);

/** Files outside invalid/ that are rightly refused although their format and version are read. */
const rightlyRefused: Readonly<Record<string, string>> = {
  // Creators are objects with one key (`Person`) instead of texts.
  'sbom/spdx/guac/internal/testing/testdata/exampledata/small-spdx.json':
    'sbom.wrong-type $.creationInfo.creators[0]',
};

/** Needs the list of all SPDX licence ids, which the reader does not carry: an unknown id is kept as it is written. */
const notJudged = /^invalid-(?:license-id|metadata-license)-/;

interface Outcome {
  readonly file: string;
  readonly sbom: Sbom | null;
  readonly code: string;
  readonly at: string | undefined;
  readonly message: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'PROVENANCE.md')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function load(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function attempt(path: string, strict = false): Outcome {
  const file = path.slice(sharedData.length + 1);
  try {
    return {
      file,
      sbom: readSbom(load(path), path, { strict }),
      code: 'imported',
      at: undefined,
      message: '',
    };
  } catch (error) {
    if (!isWardError(error)) throw new Error(`${file} ended in a fault`, { cause: error });
    return { file, sbom: null, code: error.code, at: error.at, message: error.message };
  }
}

/** Format and version as the raw file states them, read without the reader under test. */
function declared(path: string): string {
  try {
    const raw = JSON.parse(new TextDecoder().decode(load(path))) as Record<string, unknown>;
    if (raw.bomFormat === 'CycloneDX') return `CycloneDX-${String(raw.specVersion)}`;
    return typeof raw.spdxVersion === 'string' ? raw.spdxVersion : 'other';
  } catch {
    return 'other';
  }
}

function countRaw(node: unknown): number {
  const { components = [] } = node as { components?: unknown[] };
  return components.reduce<number>((sum, component) => sum + 1 + countRaw(component), 0);
}

describe.skipIf(!present)(title('the shared SBOMs'), () => {
  it('import or are refused with a code and a place', () => {
    const outcomes = filesBelow(join(sharedData, 'sbom')).map((path) => attempt(path));

    const counts = new Map<string, number>();
    for (const { code } of outcomes) counts.set(code, (counts.get(code) ?? 0) + 1);
    const components = outcomes.reduce((sum, { sbom }) => sum + (sbom?.components.length ?? 0), 0);
    console.table([...counts].sort().map(([outcome, files]) => ({ outcome, files })));
    console.log(`${outcomes.length} files, ${components} components`);
    expect(outcomes.length).toBeGreaterThan(500);
    for (const { code, at, file } of outcomes) if (code !== 'imported') expect(at, file).toBeTruthy();
  });

  it('import whenever they declare a version that is read, but for those listed with a reason', () => {
    const read = /^(?:CycloneDX-1\.[4-7]|SPDX-2\.[23])$/;
    const paths = filesBelow(join(sharedData, 'sbom')).filter(
      (path) => !path.includes('invalid') && read.test(declared(path)),
    );

    const refused = paths.map((path) => attempt(path)).filter(({ sbom }) => sbom === null);

    expect(Object.fromEntries(refused.map(({ file, code, at }) => [file, `${code} ${at}`]))).toEqual(
      rightlyRefused,
    );
    expect(paths.length).toBeGreaterThan(250);
  });
});

describe.skipIf(!present)(title('the conformance files of CycloneDX 1.4 to 1.7'), () => {
  const files = present
    ? filesBelow(join(sharedData, 'fixtures/cyclonedx/tests')).filter((path) => path.endsWith('.json'))
    : [];
  const named = (prefix: string) => files.filter((path) => path.includes(`/${prefix}`));

  it('import without loss of components when valid, also under the strict option', () => {
    for (const path of named('valid-')) {
      const raw = JSON.parse(load(path).toString()) as { metadata?: { component?: unknown } };
      const expected = countRaw(raw) + (raw.metadata?.component ? countRaw(raw.metadata.component) : 0);

      const outcome = attempt(path, true);

      expect(outcome, outcome.file).toMatchObject({ code: 'imported' });
      expect(outcome.sbom?.components, outcome.file).toHaveLength(expected);
      expect(outcome.sbom?.subject !== null, outcome.file).toBe(raw.metadata?.component !== undefined);
    }
    expect(named('valid-').length).toBeGreaterThan(100);
  });

  it('are refused with a path when invalid and strict, and refused or flagged with a path otherwise', () => {
    const accepted: string[] = [];
    const table: Record<string, number> = {};
    for (const path of named('invalid-')) {
      const strict = attempt(path, true);
      const lenient = attempt(path);
      if (strict.sbom !== null) accepted.push(strict.file.split('/').at(-1)!);
      else expect(strict.at, strict.file).toMatch(/^\$/);
      const outcome =
        lenient.sbom === null ? lenient.code : lenient.sbom.warnings.length > 0 ? 'flagged' : 'accepted';
      table[outcome] = (table[outcome] ?? 0) + 1;
    }
    console.table(table);
    expect(accepted.filter((name) => !notJudged.test(name))).toEqual([]);
    expect(named('invalid-').length).toBeGreaterThan(60);
  });
});
