import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, type Piece, type SplitterOptions } from './json-splitter.ts';

const defaults: SplitterOptions = {
  file: 'feed.json',
  lines: false,
  maxElementBytes: 1_000_000,
  maxDepth: 64,
};

/** Feeds the text in pieces of the given sizes (repeated), as a stream would. */
function split(
  text: string | Buffer,
  options: Partial<SplitterOptions> = {},
  sizes: readonly number[] = [65_536],
): Piece[] {
  const bytes = Buffer.from(text as string);
  const splitter = new JsonSplitter({ ...defaults, ...options });
  const pieces: Piece[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    pieces.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  return [...pieces, ...splitter.end()];
}

const values = (pieces: readonly Piece[]) =>
  pieces.map((piece) => ('value' in piece ? piece.value : piece.problem.code));
const places = (pieces: readonly Piece[]) =>
  pieces.map((piece) => ('problem' in piece ? piece.problem.at : piece.line));

describe('the layouts of a file', () => {
  it.each([
    ['one record', '{"id":"a"}', [{ id: 'a' }]],
    ['one record over many lines', '{\n  "id": "a",\n  "x": [\n    1\n  ]\n}\n', [{ id: 'a', x: [1] }]],
    ['a list', '[{"id":"a"},\n{"id":"b"}]', [{ id: 'a' }, { id: 'b' }]],
    ['an empty list', ' [ ] ', []],
    ['a record a line', '{"id":"a"}\r\n\n{"id":"b"}\n', [{ id: 'a' }, { id: 'b' }]],
    [
      'a page of NVD',
      '{"resultsPerPage":2,"vulnerabilities":[{"cve":{"id":"a"}},{"cve":{"id":"b"}}]}',
      [{ cve: { id: 'a' } }, { cve: { id: 'b' } }],
    ],
    [
      'a page with fields behind its list',
      '{"x":{"y":[1]},"vulns" : [{"id":"a"}],"z":[{"id":"no"}]}',
      [{ id: 'a' }],
    ],
    ['a byte order mark', '\ufeff[{"id":"a"}]', [{ id: 'a' }]],
    ['brackets and quotes inside texts', '[{"a":"]}\\"[{"},{"b":"\\\\"}]', [{ a: ']}"[{' }, { b: '\\' }]],
    [
      'a deeper field of that name, which is no page',
      '{"id":"a","x":{"vulnerabilities":[1]}}',
      [{ id: 'a', x: { vulnerabilities: [1] } }],
    ],
    ['a text that looks like a field', '{"a\\"vulnerabilities":[1]}', [{ 'a"vulnerabilities': [1] }]],
  ])('%s, whatever the size of the chunks', (_name, text, expected) => {
    for (const sizes of [[1], [3], [7, 2], [65_536]])
      expect(values(split(text, {}, sizes))).toEqual(expected);
  });
});

describe('a bad record', () => {
  it('in a list is told with its line, and the others are read', () => {
    const pieces = split('[{"id":"a"},\n{"id":nope},\n{"id":"c"}]');

    expect(values(pieces)).toEqual([{ id: 'a' }, 'advisory.not-json', { id: 'c' }]);
    expect(places(pieces)).toEqual([1, 'feed.json:2', 3]);
  });

  it.each([
    ['cut inside a text', '{"id":"b'],
    ['cut inside a list', '{"id":"b","x":[1,'],
    ['with too many brackets', '{"id":"b"}}'],
    ['of two records with a comma', '{"id":"b"},{"id":"no"}'],
  ])('in a file of lines ends with its line: %s', (_name, line) => {
    const pieces = split(`{"id":"a"}\n${line}\n{"id":"c"}\n`, { lines: true });

    expect(values(pieces).at(0)).toEqual({ id: 'a' });
    expect(values(pieces).at(-1)).toEqual({ id: 'c' });
    expect(places(pieces)).toContain('feed.json:2');
  });

  it('beyond the size limit is passed over without being held', () => {
    const pieces = split(
      `[{"id":"a"},{"x":"${'y'.repeat(500)}"},{"id":"c"}]`,
      { maxElementBytes: 100 },
      [16],
    );

    expect(values(pieces)).toEqual([{ id: 'a' }, 'advisory.too-large', { id: 'c' }]);
  });

  it('at the size limit is read', () => {
    const record = `{"x":"${'y'.repeat(92)}"}`;

    expect(values(split(`[${record}]`, { maxElementBytes: record.length }))).toEqual([JSON.parse(record)]);
    expect(values(split(`[${record}]`, { maxElementBytes: record.length - 1 }))).toEqual([
      'advisory.too-large',
    ]);
  });

  it('that nests too deeply is passed over', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

    expect(values(split(`[${nested(4)},${nested(5)},{}]`, { maxDepth: 4 }))).toEqual([
      [[[[]]]],
      'advisory.too-deep',
      {},
    ]);
  });

  it('that is not UTF-8 is told', () => {
    const pieces = split(
      Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xe4]), Buffer.from('"},{"id":"b"}]')]),
    );

    expect(values(pieces)).toEqual(['advisory.broken-encoding', { id: 'b' }]);
  });
});

describe('a broken list', () => {
  it.each([
    ['cut behind a record', '[{"id":"a"},'],
    ['cut inside a record', '[{"id":"a"'],
    ['without a comma', '[{"id":"a"} {"id":"b"}]'],
    ['with a comma too many', '[{"id":"a"},]'],
    ['with a comma first', '[,{"id":"a"}]'],
    ['of a page that is cut', '{"vulnerabilities":[{"id":"a"}]'],
  ])('%s ends in a problem', (_name, text) => {
    expect(split(text).some((piece) => 'problem' in piece)).toBe(true);
  });
});

describe('against JSON.parse', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });

  it('a list has the same members', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }),
        fc.constantFrom(0, 1, 2),
        sizes,
        (list, indent, chunks) => {
          expect(values(split(JSON.stringify(list, null, indent), {}, chunks))).toEqual(
            JSON.parse(JSON.stringify(list)),
          );
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('lines have the same values', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 8 }), sizes, (list, chunks) => {
        const text = list.map((value) => JSON.stringify(value)).join('\n');
        expect(values(split(text, { lines: true }, chunks))).toEqual(
          list.map((value) => JSON.parse(JSON.stringify(value))),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('a damaged list is read whole exactly when it is JSON', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"a"', '"', ':', ',', '1', 'true', ' ', '\n', '\\');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), sizes, (parts, chunks) => {
        const text = `[${parts.join('')}]`;
        let parsed: unknown;
        try {
          parsed = JSON.parse(text);
        } catch {
          parsed = undefined;
        }
        const found = split(text, {}, chunks);
        if (parsed !== undefined) expect(values(found)).toEqual(parsed);
        // What follows a whole list is taken for more records, so only texts that are one list are compared.
        else if (!/\].*\S/s.test(text.slice(0, -1)))
          expect(found.some((piece) => 'problem' in piece)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('costs time in proportion to the size, even with very many small lists', () => {
    const text = `{${Array.from({ length: 200_000 }, () => '"a":[]').join(',')}}`;
    const started = performance.now();

    expect(split(text, { maxElementBytes: 10_000_000 })).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
