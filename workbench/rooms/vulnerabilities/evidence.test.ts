import { describe, expect, it } from 'vitest';
import { compareEvidence, type Evidence } from './evidence.ts';

const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  ids: ['CVE-2024-1', 'GHSA-a'],
  versions: ['4.17.20'],
  statements: [
    { source: 'GHSA', id: 'GHSA-a', outcome: 'affected', range: '>= 0, < 4.17.21', fixed: ['4.17.21'] },
  ],
  level: 'high',
  ...change,
});

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

  it('is gone when nothing matches any more', () => {
    expect(compareEvidence(evidence(), null).kind).toBe('gone');
    expect(compareEvidence(evidence(), evidence({ statements: [] })).kind).toBe('gone');
  });
});
