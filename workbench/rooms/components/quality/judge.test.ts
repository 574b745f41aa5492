import { describe, expect, it } from 'vitest';
import { fullCycloneDx } from '../export/samples.ts';
import { outgoingOfFile } from '../outgoing.ts';
import { readSbom } from '../sbom/read-sbom.ts';
import { judgeSbom } from './judge.ts';
import { QUALITY_RULES } from './rules.ts';

const judged = (bom: object) =>
  judgeSbom(outgoingOfFile(readSbom(Buffer.from(JSON.stringify(bom)), 'b.json', { whole: true })));
const bom = (...components: object[]) =>
  judged({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'device', 'bom-ref': 'p', name: 'Pump', version: '1' } },
    components: components.map((one) => ({ type: 'library', name: 'a', version: '1', ...one })),
  });
const verdict = (component: object, rule: string) => bom(component).components[0]?.verdicts[rule];
const property = (name: string, value: string) => ({ properties: [{ name, value }] });

describe('a component', () => {
  it.each([
    ['supplier-is-named', { supplier: { name: 'Acme' } }, 'yes'],
    ['supplier-is-named', { supplier: { name: 'NOASSERTION' } }, 'not answered'],
    ['supplier-is-named', {}, 'no'],
    ['version-is-given', { version: '' }, 'no'],
    ['identifier-is-given', { cpe: 'cpe:2.3:a:acme:a:1:*:*:*:*:*:*:*' }, 'yes'],
    ['identifier-is-given', {}, 'no'],
    ['identifier-is-well-formed', {}, 'not applicable'],
    ['identifier-is-well-formed', { purl: 'pkg:maven/name@1' }, 'no'],
    ['hash-is-given', { hashes: [{ alg: 'SHA-1', content: 'a'.repeat(40) }] }, 'no'],
    ['hash-is-given', { hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }] }, 'yes'],
    ['licence-is-given', { licenses: [{ expression: 'MIT OR Apache-2.0' }] }, 'yes'],
    ['licence-is-given', { licenses: [{ license: { name: 'Some terms' } }] }, 'not answered'],
    ['support-level-is-known', property('ward:support:level', 'abandoned'), 'yes'],
    ['support-level-is-known', property('ward:support:level', 'unknown'), 'not answered'],
    ['support-level-is-known', property('ward:support:justification', 'The maker is gone.'), 'yes'],
    ['end-of-support-is-known', property('ward:support:endOfSupport', '2030-06-30'), 'yes'],
    ['end-of-support-is-known', {}, 'no'],
  ])('%s of %j: %s', (rule, component, expected) => {
    expect(verdict(component, rule)).toBe(expected);
  });
});

describe('an SBOM', () => {
  it('is complete by a set only when nothing of it is open, and names what is', () => {
    const open = bom(property('ward:support:level', 'abandoned')).missing('fda');

    expect(open).toContainEqual(
      expect.objectContaining({
        component: expect.objectContaining({ name: 'a' }),
        rule: 'end-of-support-is-known',
      }),
    );
    expect(open.map(({ rule }) => rule)).not.toContain('support-level-is-known');
    expect(open.map(({ rule }) => rule)).not.toContain('hash-is-given');
  });

  it('does not take silence about completeness for a no', () => {
    const quality = bom({});

    expect(quality.rules.find(({ rule }) => rule === 'completeness-is-declared')?.counts).toMatchObject({
      no: 0,
      'not answered': 1,
    });
  });

  it('has no score without components', () => {
    expect(bom().score).toBeNull();
  });

  it('answers every question of a full file', () => {
    const quality = judged(JSON.parse(fullCycloneDx));

    expect(quality.rules.map(({ rule }) => rule)).toEqual(QUALITY_RULES.map(({ id }) => id));
    expect(quality.rules.find(({ rule }) => rule === 'author-is-named')?.counts.yes).toBe(1);
    expect(quality.components[0]?.verdicts['supplier-is-named']).toBe('yes');
  });
});
