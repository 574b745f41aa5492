import { expect, it } from 'vitest';
import type { Schema } from './fields.ts';
import { fieldsOf } from './fields.ts';
import { labelledDifferences, labelOfPath } from './label-differences.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    text: { type: 'string', title: 'Description' },
    steps: {
      type: 'array',
      title: 'Attack steps',
      items: { type: 'object', properties: { how: { type: 'string', title: 'How' } } },
    },
  },
};
const fields = fieldsOf(schema);

it('names the place as the form does', () => {
  expect(labelOfPath(fields, '$.steps[2].how')).toBe('Attack steps › 3 › How');
  expect(labelOfPath(fields, '$.neverHeardOf')).toBe('Never heard of');
});

it('shows the words that were added and removed in a text', () => {
  const [only] = labelledDifferences(fields, { text: 'the old pump' }, { text: 'the new pump' });
  expect(only).toMatchObject({ label: 'Description', change: 'changed' });
  expect(only?.words?.filter((part) => part.kind !== 'kept')).toEqual([
    { kind: 'removed', text: 'old' },
    { kind: 'added', text: 'new' },
  ]);
});
