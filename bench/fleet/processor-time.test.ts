import { expect, it } from 'vitest';
import { ticksIn } from './processor-time.ts';

it('reads the time of a process and of its ended children behind a name with blanks and brackets', () => {
  const stat = '4711 (postgres: a) b) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 31 7 8 20 0 1 0 9999';
  expect(ticksIn(stat)).toBe(296);
});
