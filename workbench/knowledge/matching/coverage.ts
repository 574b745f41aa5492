// Which packages the knowledge speaks of at all. Records about one release of a distribution say nothing of another.
import type { PackageIdentity } from '../advisory.ts';
import { relateScopes } from '../identity/distro-scope.ts';

/** `npm`, `Debian:12`: what coverage is counted by. */
export function coverageLabel(name: { readonly ecosystem: string; readonly scope: string }): string {
  return name.scope === '' ? name.ecosystem : `${name.ecosystem}:${name.scope}`;
}

/** False: no record could ever match this identity, so finding none means nothing. */
export function isCovered(identity: PackageIdentity, coverage: Readonly<Record<string, number>>): boolean {
  const { ecosystem, scope } = identity;
  // NVD's ranges cannot decide about a distribution's package.
  if (ecosystem === 'cpe' && scope !== '') return false;
  if ((coverage[ecosystem] ?? 0) > 0) return true;
  const prefix = `${ecosystem}:`;
  return Object.keys(coverage).some(
    (label) =>
      label.startsWith(prefix) && relateScopes(ecosystem, scope, label.slice(prefix.length)) !== 'other',
  );
}
