// Moved the pin of tuf-js or @tufjs/models? Each failure here says which of its inner parts is not what the unit relies on.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAMILY, software, World } from './repository/try-out.ts';
import {
  BadVersionError,
  EqualVersionError,
  ExpiredMetadataError,
  judgeExpiryAt,
  LengthOrHashMismatchError,
  RepositoryError,
  TrustedMetadataStore,
  UnsignedMetadataError,
} from './tuf-js.ts';

const require = createRequire(import.meta.url);
const DAY = 86_400_000;
let world: World;
let timestamp: Buffer;
let snapshot: Buffer;
beforeAll(async () => {
  world = await World.make();
  await world.publish(software('1.0.0'));
  timestamp = file('timestamp.json');
  snapshot = file(`${world.image.state.versions.snapshot}.snapshot.json`);
});

const file = (name: string) => Buffer.from(world.server.files.get(`image/metadata/${name}`) as Uint8Array);
const storeAt = (now: number) => {
  const store = new TrustedMetadataStore(Buffer.from(world.imageRoot));
  judgeExpiryAt(store, now);
  return store;
};
/** The class of what is thrown. */
function thrown(act: () => unknown): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return (error as Error).constructor;
  }
}

describe('what the unit takes of tuf-js beyond its public face', () => {
  it.each(['tuf-js', '@tufjs/models'])('is of the pinned version of %s', (name) => {
    const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(
      require(`${name}/package.json`).version,
      'the installed version is not the pinned one: read its store.js and error.js against this file, then pin it exactly',
    ).toBe(pinned.dependencies[name]);
  });

  it('is a store whose expiry is judged by the time that it is given, whatever the wall clock says', () => {
    const now = world.clock.wall();
    const moved =
      'the store does not judge expiry by its private field referenceTime any more: a clock set back revives old metadata';
    expect(
      thrown(() => storeAt(now).updateTimestamp(timestamp)),
      moved,
    ).toBeNull();
    expect(
      thrown(() => storeAt(now + 400 * DAY).updateTimestamp(timestamp)),
      moved,
    ).toBe(ExpiredMetadataError);
    expect(
      () => judgeExpiryAt({} as TrustedMetadataStore, now),
      'a store without the field has to be refused, not believed',
    ).toThrow('keeps the time of its store elsewhere');
  });

  it('is errors by which its steps are told apart', () => {
    const now = world.clock.wall();
    const about = (what: string) =>
      `${what} is thrown as another class: refusals of the updater would carry another code`;
    const store = storeAt(now);
    store.updateTimestamp(timestamp);

    expect(
      thrown(() => store.updateTimestamp(timestamp)),
      about('the same version (5.4.3.1)'),
    ).toBe(EqualVersionError);
    expect(
      thrown(() => store.updateRoot(Buffer.from(world.imageRoot))),
      about('a root that is not the next (5.3.5)'),
    ).toBe(BadVersionError);
    const stranger = JSON.parse(timestamp.toString());
    stranger.signed.version += 1;
    expect(
      thrown(() => store.updateTimestamp(Buffer.from(JSON.stringify(stranger)))),
      about('a signature that does not hold (5.4.2)'),
    ).toBe(UnsignedMetadataError);
    expect(
      thrown(() => store.updateSnapshot(Buffer.concat([snapshot, Buffer.from(' ')]))),
      about('bytes that were not announced (5.5.2)'),
    ).toBe(LengthOrHashMismatchError);
    store.updateSnapshot(snapshot);
    expect(
      thrown(() => store.updateDelegatedTargets(Buffer.from('{}'), 'nobody', 'root')),
      about('a role that the snapshot does not name'),
    ).toBe(RepositoryError);
    // Which comes first in `asRefusal` rests on who inherits from whom.
    expect(EqualVersionError.prototype).toBeInstanceOf(BadVersionError);
    expect(BadVersionError.prototype).toBeInstanceOf(RepositoryError);
    expect(ExpiredMetadataError.prototype).toBeInstanceOf(RepositoryError);
  });

  it('stands in one file', () => {
    const folder = new URL('..', import.meta.url).pathname;
    const users = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.includes('node_modules') && !path.endsWith('.test.ts'))
      .filter((path) =>
        /from '(tuf-js|@tufjs\/models)\/dist\//.test(readFileSync(join(folder, path), 'utf8')),
      );
    expect(users).toEqual(['updates/tuf-js.ts']);
  });

  it('is reached by names that it still has', () => {
    const store = storeAt(world.clock.wall());
    store.updateTimestamp(timestamp);
    store.updateSnapshot(snapshot);
    for (const [role, delegator] of [
      ['targets', 'root'],
      [FAMILY, 'targets'],
    ] as const) {
      const bytes = file(`${world.image.state.versions[role]}.${role}.json`);
      store.updateDelegatedTargets(bytes, role, delegator);
      expect(store.getRole(role)).toBeInstanceOf(Metadata);
    }
    expect(store.root.signed.type).toBe(MetadataKind.Root);
    expect(store.timestamp?.signed.snapshotMeta.version).toBe(store.snapshot?.signed.version);
  });
});
