// A part of a record never reads like the whole.
import { expect, it } from 'vitest';
import { countInWords } from './record-list.ts';

const treatments = (many: number) => Array(many).fill({ version: 1, fields: { kind: 'treatment' } });
const next = { after: 4, mark: 'm' };

it.each([
  [0, 0, null, ''],
  [3, 3, null, 'All 3 treatments on this laser, newest first.'],
  [3, 12, next, 'The newest 3 of 12 treatments on this laser; older ones are not shown yet.'],
  [5, 12, null, 'The newest 5 of 12 treatments on this laser: in an emergency no more are shown.'],
])('says %i of %i', (shown, of, from, words) => {
  const records = [{ version: 1, fields: { kind: 'patient' } }, ...treatments(shown)];
  expect(countInWords(records, { treatments: of, next: from })).toBe(words);
});
