import { describe, expect, it } from 'vitest';
import { curatedPairs, makeAliases, plainVersion, readTarget } from './aliases.ts';
import { type IdentifiableComponent, identify } from './identify.ts';

const component = (change: Partial<IdentifiableComponent>): IdentifiableComponent => ({
  name: 'x',
  version: null,
  purl: null,
  cpes: [],
  commit: null,
  ...change,
});

const names = (change: Partial<IdentifiableComponent>, aliases?: ReturnType<typeof makeAliases>) =>
  identify(component(change), aliases).identities.map(
    ({ ecosystem, name, version }) => `${ecosystem} ${name} ${version}`,
  );

describe('the curated list', () => {
  it.each([
    ['pkg:yocto/openssl@3.0.11', 'cpe openssl:openssl 3.0.11'],
    ['pkg:generic/openssl@3.0.11', 'cpe openssl:openssl 3.0.11'],
    ['pkg:conan/openssl@3.0.11', 'cpe openssl:openssl 3.0.11'],
    ['pkg:vcpkg/openssl@3.0.11', 'cpe openssl:openssl 3.0.11'],
    ['pkg:github/openssl/openssl@openssl-3.0.11', 'cpe openssl:openssl 3.0.11'],
    ['pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.3', 'cpe amazon:freertos 10.4.3'],
    ['pkg:yocto/linux-yocto@5.15.124+gitAUTOINC+0a1b2c-r0', 'cpe linux:linux_kernel 5.15.124'],
    ['pkg:generic/lwip@2.1.2', 'cpe lwip_project:lwip 2.1.2'],
    ['pkg:deb/debian/libssl3@3.0.11-1?distro=bookworm', 'Debian openssl 3.0.11-1'],
    ['pkg:deb/ubuntu/libcurl4@7.81.0-1?distro=jammy', 'Ubuntu curl 7.81.0-1'],
    ['pkg:apk/alpine/libcrypto3@3.1.4-r0?distro=3.18', 'Alpine openssl 3.1.4-r0'],
    ['pkg:rpm/openeuler/openssl-libs@1.1.1f-1?distro=22.03', 'openEuler openssl 1.1.1f-1'],
  ])('%s is %s', (purl, expected) => {
    expect(names({ purl })).toContain(expected);
  });

  it.each([
    ['pkg:npm/openssl@2.0.0', 'a package of the same name in another ecosystem'],
    ['pkg:pypi/protobuf@4.0.0', 'a binding of the library'],
    ['pkg:generic/acme/openssl@1.0', 'a namespace of its own'],
    ['pkg:github/acme/openssl@1.0', 'a fork'],
  ])('%s is no product of NVD: %s', (purl) => {
    expect(names({ purl }).filter((name) => name.startsWith('cpe'))).toEqual([]);
  });

  it('names no product for a commit', () => {
    const purl = `pkg:github/openssl/openssl@${'a'.repeat(40)}`;

    expect(names({ purl }).filter((name) => name.startsWith('cpe'))).toEqual([]);
    expect(names({ purl })).toContain(`GIT github.com/openssl/openssl ${'a'.repeat(40)}`);
  });

  it('leaves the CPE of the SBOM as it is, and ties it', () => {
    const found = identify(
      component({
        purl: 'pkg:yocto/openssl@3.0.11',
        cpes: ['cpe:2.3:a:openssl:openssl:3.0.12:*:*:*:*:*:*:*'],
      }),
    ).identities;

    expect(found).toMatchObject([{ name: 'openssl:openssl', version: '3.0.12', tied: true }]);
  });

  it('has no pair twice and only readable targets', () => {
    const pairs = curatedPairs().map(({ purl, target }) => `${purl} ${target}`);

    expect(new Set(pairs).size).toBe(pairs.length);
    expect(curatedPairs().every(({ target }) => readTarget(target) !== null)).toBe(true);
    expect(pairs.length).toBeGreaterThan(200);
  });
});

describe('pairs of the house', () => {
  const ours = { purl: 'pkg:generic/our-tls', target: 'cpe:2.3:a:arm:mbed_tls', effect: 'joins' } as const;

  it('add a product', () => {
    expect(names({ purl: 'pkg:generic/our-tls@2.28.0' })).toEqual([]);
    expect(names({ purl: 'pkg:generic/Our-TLS@2.28.0' }, makeAliases([ours]))).toEqual([
      'cpe arm:mbed_tls 2.28.0',
    ]);
  });

  it('add a package of an ecosystem', () => {
    const aliases = makeAliases([{ ...ours, target: 'pkg:pypi/Ruamel.Yaml' }]);

    expect(names({ purl: 'pkg:generic/our-tls@0.16.0' }, aliases)).toEqual(['PyPI ruamel-yaml 0.16.0']);
  });

  it('take a curated pair away', () => {
    const aliases = makeAliases([
      { purl: 'pkg:generic/zlib', target: 'cpe:2.3:a:zlib:zlib', effect: 'parts' },
    ]);

    expect(names({ purl: 'pkg:generic/zlib@1.2.13' }, aliases)).toEqual([]);
    expect(names({ purl: 'pkg:yocto/zlib@1.2.13' }, aliases)).toEqual(['cpe zlib:zlib 1.2.13']);
  });

  it.each(['cpe:2.3:a:openssl:*', 'cpe:2.3:*:a:b', 'pkg:generic/openssl', 'openssl', ''])(
    'cannot lead to %j',
    (text) => {
      expect(readTarget(text)).toBeNull();
    },
  );
});

describe('plainVersion', () => {
  it.each([
    ['openssl', 'openssl-3.0.11', '3.0.11'],
    ['openssl', 'OpenSSL_1_1_1w', '1.1.1w'],
    ['curl', 'curl-8_4_0', '8.4.0'],
    ['libexpat', 'R_2_5_0', '2.5.0'],
    ['freetype', 'VER-2-13-2', '2.13.2'],
    ['openssh-portable', 'V_9_3_P2', '9.3p2'],
    ['zlib', 'v1.2.13', '1.2.13'],
    ['sqlite3', 'sqlite3-3.45.0', '3.45.0'],
    ['u-boot', 'v2023.10-rc2', '2023.10-rc2'],
    ['zlib', 'main', null],
  ])('%s: %s is %s', (name, version, plain) => {
    expect(plainVersion(version, { type: 'github', name })).toBe(plain);
  });
});
