// Rules that others got wrong (issue in brackets), one line each, and the cache.
import { describe, expect, it } from 'vitest';
import { alpine } from './alpine.ts';
import { generic, isPrereleaseTag } from './generic.ts';
import { packagist } from './packagist.ts';
import { makeParsedVersions } from './parsed-versions.ts';
import { compareTexts, type VersionScheme } from './scheme.ts';
import { schemeOf } from './schemes.ts';
import { semver } from './semver.ts';

const inOrder = (ecosystem: string, a: string, b: string) =>
  compareTexts(schemeOf(ecosystem) as VersionScheme, a, b);

describe('schemeOf', () => {
  it('gives nothing for an ecosystem that is not listed', () => {
    expect(schemeOf('Yocto')).toBeUndefined();
    expect(schemeOf('constructor')).toBeUndefined();
  });

  it.each([
    ['Go', 'v0.0.0-20190101000000-abcdefabcdef', 'v0.0.0-20200101000000-000000000000'],
    ['Go', 'v1.2.4-0.20190101000000-abcdefabcdef', 'v1.2.4'],
    ['npm', '1.0.0-rc.1', '1.0.0'],
    ['npm', '18446744073709551615.0.0', '18446744073709551616.0.0'],
    ['PyPI', '1.0', '1.0+12e4567'],
    ['PyPI', '20231231235959123456', '20231231235959123457'],
    ['Debian', '9.1.0-1', '2:9.0.1378-2'],
    ['Debian', '1.0~rc1-1', '1.0-1'],
    ['Red Hat', '9.11.36-3.el8_6.1', '32:9.11.36-3.el8'],
    ['Alpine', '1.2.3_rc1-r0', '1.2.3-r0'],
    ['RubyGems', '1.15.6-x86_64-linux', '1.15.7'],
    ['cpe', '2.8.75', '2.8.123e'],
    ['cpe', '1.0.2zf', '1.0.2zg'],
    ['cpe', '8.9', '8.10'],
    ['cpe', '1.36.0-rc1', '1.36.0'],
    ['cpe', '4.2.8', '4.2.8p15'],
  ])('%s: %s is before %s', (ecosystem, a, b) => {
    expect(inOrder(ecosystem, a, b)).toBe(-1);
    expect(inOrder(ecosystem, b, a)).toBe(1);
  });

  it.each([
    ['Go', 'v24.0.9+incompatible', '24.0.9'],
    ['Debian', '1.0', '0:1.0-0'],
    ['cpe', '2:9.0.1378', '9.0.1378'],
    ['cpe', '3.0', '3.0.0'],
    ['RubyGems', '1.15.6-x86_64-linux', '1.15.6'],
  ])('%s: %s equals %s', (ecosystem, a, b) => {
    expect(inOrder(ecosystem, a, b)).toBe(0);
  });

  it('reads no words as versions', () => {
    expect(semver.parse('latest')).toBeNull();
    expect(generic.parse('unknown')).toBeNull();
  });
});

describe('isProper', () => {
  it('doubts what the ecosystem itself would refuse', () => {
    expect(alpine.isProper(alpine.parse('1.2_blah')!)).toBe(false);
    expect(alpine.isProper(alpine.parse('1.2_p1-r3')!)).toBe(true);
    expect(packagist.isProper(packagist.parse('dev-main')!)).toBe(false);
    expect(packagist.isProper(packagist.parse('v2.0.0')!)).toBe(true);
  });
});

describe('isPrereleaseTag', () => {
  it.each([
    ['rc1', true],
    ['beta_2', true],
    ['p15', false],
    ['sp1', false],
    ['-', false],
  ])('%s: %s', (text, expected) => {
    expect(isPrereleaseTag(text)).toBe(expected);
  });
});

describe('makeParsedVersions', () => {
  it('remembers, also what cannot be read, and drops the oldest when full', () => {
    let calls = 0;
    const counting: VersionScheme = {
      ...semver,
      id: 'counting',
      parse: (text) => {
        calls++;
        return semver.parse(text);
      },
    } as VersionScheme;
    const cache = makeParsedVersions(2);

    cache.parse(counting, '1.0.0');
    cache.parse(counting, '1.0.0');
    cache.parse(counting, 'weird');
    expect(cache.parse(counting, 'weird')).toBeNull();
    expect(calls).toBe(2);

    cache.parse(counting, '2.0.0');
    cache.parse(counting, '1.0.0');
    expect(calls).toBe(4);
    expect(cache.size).toBe(2);
  });
});
