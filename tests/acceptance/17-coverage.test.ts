// Check 17 of the design: every component is watched or not watched for a reason, and the sums add up.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { coverageOf } from '../../workbench/rooms/components/index.ts';
import { type MatchingHouse, matchingHouse } from './matching-house.ts';

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
});
afterAll(() => house.close());

it('counts every component of an SBOM in exactly one class', async () => {
  const release = await house.release();
  const parts = [
    { name: 'a', purl: 'pkg:npm/a@1.0.0' },
    { name: 'b', purl: 'pkg:yocto/openssl@3.0.11' },
    { name: 'c', purl: 'pkg:yocto/acme-driver@1.0' },
    { name: 'd', purl: 'pkg:swid/acme@1?tag_id=x' },
    { name: 'e', purl: 'pkg:rpm/fedora/curl@8.0' },
    { name: 'f', purl: 'not a purl' },
    { name: 'g' },
    { name: 'h', purl: 'pkg:npm/h' },
    { name: 'i', cpe: 'cpe:2.3:a:acme:i:1:*:*:*:*:*:*:*' },
  ];

  await house.takeIn(release, parts);

  const { total, watched, notWatched } = await coverageOf(house.ward.db, release.id);
  expect(total).toBe(parts.length);
  expect(watched + Object.values(notWatched).reduce((sum, count) => sum + count, 0)).toBe(total);
  expect(notWatched['unknown-ecosystem']).toBe(3);
  expect(notWatched).toMatchObject({ 'invalid-identity': 1, 'no-identity': 1, 'no-version': 1 });
});
