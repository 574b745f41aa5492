// The test suite of package-url/purl-spec, whole. Our reading is lenient: a purl that must fail is one that we report as broken.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHARED_DATA } from '../shared-data.fixture.ts';
import { formatPurl, normalizePurl, type Purl, readPurl } from './purl.ts';
import { purlTypeRule } from './purl-types.ts';

const FIXTURES = new URL('fixtures/purl/', SHARED_DATA ?? import.meta.url);
const present = SHARED_DATA !== undefined;
const when = present ? '' : ' (skipped: ../shared is absent)';

interface PurlCase {
  readonly description: string;
  readonly test_type: 'parse' | 'build' | 'validate';
  readonly input: string | Partial<Record<keyof Purl, unknown>>;
  readonly expected_output: unknown;
  readonly expected_failure?: boolean;
}

/** Cases that we answer otherwise, as `file: input`, with the reason. */
const KNOWN: Readonly<Record<string, string>> = {
  // The suite contradicts itself: an upper-case key must fail here, and is put in lower case elsewhere (maven, gem).
  'gem-test.json: parse "pkg:gem/jruby-launcher@1.1.2?Platform=java"': 'upper-case qualifier keys are read',
  'rpm-test.json: parse "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25"':
    'upper-case qualifier keys are read',
};

function build(input: Exclude<PurlCase['input'], string>): string | null {
  const { type, name } = input;
  if (typeof type !== 'string' || typeof name !== 'string' || name === '') return null;
  const purl = normalizePurl({
    type: type.toLowerCase(),
    namespace: (input.namespace as string | null) || null,
    name,
    version: (input.version as string | null) || null,
    qualifiers: (input.qualifiers as Record<string, string> | null) ?? {},
    subpath: (input.subpath as string | null) || null,
  });
  const text = formatPurl(purl);
  return readPurl(text).problems.length > 0 ? null : text;
}

function passes(test: PurlCase): boolean {
  if (test.test_type === 'build') {
    const built = build(test.input as Exclude<PurlCase['input'], string>);
    return test.expected_failure ? built === null : built === test.expected_output;
  }
  const reading = readPurl(test.input as string);
  if (test.expected_failure) return reading.problems.length > 0;
  if (!reading.purl || reading.problems.length > 0) return false;
  if (test.test_type === 'validate') return formatPurl(reading.purl) === test.expected_output;
  const expected = { ...(test.expected_output as Purl) };
  return JSON.stringify(comparable(reading.purl)) === JSON.stringify(comparable(expected));
}

const comparable = (purl: Purl): unknown => [
  purl.type,
  purl.namespace ?? null,
  purl.name,
  purl.version ?? null,
  Object.entries(purl.qualifiers ?? {}).sort(),
  purl.subpath ?? null,
];

describe.skipIf(!present)(`check 2: purl-spec test suite${when}`, () => {
  const files = present ? readdirSync(FIXTURES).filter((name) => name.endsWith('-test.json')) : [];
  it('holds 435 tests in 43 files', () => {
    expect(files).toHaveLength(43);
  });

  it.each(files)('%s', (file) => {
    const { tests } = JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')) as { tests: PurlCase[] };

    const failures = tests
      .filter((test) => !passes(test))
      .map((test) => `${file}: ${test.test_type} ${JSON.stringify(test.input)}`);

    expect(failures).toEqual(Object.keys(KNOWN).filter((key) => key.startsWith(`${file}:`)));
  });

  it('knows each type definition', () => {
    const definitions = readdirSync(new URL('type-definitions/', FIXTURES)).map(
      (name) =>
        JSON.parse(readFileSync(new URL(`type-definitions/${name}`, FIXTURES), 'utf8')) as {
          type: string;
          namespace_definition: { requirement: string };
        },
    );
    const others = definitions.filter(
      (definition) => purlTypeRule(definition.type).namespace !== definition.namespace_definition.requirement,
    );
    expect(others.map((definition) => definition.type)).toEqual(['golang']);
  });
});
