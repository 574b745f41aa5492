// Files of rule packs: Ward's own, Microsoft's templates in place, and files that are none.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileRules } from './evaluate/evaluate.ts';
import { readPackFile } from './import-pack.ts';
import { packOf } from './rule-pack.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const PACK = {
  format: 'ward-rule-pack/1',
  id: 'house',
  title: 'Rules of the house',
  version: '1',
  rules: [
    {
      id: 'HR-1',
      version: 1,
      title: 'Kiosk without a lock',
      statement: 'A passer-by opens {e}.',
      stride: ['tampering'],
      appliesTo: 'element',
      when: 'e.tag("kiosk")',
      unless: 'e.yes("kiosk.locked")',
      exploitability: 4,
      safetyRelevance: 'none',
      requirements: [],
      references: { cwe: [], capec: [], attackIcs: [], emb3d: [] },
    },
  ],
  questions: { 'kiosk.locked': { appliesTo: 'element', text: 'Is it locked?' } },
  protocolFacts: {},
};

describe('a pack of Ward’s own', () => {
  it('is taken as imported, with its file as its source', () => {
    const { body, lost } = readPackFile('house.rules.json', bytes(JSON.stringify(PACK)));

    expect(body).toMatchObject({ id: 'house', origin: 'imported', source: 'house.rules.json' });
    expect(lost).toEqual([]);
  });

  it.each([
    ['no text', new Uint8Array([0x7b, 0xff, 0xfe]), 'house.json'],
    ['no JSON', bytes('{"format": '), 'house.json'],
    ['no object', bytes('[]'), 'house.json'],
    ['another format', bytes('{"format": "other"}'), '$.format'],
    ['nested without end', bytes(`${'['.repeat(100_000)}`), 'house.json'],
    [
      'a rule without a condition',
      bytes(JSON.stringify({ ...PACK, rules: [{ ...PACK.rules[0], when: '' }] })),
      '$.rules[0].when',
    ],
    ['a field that nobody knows', bytes(JSON.stringify({ ...PACK, surprise: 1 })), '$'],
  ])('is refused with its place when it is %s', (_what, file, at) => {
    expect(() => readPackFile('house.json', file)).toThrowError(
      expect.objectContaining({ code: 'rules.wrong-shape', at }) as Error,
    );
  });
});

const TEMPLATES = ['../../../../shared/', '../../../../../shared/']
  .map((path) => new URL(`${path}threat-models/ms-tb7/`, import.meta.url))
  .find((folder) => existsSync(folder));

describe.skipIf(TEMPLATES === undefined)('templates of Microsoft (skipped without the shared files)', () => {
  it('become packs whose rules type-check and have ids of their own', async () => {
    const { readdirSync } = await import('node:fs');
    const files = readdirSync(TEMPLATES!).filter((name) => name.endsWith('.tb7'));
    const ids = new Set<string>();
    let rules = 0;
    for (const name of files) {
      const { body, lost } = readPackFile(name, readFileSync(new URL(name, TEMPLATES)));

      expect(compileRules(packOf(body)).problems, name).toEqual([]);
      expect(lost.length, name).toBeGreaterThan(0);
      rules += body.rules.length;
      for (const { id } of body.rules) ids.add(id);
    }
    expect(files.length).toBeGreaterThan(1);
    expect(ids.size).toBe(rules);
  });
});
