// What every known statement says of one component: the step before sources are weighed, the same for a scan and for checks.
import type { Affected, CpeConfiguration, MatchResult, PackageIdentity } from '../advisory.ts';
import { relateScopes } from '../identity/distro-scope.ts';
import type { SourceStatement } from './decide-sources.ts';
import { type MatchContext, match } from './match.ts';

export interface KnownStatement {
  readonly source: string;
  readonly id: string;
  readonly affected: Affected;
  readonly configurations: readonly CpeConfiguration[];
  readonly withdrawn: string | null;
}

export type Answer<Known> = MatchResult & { readonly known: Known; readonly statement: SourceStatement };

/** The answers about one identity, *not affected* included; what speaks of another release of the distribution is silent. */
export function answersAbout<Known extends KnownStatement>(
  identity: PackageIdentity,
  statements: readonly Known[],
  context: MatchContext,
): Answer<Known>[] {
  return statements.flatMap((known): Answer<Known>[] => {
    const { affected, source, id } = known;
    if (affected.ecosystem !== identity.ecosystem || affected.name !== identity.name) return [];
    if (relateScopes(affected.ecosystem, identity.scope, affected.scope) === 'other') return [];
    const result = match(identity, affected, known, context);
    const statement: SourceStatement = {
      source,
      id,
      outcome: result.outcome,
      range: result.why.range,
      basis: affected.ecosystem === 'cpe' ? 'product' : 'package',
      tied: identity.tied === true,
    };
    return [{ ...result, known, statement }];
  });
}
