import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { day, line, text, title } from '../../kernel/records/kind.ts';
import type { Schema } from './fields.ts';
import { fieldsOf, humanise, initialBody } from './fields.ts';

const fieldsFor = (shape: z.ZodRawShape) =>
  fieldsOf(z.toJSONSchema(z.object(shape), { io: 'input', unrepresentable: 'any' }) as Schema);
const only = (type: z.ZodType) => {
  const [field] = fieldsFor({ field: type });
  if (!field) throw new Error('no field');
  return field;
};

describe('fieldsOf', () => {
  it.each([
    ['a title', title(), 'line'],
    ['long text', text(), 'long'],
    ['short text that wants room', line(200).meta({ widget: 'long' }), 'long'],
    ['a day', day(), 'day'],
    ['an instant', z.iso.datetime(), 'instant'],
    ['an e-mail address', z.email(), 'email'],
    ['a web address', z.url(), 'address'],
    ['a person', z.uuid().meta({ widget: 'person' }), 'person'],
    ['a whole number', z.number().int(), 'number'],
    ['yes or no', z.boolean(), 'flag'],
    ['one of a few', z.enum(['a', 'b']), 'choice'],
    ['one of a few literals', z.union([z.literal('a'), z.literal('b')]), 'choice'],
    ['several of a few', z.array(z.enum(['a', 'b'])), 'choices'],
    ['a list', z.array(z.object({ id: line() })), 'list'],
    ['an object', z.object({ id: line() }), 'group'],
    ['names to values', z.record(z.string(), z.number()), 'table'],
    [
      'one of several shapes',
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('a'), x: line() }),
        z.object({ type: z.literal('b'), y: z.number() }),
      ]),
      'variant',
    ],
    ['anything', z.unknown(), 'json'],
    ['a pair', z.tuple([z.string(), z.number()]), 'json'],
  ])('draws %s', (_name, type, kind) => {
    expect(only(type).kind).toBe(kind);
  });

  it('keeps the kind of what may be null, and says that it may', () => {
    expect(only(day().nullish())).toMatchObject({ kind: 'day', nullable: true, required: false });
    expect(only(z.number().nullable())).toMatchObject({ kind: 'number', nullable: true });
    expect(only(z.enum(['a']).nullable())).toMatchObject({ kind: 'choice', nullable: true });
  });
  it('takes label, help and option titles from the schema', () => {
    const field = only(
      z.enum(['a', 'b-c']).meta({ title: 'Way', description: 'Why', enumTitles: { a: 'First' } }),
    );
    expect(field).toMatchObject({ label: 'Way', help: 'Why' });
    expect(field.kind === 'choice' && field.options.map((option) => option.title)).toEqual(['First', 'B c']);
  });
  it('does not ask for what has a default', () => {
    expect(only(line().default('x'))).toMatchObject({ required: false, initial: 'x' });
  });
  it('does not call the safe integers a bound', () => {
    expect(only(z.number().int().min(0))).toMatchObject({ min: 0, max: null });
  });
  it('ends on a schema that is nested too deeply', () => {
    let schema: Schema = { type: 'string' };
    for (let depth = 0; depth < 100; depth += 1) schema = { type: 'object', properties: { inner: schema } };
    expect(JSON.stringify(fieldsOf(schema)).length).toBeLessThan(5_000);
  });
});

it('begins a form with defaults and with empty text where text is asked', () => {
  const fields = fieldsFor({
    title: title(),
    note: line().optional(),
    state: z.enum(['a']).default('a'),
    on: day(),
  });
  expect(initialBody(fields)).toEqual({ title: '', state: 'a' });
});

it.each([
  ['intendedUse', 'Intended use'],
  ['denial of service', 'Denial of service'],
  ['end-of-life', 'End of life'],
  ['cvssVector', 'Cvss vector'],
  ['US', 'US'],
])('reads %s as %s', (name, words) => {
  expect(humanise(name)).toBe(words);
});
