import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWardError, type WardError } from '../../../kernel/errors.ts';
import { findSyntaxProblem } from '../../../kernel/text/json-syntax.ts';
import { decodeText, firstBrokenUtf8 } from './decode-text.ts';
import { parseJson } from './parse-json.ts';

function refusal(act: () => unknown): WardError {
  try {
    act();
  } catch (error) {
    if (isWardError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('text encodings', () => {
  const utf16 = (text: string, order: 'le' | 'be', mark: boolean) => {
    const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };

  it.each([
    ['UTF-8', Buffer.from('{"a":"ä😀"}')],
    ['UTF-8 with byte order mark', Buffer.from('\ufeff{"a":"ä😀"}')],
    ['UTF-16 little endian with mark', utf16('{"a":"ä😀"}', 'le', true)],
    ['UTF-16 big endian with mark', utf16('{"a":"ä😀"}', 'be', true)],
    ['UTF-16 little endian without mark', utf16('{"a":"ä😀"}', 'le', false)],
    ['UTF-16 big endian without mark', utf16('{"a":"ä😀"}', 'be', false)],
  ])('reads %s', (_name, bytes) => {
    expect(decodeText(bytes, 'bom.json')).toBe('{"a":"ä😀"}');
  });

  it.each([
    ['a Latin-1 letter', Buffer.from([0x7b, 0x22, 0xe4, 0x22]), 2],
    ['an overlong slash', Buffer.from([0x61, 0xc0, 0xaf]), 1],
    ['an encoded half surrogate', Buffer.from([0xed, 0xa0, 0x80]), 0],
    ['a cut character at the end', Buffer.from([0x61, 0x62, 0xf0, 0x9f, 0x98]), 2],
    ['a half surrogate in UTF-16', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x00, 0xd8, 0x62, 0x00]), 4],
    ['an odd number of bytes in UTF-16', Buffer.from([0xff, 0xfe, 0x61]), 2],
  ])('refuses %s with its offset', (_name, bytes, offset) => {
    const error = refusal(() => decodeText(bytes, 'bom.json'));

    expect(error).toMatchObject({ code: 'sbom.broken-encoding', at: `bom.json@${offset}` });
  });

  it('finds a broken byte exactly where the decoder objects', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        const broken = firstBrokenUtf8(bytes);
        const decoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        expect(() => decoder().decode(bytes.subarray(0, broken))).not.toThrow();
        if (broken < bytes.length) expect(() => decoder().decode(bytes)).toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('syntax errors', () => {
  it.each([
    ['{"a":1,}', '1:8', 'a name in double quotes (no comma before a closing bracket)'],
    ['{"a" 1}', '1:6', '":"'],
    ['[1 2]', '1:4', '"," or "]"'],
    ['[1,]', '1:4', 'a value'],
    ['{"a":\n  tru}', '2:3', 'a value'],
    ['{"a":1', '1:7', '"," or "}"'],
    ['{"a":"b', '1:8', 'a closing double quote'],
    ['"\t"', '1:2', 'an escape such as \\n: a control character may not stand in a text'],
    ['"\\x"', '1:2', 'a valid escape sequence'],
    ['{} {}', '1:4', 'the end of the file'],
    ['[01]', '1:3', '"," or "]"'],
    ["{'a':1}", '1:2', 'a name in double quotes or "}"'],
  ])('%j is refused at %s', (text, place, expected) => {
    const error = refusal(() => parseJson(text, 'bom.json', 64));

    expect(error).toMatchObject({ code: 'sbom.not-json', at: `bom.json:${place}` });
    expect(error.message).toContain(`expected ${expected}`);
  });

  it('are found exactly in the texts that JSON.parse refuses', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"',
      ':',
      ',',
      '1',
      '-',
      '0.5',
      'e3',
      'true',
      'nul',
      'null',
      ' ',
      '\n',
      '\\u00e4',
      '\\',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const text = parts.join('');
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(findSyntaxProblem(text) === null).toBe(parses);
      }),
      { numRuns: 20_000 },
    );
  });

  it('does not count brackets inside strings as nesting', () => {
    expect(parseJson('["[[[[\\"[["]', 'bom.json', 1)).toEqual(['[[[["[[']);
    expect(refusal(() => parseJson('\n[[1]]', 'bom.json', 1))).toMatchObject({
      code: 'sbom.too-deep',
      at: 'bom.json:2:2',
    });
  });
});
