import { expect, it } from 'vitest';
import type { Schema } from '../forms/fields.ts';
import { fieldsOf } from '../forms/fields.ts';
import { linksInAddress, prefilled } from './new-record-address.ts';

const schema: Schema = {
  properties: {
    title: { type: 'string', maxLength: 100 },
    category: { enum: ['spoofing', 'tampering'] },
    steps: { type: 'array', items: { type: 'string', maxLength: 80 } },
  },
};

it('fills texts, lists of words and known choices, and nothing else', () => {
  const fields = fieldsOf(schema);
  expect(prefilled(fields, { title: 'Pump', category: 'spoofing', steps: 'x, y,', other: 'y' })).toEqual({
    title: 'Pump',
    category: 'spoofing',
    steps: ['x', 'y'],
  });
  expect(prefilled(fields, { category: 'made up' })).toEqual({});
});

it('reads links and drops what is none', () => {
  expect(linksInAddress('leads-to:HRM-3, by:ATK-1,javascript:alert(1),nonsense')).toEqual([
    { type: 'leads-to', to: 'HRM-3' },
    { type: 'by', to: 'ATK-1' },
  ]);
  expect(linksInAddress(undefined)).toEqual([]);
});
