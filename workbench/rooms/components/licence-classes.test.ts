import { describe, expect, it } from 'vitest';
import { licenceClass } from './licence-classes.ts';

describe('the class of a licence', () => {
  it.each([
    ['MIT', 'permissive'],
    ['MPL-2.0', 'weak-copyleft'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'strong-copyleft'],
    ['MIT OR GPL-3.0-only', 'strong-copyleft'],
    ['MIT AND LicenseRef-acme', 'unknown'],
    ['Acme Commercial Terms', 'commercial'],
    ['see file', 'unknown'],
    ['('.repeat(500), 'unknown'],
  ])('%s is %s', (written, expected) => {
    expect(licenceClass(written)).toBe(expected);
  });
});
