import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { day, line, title } from '../../kernel/records/kind.ts';
import type { Body, Schema } from './fields.ts';
import { fieldsOf } from './fields.ts';
import { complaintsOf, validate } from './validate.ts';

const schema = z.object({
  title: title(),
  version: line(5),
  note: line().default(''),
  on: day().nullish(),
  count: z.number().int().min(0).max(9).nullable(),
  steps: z.array(z.object({ text: line().min(1) })).max(2),
});
const fields = fieldsOf(z.toJSONSchema(schema, { io: 'input' }) as Schema);
const good: Body = { title: 'T', version: '1', note: '', on: null, count: 3, steps: [{ text: 'x' }] };
const complaints = (patch: Body) => Object.fromEntries(validate(fields, { ...good, ...patch }));

describe('validate', () => {
  it('has nothing to say about good values', () => {
    expect(complaints({})).toEqual({});
    expect(complaints({ version: '' })).toEqual({});
    expect(complaints({ count: null })).toEqual({});
  });
  it.each([
    ['a missing title', { title: '' }, 'title'],
    ['a title of spaces', { title: '  ' }, 'title'],
    ['too long', { version: '123456' }, 'version'],
    ['two lines', { note: 'a\nb' }, 'note'],
    ['no day', { on: '24.11.2026' }, 'on'],
    ['an impossible day', { on: '2026-13-01' }, 'on'],
    ['a broken number', { count: 1.5 }, 'count'],
    ['too large a number', { count: 10 }, 'count'],
    ['an empty step', { steps: [{ text: 'a' }, { text: '' }] }, 'steps[1].text'],
    ['too many steps', { steps: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] }, 'steps'],
  ])('complains about %s', (_name, patch, path) => {
    expect(Object.keys(complaints(patch as Body))).toEqual([path]);
  });
  it('agrees with the schema itself on what is good', () => {
    expect(schema.safeParse(good).success).toBe(true);
  });
});

it("reads the server's paths", () => {
  const found = complaintsOf([
    { path: '$.body.steps[1].text', message: 'short' },
    { path: '$.reason', message: 'needed' },
  ]);
  expect(Object.fromEntries(found)).toEqual({ 'steps[1].text': 'short', reason: 'needed' });
});
