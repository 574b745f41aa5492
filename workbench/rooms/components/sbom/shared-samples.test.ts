// Every SBOM of the shared data set: it imports, or it is refused for a stated reason; nothing else is thrown.
// WARD_UPDATE_GOLDEN=1 renews docs/reports/sboms.md, which has the counts.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { type Notation, readSbom } from './read-sbom.ts';
import type { Sbom } from './sbom.ts';

// Beside the repository, or beside the folder of its worktrees.
const sharedData = [resolve('../shared/data'), resolve('../../shared/data')].find(existsSync) ?? '';
const present = sharedData !== '';
const title = (text: string) => (present ? text : `${text} (skipped: ../shared is absent)`);
const REPORT = resolve('docs/reports/sboms.md');

/** Files outside invalid/ that are rightly refused, each with the reason. */
const rightlyRefused: Readonly<Record<string, string>> = {
  'spdx/guac/internal/testing/testdata/exampledata/small-spdx.json':
    'creators are objects with one key (`Person`) instead of texts',
  'spdx/guac/internal/testing/testdata/exampledata/invalid-spdx-identifier-spdx.json':
    'creators are objects with one key (`Person`) instead of texts',
  'cyclonedx/guac/internal/testing/testdata/exampledata/invalid-cyclonedx.json':
    'a JSON object that says nowhere that it is CycloneDX',
  'spdx/bom-shelter/spdx/istio-source.spdx.gz': 'the file breaks off inside the last licence text',
  'spdx/tools-java/testResources/SPDXWrongVersion.spdx.json': 'the version is 2.2.1, which there is not',
  'spdx/tools-java/testResources/spdx-2-2-revision-8-ontology.owl.xml.gz':
    'the ontology of SPDX itself, not a document',
};

/** Files of invalid/ that import without a word even when strict, each with the reason. */
const notJudged: readonly { readonly name: RegExp; readonly reason: string }[] = [
  {
    name: /(?:invalid-(?:license-id|metadata-license)-|invalid-licenses?\.json|invalid-license-expression|LicenseExpression|LicenseNone|InvalidLicense)/i,
    reason:
      'the list of SPDX licence ids and the grammar of expressions are not carried: licences are kept as written',
  },
  {
    name: /URL\.cdx|DeployableHash/,
    reason: 'valid against the schema, wrong only by a profile of a national guideline',
  },
  {
    name: /license-name-has-expression|cdx-1-4-invalid-sbom/,
    reason:
      'valid for the parts that Ward reads; the breach is in the text of a licence or a field that is not used',
  },
];

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
    // As it lies there: packed files are unpacked by the reader itself.
    const sbom = readSbom(readFileSync(path), path, { strict });
    return { file, sbom, code: 'imported', at: undefined, message: '' };
  } catch (error) {
    if (!isWardError(error)) throw new Error(`${file} ended in a fault`, { cause: error });
    return { file, sbom: null, code: error.code, at: error.at, message: error.message };
  }
}

/** Format, version and notation as the raw file states them, found without the reader under test. */
function declared(path: string): string {
  const text = load(path).toString('utf8');
  const notation: Notation = text.trimStart().startsWith('<')
    ? text.includes('rdf:RDF')
      ? 'RDF/XML'
      : 'XML'
    : /^SPDXVersion:/m.test(text)
      ? 'tag-value'
      : text.trimStart().startsWith('{')
        ? 'JSON'
        : 'YAML';
  const patterns: readonly [RegExp, string][] = [
    [/cyclonedx\.org\/schema\/bom\/(\d\.\d)"/, 'CycloneDX'],
    [/"specVersion"\s*:\s*"(1\.\d)"/, 'CycloneDX'],
    [/spdx\.org\/rdf\/(3\.\d)/, 'SPDX'],
    [/SPDX-(\d\.\d)/, 'SPDX'],
  ];
  for (const [pattern, format] of patterns) {
    const version = pattern.exec(text)?.[1];
    if (version)
      return `${format} ${version} ${format === 'SPDX' && version.startsWith('3') ? 'JSON-LD' : notation}`;
  }
  return 'no known format';
}

function countRaw(node: unknown): number {
  const { components = [] } = node as { components?: unknown[] };
  return components.reduce<number>((sum, component) => sum + 1 + countRaw(component), 0);
}

describe.skipIf(!present)(title('the shared SBOMs'), () => {
  const all = present
    ? filesBelow(join(sharedData, 'sbom')).map((path) => ({ path, kind: declared(path), ...attempt(path) }))
    : [];
  const short = (file: string) => file.slice('sbom/'.length);
  const isInvalid = (file: string) => file.startsWith('sbom/invalid/');

  it('import, or are refused with a code and a place, for a reason that is listed', () => {
    const refused = all.filter(({ sbom, file }) => sbom === null && !isInvalid(file));

    expect(all.length).toBeGreaterThan(500);
    for (const { code, at, file } of all) if (code !== 'imported') expect(at, file).toBeTruthy();
    expect(refused.map(({ file }) => short(file)).sort()).toEqual(Object.keys(rightlyRefused).sort());
  });

  it('of which none loses its components', () => {
    const empty = all.filter(({ sbom, path }) => {
      if (sbom === null || sbom.components.length > 0 || sbom.subject !== null) return false;
      return /"components"\s*:\s*\[\s*\{|"packages"\s*:\s*\[\s*\{|^PackageName:|<component[ >]|"software_Package"/m.test(
        load(path)
          .toString('utf8')
          .replace(/"?tools"?[\s\S]{0,4000}/, ''),
      );
    });

    expect(empty.map(({ file }) => short(file))).toEqual([]);
  });

  it('that are invalid are refused or flagged, but for those listed with a reason', () => {
    const silent = all
      .filter(
        ({ file, sbom, path }) =>
          isInvalid(file) && sbom?.warnings.length === 0 && attempt(path, true).sbom !== null,
      )
      .map(({ file }) => short(file))
      .filter((file) => !notJudged.some(({ name }) => name.test(file)));

    expect(silent).toEqual([]);
  });

  it('are counted in docs/reports/sboms.md', () => {
    const text = report(all.map((one) => ({ ...one, file: short(one.file) })));
    if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(REPORT, text);

    expect(readFileSync(REPORT, 'utf8')).toBe(text);
  });
});

function report(all: readonly (Outcome & { readonly kind: string })[]): string {
  const rows = new Map<
    string,
    { files: number; imported: number; components: number; refused: Map<string, number> }
  >();
  for (const { kind, sbom, code } of all) {
    const row = rows.get(kind) ?? { files: 0, imported: 0, components: 0, refused: new Map() };
    rows.set(kind, row);
    row.files += 1;
    if (sbom === null) row.refused.set(code, (row.refused.get(code) ?? 0) + 1);
    else {
      row.imported += 1;
      row.components += sbom.components.length;
    }
  }
  const sum = (pick: (row: { files: number; imported: number; components: number }) => number) =>
    [...rows.values()].reduce((total, row) => total + pick(row), 0);
  return [
    '# Public SBOMs that were read',
    '',
    'Files of public repositories and of the test suites of both formats, sound and damaged ones. *Imported* means that every',
    'component has come through; *refused* that nothing was stored and the code says why. What a file declares is found by its',
    'text alone. Made by `WARD_UPDATE_GOLDEN=1 npx vitest run --project unit workbench/rooms/components/sbom/shared-samples.test.ts`.',
    '',
    '| format | files | imported | components | refused |',
    '| --- | ---: | ---: | ---: | --- |',
    ...[...rows]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(
        ([kind, row]) =>
          `| ${kind} | ${row.files} | ${row.imported} | ${row.components} | ${[...row.refused]
            .sort()
            .map(([code, count]) => `${count} \`${code}\``)
            .join(', ')} |`,
      ),
    `| **all** | ${sum((row) => row.files)} | ${sum((row) => row.imported)} | ${sum((row) => row.components)} | ${sum((row) => row.files - row.imported)} |`,
    '',
    '## Refused, file by file',
    '',
    '| file | code | place | why |',
    '| --- | --- | --- | --- |',
    ...all
      .filter(({ sbom }) => sbom === null)
      .map(
        ({ file, code, at }) =>
          `| ${file} | \`${code}\` | ${(at ?? '').replaceAll('|', '/')} | ${rightlyRefused[file] ?? 'meant to be invalid'} |`,
      ),
    '',
    '## Meant to be invalid, and imported',
    '',
    'Either with a warning (and refused with the strict option), or because Ward does not judge the point.',
    '',
    '| file | warnings | why |',
    '| --- | ---: | --- |',
    ...all
      .filter(({ sbom, file }) => sbom !== null && file.startsWith('invalid/'))
      .map(
        ({ file, sbom }) =>
          `| ${file} | ${sbom!.warnings.length} | ${
            sbom!.warnings.length > 0
              ? 'warned'
              : (notJudged.find(({ name }) => name.test(file))?.reason ?? '')
          } |`,
      ),
    '',
  ].join('\n');
}

describe.skipIf(!present)(title('the conformance files of CycloneDX'), () => {
  const files = present
    ? [
        ...filesBelow(join(sharedData, 'fixtures/cyclonedx/tests')),
        ...filesBelow(join(sharedData, 'sbom/cyclonedx/specification')),
        ...filesBelow(join(sharedData, 'sbom/invalid/specification')),
      ].filter((path) => /\.(?:json|xml)$/.test(path))
    : [];
  const named = (prefix: string) => files.filter((path) => path.includes(`/${prefix}`));

  it('import without loss of components when valid, also under the strict option', () => {
    for (const path of named('valid-')) {
      const expected = path.endsWith('.json') ? expectedOfJson(path) : expectedOfXml(path);

      const outcome = attempt(path, true);

      expect(outcome, outcome.file).toMatchObject({ code: 'imported' });
      expect(outcome.sbom?.components, outcome.file).toHaveLength(expected.components);
      expect(outcome.sbom?.subject !== null, outcome.file).toBe(expected.hasSubject);
    }
    expect(named('valid-').length).toBeGreaterThan(150);
  });

  it('are refused with a path when invalid and strict, and refused or flagged with a path otherwise', () => {
    const accepted: string[] = [];
    for (const path of named('invalid-')) {
      const strict = attempt(path, true);
      if (strict.sbom !== null) accepted.push(strict.file.split('/').at(-1)!);
      else expect(strict.at, strict.file).toMatch(path.endsWith('.json') ? /^\$/ : /\(line \d+\)$|:\d+:\d+$/);
    }
    expect(accepted.filter((name) => !notJudged[0]!.name.test(name))).toEqual([]);
    expect(named('invalid-').length).toBeGreaterThan(80);
  });
});

function expectedOfJson(path: string) {
  const raw = JSON.parse(load(path).toString()) as { metadata?: { component?: unknown } };
  const subject = raw.metadata?.component;
  return { components: countRaw(raw) + (subject ? countRaw(subject) : 0), hasSubject: subject !== undefined };
}

// Counted in the bare text: every <component> but the subject and those of tools, pedigree, formulation and assemblies.
function expectedOfXml(path: string) {
  const text = load(path)
    .toString()
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(tools|pedigree|formulation|annotations|declarations|definitions)[ >][\s\S]*?<\/\1>/g, '');
  const hasSubject = /<metadata>[\s\S]*?<component[ >][\s\S]*?<\/metadata>/.test(text);
  const components = [...text.matchAll(/<component[ >]/g)].length;
  return { components: components - (hasSubject ? 1 : 0), hasSubject };
}
