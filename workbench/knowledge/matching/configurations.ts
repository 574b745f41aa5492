// NVD configurations (API 2.0): products joined by AND and OR, where an AND asks for a platform beside the vulnerable product.
import type { CpeConfiguration, CpeNode } from '../advisory.ts';
import { cpeName, formatCpe, parseCpe } from '../identity/cpe.ts';
import { type CpeCriteria, cpeMatches } from '../identity/cpe-match.ts';

/** *unknown* where a component that is not in the SBOM may well be there: hardware and operating systems often are not listed. */
export type Holding = 'yes' | 'no' | 'unknown';

/** What is known of the release that a component stands in. */
export interface Surroundings {
  /** CPEs of its components and of the platform that people declared. */
  readonly cpes: readonly string[];
  /** CPE parts (`o`, `h`) of which `cpes` names everything, so that what is not named is not there. */
  readonly complete: readonly string[];
}

/**
 * Whether the configuration holds for a component that lies in `own`, given what is known of its release.
 * *no* comes only of a negated node, or of a part that people declared completely.
 */
export function configurationHolds(
  configuration: CpeConfiguration | undefined,
  own: CpeCriteria,
  surroundings: Surroundings,
): Holding {
  if (!configuration) return 'yes';
  const needed =
    configuration.operator === 'AND'
      ? configuration.nodes
      : configuration.nodes.filter((node) => node.matches.some((match) => isSame(match, own)));
  const holdings = needed.map((node) => nodeHolds(node, own, surroundings));
  const holding = configuration.operator === 'AND' ? all(holdings) : any(holdings);
  return configuration.negate ? invert(holding) : holding;
}

/** One condition beside the vulnerable product itself, and what meets it. */
export interface Sibling {
  /** The products of which one is asked for, as `vendor:product`. */
  readonly wanted: readonly string[];
  /** The CPE that meets it; null when none is known. */
  readonly present: string | null;
}

/** The other conditions of an AND configuration; empty for an OR. */
export function siblingsOf(
  configuration: CpeConfiguration | undefined,
  own: CpeCriteria,
  { cpes }: Surroundings,
): Sibling[] {
  if (configuration?.operator !== 'AND') return [];
  return configuration.nodes
    .filter((node) => !node.matches.some((match) => isSame(match, own)))
    .map(({ matches }) => ({
      wanted: [...new Set(matches.map(({ criteria }) => nameOf(criteria)))],
      present: cpes.find((cpe) => matches.some((match) => isPresent(match, cpe))) ?? null,
    }));
}

function nameOf(criteria: string): string {
  const cpe = parseCpe(criteria);
  return cpe ? cpeName(cpe) : criteria;
}

function nodeHolds(node: CpeNode, own: CpeCriteria, { cpes, complete }: Surroundings): Holding {
  const holdings = node.matches.map((match): Holding => {
    if (isSame(match, own) || cpes.some((cpe) => isPresent(match, cpe))) return 'yes';
    return complete.includes(parseCpe(match.criteria)?.part ?? '') ? 'no' : 'unknown';
  });
  const holding = node.operator === 'AND' ? all(holdings) : any(holdings);
  return node.negate ? invert(holding) : holding;
}

/** A platform is named without version (`-`) and then means the product in any version. */
function isPresent(match: CpeNode['matches'][number], component: string): boolean {
  const hasBounds = [match.startIncluding, match.startExcluding, match.endIncluding, match.endExcluding].some(
    (bound) => bound !== null,
  );
  const criteria = parseCpe(match.criteria);
  const anyVersion =
    criteria !== null && !hasBounds && !match.vulnerable && ['-', '*'].includes(criteria.version);
  if (!anyVersion) return cpeMatches(match, component).outcome === 'affected';
  const named = formatCpe({ ...criteria, version: '*' });
  const verdict = cpeMatches({ ...match, criteria: named }, component);
  return (
    verdict.outcome === 'affected' || (verdict.outcome === 'undetermined' && verdict.why === 'no-version')
  );
}

function isSame(match: CpeCriteria, own: CpeCriteria): boolean {
  return (
    match.criteria === own.criteria &&
    match.startIncluding === own.startIncluding &&
    match.startExcluding === own.startExcluding &&
    match.endIncluding === own.endIncluding &&
    match.endExcluding === own.endExcluding
  );
}

function all(holdings: readonly Holding[]): Holding {
  if (holdings.includes('no')) return 'no';
  return holdings.includes('unknown') ? 'unknown' : 'yes';
}

function any(holdings: readonly Holding[]): Holding {
  if (holdings.includes('yes')) return 'yes';
  return holdings.includes('unknown') || holdings.length === 0 ? 'unknown' : 'no';
}

function invert(holding: Holding): Holding {
  if (holding === 'yes') return 'no';
  // "Not present" cannot be read from an SBOM that may be incomplete.
  return holding === 'no' ? 'yes' : 'unknown';
}
