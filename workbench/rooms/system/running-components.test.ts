import { describe, expect, it } from 'vitest';
import { SystemModel } from './metamodel.ts';
import { elementsRunning, meansComponent, type RunningComponent } from './running-components.ts';

const MODEL = SystemModel.parse({
  title: 'Test',
  elements: [
    {
      id: 'console',
      title: 'Operator console',
      kind: 'process',
      contains: ['pkg:npm/%40scope/ui', 'cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*', 'libxml2'],
    },
    { id: 'laser', title: 'Laser', kind: 'process', contains: ['libxml2'] },
  ],
});

const component = (given: Partial<RunningComponent>): RunningComponent => ({
  name: 'x',
  group: null,
  purl: null,
  cpes: [],
  elements: [],
  ...given,
});

describe('a component runs in', () => {
  it.each([
    ['the element that its SBOM names by id', { elements: ['console'] }, ['console']],
    ['the element that its SBOM names by title', { elements: ['operator CONSOLE'] }, ['console']],
    [
      'the element that contains its package URL, whatever the version',
      { purl: 'pkg:npm/%40scope/ui@2.1.0?a=b' },
      ['console'],
    ],
    [
      'the element that contains its CPE',
      { cpes: ['cpe:2.3:a:openssl:openssl:3.0.1:*:*:*:*:*:*:*'] },
      ['console'],
    ],
    ['each element that contains its name', { name: 'LibXML2' }, ['console', 'laser']],
    ['no element, when nothing names it', { name: 'zlib', purl: 'pkg:npm/ui@1' }, []],
  ])('%s', (_what, given, elements) => {
    expect(elementsRunning(MODEL, component(given))).toEqual(elements);
  });
});

it('a text means a component by package URL, CPE or name', () => {
  const ui = component({ name: 'ui', group: '@scope', purl: 'pkg:npm/%40scope/ui@2.1.0' });

  expect(meansComponent('pkg:npm/%40scope/ui@9', ui)).toBe(true);
  expect(meansComponent('@Scope/ui', ui)).toBe(true);
  expect(meansComponent('pkg:npm/ui', ui)).toBe(false);
});
