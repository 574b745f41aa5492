// A whole small world to try the updater in: a manufacturer, a director, a server of static files in memory, and a unit with its disk. Used by
// the tests, the attacks, the power-loss table and the benchmark; everything in it is the real part.

import { MemoryAudit } from '../../audit/event.ts';
import { HandClock } from '../../clock.ts';
import { SimulatedDisk } from '../../disk/simulated-disk.ts';
import { TrustedTime } from '../../identity/trusted-time.ts';
import type { PublishedCustom } from '../agreement.ts';
import { Bootloader } from '../bootloader.ts';
import type { Fetch } from '../fetch.ts';
import { refuseUpdate } from '../refusals.ts';
import { counterFile } from '../rollback-counter.ts';
import { hmacSeal } from '../seal.ts';
import { UpdateClient, type UpdateClientOptions } from '../update-client.ts';
import { type Direction, makeDirectorMetadata, makeDirectorRoot } from './director.ts';
import { type Files, type ImageKeys, ImageRepository, type Signers } from './image-repository.ts';
import { newRoleKey, type RoleKey } from './keys.ts';
import { sha256, type TargetEntry } from './metadata.ts';

export const FAMILY = 'lumen-400';
export const UNIT = { id: 'L4-0007', hardwareId: 'lumen-400-rev-b' };
const DAY = 86_400_000;

export const signers = (count = 1, threshold = 1): Signers => ({
  keys: Array.from({ length: count }, newRoleKey),
  threshold,
});

export function newImageKeys(families: readonly string[] = [FAMILY]): ImageKeys {
  return {
    root: signers(3, 2),
    ...{ targets: signers(2, 2), snapshot: signers(), timestamp: signers() },
    families: Object.fromEntries(families.map((family) => [family, signers()])),
  };
}

/** A server of static files that keeps everything it was ever given, and can be made to answer otherwise. */
export class StaticServer {
  readonly files = new Map<string, Uint8Array>();
  /** Asked first; undefined leaves the answer to the files. */
  answer: (path: string) => AsyncIterable<Uint8Array> | Uint8Array | undefined = () => undefined;
  readonly asked: string[] = [];

  put(files: Files, folder: string): void {
    for (const [path, bytes] of files) this.files.set(`${folder}/${path}`, bytes);
  }
  readonly fetch: Fetch = (url) => {
    const path = new URL(url).pathname.slice(1);
    this.asked.push(path);
    const answer = this.answer(path) ?? this.files.get(path);
    if (answer === undefined) return fail(path);
    return answer instanceof Uint8Array ? inPieces(answer) : answer;
  };
}

// biome-ignore lint/correctness/useYield: it never gets that far
async function* fail(path: string): AsyncGenerator<Uint8Array> {
  throw refuseUpdate('update.missing', { path });
}
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export interface Software {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly custom: PublishedCustom;
}

export function software(
  version: string,
  more: Partial<PublishedCustom> & { readonly text?: string } = {},
): Software {
  const { text = `export const version = '${version}';\n`, ...custom } = more;
  return {
    name: `laser-${version}.mjs`,
    bytes: new TextEncoder().encode(text),
    custom: {
      hardwareIds: [UNIT.hardwareId],
      version,
      releaseCounter: 1,
      releaseKey: `REL-${version}`,
      ...custom,
    },
  };
}

/** Manufacturer, director and server. */
export class World {
  readonly clock: HandClock;
  readonly server = new StaticServer();
  imageKeys: ImageKeys;
  readonly image: ImageRepository;
  directorKeys: Signers;
  online: RoleKey;
  readonly entries = new Map<string, { readonly entry: TargetEntry; readonly software: Software }>();
  imageRoot: Uint8Array = new Uint8Array();
  directorRoot: Uint8Array = new Uint8Array();
  readonly directorVersions = new Map<string, number>();
  #directorRoots = 1;

  private constructor(families: readonly string[], clock: HandClock) {
    this.clock = clock;
    this.imageKeys = newImageKeys(families);
    this.image = new ImageRepository(this.imageKeys);
    this.directorKeys = signers(3, 2);
    this.online = newRoleKey();
  }

  static async make({ families = [FAMILY], clock = new HandClock() } = {}): Promise<World> {
    const world = new World(families, clock);
    await world.publish();
    world.imageRoot = world.server.files.get('image/metadata/1.root.json') as Uint8Array;
    world.directorRoot = await makeDirectorRoot({
      ...{ version: 1, issued: clock.wall(), expires: clock.wall() + 365 * DAY },
      ...{ root: world.directorKeys, online: world.online.key },
    });
    return world;
  }

  async publish(...all: readonly Software[]): Promise<Files> {
    for (const one of all) {
      const entry = this.image.addTarget(FAMILY, one.name, one.bytes, one.custom);
      this.entries.set(one.custom.version, { entry, software: one });
    }
    const files = await this.image.publish(this.clock.wall());
    this.server.put(files, 'image');
    return files;
  }

  direction(version: string, more: Partial<Direction> = {}): Direction {
    const known = this.entries.get(version);
    if (!known) throw new Error(`no software ${version}`);
    const { releaseCounter } = known.software.custom;
    return { target: known.entry, hardwareId: UNIT.hardwareId, version, releaseCounter, ...more };
  }

  /** The next root of the director, with a new online key and, where given, other root keys; given to a unit unless told otherwise. */
  async rotateDirector(root = this.directorKeys, unit: string | null = UNIT.id): Promise<Uint8Array> {
    this.online = newRoleKey();
    this.#directorRoots += 1;
    const now = this.clock.wall();
    const bytes = await makeDirectorRoot({
      ...{ version: this.#directorRoots, issued: now, expires: now + 365 * DAY },
      ...{ root, before: this.directorKeys, online: this.online.key },
    });
    this.directorKeys = root;
    if (unit !== null) this.server.files.set(`director/${unit}/${this.#directorRoots}.root.json`, bytes);
    return bytes;
  }

  /** The director tells a unit to run a version (or nothing). */
  async direct(version: string | Direction | null, unit = UNIT.id): Promise<Files> {
    const next = (this.directorVersions.get(unit) ?? 0) + 1;
    this.directorVersions.set(unit, next);
    const now = this.clock.wall();
    const files = await makeDirectorMetadata({
      ...{ unit, version: next, issued: now, expires: now + 3 * DAY, key: this.online },
      direction: typeof version === 'string' ? this.direction(version) : version,
    });
    this.server.put(files, `director/${unit}`);
    return files;
  }
}

export interface TriedUnit {
  readonly disk: SimulatedDisk;
  readonly audit: MemoryAudit;
  readonly bootloader: Bootloader;
  readonly client: UpdateClient;
}

export const SEAL = hmacSeal(Buffer.alloc(32, 7));

/** The programs of a unit on its disk, as after a start; the disk and the log outlive them. */
export function unitOn(
  world: World,
  disk: SimulatedDisk,
  audit: MemoryAudit,
  more: Partial<UpdateClientOptions> = {},
): TriedUnit {
  const bootloader = new Bootloader({ disk, seal: SEAL, counter: counterFile(disk, SEAL), audit });
  const client = new UpdateClient({
    time: TrustedTime.inMemory(world.clock),
    ...{ unit: UNIT, disk, clock: world.clock, audit, seal: SEAL, bootloader, fetch: world.server.fetch },
    image: { url: 'http://at/image/metadata', targetsUrl: 'http://at/image/targets', root: world.imageRoot },
    director: { url: `http://at/director/${more.unit?.id ?? UNIT.id}`, root: world.directorRoot },
    mayInstall: () => true,
    ...more,
  });
  return { disk, audit, bootloader, client };
}

/** A unit from the factory that runs `first`. */
export async function newUnit(world: World, first: Software, more: Partial<UpdateClientOptions> = {}) {
  const unit = unitOn(world, new SimulatedDisk(), new MemoryAudit(), more);
  const { version, releaseCounter, releaseKey } = first.custom;
  await unit.bootloader.provision(inPieces(first.bytes), {
    ...{ length: first.bytes.length, sha256: sha256(first.bytes), version, releaseCounter, releaseKey },
  });
  await unit.bootloader.boot();
  return unit;
}
