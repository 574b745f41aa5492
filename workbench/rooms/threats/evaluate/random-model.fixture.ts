// Small random models in the words that the shipped rules ask for, and models that differ from them in a few objects.
import fc from 'fast-check';
import { SystemModel } from '../../system/index.ts';
import { shippedPack } from './shipped-pack.ts';

const { rules, questions } = shippedPack();
const conditions = rules.map(({ when, unless }) => `${when} ${unless}`).join(' ');
const wordsOf = (method: string) => [
  ...new Set(
    [...conditions.matchAll(new RegExp(`\\.${method}\\("([^"]+)"\\)`, 'g'))].map((found) => found[1]!),
  ),
];

const ZONES = ['z0', 'z1', 'z2', 'z3'];
const ELEMENTS = ['e0', 'e1', 'e2', 'e3', 'e4', 'e5'];
const ASSETS = ['a0', 'a1', 'a2'];
const PROTOCOLS = [
  'tls',
  'mutual-tls',
  'http',
  'dicom',
  'hl7',
  'ntp',
  'serial-bus',
  'ui',
  'ipc',
  'unheard-of',
];

const answers = fc.dictionary(
  fc.constantFrom(...Object.keys(questions)),
  fc.record({ value: fc.constantFrom('yes', 'no') }),
  { maxKeys: 12 },
);
const some = (words: readonly string[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...words), { maxLength });
const named = (id: string) => ({ id: fc.constant(id), title: fc.constantFrom('One', 'Two'), answers });

const zone = (id: string, at: number) =>
  fc.record({
    ...named(id),
    kind: fc.constantFrom('internet', 'hospital', 'room', 'device', 'maker'),
    trust: fc.nat({ max: 5 }),
    parent: at === 0 ? fc.constant('') : fc.constantFrom('', ...ZONES.slice(0, at)),
    elementDefaults: answers,
  });
const element = (id: string) =>
  fc.record({
    ...named(id),
    kind: fc.constantFrom('actor', 'external', 'process', 'process', 'store', 'hardware'),
    type: fc.constantFrom('', 'gateway', 'sensor'),
    zone: fc.constantFrom('', ...ZONES),
    tags: some(wordsOf('tag'), 8),
    tech: some(wordsOf('hasTech'), 2),
    holds: some(ASSETS, 2),
    safety: fc.boolean(),
    outOfScope: fc.constantFrom(false, false, false, true),
  });
const flow = (id: string) =>
  fc.record({
    ...named(id),
    from: fc.constantFrom('', ...ELEMENTS),
    to: fc.constantFrom(...ELEMENTS),
    protocol: some(PROTOCOLS, 2),
    carries: some(ASSETS, 2),
  });
const face = (id: string) =>
  fc.record({
    ...named(id),
    kind: fc.constantFrom('usb', 'debug', 'wifi', 'bluetooth', 'touch-ui', 'media'),
    element: fc.constantFrom(...ELEMENTS),
    state: fc.constantFrom('not stated', 'open', 'removed'),
  });
const safetyFunction = (id: string) =>
  fc.record({ ...named(id), realisedBy: some(ELEMENTS, 2), harms: some(['h0', 'h1'], 2) });
const asset = (id: string) =>
  fc.record({
    id: fc.constant(id),
    title: fc.constant(id),
    kind: fc.constantFrom('command', 'patient-data', 'credential', 'key', 'config', 'audit', 'software'),
  });

const all = (ids: readonly string[], make: (id: string, at: number) => fc.Arbitrary<object>) =>
  fc.tuple(...ids.map(make));
const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${letter}${at}`);

const parts = fc.record({
  title: fc.constant('Random'),
  zones: all(ZONES, zone),
  elements: all(ELEMENTS, element),
  flows: all(numbered('f', 9), flow),
  interfaces: all(numbered('i', 3), face),
  safetyFunctions: all(numbered('s', 2), safetyFunction),
  assets: all(ASSETS, asset),
  harms: fc.constant([
    { id: 'h0', title: 'h0', severity: 2 },
    { id: 'h1', title: 'h1', severity: 5 },
  ]),
});

export const randomModel: fc.Arbitrary<SystemModel> = parts.map((body) => SystemModel.parse(body));

const PARTS = ['zones', 'elements', 'flows', 'interfaces', 'safetyFunctions', 'assets'] as const;

/** A model, and the same one after some objects were changed, removed, added or moved to another place of their list. */
export const changedModel: fc.Arbitrary<readonly [SystemModel, SystemModel]> = fc
  .tuple(
    randomModel,
    randomModel,
    fc.array(
      fc.record({
        part: fc.constantFrom(...PARTS),
        at: fc.nat(),
        how: fc.constantFrom('change', 'change', 'change', 'remove', 'add', 'move'),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([before, other, steps]) => {
    const after = structuredClone(before);
    for (const { part, at, how } of steps) {
      const list = after[part] as { id: string }[];
      const place = at % (list.length || 1);
      const [object] = how === 'add' || list.length === 0 ? [] : list.splice(place, 1);
      if (how === 'move' && object) list.push(object);
      if (how === 'change' && object)
        list.splice(place, 0, (other[part] as { id: string }[]).find(({ id }) => id === object.id) ?? object);
      if (how === 'add')
        list.push({ ...(other[part] as { id: string }[])[0]!, id: `new-${part}-${list.length}` });
    }
    return [before, after] as const;
  });

/** The same objects in another order. */
export const shuffledModel: fc.Arbitrary<readonly [SystemModel, SystemModel]> = randomModel.chain((model) =>
  fc
    .tuple(
      ...PARTS.map((part) => fc.shuffledSubarray(model[part] as object[], { minLength: model[part].length })),
    )
    .map(
      (lists) =>
        [model, { ...model, ...Object.fromEntries(PARTS.map((part, at) => [part, lists[at]])) }] as const,
    ),
);
