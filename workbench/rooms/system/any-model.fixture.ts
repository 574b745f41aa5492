// Any small sound model, for property tests: references lead somewhere, zones nest without a circle.
import fc from 'fast-check';
import { ASSET_KINDS, ELEMENT_KINDS, INTERFACE_KINDS, SystemModel, ZONE_KINDS } from './metamodel.ts';

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const titles = words
  .map((text) => text.replace(/[\r\n\u2028\u2029\u0085]/g, ' ').trim())
  .filter((text) => text !== '' && text.isWellFormed());
const texts = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => text.isWellFormed());
const keys = fc.constantFrom('flow.auth-source', 'authn.each-user', 'os.hardened', 'a.b', 'yes');
const answer = fc.record(
  {
    value: fc.constantFrom('yes' as const, 'no' as const),
    origin: fc.constantFrom('person' as const, 'import' as const),
    by: titles,
    evidence: titles,
    note: texts,
  },
  { requiredKeys: ['value'] },
);
const answers = fc.dictionary(keys, answer, { maxKeys: 3, noNullPrototype: true });
const ids = (prefix: string, max: number) =>
  fc.nat(max).map((count) => Array.from({ length: count }, (_, at) => `${prefix}-${at + 1}`));
const some = (from: readonly string[], max = 3) =>
  from.length === 0
    ? fc.constant<string[]>([])
    : fc.uniqueArray(fc.constantFrom(...from), { maxLength: max });
const oneOrNone = (from: readonly string[]) => fc.constantFrom('', ...from);

export const anyModel: fc.Arbitrary<SystemModel> = fc
  .tuple(ids('z', 3), ids('e', 5), ids('a', 3), ids('f', 5), ids('i', 2))
  .chain(([zones, elements, assets, flows, interfaces]) => {
    const faces = elements.length === 0 ? [] : interfaces;
    const each = <T>(list: readonly string[], make: (id: string, at: number) => fc.Arbitrary<T>) =>
      fc.tuple(...list.map(make));
    return fc.record({
      title: titles,
      description: texts,
      version: fc.constantFrom('', '1.0', '2'),
      zones: each(zones, (id, at) =>
        fc.record({
          id: fc.constant(id),
          title: titles,
          kind: fc.constantFrom(...ZONE_KINDS),
          trust: fc.nat(5),
          parent: oneOrNone(zones.slice(0, at)),
          elementDefaults: answers,
        }),
      ),
      elements: each(elements, (id) =>
        fc.record({
          id: fc.constant(id),
          title: titles,
          description: texts,
          kind: fc.constantFrom(...ELEMENT_KINDS),
          type: fc.constantFrom('', 'gateway', 'no', '1.0'),
          zone: oneOrNone(zones),
          tags: some(['uses-time', 'runs-os', 'null']),
          holds: some(assets),
          safety: fc.boolean(),
          answers,
        }),
      ),
      interfaces: each(faces, (id) =>
        fc.record({
          id: fc.constant(id),
          title: titles,
          kind: fc.constantFrom(...INTERFACE_KINDS),
          element: fc.constantFrom(...elements),
          answers,
        }),
      ),
      flows: each(flows, (id) =>
        fc.record({
          id: fc.constant(id),
          title: titles,
          from: oneOrNone(elements),
          to: oneOrNone(elements),
          protocol: some(['http', 'mqtt', '1.0']),
          carries: some(assets),
          answers,
        }),
      ),
      assets: each(assets, (id) =>
        fc.record({
          id: fc.constant(id),
          title: titles,
          kind: fc.constantFrom(...ASSET_KINDS),
          integrity: fc.nat(4),
          personal: fc.boolean(),
        }),
      ),
    });
  })
  .map((input) => SystemModel.parse(input));
