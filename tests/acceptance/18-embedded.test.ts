// Check 18 of the design: firmware parts are found however the SBOM names them, and a pinned commit is placed in its history.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCommits } from '../../workbench/knowledge/import-commits.ts';
import { addAlias, endAlias } from '../../workbench/knowledge/store/identity-aliases.ts';
import { IMPORT_LOCK } from '../../workbench/knowledge/store/import-advisories.ts';
import { renewForCuratedList } from '../../workbench/rooms/components/renew-identities.ts';
import { holdLock } from '../setup/held-lock.ts';
import { temporaryFolder } from '../setup/temporary.ts';
import {
  type MatchingHouse,
  matchingHouse,
  nvdRecord,
  osvRecord,
  type Part,
  shown,
} from './matching-house.ts';

const id = (digit: string) => digit.repeat(40);
const REPO = 'https://github.com/acme/radio';

let house: MatchingHouse;

beforeAll(async () => {
  house = await matchingHouse();
  const all = (criteria: string, end: string) => [
    { vulnerable: true, criteria: `cpe:2.3:${criteria}:*:*:*:*:*:*:*:*`, versionEndExcluding: end },
  ];
  await house.know(
    nvdRecord('CVE-2099-3001', all('a:openssl:openssl', '3.0.12')),
    nvdRecord('CVE-2099-3002', all('a:openssl:openssl', '3.0.11')),
    nvdRecord('CVE-2099-3003', all('o:amazon:freertos', '10.4.4')),
    nvdRecord('CVE-2099-3004', all('o:st:stm32cubel4_firmware', '1.17.1')),
    osvRecord({
      id: 'OSV-2099-1',
      affected: [
        { ranges: [{ type: 'GIT', repo: REPO, events: [{ introduced: id('2') }, { fixed: id('4') }] }] },
      ],
    }),
  );
});
afterAll(() => house.close());

const found = async (...parts: Part[]) => {
  const release = await house.release();
  await house.takeIn(release, parts);
  return shown(await house.findings(release));
};
const cube: Part = { name: 'cube', cpe: 'cpe:2.3:o:st:stm32cubel4_firmware:1.17.0:*:*:*:*:*:*:*' };
const EXPECTED = [
  'CVE-2099-3001 openssl affected',
  'CVE-2099-3003 freertos affected',
  'CVE-2099-3004 cube affected',
];

describe('STM32 firmware with FreeRTOS and OpenSSL 3.0.11', () => {
  it.each([
    ['pkg:generic with CPE', 'pkg:generic/openssl@3.0.11', 'cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*'],
    ['pkg:generic', 'pkg:generic/openssl@3.0.11', undefined],
    ['pkg:yocto', 'pkg:yocto/openssl@3.0.11', undefined],
    ['pkg:yocto with layer', 'pkg:yocto/openssl@3.0.11-r0?layer=core', undefined],
    ['pkg:conan', 'pkg:conan/openssl@3.0.11', undefined],
    ['pkg:github', 'pkg:github/openssl/openssl@openssl-3.0.11', undefined],
  ])('has the same findings by %s', async (_, purl, cpe) => {
    const openssl = { name: 'openssl', purl, ...(cpe === undefined ? {} : { cpe }) };
    const freertos = { name: 'freertos', purl: 'pkg:github/FreeRTOS/FreeRTOS-Kernel@V10.4.3' };

    expect(await found(openssl, freertos, cube)).toEqual(EXPECTED);
  });
});

describe('an alias of the house', () => {
  it('matches components in force anew, also when it ends', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'tls', purl: 'pkg:generic/console-tls@3.0.11' }]);
    expect(shown(await house.findings(release))).toEqual([]);

    const input = {
      purl: 'pkg:generic/console-tls',
      target: 'cpe:2.3:a:openssl:openssl',
      effect: 'joins',
      reason: 'Our build',
    } as const;
    const alias = await addAlias(house.ward, house.lead, input);
    await house.ward.jobs.drain();
    expect(shown(await house.findings(release))).toEqual(['CVE-2099-3001 tls affected']);
    await expect(addAlias(house.ward, house.lead, input)).rejects.toMatchObject({ code: 'alias.exists' });
    await endAlias(house.ward, house.lead, alias);
    await house.ward.jobs.drain();

    expect(shown(await house.findings(release))).toEqual([]);
    await expect(endAlias(house.ward, house.lead, alias)).rejects.toMatchObject({ code: 'alias.not-found' });
  });

  it('that comes while an SBOM waits for its turn reaches its components', async () => {
    const release = await house.release();
    const turn = await holdLock(house.ward.pool, IMPORT_LOCK);
    const taking = house.takeIn(release, [{ name: 'late', purl: 'pkg:generic/late-tls@3.0.11' }]);
    await turn.untilWaiting(1);
    const adding = addAlias(house.ward, house.lead, {
      purl: 'pkg:generic/late-tls',
      target: 'cpe:2.3:a:openssl:openssl',
      effect: 'joins',
      reason: 'Our build',
    });
    await Promise.race([adding, turn.untilWaiting(2)]);
    await house.ward.jobs.drain();
    await turn.release();
    await Promise.all([taking, adding]);
    await house.ward.jobs.drain();

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-3001 late affected']);
  });

  it.each([
    ['no purl', 'openssl', 'cpe:2.3:a:openssl:openssl'],
    ['a version', 'pkg:generic/openssl@3', 'cpe:2.3:a:openssl:openssl'],
    ['no product', 'pkg:generic/x', 'cpe:2.3:a:openssl:*'],
  ])('is refused for %s', async (_, purl, target) => {
    await expect(
      addAlias(house.ward, house.lead, { purl, target, effect: 'joins', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'alias.not-readable' });
  });

  it('that ships with Ward reaches components that were identified by an older list', async () => {
    const release = await house.release();
    await house.takeIn(release, [{ name: 'openssl', purl: 'pkg:yocto/openssl@3.0.11' }]);
    await house.ward.db.deleteFrom('component_identity').execute();
    expect(shown(await house.findings(release))).toEqual([]);

    await renewForCuratedList(house.ward);

    expect(shown(await house.findings(release))).toEqual(['CVE-2099-3001 openssl affected']);
  });
});

describe('a component pinned to a commit', () => {
  it('is placed in the history that people gave', async () => {
    const release = await house.release();
    const pinned = (digit: string) => ({
      name: `radio-${digit}`,
      purl: `pkg:github/acme/radio@${id(digit)}`,
    });
    await house.takeIn(release, [pinned('1'), pinned('3'), pinned('5')]);
    // One finding: the three are one place of the release.
    expect((await house.findings(release)).map(({ outcome }) => outcome)).toEqual(['undetermined']);

    const path = join(temporaryFolder(), 'commits.txt');
    await writeFile(
      path,
      ['5 4', '4 3', '3 2', '2 1', '1'].map((line) => line.replace(/\d/g, id)).join('\n'),
    );
    const result = await importCommits(house.ward, { repository: `${REPO}.git`, path, actorId: null });
    await house.ward.jobs.drain();

    expect(result).toMatchObject({ repo: 'github.com/acme/radio', commits: 5, changed: 3 });
    const [finding] = await house.findings(release);
    expect(finding?.outcome).toBe('affected');
  });

  it('refuses a list that is none', async () => {
    const path = join(temporaryFolder(), 'commits.txt');
    await writeFile(path, `${id('1')}\nnot a commit\n`);

    await expect(importCommits(house.ward, { repository: REPO, path, actorId: null })).rejects.toMatchObject({
      code: 'commits.not-readable',
      at: `${path}:2`,
    });
  });
});
