import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { AFTERMATHS, PowerLost, SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { signIssued } from './issued.ts';
import { readPeer } from './peer.ts';
import { RevocationStore, signRevocationList } from './revocation-store.ts';
import { REVOCATIONS_TYP, type RevocationList } from './revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from './test-ca.ts';
import { TrustedTime } from './trusted-time.ts';

const NOW = Date.UTC(2026, 10, 26, 8);
let ca: TestCa;
let maker: TestHolder;
let clinic: TestHolder;
beforeAll(async () => {
  ca = await makeTestCa(NOW - 86_400_000);
  maker = await ca.issue('issuer', 'maker:lumen');
  clinic = await ca.issue('issuer', 'clinic:st-mary');
});

const list = (number: number, change: Partial<RevocationList> = {}): RevocationList => ({
  number,
  issuedAt: NOW / 1000 + number,
  nextBy: NOW / 1000 + number + 3600,
  certificates: [],
  tokens: [],
  persons: [],
  issuers: [],
  ...change,
});

async function unit(disk = new SimulatedDisk(), clock = new HandClock(NOW)) {
  const audit = new MemoryAudit();
  const time = await TrustedTime.load(clock, disk);
  const store = await RevocationStore.open({ disk, anchors: ca.anchors, time, audit });
  const take = (jws: unknown) =>
    store.accept(jws).catch((error) => (isRefusal(error) ? error.code : Promise.reject(error)));
  return { disk, clock, audit, time, store, take };
}

describe('the revocation store', () => {
  it('has a list in force on a full disk too, and keeps it as soon as there is room', async () => {
    const { disk, store } = await unit();
    disk.limit(0);
    const eve = { persons: ['person:eve'] };
    await expect(store.accept(await signRevocationList(maker, list(1, eve)))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(store.current.persons).toEqual(new Set(['person:eve']));

    disk.limit(1 << 20);
    const { issuedAt } = list(1);
    await store.accept(await signRevocationList(maker, { ...list(1, eve), issuedAt: issuedAt + 1 }));
    disk.restart();
    expect((await unit(disk)).store.current.persons).toEqual(new Set(['person:eve']));
  });

  it('knows the time of a list before the list is in force: an entry that was left out since it ended revives nothing', async () => {
    const { disk, clock, store, time } = await unit();
    const old = await ca.issue('console', 'theatre-9', { now: NOW - 86_400_000, days: 1.5 });
    await store.accept(await signRevocationList(maker, list(1, { certificates: [old.serial] })));
    const judge = () =>
      readPeer(old.chain, { anchors: ca.anchors, now: time.now(), revocations: store.current });
    expect(judge).toThrow(expect.objectContaining({ code: 'channel.revoked' }));

    let seen: unknown;
    store.watch(() => {
      try {
        seen = judge().name;
      } catch (error) {
        seen = (error as { code: string }).code;
      }
    });
    disk.limit(0);
    clock.setWall(NOW - 7 * 86_400_000);
    const later = list(2, { issuedAt: NOW / 1000 + 2 * 86_400 });
    await expect(store.accept(await signRevocationList(maker, later))).rejects.toMatchObject({
      code: 'ENOSPC',
    });

    expect(seen).toBe('channel.expired');
    expect(judge).toThrow(expect.objectContaining({ code: 'channel.expired' }));
  });

  it('takes lists in forwards only, and keeps them over a restart', async () => {
    const { disk, store, take, time, audit } = await unit();
    let told = 0;
    store.watch(() => told++);
    const [first, second] = [
      await signRevocationList(maker, list(1)),
      await signRevocationList(maker, list(2, { persons: ['person:eve'] })),
    ];

    expect(store.current.issuedAt).toBeNull();
    expect(await take(second)).toBe(true);
    expect(await take(second)).toBe(false);
    expect(await take(first)).toBe('identity.revocations-older');
    expect(await take(await signRevocationList(maker, list(2)))).toBe('identity.revocations-forked');
    expect(await take(await signRevocationList(maker, list(3, { issuedAt: NOW / 1000 })))).toBe(
      'identity.revocations-older',
    );
    expect(told).toBe(1);
    expect(time.certain()).toBe(NOW + 2000);
    expect(audit.events.map(({ what, code }) => [what, code])).toEqual([
      ['identity.revocations-taken', null],
      ['identity.revocations-refused', 'identity.revocations-older'],
      ['identity.revocations-refused', 'identity.revocations-forked'],
      ['identity.revocations-refused', 'identity.revocations-older'],
    ]);

    const again = await unit(disk);
    expect(again.store.current).toMatchObject({
      number: 2,
      issuedAt: NOW + 2000,
      persons: new Set(['person:eve']),
    });
    expect(await again.take(first)).toBe('identity.revocations-older');
  });

  it('is fresh again by the same list signed later, and writes that now and then', async () => {
    const { disk, store, take, time, audit } = await unit();
    let told = 0;
    const at = (seconds: number, change: Partial<RevocationList> = {}) =>
      signRevocationList(
        maker,
        list(3, { issuedAt: NOW / 1000 + seconds, persons: ['person:eve', 'person:mal'], ...change }),
      );
    await take(await at(0));
    store.watch(() => told++);
    const { certificates } = store.current;

    expect(await take(await at(60, { persons: ['person:mal', 'person:eve'] }))).toBe(true);
    expect([store.current.issuedAt, time.certain()]).toEqual([NOW + 60_000, NOW + 60_000]);
    expect(store.current.certificates).toBe(certificates);
    expect(await take(await at(30))).toBe(false);
    expect(await take(await at(90, { persons: ['person:eve'] }))).toBe('identity.revocations-forked');
    expect((await unit(disk)).store.current.issuedAt).toBe(NOW);
    await take(await at(660));
    expect((await unit(disk)).store.current.issuedAt).toBe(NOW + 660_000);
    expect((await unit(disk)).time.certain()).toBe(NOW + 660_000);
    expect(told).toBe(0);
    expect(audit.events.map(({ what }) => what)).toEqual([
      'identity.revocations-taken',
      'identity.revocations-refused',
    ]);
  });

  it('still knows its list when the certificate of who signed it has ended', async () => {
    const { disk, take } = await unit();
    await take(await signRevocationList(maker, list(4)));
    const clock = new HandClock(NOW + 200 * 86_400_000);

    const again = await unit(disk, clock);

    expect(again.store.current.number).toBe(4);
    expect(await again.take(await signRevocationList(maker, list(5)))).toBe('identity.revocations-forged');
  });

  it('believes a maker only', async () => {
    const { take } = await unit();
    const stranger = await (await makeTestCa(NOW - 86_400_000)).issue('issuer', 'maker:lumen');
    expect(await take(await signRevocationList(clinic, list(1)))).toBe('identity.revocations-forged');
    expect(await take(await signRevocationList(stranger, list(1)))).toBe('identity.revocations-forged');
    expect(await take(await signRevocationList(await ca.issue('issuer', 'maker:other'), list(1)))).toBe(
      'identity.revocations-forged',
    );
    expect(await take(await signRevocationList(await ca.issue('unit', 'L4-0008'), list(1)))).toBe(
      'identity.revocations-forged',
    );
    expect(await take(await signIssued(maker, 'ward-capability+jwt', list(1)))).toBe(
      'identity.revocations-forged',
    );
    const taken = await signRevocationList(maker, list(1));
    expect(
      await take(
        taken.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(list(9))).toString('base64url')}.`),
      ),
    ).toBe('identity.revocations-forged');
  });

  it('believes no issuer that it took back', async () => {
    const { take } = await unit();
    expect(await take(await signRevocationList(maker, list(1, { issuers: ['maker:lumen'] })))).toBe(true);
    expect(await take(await signRevocationList(maker, list(2)))).toBe('identity.revocations-forged');
  });

  it('refuses whatever is no list', async () => {
    const { take } = await unit();
    expect(await take(await signIssued(maker, REVOCATIONS_TYP, { ...list(1), number: 0 }))).toBe(
      'identity.revocations-malformed',
    );
    expect(await take('x'.repeat(2_000_000))).toBe('identity.revocations-malformed');
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (anything) => {
        expect(await take(anything)).toBe('identity.revocations-malformed');
      }),
    );
  });

  it('knows nothing when what it kept was changed, and tells', async () => {
    const { disk, take } = await unit();
    const taken = await signRevocationList(maker, list(5));
    await take(taken);
    for (const text of [
      '',
      taken.slice(0, -1),
      taken.replace(/\.[^.]+\./, `.${Buffer.from(JSON.stringify(list(9))).toString('base64url')}.`),
    ]) {
      disk.poke('identity/revocations.jws', new TextEncoder().encode(text));
      const again = await unit(disk);
      expect(again.store.current.issuedAt).toBeNull();
      expect(again.audit.events[0]?.code).toMatch(/^identity\.revocations-(malformed|forged)$/);
    }
  });

  it('after a power cut at any step has the list of before or of after, never none', async () => {
    const lists = [
      await signRevocationList(maker, list(1)),
      await signRevocationList(maker, list(2)),
    ] as const;
    const start = await unit();
    await start.take(lists[0]);
    const image = start.disk.image();
    for (const aftermath of AFTERMATHS)
      for (let step = 1; ; step++) {
        const disk = new SimulatedDisk();
        disk.putBack(image);
        disk.cutPowerAt(step, aftermath);
        const outcome = await unit(disk)
          .then(({ store }) => store.accept(lists[1]))
          .catch((error) => error);
        if (!(outcome instanceof PowerLost)) break;
        disk.restart();
        const again = await unit(disk);
        expect([1, 2]).toContain(again.store.current.number);
        expect(again.time.certain()).toBeGreaterThanOrEqual(NOW + again.store.current.number * 1000);
        await again.take(lists[1]);
        expect(again.store.current.number).toBe(2);
      }
  });
});

describe('trusted time', () => {
  it('goes on from the latest signed time, and never back', async () => {
    const disk = new SimulatedDisk();
    const clock = new HandClock(NOW);
    const time = await TrustedTime.load(clock, disk);
    expect([time.certain(), time.now()]).toEqual([0, NOW]);

    await time.learn(NOW + 5000);
    expect(time.now()).toBe(NOW + 5000);
    clock.setWall(0);
    clock.advance(1000);
    expect(time.now()).toBe(NOW + 6000);
    await time.learn(NOW);
    expect(time.certain()).toBe(NOW + 6000);
    clock.setWall(NOW + 9_000_000);
    expect([time.certain(), time.now()]).toEqual([NOW + 6000, NOW + 9_000_000]);

    clock.setWall(0);
    const again = await TrustedTime.load(new HandClock(0), disk);
    expect(again.now()).toBe(NOW + 5000);
  });

  it('writes what it counted now and then', async () => {
    const disk = new SimulatedDisk();
    const clock = new HandClock(0);
    const time = await TrustedTime.load(clock, disk);
    await time.learn(NOW);
    clock.advance(60_000);
    await time.keep();
    expect((await TrustedTime.load(new HandClock(0), disk)).certain()).toBe(NOW);
    clock.advance(600_000);
    await time.keep();
    expect((await TrustedTime.load(new HandClock(0), disk)).certain()).toBe(NOW + 660_000);
    disk.poke('identity/time.json', new TextEncoder().encode('{'));
    expect((await TrustedTime.load(new HandClock(7), disk)).now()).toBe(7);
  });
});
