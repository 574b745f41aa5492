// Check 23 of the design: what changed between two releases, in components and in vulnerabilities.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diffSboms } from '../../workbench/rooms/components/diff.ts';
import { releaseDocument } from '../../workbench/rooms/components/release-document.ts';
import { diffFlaws } from '../../workbench/rooms/vulnerabilities/flaw-diff.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

let house: MatchingHouse;
beforeAll(async () => {
  house = await matchingHouse();
  await house.know(
    osvRecord({
      id: 'OSV-2099-1',
      affected: [osvPackage('npm', 'left-hand', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
    osvRecord({
      id: 'OSV-2099-2',
      affected: [osvPackage('npm', 'right-hand', { introduced: '3.0.0' })],
    }),
  );
});
afterAll(() => house.close());

const npm = (name: string, version: string) => ({ name, version, purl: `pkg:npm/${name}@${version}` });

it('lists components that came, went and changed, with two versions of one right, and vulnerabilities introduced and fixed', async () => {
  const [before, after] = [await house.release(), await house.release()];
  await house.takeIn(before, [
    npm('left-hand', '1.0.0'),
    npm('twice', '1.0.0'),
    npm('twice', '2.0.0'),
    npm('gone', '1.0.0'),
  ]);
  await house.takeIn(after, [
    npm('left-hand', '2.1.0'),
    npm('twice', '2.0.0'),
    npm('twice', '3.0.0'),
    npm('right-hand', '3.0.0'),
  ]);

  const { differences, counts } = diffSboms(
    await releaseDocument(house.ward, before),
    await releaseDocument(house.ward, after),
  );
  const flaws = await diffFlaws(house.ward.db, house.lead, before, after, house.ward.now());

  expect(
    differences.map(({ kinds, before: one, after: other }) => [
      kinds.join(),
      (one ?? other)?.name,
      one?.version,
      other?.version,
    ]),
  ).toEqual([
    ['removed', 'gone', '1.0.0', undefined],
    ['version', 'left-hand', '1.0.0', '2.1.0'],
    ['added', 'right-hand', undefined, '3.0.0'],
    ['version', 'twice', '1.0.0', '3.0.0'],
  ]);
  expect(counts).toMatchObject({ added: 1, removed: 1, version: 2 });
  expect(flaws.introduced.map(({ vulnerability }) => vulnerability)).toEqual(['OSV-2099-2']);
  expect(flaws.fixed.map(({ vulnerability }) => vulnerability)).toEqual(['OSV-2099-1']);
});

it('calls no vulnerability fixed whose component is still there and is not watched any more', async () => {
  const [before, after] = [await house.release(), await house.release()];
  await house.takeIn(before, [npm('left-hand', '1.0.0'), npm('right-hand', '3.0.0')]);
  await house.takeIn(after, [{ name: 'Left-Hand', version: '1.0.0' }]);

  const flaws = await diffFlaws(house.ward.db, house.lead, before, after, house.ward.now());

  expect(flaws.unknown.map(({ component }) => component)).toEqual(['left-hand']);
  expect(flaws.fixed.map(({ component }) => component)).toEqual(['right-hand']);
});
