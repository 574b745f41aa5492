import { describe, expect, it } from 'vitest';
import type { Affected, AffectedRange, CpeConfiguration, PackageIdentity } from '../advisory.ts';
import { identify } from '../identity/identify.ts';
import { osvPackage } from '../identity/osv-package.ts';
import { match } from './match.ts';

const NOTHING = { configurations: [], withdrawn: null };

function identityOf(purlOrCpe: string): PackageIdentity {
  const isCpe = purlOrCpe.startsWith('cpe:');
  const component = {
    name: 'x',
    version: null,
    purl: isCpe ? null : purlOrCpe,
    cpes: isCpe ? [purlOrCpe] : [],
    commit: null,
  };
  return identify(component).identities[0]!;
}

const fixedIn = (
  ecosystem: string,
  name: string,
  fixed: string | null,
  hint: string | null = null,
): Affected => ({
  ...osvPackage(ecosystem, name),
  ranges: [{ kind: 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed === null ? [] : [{ fixed }])] }],
  versions: [],
  hint,
});

describe('match', () => {
  it('explains a hit in one sentence', () => {
    const { outcome, why } = match(
      identityOf('pkg:pypi/Ruamel.Yaml@0.16.1'),
      fixedIn('PyPI', 'ruamel-yaml', '0.17'),
      NOTHING,
    );

    expect(outcome).toBe('affected');
    expect(why).toEqual({
      sentence: '0.16.1 lies in < 0.17 (PEP 440).',
      range: '< 0.17',
      scheme: 'PEP 440',
      fixed: ['0.17'],
      criteria: null,
      reason: null,
    });
  });

  it('takes no notice of another ecosystem or package', () => {
    expect(match(identityOf('pkg:npm/zlib@1.0.5'), fixedIn('PyPI', 'zlib', null), NOTHING).outcome).toBe(
      'not-affected',
    );
    expect(match(identityOf('pkg:npm/zlib@1.0.5'), fixedIn('npm', 'zlibx', null), NOTHING).outcome).toBe(
      'not-affected',
    );
    // The upstream range says nothing of the distribution's package with its ported fixes.
    expect(
      match(identityOf('pkg:deb/debian/idna@2.6-1?distro=debian-12'), fixedIn('PyPI', 'idna', '3.7'), NOTHING)
        .outcome,
    ).toBe('not-affected');
  });

  it('keeps distribution releases apart', () => {
    const debian11 = identityOf('pkg:deb/debian/expat@2.2.10-2%2Bdeb11u5?distro=debian-11');
    const debian12 = identityOf('pkg:deb/debian/expat@2.5.0-1%2Bdeb12u1?distro=bookworm');
    const fixedIn13 = fixedIn('Debian:13', 'expat', '2.6.2-2');

    expect(match(debian12, fixedIn13, NOTHING).outcome).toBe('not-affected');
    expect(match(debian11, fixedIn('Debian:11', 'expat', '2.2.10-2+deb11u6'), NOTHING).outcome).toBe(
      'affected',
    );
  });

  it('does not decide for a package whose release is not known', () => {
    const unscoped = identityOf('pkg:deb/debian/expat@2.5.0-1');

    const inRange = match(unscoped, fixedIn('Debian:13', 'expat', '2.6.2-2'), NOTHING);
    expect(inRange.outcome).toBe('undetermined');
    expect(inRange.why.reason).toBe('release-not-known');
    expect(match(unscoped, fixedIn('Debian:12', 'expat', '2.4.0-1'), NOTHING).outcome).toBe('not-affected');
  });

  it('doubts an open range where the publisher knows better', () => {
    const open = fixedIn('npm', 'lib', null, '<= 29.0.0');

    expect(match(identityOf('pkg:npm/lib@30.0.0'), open, NOTHING)).toMatchObject({
      outcome: 'undetermined',
      why: { reason: 'publisher-hint' },
    });
    expect(match(identityOf('pkg:npm/lib@29.0.0'), open, NOTHING).outcome).toBe('affected');
    expect(
      match(identityOf('pkg:npm/lib@30.0.0'), fixedIn('npm', 'lib', null, 'all of them'), NOTHING).outcome,
    ).toBe('affected');
  });

  it('drops a withdrawn advisory from the instant of withdrawal', () => {
    const withdrawn = { configurations: [], withdrawn: '2026-06-01T00:00:00Z' };
    const component = identityOf('pkg:npm/lib@1.0.0');
    const affected = fixedIn('npm', 'lib', null);

    expect(match(component, affected, withdrawn).outcome).toBe('not-affected');
    expect(match(component, affected, withdrawn, { now: '2026-06-01T00:00:00Z' }).outcome).toBe(
      'not-affected',
    );
    expect(match(component, affected, withdrawn, { now: '2026-05-31T00:00:00Z' }).outcome).toBe('affected');
  });
});

const criteria = (text: string, bounds: Partial<Extract<AffectedRange, { kind: 'CPE' }>> = {}) => ({
  kind: 'CPE' as const,
  criteria: text,
  criteriaId: null,
  startIncluding: null,
  startExcluding: null,
  endIncluding: null,
  endExcluding: null,
  configuration: 0,
  ...bounds,
});

describe('match by CPE', () => {
  const chrome = criteria('cpe:2.3:a:google:chrome:*:*:*:*:*:*:*:*', {
    endExcluding: '114.0',
    criteriaId: 'B1',
  });
  const kernel = criteria('cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*');
  const affected: Affected = {
    ecosystem: 'cpe',
    name: 'google:chrome',
    scope: '',
    ranges: [chrome],
    versions: [],
    hint: null,
  };
  const configuration: CpeConfiguration = {
    operator: 'AND',
    negate: false,
    nodes: [
      { operator: 'OR', negate: false, matches: [{ ...chrome, vulnerable: true }] },
      { operator: 'OR', negate: false, matches: [{ ...kernel, vulnerable: false }] },
    ],
  };
  const component = identityOf('cpe:2.3:a:google:chrome:113.0:*:*:*:*:*:*:*');

  it('names the criteria and the fixed version', () => {
    const { outcome, why } = match(component, affected, NOTHING);

    expect(outcome).toBe('affected');
    expect(why).toMatchObject({ range: '< 114.0', criteria: 'B1', fixed: ['114.0'], reason: null });
  });

  it('asks for the platform of an AND', () => {
    const advisory = { configurations: [configuration], withdrawn: null };

    expect(match(component, affected, advisory)).toMatchObject({
      outcome: 'undetermined',
      why: { reason: 'platform' },
    });
    const otherCpes = ['cpe:2.3:o:linux:linux_kernel:5.14:*:*:*:*:*:*:*'];
    expect(match(component, affected, advisory, { otherCpes }).outcome).toBe('affected');
    expect(
      match(component, affected, advisory, { otherCpes: ['cpe:2.3:h:st:stm32l4:-:*:*:*:*:*:*:*'] }).outcome,
    ).toBe('undetermined');
  });

  it('never accuses the platform', () => {
    const platform = identityOf('cpe:2.3:o:linux:linux_kernel:5.14:*:*:*:*:*:*:*');

    expect(match(platform, affected, { configurations: [configuration], withdrawn: null }).outcome).toBe(
      'not-affected',
    );
  });

  it('is not affected where a negated node holds', () => {
    const negated = {
      ...configuration,
      nodes: [configuration.nodes[0]!, { ...configuration.nodes[1]!, negate: true }],
    };
    const otherCpes = ['cpe:2.3:o:linux:linux_kernel:5.14:*:*:*:*:*:*:*'];

    expect(
      match(component, affected, { configurations: [negated], withdrawn: null }, { otherCpes }).outcome,
    ).toBe('not-affected');
    expect(match(component, affected, { configurations: [negated], withdrawn: null }).outcome).toBe(
      'undetermined',
    );
  });
});
