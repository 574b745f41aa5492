import { describe, expect, it } from 'vitest';
import { safeAddress } from './safe-link.ts';

describe('an address out of an advisory', () => {
  it.each(['https://nvd.nist.gov/vuln/detail/CVE-2024-6387', 'http://example.org/a?b=c#d'])(
    '%s becomes a link',
    (text) => {
      expect(safeAddress(text)).toBe(text);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.example/x',
    '/api/session',
    'https://github.com@evil.example/x',
    `https://example.org/${'a'.repeat(2_000)}`,
    'not an address',
  ])('%s stays text', (text) => {
    expect(safeAddress(text)).toBeNull();
  });
});
