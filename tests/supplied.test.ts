// Row M11: from a supplier to the components of theirs that are in the field.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importSbom } from '../workbench/rooms/components/index.ts';
import { suppliedBy } from '../workbench/rooms/components/supplied.ts';
import { type MatchingHouse, matchingHouse } from './acceptance/matching-house.ts';
import { makeProduct } from './setup/test-ward.ts';

let house: MatchingHouse;
beforeAll(async () => {
  house = await matchingHouse();
});
afterAll(() => house.close());

it('finds components by the supplier however its legal form is written, and nothing of others', async () => {
  const release = await house.release();
  const components = [
    ['tls-core', '3.1', 'Harbour Crypto GmbH'],
    ['tls-core', '3.2', 'HARBOUR CRYPTO, Inc.'],
    ['tls-tools', '1.0', 'Harbour Crypto'],
    ['other', '1.0', 'Harbour Cryptography Ltd'],
    ['nameless', '1.0', null],
  ].map(([name, version, supplier], index) => ({
    type: 'library',
    'bom-ref': `c${index}`,
    name,
    version,
    ...(supplier === null ? {} : { supplier: { name: supplier } }),
  }));
  const bytes = Buffer.from(
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }),
  );
  await importSbom(house.ward, house.lead, { release: release.key, fileName: 'b.json', part: null, bytes });

  const found = await suppliedBy(house.ward.db, house.lead, 'Harbour Crypto AG');

  expect(
    found.map(({ name, versions, releases }) => [name, versions, releases.map(({ key }) => key)]),
  ).toEqual([
    ['tls-core', ['3.1', '3.2'], [release.key]],
    ['tls-tools', ['1.0'], [release.key]],
  ]);
  expect(found[0]).toMatchObject({ end_of_support: null, support_level: null });
  const stranger = await house.ward.person(
    'Olga Other',
    ['developer'],
    (await makeProduct(house.ward, 'Another')).id,
  );
  expect(await suppliedBy(house.ward.db, stranger, 'Harbour Crypto AG')).toEqual([]);
});
