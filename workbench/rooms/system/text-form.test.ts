import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isWardError } from '../../kernel/errors.ts';
import { anyModel } from './any-model.fixture.ts';
import { ACCESS_KINDS } from './metamodel.ts';
import { MODELS_PRESENT, sharedFile, titled } from './shared-models.fixture.ts';
import { readModelText, type TextProblem, textFormSchema, writeModelText } from './text-form.ts';

// WARD_UPDATE_GOLDEN=1 renews it.
const SCHEMA = resolve('docs/schemas/ward-system-model-1.schema.json');

function refusal(text: string) {
  try {
    readModelText(text, 'm.yaml');
  } catch (error) {
    if (!isWardError(error)) throw error;
    const problems = (error.detail?.problems ?? []) as TextProblem[];
    return { code: error.code, at: error.at, message: error.message, problems };
  }
  throw new Error('was read');
}

const SMALL = `format: ward-system-model/1
title: Pump
zones:
  - id: z-1
    title: Ward
elements:
  - id: e-1
    title: App
    kind: process
    zone: z-1
    answers:
      authn.each-user: yes
      os.hardened:
        value: no
        evidence: audit 4
`;

describe('the text form', () => {
  it('gives the same model back, in YAML and in JSON', () => {
    fc.assert(
      fc.property(anyModel, fc.constantFrom('yaml' as const, 'json' as const), (model, notation) => {
        const text = writeModelText(model, notation);

        expect(readModelText(text, 'm')).toEqual(model);
        expect(writeModelText(readModelText(text, 'm'), notation)).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('leaves defaults out and writes a plain answer in a word', () => {
    expect(writeModelText(readModelText(SMALL, 'm.yaml'))).toBe(SMALL);
  });

  it('reads true and false of older YAML writers as the answers yes and no', () => {
    const model = readModelText(SMALL.replace('authn.each-user: yes', 'authn.each-user: true'), 'm.yaml');

    expect(model.elements[0]?.answers['authn.each-user']?.value).toBe('yes');
  });

  it('keeps what is not answered away from the file', () => {
    expect(readModelText(SMALL, 'm.yaml').elements[0]?.answers).not.toHaveProperty('sbom.watched');
  });
});

describe('a text that is no model', () => {
  it('is refused with the name, path and line of an unknown key', () => {
    const { code, at, problems } = refusal(SMALL.replace('    zone: z-1', '    zoen: z-1'));

    expect(code).toBe('model.wrong-shape');
    expect(at).toBe('m.yaml:10:11');
    expect(problems[0]).toMatchObject({ path: '$.elements[0].zoen' });
    expect(problems[0]?.message).toContain('zoen');
  });

  it('is refused where a reference leads nowhere, with its line', () => {
    const { at, problems } = refusal(SMALL.replace('    zone: z-1', '    zone: z-9'));

    expect(at).toBe('m.yaml:10:11');
    expect(problems[0]?.path).toBe('$.elements[0].zone');
  });

  it.each([
    ['model.not-yaml', 'format: [a', 'an open list'],
    ['model.not-yaml', 'format: x\nformat: y', 'a key twice'],
    ['model.not-yaml', 'format: !!js/function "x"', 'a tag of its own'],
    ['model.not-json', '{"format": }', 'broken JSON'],
    ['model.unknown-format', 'title: x', 'no format'],
    ['model.unsupported-version', 'format: ward-system-model/9', 'a later version'],
    ['model.wrong-shape', 'format: ward-system-model/1', 'no title'],
    ['model.wrong-shape', 'format: ward-system-model/0.1', 'the older form without a title'],
    ['model.too-deep', `{"format": ${'['.repeat(200)}`, 'deep JSON'],
    ['model.too-deep', `a: ${'['.repeat(200)}`, 'deep YAML'],
    ['model.too-deep', 'a: &a [*a]', 'a circle of aliases'],
    ['model.too-many-aliases', aliasBomb(), 'an alias bomb'],
    ['model.too-large', ' '.repeat(21 * 1024 * 1024), 'more than 20 MB'],
    ['model.too-large', `a: ${' '.repeat(9 * 1024 * 1024)}`, 'more than 8 MB of YAML'],
  ])('is refused as %s: %#', (code, text) => {
    expect(refusal(text).code).toBe(code);
  });
});

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, at) => {
    const before = at === 0 ? Array(9).fill('x') : Array(9).fill(`*l${at - 1}`);
    return `l${at}: &l${at} [${before.join(', ')}]`;
  });
  return levels.join('\n');
}

describe('the older form', () => {
  it.skipIf(!MODELS_PRESENT)(titled('reads the laser of the rule catalogue whole'), () => {
    const laser = readModelText(sharedFile('threat-rules/laser-model.json').toString(), 'laser-model.json');

    expect(laser.elements).toHaveLength(24);
    expect(laser.flows).toHaveLength(32);
    expect(laser.attackers.find(({ id }) => id === 'at-nation')).toMatchObject({
      access: ACCESS_KINDS,
      origin: 'nation state',
    });
    expect(laser.attackers.find(({ id }) => id === 'at-insider-maker')?.access).toEqual(['fleet', 'build']);
    expect(laser.zones.find(({ id }) => id === 'z-device')?.elementDefaults['os.hardened']?.value).toBe(
      'yes',
    );
    expect(readModelText(writeModelText(laser), 'm.yaml')).toEqual(laser);
  });
});

describe('the published schema', () => {
  const schema = textFormSchema();
  const validate = new Ajv2020({ strict: false, formats: { date: true } }).compile(schema);

  it('is the one of this code', () => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env.WARD_UPDATE_GOLDEN) {
      mkdirSync(dirname(SCHEMA), { recursive: true });
      writeFileSync(SCHEMA, text);
    }

    expect(existsSync(SCHEMA) && readFileSync(SCHEMA, 'utf8')).toBe(text);
  });

  it('accepts what is written, and no unknown key', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        expect(validate(parse(writeModelText(model)))).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(validate(parse(SMALL.replace('zone: z-1', 'zoen: z-1')))).toBe(false);
  });
});
