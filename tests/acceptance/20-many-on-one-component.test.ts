// Part of check 20 of the design: as many flaws as one likes on one component never crash a page, and a page costs what a page
// costs. 20,000 here instead of 100,000, so that the suite stays quick; the pages are the same.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { groupFindings, listFindings } from '../../workbench/rooms/vulnerabilities/list-findings.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

const FLAWS = 20_000;
const PAGE = 200;
/** Of a page on a busy machine with two cores; alone it takes a fraction. */
const PATIENCE_MS = 15_000;

let house: MatchingHouse;
let release: WardRecord;

beforeAll(async () => {
  house = await matchingHouse();
  release = await house.release();
  await house.takeIn(release, [{ name: 'riddled', version: '1.0.0', purl: 'pkg:npm/riddled@1.0.0' }]);
  await house.know(
    ...Array.from({ length: FLAWS }, (_, n) =>
      osvRecord({
        id: `CVE-2098-${100_000 + n}`,
        affected: [osvPackage('npm', 'riddled', { introduced: '0' }, { fixed: '2.0.0' })],
      }),
    ),
  );
}, 300_000);
afterAll(() => house?.close());

describe(`${FLAWS} flaws on one component`, () => {
  it('come in pages of a bounded size from the first to the last, without a gap', async () => {
    const at = async (offset: number) => {
      const began = performance.now();
      const page = await listFindings(house.ward.db, house.lead, { releaseId: release.id }, offset, PAGE);
      expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
      return page;
    };
    const first = await at(0);
    expect(first).toMatchObject({ total: FLAWS, next: PAGE, items: { length: PAGE } });
    expect(JSON.stringify(first).length).toBeLessThan(1024 * 1024);

    const middle = await at(FLAWS / 2);
    const last = await at(FLAWS - PAGE);
    expect(last).toMatchObject({ next: null, items: { length: PAGE } });
    expect(await at(FLAWS)).toMatchObject({ next: null, items: [] });
    const ids = [first, middle, last].flatMap(({ items }) => items.map(({ vulnerability }) => vulnerability));
    expect(new Set(ids).size).toBe(3 * PAGE);
  }, 120_000);

  it('are one line by component, and pages of lines by flaw', async () => {
    const byComponent = await groupFindings(house.ward.db, house.lead, {}, 'component', 0, 50);
    expect(byComponent).toMatchObject({ total: 1, items: [{ findings: FLAWS, others: FLAWS }] });

    const byFlaw = await groupFindings(house.ward.db, house.lead, {}, 'vulnerability', FLAWS - 50, 50);
    expect(byFlaw).toMatchObject({ total: FLAWS, items: { length: 50 } });
  }, 120_000);
});
