import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { relateScopes, scopeOfDistro } from './distro-scope.ts';
import { spellRepository } from './ecosystem-names.ts';
import { type IdentifiableComponent, identify } from './identify.ts';
import { osvPackage } from './osv-package.ts';
import { MAX_PURL_LENGTH, readPurl } from './purl.ts';

const component = (part: Partial<IdentifiableComponent>): IdentifiableComponent => ({
  name: 'x',
  version: null,
  purl: null,
  cpes: [],
  commit: null,
  ...part,
});
const keys = (part: Partial<IdentifiableComponent>) =>
  identify(component(part)).identities.map(({ ecosystem, name, scope, version }) =>
    [ecosystem, name, scope, version].join('|'),
  );

describe('identify', () => {
  it.each([
    ['pkg:npm/%40Angular/Core@1.0.0', 'npm|@angular/core||1.0.0'],
    ['pkg:npm/@angular/core@1.0.0', 'npm|@angular/core||1.0.0'],
    ['pkg:pypi/Ruamel.Yaml@0.16.1', 'PyPI|ruamel-yaml||0.16.1'],
    ['pkg:cargo/Foo_Bar@1.0.0', 'crates.io|foo-bar||1.0.0'],
    ['pkg:golang/github.com/Azure/go-autorest/v14@v14.2.0', 'Go|github.com/azure/go-autorest/v14||v14.2.0'],
    ['pkg:golang/stdlib@go1.21rc2', 'Go|stdlib||1.21.0-rc.2'],
    [
      'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0',
      'Maven|org.apache.logging.log4j:log4j-core||2.14.0',
    ],
    ['pkg:nuget/System.Text.Json@8.0.0', 'NuGet|system.text.json||8.0.0'],
    ['pkg:apk/alpine/busybox@1.36.1-r0?distro=3.19.1', 'Alpine|busybox|v3.19|1.36.1-r0'],
    ['pkg:apk/wolfi/busybox@1.36.1-r0', 'Wolfi|busybox||1.36.1-r0'],
    [
      'pkg:rpm/redhat/bind@9.11.36-3.el8?epoch=32&distro=rhel-8.6',
      'Red Hat|bind|enterprise_linux:8|32:9.11.36-3.el8',
    ],
    ['pkg:deb/ubuntu/openssl@3.0.2?distro=jammy', 'Ubuntu|openssl|22.04|3.0.2'],
  ])('%s', (purl, expected) => {
    expect(keys({ purl })).toEqual([expected]);
  });

  it('adds the source package of a distribution package', () => {
    expect(keys({ purl: 'pkg:deb/debian/libcurl4@7.88.1-10?distro=debian-12&upstream=curl' })).toEqual([
      'Debian|libcurl4|12|7.88.1-10',
      'Debian|curl|12|7.88.1-10',
    ]);
    expect(
      keys({ purl: 'pkg:deb/debian/libgcc-s1@12.2.0-14?distro=debian-12&upstream=gcc-12%4012.2.0-13' })[1],
    ).toBe('Debian|gcc-12|12|12.2.0-13');
    expect(
      keys({
        purl: 'pkg:rpm/redhat/bind-libs@9.11.36-3.el8?upstream=bind-9.11.36-3.el8.src.rpm&distro=rhel-8',
      })[1],
    ).toBe('Red Hat|bind|enterprise_linux:8|9.11.36-3.el8');
  });

  it('takes the union of purl and CPEs', () => {
    const part = {
      purl: 'pkg:npm/lib@1.0.0',
      cpes: ['cpe:2.3:a:v:lib:1.0.0:*:*:*:*:*:*:*', 'cpe:/a:v:lib:1.0.0'],
    };

    expect(keys(part)).toEqual(['npm|lib||1.0.0', 'cpe|v:lib||1.0.0']);
  });

  it('fills the version of a CPE from the component', () => {
    const { identities } = identify(
      component({ version: '3.0.11', cpes: ['cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*'] }),
    );

    expect(identities[0]).toMatchObject({
      version: '3.0.11',
      cpe: 'cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*',
    });
  });

  it('watches an uncovered type by its CPE or its repository', () => {
    expect(keys({ purl: 'pkg:yocto/acme-tls@3.0.11', cpes: ['cpe:2.3:a:openssl:openssl:3.0.11'] })).toEqual([
      'cpe|openssl:openssl||3.0.11',
    ]);
    const commit = 'a'.repeat(40);
    const { identities } = identify(
      component({ purl: `pkg:generic/lib@1.0?vcs_url=git%2Bhttps://Example.org/lib.git%40${commit}` }),
    );
    expect(identities[0]).toMatchObject({ ecosystem: 'GIT', name: 'example.org/lib', commit });
  });

  it.each([
    ['no-identity', {}],
    ['invalid-identity', { purl: 'npm/lib@1' }],
    ['invalid-identity', { purl: 'pkg:maven/name@1' }],
    ['invalid-identity', { cpes: ['openssl'] }],
    ['unknown-ecosystem', { purl: 'pkg:yocto/acme-tls@3.0.11' }],
    ['unknown-ecosystem', { purl: 'pkg:generic/acme-tls@3.0.11' }],
    ['unknown-ecosystem', { purl: 'pkg:rpm/fedora/curl@7.50.3' }],
    ['no-version', { purl: 'pkg:npm/lib' }],
  ] as const)('is not watched: %s for %j', (reason, part) => {
    const found = identify(component(part as Partial<IdentifiableComponent>));

    expect(found.notWatched).toBe(reason);
    expect(found.note).toMatch(/\.$/);
  });

  it('watches a part that only a pinned commit identifies by its repository', () => {
    const commit = 'ABCDEF0123456789abcdef0123456789abcdef01';
    const found = identify(component({ repository: 'https://git.example/boot.git', commit }));

    expect(found).toMatchObject({
      notWatched: null,
      identities: [
        { ecosystem: 'GIT', name: 'git.example/boot', version: null, commit: commit.toLowerCase() },
      ],
    });
    expect(keys({ repository: 'https://git.example/boot.git', commit: null })).toEqual([]);
    expect(keys({ repository: 'https://git.example/boot.git', commit: 'main' })).toEqual([]);
  });

  it('keeps a component with an invalid purl by its CPE and says so', () => {
    const found = identify(component({ purl: 'pkg:maven/name@1', cpes: ['cpe:2.3:a:v:name:1'] }));

    expect(found.notWatched).toBeNull();
    expect(found.note).toContain('maven needs a namespace');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('pkg:deb/debian/', 'pkg:golang/', 'pkg:git/', 'pkg:', ''),
        (text, prefix) => {
          const { identities, notWatched } = identify(
            component({ purl: prefix + text, cpes: [text], version: text }),
          );
          expect(identities.length > 0 || notWatched !== null).toBe(true);
        },
      ),
    );
  });
});

describe('readPurl', () => {
  it('keeps what can be read and tells what is wrong', () => {
    expect(readPurl('pkg:maven/name@1')).toMatchObject({
      purl: { name: 'name', version: '1' },
      problems: ['maven needs a namespace'],
    });
    expect(readPurl('pkg:npm/a%zz@1').problems).toEqual(['its percent-encoding is broken']);
    expect(readPurl(`pkg:npm/${'a'.repeat(MAX_PURL_LENGTH)}`).purl).toBeNull();
  });
});

describe('osvPackage', () => {
  it.each([
    ['Debian:12', 'curl', 'Debian', 'curl', '12'],
    ['Alpine:v3.18', 'busybox', 'Alpine', 'busybox', 'v3.18'],
    ['Ubuntu:22.04:LTS', 'openssl', 'Ubuntu', 'openssl', '22.04'],
    ['Ubuntu:Pro:18.04:LTS', 'openssl', 'Ubuntu', 'openssl', 'Pro:18.04'],
    ['Red Hat:enterprise_linux:8::baseos', 'bind', 'Red Hat', 'bind', 'enterprise_linux:8::baseos'],
    ['Maven:https://repo.example', 'g:a', 'Maven', 'g:a', ''],
    ['GIT', 'https://github.com/Foo/Bar.git', 'GIT', 'github.com/foo/bar', ''],
    ['Unheard Of', 'Name', 'Unheard Of', 'Name', ''],
  ])('%s %s', (ecosystem, name, ...expected) => {
    const found = osvPackage(ecosystem, name);
    expect([found.ecosystem, found.name, found.scope]).toEqual(expected);
  });
});

describe('scopeOfDistro', () => {
  it.each([
    ['Debian', 'debian-12', '12'],
    ['Debian', 'debian-12.5', '12'],
    ['Debian', 'bookworm', '12'],
    ['Debian', 'debian-sid', 'sid'],
    ['Ubuntu', 'ubuntu-22.04', '22.04'],
    ['Alpine', 'alpine-3.18.4', 'v3.18'],
    ['Alpine', 'edge', 'edge'],
    ['SUSE', 'sles-15.6', 'Linux Enterprise Server 15 SP6'],
    ['openSUSE', 'opensuse-leap-15.6', 'Leap 15.6'],
    ['Rocky Linux', 'rocky-9.3', '9'],
    ['Debian', 'something', ''],
  ])('%s %s is %j', (ecosystem, distro, scope) => {
    expect(scopeOfDistro(ecosystem, distro)).toBe(scope);
  });
});

describe('relateScopes', () => {
  it.each([
    ['Debian', '12', '12', 'same'],
    ['Debian', '12', '', 'same'],
    ['Debian', '12', '13', 'other'],
    ['Debian', '', '12', 'unknown'],
    ['Ubuntu', '18.04', 'Pro:18.04', 'unknown'],
    ['Ubuntu', '22.04', 'Pro:18.04', 'other'],
    ['Red Hat', 'enterprise_linux:8', 'enterprise_linux:8::baseos', 'same'],
    ['Red Hat', 'enterprise_linux:8', 'rhel_eus:8.6::appstream', 'unknown'],
    ['Red Hat', 'enterprise_linux:8', 'enterprise_linux:9::baseos', 'other'],
    ['SUSE', 'Linux Enterprise Server 15 SP6', 'Linux Enterprise Module for Basesystem 15 SP6', 'same'],
    ['SUSE', 'Linux Enterprise Server 15 SP6', 'Linux Enterprise Server 15 SP5', 'other'],
  ])('%s: %j against %j is %s', (ecosystem, own, theirs, relation) => {
    expect(relateScopes(ecosystem, own, theirs)).toBe(relation);
  });
});

describe('spellRepository', () => {
  it.each([
    'https://github.com/Foo/Bar.git',
    'git+https://github.com/foo/bar',
    'git@github.com:foo/bar.git',
    'ssh://git@github.com/foo/bar/',
    'github.com/foo/bar',
  ])('%s', (address) => expect(spellRepository(address)).toBe('github.com/foo/bar'));
});
