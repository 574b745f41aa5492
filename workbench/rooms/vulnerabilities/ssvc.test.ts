import { describe, expect, it } from 'vitest';
import type { SsvcFacts } from './ssvc.ts';
import { askedPoints, proposePoints, SSVC_TREES, ssvcTree, strayPoints, walkTree } from './ssvc.ts';

describe('the trees', () => {
  it.each(SSVC_TREES)('%s has a row for every combination, each an outcome of its own', (id) => {
    const tree = ssvcTree(id);
    const sizes = walkTree(id, {}).path.map((step) => step.values.length);

    expect(tree.rows).toHaveLength(sizes.reduce((product, size) => product * size, 1));
    expect(tree.outcomes.map((outcome) => outcome.id)).toEqual(expect.arrayContaining([...tree.rows]));
  });

  it('ask for what people can judge, not for what follows from it', () => {
    expect(askedPoints('deployer').map(({ id }) => id)).toEqual(['E', 'EXP', 'A', 'SI', 'MI']);
    expect(askedPoints('supplier').map(({ id }) => id)).toEqual(['E', 'A', 'VD', 'TI', 'SI']);
  });
});

describe('a walk', () => {
  it('gives an outcome when every point is answered, with the path to it', () => {
    const found = walkTree('deployer', { E: 'A', EXP: 'O', A: 'Y', SI: 'R', MI: 'MSC' });

    expect(found).toMatchObject({ outcome: 'I', possible: ['I'], open: [] });
    expect(found.path.map((step) => [step.point.id, step.values])).toEqual([
      ['E', ['A']],
      ['EXP', ['O']],
      ['A', ['Y']],
      ['HI', ['H']],
    ]);
  });

  it('lists what is possible while something is open, and never takes the mildest', () => {
    expect(walkTree('supplier', {})).toMatchObject({ outcome: null, possible: ['D', 'S', 'O', 'I'] });
    expect(walkTree('deployer', { E: 'N', EXP: 'S', A: 'N' })).toMatchObject({
      outcome: null,
      possible: ['D', 'S'],
      open: ['SI', 'MI'],
    });
  });

  it('gives the outcome although something is open, when it is the same whatever the answer', () => {
    expect(walkTree('supplier', { E: 'A', A: 'Y', VD: 'C' })).toMatchObject({
      outcome: 'I',
      open: ['TI', 'SI'],
    });
    expect(walkTree('deployer', { E: 'P', EXP: 'O', A: 'Y', SI: 'C' })).toMatchObject({
      outcome: 'O',
      open: [],
    });
  });

  it('refuses points and values that the tree does not have', () => {
    expect(strayPoints('deployer', { E: 'A', TI: 'T', A: 'maybe' })).toEqual(['TI', 'A']);
    expect(strayPoints('deployer', { HI: 'VH' })).toEqual([]);
  });
});

describe('proposals', () => {
  const nothing: SsvcFacts = { kev: null, exploits: [], cisa: null, networked: null, safety: 'not assessed' };

  it('are none where nothing is known: silence is not "none"', () => {
    expect(proposePoints(nothing)).toEqual({});
  });

  it('take CISA at its word', () => {
    const cisa = { Exploitation: 'none', Automatable: 'yes', 'Technical Impact': 'total', Mission: 'x' };

    expect(proposePoints({ ...nothing, cisa })).toEqual({
      E: { value: 'N', reason: 'CISA states Exploitation: none.' },
      A: { value: 'Y', reason: 'CISA states Automatable: yes.' },
      TI: { value: 'T', reason: 'CISA states Technical Impact: total.' },
    });
  });

  it.each<[string, Partial<SsvcFacts>, string]>([
    ['an exploit in the references', { exploits: ['https://example.org/x'] }, 'P'],
    [
      'an exploit against an older "none"',
      { exploits: ['https://example.org/x'], cisa: { Exploitation: 'none' } },
      'P',
    ],
    [
      'an exploit below "active"',
      { exploits: ['https://example.org/x'], cisa: { Exploitation: 'active' } },
      'A',
    ],
    ['the catalogue of exploited flaws', { kev: { addedOn: '2026-01-02', removedAt: null } }, 'A'],
  ])('see %s', (_, facts, value) => {
    expect(proposePoints({ ...nothing, ...facts }).E?.value).toBe(value);
  });

  it('do not count an entry that CISA took out again', () => {
    const kev = { addedOn: '2026-01-02', removedAt: '2026-02-02T00:00:00Z' };

    expect(proposePoints({ ...nothing, kev })).toEqual({});
  });

  it('follow from the assessment itself where it says enough', () => {
    expect(proposePoints({ ...nothing, networked: false, safety: 'none' })).toMatchObject({
      EXP: { value: 'S' },
      SI: { value: 'N' },
    });
    expect(proposePoints({ ...nothing, networked: true, safety: 'likely' })).toEqual({});
  });
});
