import { describe, expect, it } from 'vitest';
import { compareEvidence, type Evidence, wordPrints } from './evidence.ts';

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  ids: ['CVE-2024-1', 'GHSA-a'],
  versions: ['4.17.20'],
  statements: [
    { source: 'GHSA', id: 'GHSA-a', outcome: 'affected', range: '>= 0, < 4.17.21', fixed: ['4.17.21'] },
  ],
  level: 'high',
  ...change,
});

const TEXT =
  'A crafted request makes the parser of templates run code with the rights of the server, since values of the prototype are taken over.';

describe('evidence of a decision', () => {
  it('is the same when nothing moved', () => {
    expect(compareEvidence(evidence(), evidence()).kind).toBe('same');
  });

  it.each([
    ['the component has another version', { versions: ['4.17.19'] }],
    [
      'another record joined',
      {
        statements: [
          ...evidence().statements,
          { source: 'NVD', id: 'CVE-2024-1', outcome: 'affected' as const, range: '*', fixed: [] },
        ],
      },
    ],
    ['the range moved', { statements: [{ ...evidence().statements[0]!, range: '>= 0, < 4.18.0' }] }],
    ['the fix moved', { statements: [{ ...evidence().statements[0]!, fixed: ['4.17.22'] }] }],
    [
      'the outcome became sure',
      { statements: [{ ...evidence().statements[0]!, outcome: 'undetermined' as const }] },
    ],
  ])('ends the decision when %s', (_name, change) => {
    const moved = compareEvidence(evidence(), evidence(change));
    expect(moved.kind).toBe('hard');
    expect(moved.reasons.length).toBeGreaterThan(0);
  });

  it('asks for a look at the next review when only the severity rose', () => {
    expect(compareEvidence(evidence(), evidence({ level: 'critical' })).kind).toBe('soft');
    expect(compareEvidence(evidence(), evidence({ level: 'low' })).kind).toBe('same');
  });

  const signs = (change: Partial<Evidence> = {}): Evidence =>
    evidence({
      kev: false,
      epssBand: 0,
      exploits: [],
      words: { 'GHSA GHSA-a': wordPrints(TEXT) },
      ...change,
    });

  it('ends the decision when the flaw is known to be exploited, and not when it no longer is', () => {
    expect(compareEvidence(signs(), signs({ kev: true })).kind).toBe('hard');
    expect(compareEvidence(signs({ kev: true }), signs()).kind).toBe('same');
  });

  it.each([
    ['EPSS crosses a band', { epssBand: 1 }, 'soft'],
    ['EPSS falls', { epssBand: null }, 'same'],
    ['an exploit is published', { exploits: ['https://example.org/poc'] }, 'soft'],
    [
      'the description is rewritten',
      { words: { 'GHSA GHSA-a': wordPrints(`${TEXT} It also reads files of other users on the host.`) } },
      'soft',
    ],
    [
      'a typing error is put right',
      { words: { 'GHSA GHSA-a': wordPrints(TEXT.replace('crafted', 'crafty')) } },
      'same',
    ],
  ] as const)('when %s', (_name, change, kind) => {
    expect(compareEvidence(signs(), signs(change)).kind).toBe(kind);
  });

  it('of an earlier Ward, which kept no signs, is not held against them', () => {
    expect(compareEvidence(evidence(), signs({ kev: true, epssBand: 3, exploits: ['https://x'] })).kind).toBe(
      'same',
    );
  });

  it('is gone when nothing matches any more', () => {
    expect(compareEvidence(evidence(), null).kind).toBe('gone');
    expect(compareEvidence(evidence(), evidence({ statements: [] })).kind).toBe('gone');
  });
});
