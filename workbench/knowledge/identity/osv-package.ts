// The package of an OSV record under the identity that components are matched by; importers call this for every `affected` entry.
import { scopeOfEcosystem } from './distro-scope.ts';
import { spellEcosystem, spellName } from './ecosystem-names.ts';

export interface OsvPackage {
  readonly ecosystem: string;
  readonly name: string;
  readonly scope: string;
}

/**
 * Splits the release off the ecosystem and spells the name as the ecosystem compares it.
 *
 * @example osvPackage('Debian:12', 'curl')            // { ecosystem: 'Debian', name: 'curl', scope: '12' }
 * @example osvPackage('PyPI', 'Ruamel.Yaml')          // { ecosystem: 'PyPI', name: 'ruamel-yaml', scope: '' }
 * @example osvPackage('GIT', 'https://example.org/a') // for records that name only a repository
 */
export function osvPackage(ecosystem: string, name: string): OsvPackage {
  const colon = ecosystem.indexOf(':');
  const base = spellEcosystem(colon < 0 ? ecosystem : ecosystem.slice(0, colon));
  const rest = colon < 0 ? '' : ecosystem.slice(colon + 1);
  return { ecosystem: base, name: spellName(base, name), scope: scopeOfEcosystem(base, rest) };
}
