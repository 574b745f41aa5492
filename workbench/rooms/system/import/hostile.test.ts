// T34: files that mean harm are refused within two seconds, and small ones of every kind never throw anything but a refusal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { MODELS_PRESENT, sharedModel, titled } from '../shared-models.fixture.ts';
import { acceptZones } from './accept-zones.ts';
import { importModel } from './import-model.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const take = (bytes: Uint8Array | string) =>
  importModel([{ name: 'file', bytes: typeof bytes === 'string' ? bytesOf(bytes) : bytes }]);

function codeOf(bytes: Uint8Array | string): string {
  try {
    take(bytes);
    return 'imported';
  } catch (error) {
    if (isWardError(error)) return error.code;
    throw error;
  }
}

const entities = `<?xml version="1.0"?><!DOCTYPE ThreatModel [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 20 }, (_, at) => `<!ENTITY b${at} "${`&${at === 0 ? 'a' : `b${at - 1}`};`.repeat(10)}">`).join('')}]><ThreatModel>&b19;</ThreatModel>`;
const aliases = `otmVersion: 0.2.0\n${Array.from(
  { length: 25 },
  (_, at) =>
    `l${at}: &l${at} [${Array(9)
      .fill(at === 0 ? 'x' : `*l${at - 1}`)
      .join(', ')}]`,
).join('\n')}\n`;
const utf16 = (text: string, mark: boolean) => {
  const out = new Uint8Array(text.length * 2 + (mark ? 2 : 0));
  if (mark) out.set([0xff, 0xfe]);
  for (let at = 0; at < text.length; at += 1) out[at * 2 + (mark ? 2 : 0)] = text.charCodeAt(at);
  return out;
};

describe('T34: a hostile file', () => {
  it.each([
    ['an entity bomb in XML', 'model.doctype', () => entities],
    [
      'an external entity in XML',
      'model.doctype',
      () => '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><ThreatModel>&f;</ThreatModel>',
    ],
    ['an alias bomb in YAML', 'model.too-many-aliases', () => aliases],
    [
      'as many anchors as aliases',
      'model.too-many-aliases',
      () =>
        `otmVersion: 0.2.0\nlist:\n${Array.from({ length: 100_000 }, (_, at) => `- &a${at} 1\n- *a${at}\n`).join('')}`,
    ],
    [
      'a merge bomb in YAML',
      'model.too-many-aliases',
      () =>
        `otmVersion: 0.2.0\n${Array.from({ length: 25 }, (_, at) => `l${at}: &l${at} {${at === 0 ? 'x: 1' : Array.from({ length: 9 }, (__, key) => `k${key}: *l${at - 1}`).join(', ')}}`).join('\n')}\n`,
    ],
    ['200 MB', 'model.too-large', () => new Uint8Array(200 * 1024 * 1024).fill(0x20)],
    ['20 MB of YAML', 'model.too-large', () => `title: x\n${'- a\n'.repeat(5_000_000 / 2)}`],
    ['deep XML', 'model.too-deep', () => `<ThreatModel>${'<a>'.repeat(1_000_000)}`],
    ['deep JSON', 'model.too-deep', () => `{"a":${'['.repeat(5_000_000)}`],
    [
      'deep YAML in lines',
      'model.too-deep',
      () => `title:\n${Array.from({ length: 3_000 }, (_, at) => `${' '.repeat(at + 1)}a:`).join('\n')}`,
    ],
    ['deep YAML in brackets', 'model.too-deep', () => `title: ${'['.repeat(1_000_000)}`],
    ['deep YAML in dashes', 'model.too-deep', () => `title:\n${'- '.repeat(100_000)}x`],
    [
      'a tag of its own in YAML',
      'model.not-yaml',
      () => 'title: !!js/function "function () {}"\notmVersion: 0.2.0',
    ],
    [
      'bytes that are no text',
      'model.not-text',
      () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
    ],
    ['broken UTF-8', 'model.broken-encoding', () => new Uint8Array([0x7b, 0x22, 0xff, 0xff, 0x22, 0x7d])],
    ['XML that is cut off', 'model.not-xml', () => '<ThreatModel><DrawingSurfaceList></ThreatModel>'],
    ['YAML with an error in every line', 'model.not-yaml', () => `title: x\n${']\n'.repeat(2_000_000)}`],
    ['nothing', 'model.no-model', () => ''],
    [
      'no end of elements',
      'model.too-many',
      () =>
        JSON.stringify({
          otmVersion: '0.2.0',
          project: { name: 'x' },
          components: Array.from({ length: 10_001 }, (_, at) => ({ id: `c${at}`, name: 'c' })),
        }),
    ],
    [
      'threats without end',
      'model.too-many',
      () =>
        JSON.stringify({
          otmVersion: '0.2.0',
          project: { name: 'x' },
          threats: Array.from({ length: 50_001 }, (_, at) => ({ id: `t${at}`, name: 't' })),
        }),
    ],
  ])('%s is refused as %s within two seconds', (_what, code, make) => {
    const bytes = make();
    const started = performance.now();

    expect(codeOf(bytes)).toBe(code);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('with markup, other directions and great length in its names becomes a model with names that fit', () => {
    const name = `<script>alert(1)</script>\u202Eabc\u0000${'x'.repeat(10_000)}`;
    const { model, report } = take(
      JSON.stringify({
        otmVersion: '0.2.0',
        project: { name },
        components: [
          { id: name, name },
          { id: '__proto__', name: '' },
        ],
      }),
    );

    expect(model.elements[0]?.title).toHaveLength(300);
    expect(model.elements[1]).toMatchObject({ id: 'proto__', title: 'proto__' });
    expect(report.counts.changed).toBeGreaterThan(0);
  });

  it('with zones that contain themselves keeps the zones and says so, or leaves the circle out', () => {
    const { model } = take(
      JSON.stringify({
        otmVersion: '0.2.0',
        project: { name: 'x' },
        trustZones: [
          { id: 'a', name: 'a', parent: { trustZone: 'b' } },
          { id: 'b', name: 'b', parent: { trustZone: 'a' } },
        ],
      }),
    );

    expect(model.zones.map(({ parent }) => parent).filter((parent) => parent !== '')).toHaveLength(1);
  });
});

describe('an encoding', () => {
  const dragon = JSON.stringify({ summary: { title: 'Pümpe' }, detail: { diagrams: [] } });

  it.each([
    ['UTF-8', bytesOf(dragon)],
    ['UTF-8 with its mark', new Uint8Array([0xef, 0xbb, 0xbf, ...bytesOf(dragon)])],
    ['UTF-16 with its mark', utf16(dragon, true)],
    ['UTF-16 without', utf16(dragon, false)],
  ])('%s is read', (_name, bytes) => {
    expect(take(bytes).model.title).toBe('Pümpe');
  });
});

describe('any file', () => {
  it('of JSON that looks like a model is imported or refused, never a fault', () => {
    const heads = [
      { otmVersion: '0.2.0' },
      { summary: { title: 'x' }, detail: {} },
      { specFormat: 'CycloneDX', specVersion: '2.0' },
      { bomFormat: 'CycloneDX', specVersion: '1.6' },
      { scope: {}, trust_zones: [] },
      { schema: 1, threats: [] },
      { boundaries: [], flows: [], elements: [] },
      { threagile_version: '1.0.0' },
      { format: 'ward-system-model/1' },
      { format: 'ward-system-model/0.1' },
    ];
    const keys = fc.constantFrom(
      'id',
      'name',
      'title',
      'project',
      'components',
      'trustZones',
      'dataflows',
      'parent',
      'threats',
      'summary',
      'detail',
      'diagrams',
      'cells',
      'data',
      'shape',
      'source',
      'target',
      'position',
      'blueprints',
      'assets',
      'zones',
      'flows',
      'technical_assets',
      'communication_links',
      'data_assets',
      'elements',
      'actors',
      'controls',
      'properties',
      'includes',
      'bom-ref',
      'symbolic_name',
      'trust_zones',
      'data_stores',
      'boundaries',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.dictionary(keys, value, { maxKeys: 6, noNullPrototype: true }),
        (head, rest) => {
          expect(codeOf(JSON.stringify({ ...rest, ...head }))).toMatch(/^(imported|model\.[a-z-]+)$/);
          expect(codeOf(JSON.stringify({ ...head, ...rest }))).toMatch(/^(imported|model\.[a-z-]+)$/);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it.skipIf(!MODELS_PRESENT)(
    titled('of XML cut off or with bytes changed is imported or refused, never a fault'),
    () => {
      const whole = sharedModel('ms-tm7/startleft__SDL_all_components.tm7').bytes.subarray(0, 60_000);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
          const bytes = whole.slice(0, end);
          if (at < end) bytes[at] = byte;

          expect(codeOf(bytes)).toMatch(/^(imported|model\.[a-z-]+)$/);
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('zones that an import proposes', () => {
  it.skipIf(!MODELS_PRESENT)(titled('become zones when somebody confirms them, and only then'), () => {
    const result = importModel([sharedModel('threat-dragon-v2/threat-dragon__iot-device.json')]);
    const [proposed] = result.proposedZones;

    const confirmed = acceptZones(result);

    expect(result.model.zones).toEqual([]);
    expect(acceptZones(result, [])).toBe(result.model);
    expect(confirmed.zones).toHaveLength(1);
    expect(
      confirmed.elements
        .filter(({ zone }) => zone !== '')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...(proposed?.elements ?? [])].sort());
  });
});
