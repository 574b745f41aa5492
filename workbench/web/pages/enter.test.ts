import { describe, expect, it } from 'vitest';
import { safeNext, tokenInFragment } from './enter.ts';

describe('safeNext', () => {
  it.each(['/r/THR-1', '/records/threat?q=a'])('goes to %s', (path) => {
    expect(safeNext(path)).toBe(path);
  });
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil',
    '',
  ])('goes to the start instead of %j', (path) => {
    expect(safeNext(path)).toBe('/');
  });
});

describe('tokenInFragment', () => {
  const token = 'A'.repeat(43);
  it('reads a token with or without its name', () => {
    expect(tokenInFragment(`#${token}`)).toBe(token);
    expect(tokenInFragment(`#token=${token}`)).toBe(token);
  });
  it.each(['', '#', '#short', '#<script>alert(1)</script>aaaaaaaaaaa'])('finds none in %j', (hash) => {
    expect(tokenInFragment(hash)).toBeNull();
  });
});
