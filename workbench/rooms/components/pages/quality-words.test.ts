import { expect, it } from 'vitest';
import { openWords } from './quality-words.ts';

it('says what is open, and keeps not answered apart from no', () => {
  expect(openWords({ 'supplier-is-named': 'no', 'licence-is-given': 'not answered' })).toBe(
    'supplier, licence (not answered)',
  );
});
