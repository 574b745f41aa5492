import { describe, expect, it } from 'vitest';
import { lineReader } from './json-lines.ts';

describe('lines of JSON', () => {
  it('are put together from any pieces', () => {
    const text = '{"phase":"reading"}\n{"phase":"storing"}\n{"result":{"components":3}}\n';
    for (let size = 1; size <= text.length; size += 1) {
      const reader = lineReader();
      const seen: unknown[] = [];
      for (let at = 0; at < text.length; at += size) seen.push(...reader.push(text.slice(at, at + size)));
      seen.push(...reader.end());
      expect(seen).toEqual([{ phase: 'reading' }, { phase: 'storing' }, { result: { components: 3 } }]);
    }
  });

  it('may end without a line break', () => {
    const reader = lineReader();

    expect(reader.push('{"a":1}\n{"b":2}')).toEqual([{ a: 1 }]);
    expect(reader.end()).toEqual([{ b: 2 }]);
  });

  it('that are broken are left out, and those after them are read', () => {
    const reader = lineReader();

    expect(reader.push('<html>\n\n{"a":1}\n')).toEqual([{ a: 1 }]);
    expect(reader.push('{"half":')).toEqual([]);
    expect(reader.end()).toEqual([]);
  });
});
