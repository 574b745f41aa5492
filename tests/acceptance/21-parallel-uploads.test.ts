// The second half of check 21 of the design: a hundred uploads at once neither wait for each other for ever nor store anything
// twice, and the same again adds no row.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

const UPLOADS = 100;
const FILES = 25;
const COMPONENTS = 20;

let house: MatchingHouse;
let releases: WardRecord[];

beforeAll(async () => {
  house = await matchingHouse();
  releases = await Promise.all(Array.from({ length: 5 }, () => house.release()));
  await house.know(
    osvRecord({
      id: 'GHSA-para-llel-uplo',
      affected: [osvPackage('npm', 'shared-0', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
  );
});
afterAll(() => house?.close());

/** Components in an order of its own for each file: two that lock the same packages meet them from both ends. */
function fileOf(n: number): Buffer {
  const components = Array.from({ length: COMPONENTS }, (_, index) => {
    const at = n % 2 === 0 ? index : COMPONENTS - 1 - index;
    const name = `shared-${at}`;
    const version = `1.${at === 0 ? 0 : n}.0`;
    return { type: 'library', 'bom-ref': `c${index}`, name, version, purl: `pkg:npm/${name}@${version}` };
  });
  return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }));
}

/** Each file four times among a hundred, in five releases. */
async function uploadAll(): Promise<string[]> {
  const results = await Promise.all(
    Array.from({ length: UPLOADS }, (_, n) => {
      const file = n % FILES;
      const release = releases[file % releases.length] as WardRecord;
      return importSbom(house.ward, house.lead, {
        release: release.key,
        fileName: `${file}.json`,
        part: `part-${file}`,
        bytes: fileOf(file),
      });
    }),
  );
  await house.ward.jobs.drain();
  return results.map(({ id }) => id);
}

async function rows() {
  const { rows: counts } = await sql<Record<string, number>>`
    select (select count(*)::int from sbom) as sboms, (select count(*)::int from component) as components,
      (select count(*)::int from component_version) as versions, (select count(*)::int from package) as packages,
      (select count(*)::int from component_identity) as identities, (select count(*)::int from match) as matches,
      (select count(*)::int from component_dependency) as dependencies,
      (select count(*)::int from ledger where action = 'sbom.imported') as imported`.execute(house.ward.db);
  return counts[0];
}

describe(`${UPLOADS} uploads at once of ${FILES} files, each four times`, () => {
  it('end all, keep each file once, and the same again adds no row', async () => {
    const first = await uploadAll();
    const after = await rows();

    expect(new Set(first).size).toBe(FILES);
    expect(after).toMatchObject({
      sboms: FILES,
      components: FILES * COMPONENTS,
      versions: 1 + FILES * (COMPONENTS - 1),
      matches: 1,
      imported: FILES,
    });
    for (const release of releases) expect(await house.findings(release)).toHaveLength(1);

    const second = await uploadAll();

    expect(new Set(second)).toEqual(new Set(first));
    expect(await rows()).toEqual(after);
  }, 60_000);
});
