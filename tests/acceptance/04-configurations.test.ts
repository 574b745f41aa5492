// Check 4 of the design: NVD's AND configurations, decided for each release.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import { declarePlatform, endPlatform, platformOf } from '../../workbench/rooms/components/platforms.ts';
import { statementsOf } from '../../workbench/rooms/vulnerabilities/read-finding.ts';
import { holdLock, LEDGER } from '../setup/held-lock.ts';
import { type MatchingHouse, matchingHouse, nvdRecord, osvRecord, shown } from './matching-house.ts';

const CHROME = 'cpe:2.3:a:google:chrome:114.0.5735.90:*:*:*:*:*:*:*';
const KERNEL = 'cpe:2.3:o:linux:linux_kernel:5.14:*:*:*:*:*:*:*';
const CUBE = 'cpe:2.3:o:st:stm32cubel4_firmware:1.16.0:*:*:*:*:*:*:*';
const BOARD = 'cpe:2.3:h:st:stm32l4:-:*:*:*:*:*:*:*';

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
  await house.know(
    nvdRecord(
      'CVE-2099-1001',
      [
        {
          vulnerable: true,
          criteria: 'cpe:2.3:a:google:chrome:*:*:*:*:*:*:*:*',
          versionEndExcluding: '114.0.5735.110',
        },
      ],
      [{ vulnerable: false, criteria: 'cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*' }],
    ),
    nvdRecord(
      'CVE-2099-1002',
      [
        {
          vulnerable: true,
          criteria: 'cpe:2.3:o:st:stm32cubel4_firmware:*:*:*:*:*:*:*:*',
          versionEndIncluding: '1.17.0',
        },
      ],
      [{ vulnerable: false, criteria: BOARD }],
    ),
    nvdRecord(
      'CVE-2099-1003',
      [{ vulnerable: true, criteria: 'cpe:2.3:a:acme:viewer:*:*:*:*:*:*:*:*', versionEndExcluding: '2.0' }],
      [{ vulnerable: false, criteria: 'cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*' }],
    ),
  );
});
afterAll(() => house.close());

describe('an AND configuration', () => {
  it('makes no finding of the kernel that the browser runs on', async () => {
    const release = await house.release();

    await house.takeIn(release, [{ name: 'linux', version: '5.14', cpe: KERNEL }]);

    expect(shown(await house.findings(release))).toEqual([]);
  });

  it('is affected where another component of the release is the platform, and names it', async () => {
    const release = await house.release();

    await house.takeIn(release, [
      { name: 'chrome', cpe: CHROME },
      { name: 'linux', cpe: KERNEL },
    ]);

    const findings = await house.findings(release);
    expect(shown(findings)).toEqual(['CVE-2099-1001 chrome affected']);
    const [statement] = await statementsOf(house.ward.db, release.id, findings[0]!.place, 'CVE-2099-1001');
    expect(statement?.why.sentence).toContain(`Beside it stands ${KERNEL}.`);
  });

  it('is decided for each release by its own components', async () => {
    const [bare, whole] = [await house.release(), await house.release()];

    await house.takeIn(bare, [{ name: 'cube', cpe: CUBE }]);
    await house.takeIn(whole, [
      { name: 'cube', cpe: CUBE },
      { name: 'board', cpe: BOARD },
    ]);

    expect(shown(await house.findings(bare))).toEqual(['CVE-2099-1002 cube undetermined']);
    expect(shown(await house.findings(whole))).toEqual(['CVE-2099-1002 cube affected']);
  });

  it('is undetermined again when a new SBOM no longer holds the platform', async () => {
    const release = await house.release();
    await house.takeIn(release, [
      { name: 'cube', cpe: CUBE },
      { name: 'board', cpe: BOARD },
    ]);

    await house.takeIn(release, [{ name: 'cube', cpe: CUBE }]);

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1002 cube undetermined']);
  });
});

describe('a declared platform', () => {
  const declaration = { complete: false, note: 'Board of the console', holdsFor: 'release' } as const;

  it('decides, and stops deciding when it is ended', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'cube', cpe: CUBE }]);

    const id = await declarePlatform(house.ward, house.lead, release.key, { ...declaration, cpe: BOARD });
    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1002 cube affected']);
    await endPlatform(house.ward, house.lead, id);

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1002 cube undetermined']);
    expect(await platformOf(house.ward.db, release)).toEqual([]);
  });

  it('of a product holds for each of its releases', async () => {
    const product = await createRecord(
      house.ward.records,
      { ...house.lead, via: 'system' },
      {
        kind: 'product',
        productId: null,
        body: { name: 'Board product' },
      },
    );
    const releases = [await house.release(product), await house.release(product)];
    for (const release of releases) await house.takeIn(release, [{ name: 'cube', cpe: CUBE }]);

    await declarePlatform(house.ward, house.lead, releases[0]!.key, {
      ...declaration,
      holdsFor: 'product',
      cpe: BOARD,
    });

    for (const release of releases) {
      expect(shown(await house.findings(release))).toEqual(['CVE-2099-1002 cube affected']);
    }
  });

  it('that is complete takes away what needs another one', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'viewer', cpe: 'cpe:2.3:a:acme:viewer:1.0:*:*:*:*:*:*:*' }]);
    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1003 viewer undetermined']);

    await declarePlatform(house.ward, house.lead, release.key, {
      ...declaration,
      complete: true,
      cpe: KERNEL,
    });

    expect(shown(await house.findings(release))).toEqual([]);
  });

  it('takes away the version of a component that needs another one, and leaves the other', async () => {
    const release = await house.release();
    const viewer = (version: string) => ({
      name: 'viewer',
      version,
      purl: `pkg:generic/acme-viewer@${version}`,
      cpe: `cpe:2.3:a:acme:viewer:${version}:*:*:*:*:*:*:*`,
    });
    await house.know(
      nvdRecord(
        'CVE-2099-1005',
        [{ vulnerable: true, criteria: 'cpe:2.3:a:acme:viewer:1.1:*:*:*:*:*:*:*' }],
        [{ vulnerable: false, criteria: 'cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*' }],
      ),
      nvdRecord('CVE-2099-1006', [{ vulnerable: true, criteria: 'cpe:2.3:a:acme:viewer:1.2:*:*:*:*:*:*:*' }]),
      osvRecord({ id: 'OSV-2099-1005', aliases: ['CVE-2099-1005', 'CVE-2099-1006'], affected: [] }),
    );
    await house.takeIn(release, [viewer('1.1'), viewer('1.2')]);
    await declarePlatform(house.ward, house.lead, release.key, {
      ...declaration,
      complete: true,
      cpe: KERNEL,
    });

    const found = await house.findings(release);

    expect(found.map(({ versions, ids }) => [versions, ids])).toEqual([[['1.2'], ['CVE-2099-1006']]]);
  });

  it('is decided for advisories that come later', async () => {
    const release = await house.release();
    await house.takeIn(release, [
      { name: 'pump', cpe: 'cpe:2.3:a:acme:pump:1.0:*:*:*:*:*:*:*' },
      { name: 'board', cpe: BOARD },
    ]);

    await house.know(
      nvdRecord(
        'CVE-2099-1004',
        [{ vulnerable: true, criteria: 'cpe:2.3:a:acme:pump:*:*:*:*:*:*:*:*', versionEndExcluding: '2.0' }],
        [{ vulnerable: false, criteria: BOARD }],
      ),
    );

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1004 pump affected']);
  });

  it('that ends while an SBOM is taken in decides nothing any more', async () => {
    const release = await house.release();
    const id = await declarePlatform(house.ward, house.lead, release.key, {
      ...declaration,
      complete: true,
      cpe: KERNEL,
    });
    const ledger = await holdLock(house.ward.pool, LEDGER);
    const ending = endPlatform(house.ward, house.lead, id);
    await ledger.untilWaiting(1);
    const taking = house.takeIn(release, [
      { name: 'viewer', cpe: 'cpe:2.3:a:acme:viewer:1.0:*:*:*:*:*:*:*' },
    ]);
    await ledger.untilWaiting(2);
    await ledger.release();
    await Promise.all([ending, taking]);

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-1003 viewer undetermined']);
  });

  it.each([
    ['platform.not-readable', 'linux'],
    ['platform.not-readable', 'cpe:2.3:o:linux:*'],
  ])('is refused with %s for %s', async (code, cpe) => {
    const release = await house.release();

    await expect(
      declarePlatform(house.ward, house.lead, release.key, { ...declaration, cpe }),
    ).rejects.toMatchObject({ code });
  });

  it('is declared once and ended once', async () => {
    const release = await house.release();
    const id = await declarePlatform(house.ward, house.lead, release.key, { ...declaration, cpe: KERNEL });

    await expect(
      declarePlatform(house.ward, house.lead, release.key, { ...declaration, cpe: KERNEL }),
    ).rejects.toMatchObject({ code: 'platform.declared-already' });
    await endPlatform(house.ward, house.lead, id);
    await expect(endPlatform(house.ward, house.lead, id)).rejects.toMatchObject({
      code: 'platform.not-found',
    });
  });
});
