import { expect, it } from 'vitest';
import { linkParts } from './link-parts.ts';

it('parts path and parameters', () => {
  expect(linkParts('/r/THR-1')).toEqual({ to: '/r/THR-1', search: {} });
  expect(linkParts('/findings?q=CVE-1+x')).toEqual({ to: '/findings', search: { q: 'CVE-1 x' } });
});

it('never leads out of Ward', () => {
  expect(linkParts('//example.org/x').to).toBe('/');
  expect(linkParts('https://example.org').to).toBe('/');
});
