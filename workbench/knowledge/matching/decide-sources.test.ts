import { describe, expect, it } from 'vitest';
import type { MatchOutcome } from '../advisory.ts';
import { decideSources, type SourcePolicy, type SourceStatement } from './decide-sources.ts';

const ghsa = (outcome: MatchOutcome): SourceStatement => ({
  source: 'GHSA',
  id: 'GHSA-a',
  outcome,
  range: '< 1.9.0',
  basis: 'package',
  tied: false,
});
const nvd = (outcome: MatchOutcome, tied = false): SourceStatement => ({
  source: 'NVD',
  id: 'CVE-1',
  outcome,
  range: '< 2.1.0',
  basis: 'product',
  tied,
});
const npm: SourcePolicy = { watchedByEcosystem: true, when: 'ecosystem' };
const classC: SourcePolicy = { ...npm, when: 'wider' };
const recipe: SourcePolicy = { ...npm, watchedByEcosystem: false };

describe('decideSources', () => {
  it.each([
    ['both agree', [ghsa('affected'), nvd('affected')], npm, 'affected', false],
    ['the ecosystem alone', [ghsa('affected')], npm, 'affected', false],
    ['only the ecosystem says affected', [ghsa('affected'), nvd('not-affected')], npm, 'affected', true],
    ['only NVD says affected', [ghsa('not-affected'), nvd('affected')], npm, 'not-affected', true],
    [
      'only NVD says affected, though tied',
      [ghsa('not-affected'), nvd('affected', true)],
      npm,
      'not-affected',
      true,
    ],
    ['only NVD says affected, class C', [ghsa('not-affected'), nvd('affected')], classC, 'affected', true],
    ['NVD doubts, class C', [ghsa('not-affected'), nvd('undetermined')], classC, 'not-affected', true],
    ['the ecosystem doubts', [ghsa('undetermined'), nvd('affected')], npm, 'undetermined', true],
    ['NVD alone, product not tied', [nvd('affected')], npm, 'undetermined', false],
    ['NVD alone, product tied', [nvd('affected', true)], npm, 'affected', false],
    ['NVD alone, no ecosystem watches it', [nvd('affected')], recipe, 'affected', false],
    ['NVD alone in doubt', [nvd('undetermined')], npm, 'undetermined', false],
    ['nothing', [], npm, 'not-affected', false],
  ] as [string, SourceStatement[], SourcePolicy, MatchOutcome, boolean][])(
    '%s',
    (_, statements, policy, outcome, disagree) => {
      expect(decideSources(statements, policy)).toMatchObject({ outcome, disagree });
    },
  );

  it('shows both ranges where they differ', () => {
    const { sentence } = decideSources([ghsa('not-affected'), nvd('affected')], classC);

    expect(sentence).toBe(
      'GHSA-a says not affected (< 1.9.0), but NVD says affected (< 2.1.0); for this product the wider range counts.',
    );
  });
});
