// Which source decides where several speak of one flaw in one component: the ecosystem's own record
// decides for what a purl names, NVD corroborates; NVD alone counts where the alias table ties its product to the package.
import type { MatchOutcome } from '../advisory.ts';

/**
 * Ecosystems whose own databases name every flaw that is known of their packages, so that NVD's product names add doubt rather
 * than knowledge. Not GIT, Conan or generic: there NVD often is the only source.
 */
export const DECIDING_ECOSYSTEMS: readonly string[] = [
  'npm',
  'PyPI',
  'Maven',
  'NuGet',
  'RubyGems',
  'Packagist',
  'Go',
  'crates.io',
  'Hex',
  'Pub',
  'SwiftURL',
  'Bitnami',
  'Debian',
  'Ubuntu',
  'Echo',
  'Alpine',
  'Wolfi',
  'Chainguard',
  'MinimOS',
  'Alpaquita',
  'Red Hat',
  'AlmaLinux',
  'Rocky Linux',
  'SUSE',
  'openSUSE',
  'openEuler',
  'Mageia',
  'Photon OS',
  'Azure Linux',
];

/** One record's answer about one component, *not affected* included. */
export interface SourceStatement {
  readonly source: string;
  readonly id: string;
  readonly outcome: MatchOutcome;
  readonly range: string;
  /** What the component was matched by: its ecosystem's package, or a product of NVD. */
  readonly basis: 'package' | 'product';
  /** For a product: whether the alias table says that it is this very package. */
  readonly tied: boolean;
}

export interface SourcePolicy {
  /** True where a deciding ecosystem names the component and Ward holds records of it. */
  readonly watchedByEcosystem: boolean;
  /** `wider` for products of safety class C: the wider of two ranges counts. */
  readonly when: 'ecosystem' | 'wider';
}

export interface SourceDecision {
  readonly outcome: MatchOutcome;
  /** True where sources that speak of this component answer otherwise; all are shown. */
  readonly disagree: boolean;
  /** One plain sentence. */
  readonly sentence: string;
}

/** Decides over all statements of one alias group about one component; never throws. */
export function decideSources(statements: readonly SourceStatement[], policy: SourcePolicy): SourceDecision {
  const own = statements.filter(({ basis }) => basis === 'package');
  const nvd = statements.filter(({ basis }) => basis === 'product');
  const ownOutcome = strongest(own);
  const nvdOutcome = strongest(nvd);
  const disagree = own.length > 0 && nvd.length > 0 && ownOutcome !== nvdOutcome;
  const answer = (outcome: MatchOutcome, sentence: string): SourceDecision => ({
    outcome,
    disagree,
    sentence,
  });

  if (own.length > 0) {
    const said = `${names(own, ownOutcome)} says ${WORD[ownOutcome]}${ranges(own, ownOutcome)}`;
    if (nvd.length === 0) return answer(ownOutcome, `${said}.`);
    if (ownOutcome === nvdOutcome) return answer(ownOutcome, `${said}, and NVD agrees.`);
    const other = `NVD says ${WORD[nvdOutcome]}${ranges(nvd, nvdOutcome)}`;
    if (policy.when === 'wider' && nvdOutcome === 'affected') {
      return answer('affected', `${said}, but ${other}; for this product the wider range counts.`);
    }
    return answer(ownOutcome, `${said}; ${other}, which only corroborates here.`);
  }
  if (nvdOutcome === 'affected' && policy.watchedByEcosystem && !nvd.some(isTiedHit)) {
    return answer(
      'undetermined',
      `Only NVD says affected${ranges(nvd, nvdOutcome)}, no record of the ecosystem does, and nothing ties NVD's product to this package.`,
    );
  }
  return answer(nvdOutcome, `NVD says ${WORD[nvdOutcome]}${ranges(nvd, nvdOutcome)}.`);
}

const isTiedHit = ({ outcome, tied }: SourceStatement): boolean => outcome === 'affected' && tied;

const RANK: Readonly<Record<MatchOutcome, number>> = { 'not-affected': 0, undetermined: 1, affected: 2 };

const WORD: Readonly<Record<MatchOutcome, string>> = {
  affected: 'affected',
  undetermined: 'that it cannot be decided',
  'not-affected': 'not affected',
};

function strongest(statements: readonly SourceStatement[]): MatchOutcome {
  return statements.reduce<MatchOutcome>(
    (most, { outcome }) => (RANK[outcome] > RANK[most] ? outcome : most),
    'not-affected',
  );
}

function names(statements: readonly SourceStatement[], outcome: MatchOutcome): string {
  const said = statements.filter((statement) => statement.outcome === outcome);
  return [...new Set(said.map(({ id }) => id))].slice(0, 4).join(', ');
}

function ranges(statements: readonly SourceStatement[], outcome: MatchOutcome): string {
  const said = statements.filter((statement) => statement.outcome === outcome && statement.range !== '');
  const texts = [...new Set(said.map(({ range }) => range))].slice(0, 3);
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`;
}
