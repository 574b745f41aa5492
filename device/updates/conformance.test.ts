// The client against metadata made by others (`@tufjs/repo-mock`, other kinds of keys), another client (`tuf-js`) against metadata made by
// us, and the cases of the TUF conformance suite's documented structure, written for this client. What is not supported: readme.md.
import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Key, Metadata, MetadataKind } from '@tufjs/models';
import { initializeTUFRepo, tufHandlers } from '@tufjs/repo-mock';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { describe, expect, it } from 'vitest';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { hashedName } from './agreement.ts';
import { newRoleKey, type RoleKey } from './repository/keys.ts';
import {
  type Delegation,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  type RolesOfRoot,
  sha256,
  signed,
} from './repository/metadata.ts';
import { FAMILY, StaticServer, software, World } from './repository/try-out.ts';
import { RepositoryClient } from './repository-client.ts';

const DAY = 86_400_000;

function clientOf(server: StaticServer, root: Uint8Array, clock: HandClock, disk = new SimulatedDisk()) {
  const damaged: string[] = [];
  const client = new RepositoryClient({
    ...{ url: 'http://at/metadata', root, disk, folder: 'kept', fetch: server.fetch, clock, unit: null },
    time: TrustedTime.inMemory(clock),
    damaged: async (file) => {
      damaged.push(file);
    },
  });
  return { client, disk, damaged };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
}

describe('metadata made by @tufjs/repo-mock', () => {
  it('is followed, and its target found', async () => {
    const content = Buffer.from('made by others');
    const repository = initializeTUFRepo([{ name: 'file.txt', content }]);
    const server = new StaticServer();
    for (const { path, fn } of tufHandlers(repository, {
      metadataPathPrefix: 'metadata',
      targetPathPrefix: 'targets',
    })) {
      const { statusCode, response } = fn();
      if (statusCode === 200) server.files.set(path, Buffer.from(response as string | Buffer));
    }
    const root = Buffer.from(JSON.stringify(repository.rootMeta.toJSON()));
    const { client } = clientOf(server, root, new HandClock(Date.now()));

    await client.refresh();
    const found = await client.findTarget('file.txt');

    expect(found?.target.hashes).toEqual({ sha256: sha256(content) });
    expect(found?.consistentSnapshot).toBe(false);
  });
});

/** Keys of other kinds, as other makers of metadata use them. */
function otherKey(kind: 'ed25519' | 'rsa' | 'p384'): RoleKey {
  const pem = { type: 'spki', format: 'pem' } as const;
  if (kind === 'ed25519') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    return keyOf('ed25519', 'ed25519', raw, (bytes) => sign(null, bytes, privateKey));
  }
  if (kind === 'rsa') {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return keyOf('rsa', 'rsassa-pss-sha256', publicKey.export(pem).toString(), (bytes) =>
      sign('sha256', bytes, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
    );
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  return keyOf('ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp384', publicKey.export(pem).toString(), (bytes) =>
    sign('sha384', bytes, privateKey),
  );
}
function keyOf(keyType: string, scheme: string, value: string, make: RoleKey['sign']): RoleKey {
  const id = createHash('sha256').update(value).digest('hex');
  return { id, key: new Key({ keyID: id, keyType, scheme, keyVal: { public: value } }), sign: make };
}

describe('another client, tuf-js itself, on our repository', () => {
  it('follows it through a rotation and finds the same target', async () => {
    const world = await World.make({ clock: new HandClock(Date.now()) });
    const one = software('1.1.0');
    world.image.rotate('timestamp', { keys: [newRoleKey()], threshold: 1 });
    await world.publish(one);
    const folder = mkdtempSync(join(tmpdir(), 'ward-tuf-'));
    try {
      writeFileSync(join(folder, 'root.json'), world.imageRoot);
      class Fetcher extends BaseFetcher {
        async fetch(url: string) {
          const found = world.server.files.get(new URL(url).pathname.slice(1));
          if (!found) throw new DownloadHTTPError('not here', 404);
          return Readable.from([found]);
        }
      }
      const updater = new Updater({
        ...{ metadataDir: folder, metadataBaseUrl: 'http://at/image/metadata', fetcher: new Fetcher() },
        ...{ targetDir: folder, targetBaseUrl: 'http://at/image/targets' },
      });
      await updater.refresh();
      const found = await updater.getTargetInfo(`${FAMILY}/${one.name}`);

      expect(found?.hashes).toEqual({ sha256: sha256(one.bytes) });
      await updater.downloadTarget(found as NonNullable<typeof found>, join(folder, 'target'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A repository whose every role may be made at will, as the conformance suite's simulator. */
class Simulator {
  readonly clock = new HandClock();
  readonly server = new StaticServer();
  readonly keys: Record<'root' | 'timestamp' | 'snapshot' | 'targets', RoleKey[]>;
  versions = { root: 1, timestamp: 1, snapshot: 1, targets: 1 };
  expiresIn: Record<string, number> = {};
  consistent = true;
  threshold = 1;
  root: Uint8Array = new Uint8Array();
  delegations: Delegation[] = [];
  targets: { path: string; length: number; hashes: Record<string, string> }[] = [];
  delegated: Record<
    string,
    { keys: RoleKey[]; version: number; targets: Simulator['targets']; delegations: Delegation[] }
  > = {};

  private constructor(make: () => RoleKey) {
    this.keys = { root: [make()], timestamp: [make()], snapshot: [make()], targets: [make()] };
  }
  static async make(key: () => RoleKey = newRoleKey): Promise<Simulator> {
    const simulator = new Simulator(key);
    simulator.root = await simulator.publishRoot();
    await simulator.publish();
    return simulator;
  }
  signing(role: string, version: number, keys: readonly RoleKey[]) {
    const issued = this.clock.wall();
    return { version, issued, expires: issued + (this.expiresIn[role] ?? 30 * DAY), keys };
  }
  put(name: string, bytes: Uint8Array): void {
    this.server.files.set(`metadata/${name}`, bytes);
  }
  async publishRoot(signers: readonly RoleKey[] = this.keys.root): Promise<Uint8Array> {
    const roles = Object.fromEntries(
      Object.entries(this.keys).map(([role, keys]) => [
        role,
        { keys: keys.map(({ key }) => key), threshold: role === 'root' ? this.threshold : 1 },
      ]),
    ) as unknown as RolesOfRoot;
    const bytes = await makeRoot(roles, this.signing('root', this.versions.root, signers), {
      consistentSnapshot: this.consistent,
    });
    this.put(`${this.versions.root}.root.json`, bytes);
    return bytes;
  }
  async publish(): Promise<void> {
    const files: Record<string, { version: number; bytes: Uint8Array }> = {};
    const { targets, snapshot, timestamp } = this.versions;
    const top = await makeTargets(
      this.targets,
      this.signing('targets', targets, this.keys.targets),
      this.delegations,
    );
    files.targets = { version: targets, bytes: top };
    for (const [role, { keys, version, targets: list, delegations }] of Object.entries(this.delegated))
      files[role] = {
        version,
        bytes: await makeTargets(list, this.signing(role, version, keys), delegations),
      };
    for (const [role, { version, bytes }] of Object.entries(files))
      this.put(this.consistent ? `${version}.${role}.json` : `${role}.json`, bytes);
    const bytes = await makeSnapshot(files, this.signing('snapshot', snapshot, this.keys.snapshot));
    this.put(this.consistent ? `${snapshot}.snapshot.json` : 'snapshot.json', bytes);
    const how = this.signing('timestamp', timestamp, this.keys.timestamp);
    this.put('timestamp.json', await makeTimestamp({ version: snapshot, bytes }, how));
  }
  async next(): Promise<void> {
    this.versions.timestamp += 1;
    this.versions.snapshot += 1;
    this.versions.targets += 1;
    await this.publish();
  }
  delegate(
    name: string,
    paths: readonly string[],
    { terminating = false, files = [] as string[], to = this.delegations } = {},
  ) {
    const key = newRoleKey();
    to.push({ name, keys: [key.key], threshold: 1, paths, terminating });
    const targets = files.map((path) => ({ path, length: 1, hashes: { sha256: sha256(Buffer.from(name)) } }));
    const role = { keys: [key], version: 1, targets, delegations: [] as Delegation[] };
    this.delegated[name] = role;
    return role;
  }
  client(disk?: SimulatedDisk) {
    return clientOf(this.server, this.root, this.clock, disk);
  }
}

describe('keys of other kinds', () => {
  it.each([
    ['ed25519', 'accepted'],
    ['rsa', 'accepted'],
    // tuf-js takes SHA-256 for every curve: such metadata are refused, not wrongly accepted.
    ['p384', 'update.threshold-unmet'],
  ] as const)('%s: %s', async (kind, verdict) => {
    const simulator = async () => {
      const made = await Simulator.make(() => otherKey(kind));
      return made.client().client.refresh();
    };

    expect(await codeOf(simulator())).toBe(verdict);
  });
});

describe('root (TUF 5.3)', () => {
  it('is followed over several rotations, each signed by the one before', async () => {
    const simulator = await Simulator.make();
    for (let version = 2; version <= 6; version += 1) {
      const before = simulator.keys.root;
      simulator.keys.root = [newRoleKey()];
      simulator.keys.timestamp = [newRoleKey()];
      simulator.versions.root = version;
      await simulator.publishRoot([...before, ...simulator.keys.root]);
    }
    await simulator.next();
    const { client, disk } = simulator.client();

    expect(await codeOf(client.refresh())).toBe('accepted');
    expect(disk.paths()).toContain('kept/6.root.json');
    expect(await codeOf(simulator.client(disk).client.refresh())).toBe('accepted');
  });

  it('may be expired in between, never at the end', async () => {
    const simulator = await Simulator.make();
    simulator.expiresIn.root = DAY;
    simulator.versions.root = 2;
    await simulator.publishRoot();
    simulator.clock.advance(2 * DAY);
    simulator.expiresIn.timestamp = 30 * DAY;
    await simulator.next();
    expect(await codeOf(simulator.client().client.refresh())).toBe('update.freeze');

    simulator.expiresIn.root = 30 * DAY;
    simulator.versions.root = 3;
    await simulator.publishRoot();
    expect(await codeOf(simulator.client().client.refresh())).toBe('accepted');
  });

  it('of another version than its name says is refused', async () => {
    const simulator = await Simulator.make();
    simulator.put('2.root.json', simulator.root);

    expect(await codeOf(simulator.client().client.refresh())).toBe('update.rollback');
  });

  it('needs the threshold of the root before it', async () => {
    const simulator = await Simulator.make();
    const other = newRoleKey();
    simulator.keys.root.push(other);
    simulator.threshold = 2;
    simulator.versions.root = 2;
    await simulator.publishRoot([other]);

    expect(await codeOf(simulator.client().client.refresh())).toBe('update.threshold-unmet');
  });

  it('takes signatures by keys that nobody knows as nothing', async () => {
    const simulator = await Simulator.make();
    simulator.versions.root = 2;
    await simulator.publishRoot([...simulator.keys.root, newRoleKey()]);

    expect(await codeOf(simulator.client().client.refresh())).toBe('accepted');
  });
});

describe('timestamp and snapshot (TUF 5.4, 5.5)', () => {
  it.each(['timestamp', 'snapshot', 'targets'] as const)('an expired %s is refused', async (role) => {
    const simulator = await Simulator.make();
    simulator.expiresIn[role] = DAY;
    await simulator.next();
    const { client } = simulator.client();
    simulator.clock.advance(2 * DAY);

    expect(await codeOf(client.refresh())).toBe('update.freeze');
  });

  it.each(['timestamp', 'snapshot', 'targets'] as const)(
    'a %s without its signature is refused',
    async (role) => {
      const simulator = await Simulator.make();
      simulator.keys[role] = [newRoleKey()];
      await simulator.next();

      expect(await codeOf(simulator.client().client.refresh())).toBe('update.threshold-unmet');
    },
  );

  it.each(['timestamp', 'snapshot', 'targets'] as const)('a lower version of %s is refused', async (role) => {
    const simulator = await Simulator.make();
    for (let times = 0; times < 3; times += 1) await simulator.next();
    const { client } = simulator.client();
    await client.refresh();
    simulator.versions.timestamp += 1;
    simulator.versions.snapshot += 1;
    simulator.versions[role] -= 2;
    await simulator.publish();

    expect(await codeOf(client.refresh())).toBe('update.rollback');
  });

  it('an expired timestamp on the disk still guards against an older one', async () => {
    const simulator = await Simulator.make();
    simulator.expiresIn.timestamp = 10 * DAY;
    for (let times = 0; times < 3; times += 1) await simulator.next();
    const { client } = simulator.client();
    await client.refresh();
    simulator.clock.advance(20 * DAY);
    simulator.versions.timestamp -= 1;
    await simulator.publish();

    expect(await codeOf(client.refresh())).toBe('update.rollback');
  });

  it('the same timestamp again is no fault, and nothing else is fetched', async () => {
    const simulator = await Simulator.make();
    const { client } = simulator.client();
    await client.refresh();
    simulator.server.asked.length = 0;

    expect(await codeOf(client.refresh())).toBe('accepted');
    expect(simulator.server.asked).toEqual(['metadata/2.root.json', 'metadata/timestamp.json']);
  });

  it('recovers from fast-forward when the keys are changed', async () => {
    const simulator = await Simulator.make();
    simulator.versions.timestamp = 99_999;
    simulator.versions.snapshot = 99_999;
    await simulator.publish();
    const { client } = simulator.client();
    await client.refresh();
    Object.assign(simulator.versions, { timestamp: 2, snapshot: 2, root: 2 });
    const [timestamp] = simulator.keys.timestamp;
    simulator.keys.snapshot = [newRoleKey()];
    await simulator.publishRoot();
    await simulator.publish();

    expect(simulator.keys.timestamp).toEqual([timestamp]);
    expect(await codeOf(client.refresh())).toBe('accepted');
  });

  it('works without consistent snapshots', async () => {
    const simulator = await Simulator.make();
    simulator.consistent = false;
    simulator.versions.root = 2;
    await simulator.publishRoot();
    await simulator.next();

    expect(await codeOf(simulator.client().client.refresh())).toBe('accepted');
  });

  it('keeps what it verified before a refusal, and nothing of what it refused', async () => {
    const simulator = await Simulator.make();
    const { client, disk } = simulator.client();
    await client.refresh();
    const snapshot = disk.peek('kept/snapshot.json');
    await simulator.next();
    const name = `metadata/${simulator.versions.snapshot}.snapshot.json`;
    simulator.server.files.set(name, Buffer.from('{}'));

    expect(await codeOf(client.refresh())).toBe('update.mix-and-match');
    expect(disk.peek('kept/snapshot.json')).toEqual(snapshot);
    const kept = Buffer.from(disk.peek('kept/timestamp.json') as Uint8Array);
    expect(kept.equals(simulator.server.files.get('metadata/timestamp.json') as Buffer)).toBe(true);
  });
});

describe('delegations (TUF 5.6.7)', () => {
  async function search(build: (simulator: Simulator) => void, path: string) {
    const simulator = await Simulator.make();
    build(simulator);
    await simulator.next();
    const { client } = simulator.client();
    await client.refresh();
    simulator.server.asked.length = 0;
    const found = await client.findTarget(path);
    const visited = simulator.server.asked.map((file) => file.replace(/^metadata\/\d+\.(.*)\.json$/, '$1'));
    return { role: found?.role ?? null, visited };
  }

  it('are searched in order, depth first', async () => {
    const { role, visited } = await search((simulator) => {
      const a = simulator.delegate('A', ['*']);
      simulator.delegate('A1', ['*'], { to: a.delegations });
      simulator.delegate('A2', ['*'], { to: a.delegations });
      simulator.delegate('B', ['*'], { files: ['file'] });
    }, 'file');

    expect(role).toBe('B');
    expect(visited).toEqual(['A', 'A1', 'A2', 'B']);
  });

  it('end where one is terminating', async () => {
    const { role, visited } = await search((simulator) => {
      simulator.delegate('A', ['*'], { terminating: true });
      simulator.delegate('B', ['*'], { files: ['file'] });
    }, 'file');

    expect(role).toBeNull();
    expect(visited).toEqual(['A']);
  });

  it('a terminating one ends the search in its ancestors too', async () => {
    const { role, visited } = await search((simulator) => {
      const a = simulator.delegate('A', ['*']);
      simulator.delegate('A1', ['*'], { to: a.delegations, terminating: true });
      simulator.delegate('B', ['*'], { files: ['file'] });
    }, 'file');

    expect(role).toBeNull();
    expect(visited).toEqual(['A', 'A1']);
  });

  it('the first that lists a path wins', async () => {
    const { role } = await search((simulator) => {
      simulator.delegate('A', ['*'], { files: ['file'] });
      simulator.delegate('B', ['*'], { files: ['file'] });
    }, 'file');

    expect(role).toBe('A');
  });

  it('a circle is walked once', async () => {
    const { role, visited } = await search((simulator) => {
      const a = simulator.delegate('A', ['*']);
      const b = simulator.delegate('B', ['*'], { to: a.delegations });
      b.delegations.push(...simulator.delegations);
    }, 'file');

    expect(role).toBeNull();
    expect(visited).toEqual(['A', 'B']);
  });

  it('a pattern covers one level only, and not other paths', async () => {
    const build = (simulator: Simulator) => {
      simulator.delegate('A', ['lumen-400/*'], { files: ['lumen-400/x', 'lumen-400/y/z', 'lumen-200/x'] });
    };

    expect((await search(build, 'lumen-400/x')).role).toBe('A');
    expect((await search(build, 'lumen-400/y/z')).role).toBeNull();
    expect((await search(build, 'lumen-200/x')).visited).toEqual([]);
  });

  it('end after 32 roles', async () => {
    const { role, visited } = await search((simulator) => {
      for (let at = 0; at < 40; at += 1) simulator.delegate(`R${at}`, ['*']);
      simulator.delegate('last', ['*'], { files: ['file'] });
    }, 'file');

    expect(role).toBeNull();
    expect(visited.length).toBeLessThanOrEqual(32);
  });

  it('a delegated role is signed by its own keys', async () => {
    const refresh = search((simulator) => {
      const a = simulator.delegate('A', ['*'], { files: ['file'] });
      a.keys = [newRoleKey()];
    }, 'file');

    expect(await codeOf(refresh)).toBe('update.threshold-unmet');
  });

  it('hash bins (path_hash_prefixes) are followed', async () => {
    const simulator = await Simulator.make();
    const key = newRoleKey();
    const prefix = createHash('sha256').update('file').digest('hex').slice(0, 2);
    const hashes = { sha256: sha256(Buffer.from('x')) };
    simulator.delegated.bin = {
      keys: [key],
      version: 1,
      targets: [{ path: 'file', length: 1, hashes }],
      delegations: [],
    };
    const top = await makeTargets([], simulator.signing('targets', 2, simulator.keys.targets), [
      { name: 'bin', keys: [key.key], threshold: 1, paths: ['*'], terminating: true },
    ]);
    const json = JSON.parse(Buffer.from(top).toString());
    delete json.signed.delegations.roles[0].paths;
    json.signed.delegations.roles[0].path_hash_prefixes = [prefix];
    const model = Metadata.fromJSON(MetadataKind.Targets, json);
    const bytes = await signed(new Metadata(model.signed), simulator.keys.targets);
    const bin = await makeTargets(simulator.delegated.bin.targets, simulator.signing('bin', 1, [key]));
    const files = { targets: { version: 2, bytes }, bin: { version: 1, bytes: bin } };
    const snapshot = await makeSnapshot(files, simulator.signing('snapshot', 2, simulator.keys.snapshot));
    simulator.put('2.targets.json', bytes);
    simulator.put('1.bin.json', bin);
    simulator.put('2.snapshot.json', snapshot);
    const how = simulator.signing('timestamp', 2, simulator.keys.timestamp);
    simulator.put('timestamp.json', await makeTimestamp({ version: 2, bytes: snapshot }, how));
    const { client } = simulator.client();
    await client.refresh();

    expect((await client.findTarget('file'))?.role).toBe('bin');
  });
});

describe('target files (TUF 5.7)', () => {
  it('are asked for by their hash', () => {
    expect(hashedName('a/b/file.txt', { sha256: 'ff' })).toBe('a/b/ff.file.txt');
    expect(hashedName('file.txt', { sha256: 'ff' })).toBe('ff.file.txt');
  });
});
