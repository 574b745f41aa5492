// NVD configurations (API 2.0): products joined by AND and OR, where an AND asks for a platform beside the vulnerable product.
import type { CpeConfiguration, CpeNode } from '../advisory.ts';
import { formatCpe, parseCpe } from '../identity/cpe.ts';
import { type CpeCriteria, cpeMatches } from '../identity/cpe-match.ts';

/** *unknown* where a component that is not in the SBOM may well be there: hardware and operating systems often are not listed. */
export type Holding = 'yes' | 'no' | 'unknown';

/**
 * Whether the configuration holds for a component that lies in `own`, given the CPEs of all components of the release.
 * Only a negated node can say *no*.
 */
export function configurationHolds(
  configuration: CpeConfiguration | undefined,
  own: CpeCriteria,
  components: readonly string[],
): Holding {
  if (!configuration) return 'yes';
  const needed =
    configuration.operator === 'AND'
      ? configuration.nodes
      : configuration.nodes.filter((node) => node.matches.some((match) => isSame(match, own)));
  const holdings = needed.map((node) => nodeHolds(node, own, components));
  const holding = configuration.operator === 'AND' ? all(holdings) : any(holdings);
  return configuration.negate ? invert(holding) : holding;
}

function nodeHolds(node: CpeNode, own: CpeCriteria, components: readonly string[]): Holding {
  const holdings = node.matches.map((match): Holding => {
    const present = isSame(match, own) || components.some((component) => isPresent(match, component));
    return present ? 'yes' : 'unknown';
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
