// Check 5 of the design: a statement for one release of a distribution says nothing of another, and binaries find their source.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord, shown } from './matching-house.ts';

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
  await house.know(
    // As Debian's tracker had it: fixed in a point update of 12, in an upload of 13, not at all in 11.
    osvRecord({
      id: 'DEBIAN-CVE-2099-2001',
      aliases: ['CVE-2099-2001'],
      affected: [
        osvPackage('Debian:11', 'expat', { introduced: '0' }),
        osvPackage('Debian:12', 'expat', { introduced: '0' }, { fixed: '2.5.0-1+deb12u1' }),
        osvPackage('Debian:13', 'expat', { introduced: '0' }, { fixed: '2.6.2-2' }),
      ],
    }),
    osvRecord({
      id: 'DEBIAN-CVE-2099-2002',
      affected: [osvPackage('Debian:12', 'curl', { introduced: '0' }, { fixed: '7.88.1-10+deb12u5' })],
    }),
  );
});
afterAll(() => house.close());

const found = async (purl: string) => {
  const release = await house.release();
  await house.takeIn(release, [{ name: 'part', purl }]);
  return shown(await house.findings(release));
};

describe('expat', () => {
  it.each([
    ['pkg:deb/debian/expat@2.5.0-1%2Bdeb12u1?distro=debian-12', []],
    ['pkg:deb/debian/expat@2.5.0-1?distro=debian-12', ['CVE-2099-2001 part affected']],
    ['pkg:deb/debian/expat@2.5.0-1%2Bdeb12u1?distro=bullseye', ['CVE-2099-2001 part affected']],
    ['pkg:deb/debian/expat@2.6.2-1?distro=trixie', ['CVE-2099-2001 part affected']],
    ['pkg:deb/debian/expat@2.6.2-2?distro=trixie', []],
    ['pkg:deb/ubuntu/expat@2.5.0-1?distro=jammy', []],
    ['pkg:deb/debian/libexpat1@2.5.0-1?distro=debian-12', ['CVE-2099-2001 part affected']],
    ['pkg:deb/debian/expat@2.5.0-1', ['CVE-2099-2001 part undetermined']],
  ])('%s: %j', async (purl, expected) => {
    expect(await found(purl)).toEqual(expected);
  });
});

describe('libcurl4', () => {
  it.each([
    'pkg:deb/debian/libcurl4@7.88.1-10?distro=debian-12&upstream=curl',
    'pkg:deb/debian/libcurl4@7.88.1-10?distro=debian-12',
    'pkg:deb/debian/libcurl-other@7.88.1-10%2Bb1?distro=debian-12&upstream=curl%407.88.1-10',
  ])('is found by its source: %s', async (purl) => {
    expect(await found(purl)).toEqual(['DEBIAN-CVE-2099-2002 part affected']);
  });
});
