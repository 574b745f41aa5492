import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv, withoutTextSign, writeCsv } from './csv.ts';

const fieldsOf = (text: string) => readCsv(text, 100).rows.map(({ fields }) => fields);

describe('CSV', () => {
  it.each([
    [
      'commas',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'semicolons',
      'a;b\n"1,5";2',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'tabs',
      'a\tb\n1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a title above the table, and commas in its text',
      'Risks, version 3\n\na;b\n1, 2, 3;4\n5, 6;7',
      [['Risks, version 3'], [''], ['a', 'b'], ['1, 2, 3', '4'], ['5, 6', '7']],
    ],
    ['one column', 'a\nb\n', [['a'], ['b']]],
    [
      'a mark and CR LF',
      '\ufeffa,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'doubled quotes and a line in a cell',
      'a,b\n"say ""x""\nnow",2',
      [
        ['a', 'b'],
        ['say "x"\nnow', '2'],
      ],
    ],
    [
      'an empty last cell',
      'a,b\n1,',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      'line ends of several hands',
      'a,b\r\n1,2\n3,4\r5,6',
      [
        ['a', 'b'],
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'a quote inside a cell that does not begin with one',
      'a,b\n5" pipe,2',
      [
        ['a', 'b'],
        ['5" pipe', '2'],
      ],
    ],
    ['nothing', '', []],
  ])('with %s', (_what, text, rows) => {
    expect(fieldsOf(text)).toEqual(rows);
  });

  it('names the line of each row', () => {
    expect(readCsv('a,b\n"x\ny",2\n3,4\n', 9).rows.map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  it.each([
    ['a,b\n1,"open', 'open quote', 2, 2],
    ['a,b\n"x"y,2', 'text after a quote', 2, 2],
    ['a\nb\nc\n', 'too many rows', 3, 3],
  ])('stops at %j', (text, kind, row, line) => {
    expect(readCsv(text, 2).problem).toEqual({ kind, row, line });
  });

  it('writes nothing that a spreadsheet runs, and leaves numbers alone', () => {
    expect(writeCsv([['=1+1', '-5', '-x', '@a', '+1', 'a,"b"\nc']])).toBe(
      `"'=1+1",-5,"'-x","'@a","'+1","a,""b""\nc"\r\n`,
    );
  });

  it('reads what it wrote', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\r', ''));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (rows, mark) => {
          const { rows: read, problem } = readCsv(writeCsv([['key', 'text'], ...rows], { mark }), 100);
          expect(problem).toBeNull();
          expect(read.slice(1).map(({ fields }) => fields.map(withoutTextSign))).toEqual(
            rows.map((row) => row.map(withoutTextSign)),
          );
        },
      ),
    );
  });

  it('refuses a row of nothing but broken quotes before anything is kept of it', () => {
    const text = `a,b\n"a${'"a'.repeat(2_000_000)}`;

    expect(readCsv(text, 9).problem).toEqual({ kind: 'text after a quote', row: 2, line: 2 });
    expect(readCsv(text, 9).rows).toEqual([]);
  });
});
