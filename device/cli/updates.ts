// A publisher's command: makes the manufacturer's repository of static files, publishes into it, renews and rotates; and, where there is no
// workbench, a director's files for a unit. Keys are PEM files in a folder of their own: copy it to a medium that is put away.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { isRefusal } from '../refusal.ts';
import { HardwareId, SoftwareVersion } from '../updates/agreement.ts';
import { makeDirectorMetadata, makeDirectorRoot } from '../updates/repository/director.ts';
import {
  type ImageKeys,
  type ImageState,
  LIFETIMES,
  type Signers,
} from '../updates/repository/image-repository.ts';
import { roleKey } from '../updates/repository/keys.ts';
import { openImageRepository, writeFolder } from '../updates/repository/write-folder.ts';

export interface UpdatesIo {
  /** A folder of the operating system as a disk. */
  readonly disk: (folder: string) => Disk;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly now: () => number;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export const UPDATES_USAGE = `Usage:
  updates init FOLDER --family NAME              keys and an empty repository (2 of 3 root keys, 2 of 2 for targets)
  updates publish FOLDER FILE --family NAME --version 1.2.3 --hardware ID[,ID] --counter N --release KEY [--minimum 1.0.0]
  updates renew FOLDER                           signs snapshot and timestamp anew; at least every two days
  updates rotate FOLDER ROLE                     new keys for root, targets, snapshot, timestamp or a family
  updates direct FOLDER UNIT --path PATH --hardware ID [--attempt N]   without a workbench: what a unit shall run
  updates direct FOLDER UNIT --nothing
FOLDER/keys holds the keys, FOLDER/repository what is copied to any static server: metadata, targets, director.
Exit codes: 0 done, 1 refused, 2 the command is wrong.`;

export type UpdatesExit = 0 | 1 | 2;

class Ends extends Error {
  readonly exit: UpdatesExit;
  constructor(exit: UpdatesExit, sentence: string) {
    super(sentence);
    this.exit = exit;
  }
}

export async function updatesCommand(args: readonly string[], io: UpdatesIo): Promise<UpdatesExit> {
  try {
    const [verb, folder, ...rest] = args;
    const act = verb === undefined ? undefined : VERBS.get(verb);
    if (!act || folder === undefined || folder.startsWith('--')) throw new Ends(2, UPDATES_USAGE);
    await act(new Publisher(io.disk(folder), io), readOptions(rest), io);
    return 0;
  } catch (error) {
    if (isRefusal(error)) {
      io.err(error.message);
      return 1;
    }
    if (!(error instanceof Ends)) throw error;
    io.err(error.message);
    return error.exit;
  }
}

interface Options {
  readonly words: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}
type Act = (publisher: Publisher, options: Options, io: UpdatesIo) => Promise<void>;

const FLAGS = new Set(['nothing']);

function readOptions(args: readonly string[]): Options {
  const words: string[] = [];
  const values = new Map<string, string>();
  const left = [...args];
  while (left.length > 0) {
    const word = left.shift() as string;
    if (!word.startsWith('--')) {
      words.push(word);
      continue;
    }
    const name = word.slice(2);
    const value = FLAGS.has(name) ? '' : left.shift();
    if (value === undefined || values.has(name)) throw new Ends(2, UPDATES_USAGE);
    values.set(name, value);
  }
  return { words, values };
}

function need(options: Options, name: string): string {
  const value = options.values.get(name);
  if (value === undefined) throw new Ends(2, `--${name} is missing.\n\n${UPDATES_USAGE}`);
  return value;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Ends(2, `--${name} cannot be ${JSON.stringify(value)}.`);
  return parsed.data;
}

const Whole = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/);

const VERBS = new Map<string, Act>([
  [
    'init',
    async (publisher, options, io) => {
      await publisher.init(parse(Name, need(options, 'family'), 'family'));
      io.out(
        'Made keys and repository. Put keys/root-*.pem and keys/director-root-*.pem away, each to a place of its own.',
      );
    },
  ],
  [
    'publish',
    async (publisher, options, io) => {
      const [file] = options.words;
      if (file === undefined) throw new Ends(2, UPDATES_USAGE);
      const minimum = options.values.get('minimum');
      const path = await publisher.publish(need(options, 'family'), file.slice(file.lastIndexOf('/') + 1), {
        bytes: await io.readFile(file),
        custom: {
          hardwareIds: parse(z.array(HardwareId), need(options, 'hardware').split(','), 'hardware'),
          version: parse(SoftwareVersion, need(options, 'version'), 'version'),
          releaseCounter: parse(Whole, need(options, 'counter'), 'counter'),
          releaseKey: need(options, 'release'),
          ...(minimum ? { minimumVersion: parse(SoftwareVersion, minimum, 'minimum') } : {}),
        },
      });
      io.out(`Published ${path}.`);
    },
  ],
  [
    'renew',
    async (publisher, _options, io) => {
      await publisher.renew();
      io.out('Signed snapshot and timestamp anew.');
    },
  ],
  [
    'rotate',
    async (publisher, options, io) => {
      const [role] = options.words;
      if (role === undefined) throw new Ends(2, UPDATES_USAGE);
      await publisher.rotate(role);
      io.out(`Gave ${role} new keys.`);
    },
  ],
  [
    'direct',
    async (publisher, options, io) => {
      const [unit] = options.words;
      if (unit === undefined) throw new Ends(2, UPDATES_USAGE);
      if (options.values.has('nothing')) await publisher.direct(unit, null);
      else
        await publisher.direct(unit, {
          path: need(options, 'path'),
          hardwareId: parse(HardwareId, need(options, 'hardware'), 'hardware'),
          attempt: parse(Whole, options.values.get('attempt') ?? '1', 'attempt'),
        });
      io.out(`Directed ${unit}.`);
    },
  ],
]);

const State = z.object({
  image: z.custom<ImageState>((value) => typeof value === 'object' && value !== null && 'versions' in value),
  /** Role → names of its key files, and how many must sign. */
  keys: z.record(z.string(), z.object({ files: z.array(z.string()), threshold: z.number() })),
  families: z.array(z.string()),
  directed: z.record(z.string(), z.number()),
});
type State = z.infer<typeof State>;

const TOP_ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const;
type TopRole = (typeof TOP_ROLES)[number];
const isTopRole = (role: string): role is TopRole => (TOP_ROLES as readonly string[]).includes(role);
const COUNTS: Readonly<Record<string, readonly [keys: number, threshold: number]>> = {
  root: [3, 2],
  targets: [2, 2],
  'director-root': [3, 2],
};

/** The folder of a publisher: `state.json`, `keys/`, `repository/`. */
class Publisher {
  readonly #disk: Disk;
  readonly #io: UpdatesIo;

  constructor(disk: Disk, io: UpdatesIo) {
    this.#disk = disk;
    this.#io = io;
  }

  async init(family: string): Promise<void> {
    if (await this.#disk.read('state.json', 1 << 24))
      throw new Ends(2, 'The folder holds a repository already.');
    await this.#disk.makeFolder('keys');
    const keys: State['keys'] = {};
    for (const role of [...TOP_ROLES, family, 'director-root', 'director'])
      keys[role] = await this.#newKeys(role);
    const image = { versions: {}, entries: {} };
    const state = await this.#publishImage({ image, keys, families: [family], directed: {} }, []);
    const root = await this.#signers(state, 'director-root');
    const [online] = (await this.#signers(state, 'director')).keys;
    const now = this.#io.now();
    const bytes = await makeDirectorRoot({
      ...{ version: 1, issued: now, expires: now + LIFETIMES.root, root },
      online: (online as NonNullable<typeof online>).key,
    });
    await writeFolder(this.#disk, new Map([['1.root.json', bytes]]), 'repository/director');
    await this.#save(state);
  }

  async publish(
    family: string,
    name: string,
    {
      bytes,
      custom,
    }: {
      bytes: Uint8Array;
      custom: Parameters<Awaited<ReturnType<typeof openImageRepository>>['addTarget']>[3];
    },
  ): Promise<string> {
    const state = await this.#state();
    if (!state.families.includes(family)) throw new Ends(2, `There is no family ${family}.`);
    const path = `${family}/${name}`;
    if (state.image.entries[family]?.some((entry) => entry.path === path))
      throw new Ends(2, `${path} is published already; a name is given once.`);
    await this.#save(
      await this.#publishImage(state, [family], (image) => void image.addTarget(family, name, bytes, custom)),
    );
    return path;
  }

  async renew(): Promise<void> {
    await this.#save(await this.#publishImage(await this.#state(), []));
  }

  async rotate(role: string): Promise<void> {
    const state = await this.#state();
    if (!isTopRole(role) && !state.families.includes(role)) throw new Ends(2, `There is no role ${role}.`);
    const next = { ...state, keys: { ...state.keys, [role]: await this.#newKeys(role) } };
    const signers = await this.#signers(next, role);
    const all = [...TOP_ROLES, ...state.families];
    const published = await this.#publishImage(state, all, (image) => {
      if (isTopRole(role)) image.rotate(role, signers);
      else image.rotateFamily(role, signers);
    });
    await this.#save({ ...published, keys: next.keys });
  }

  async direct(
    unit: string,
    what: { path: string; hardwareId: string; attempt: number } | null,
  ): Promise<void> {
    const state = await this.#state();
    const found = Object.values(state.image.entries)
      .flat()
      .find(({ path }) => path === what?.path);
    if (what && !found) throw new Ends(2, `${what.path} is not published.`);
    const version = (state.directed[unit] ?? 0) + 1;
    const [key] = (await this.#signers(state, 'director')).keys;
    const now = this.#io.now();
    const custom = found?.custom as { version: string; releaseCounter: number } | undefined;
    const files = await makeDirectorMetadata({
      ...{ unit, version, issued: now, expires: now + LIFETIMES.timestamp },
      key: key as NonNullable<typeof key>,
      direction:
        what && found && custom
          ? {
              ...{ target: found, hardwareId: what.hardwareId, attempt: what.attempt },
              ...{ version: custom.version, releaseCounter: custom.releaseCounter },
            }
          : null,
    });
    await writeFolder(this.#disk, files, `repository/director/${parse(Name, unit, 'unit')}`);
    await this.#save({ ...state, directed: { ...state.directed, [unit]: version } });
  }

  /** `needs`: roles whose keys must be here, since they sign or are named anew. */
  async #publishImage(
    state: State,
    needs: readonly string[],
    change: (image: Awaited<ReturnType<typeof openImageRepository>>) => void = () => undefined,
  ): Promise<State> {
    for (const role of [...needs, 'snapshot', 'timestamp']) {
      const { keys, threshold } = await this.#signers(state, role);
      const all = state.keys[role]?.files.length ?? 0;
      if (keys.length < (role === 'root' ? all : threshold))
        throw new Ends(2, `Keys of ${role} are not in the folder "keys": ${keys.length} of ${all} are.`);
    }
    const families: Record<string, Signers> = {};
    for (const family of state.families) families[family] = await this.#signers(state, family);
    const keys: ImageKeys = {
      root: await this.#signers(state, 'root'),
      targets: await this.#signers(state, 'targets'),
      snapshot: await this.#signers(state, 'snapshot'),
      timestamp: await this.#signers(state, 'timestamp'),
      families,
    };
    const image = await openImageRepository(this.#disk, keys, state.image, 'repository');
    change(image);
    await writeFolder(this.#disk, await image.publish(this.#io.now()), 'repository');
    return { ...state, image: image.state };
  }

  async #newKeys(role: string): Promise<State['keys'][string]> {
    const [count, threshold] = COUNTS[role] ?? [1, 1];
    const files: string[] = [];
    const there = await this.#disk.list('keys');
    for (let number = 1; files.length < count; number += 1) {
      const file = `${role}-${number}.pem`;
      if (there.includes(file)) continue;
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      await replaceFile(this.#disk, `keys/${file}`, Buffer.from(pem));
      files.push(file);
    }
    return { files, threshold };
  }

  /** The keys of a role that are here; an offline key may be away. */
  async #signers(state: State, role: string): Promise<Signers> {
    const { files, threshold } = state.keys[role] ?? { files: [], threshold: 1 };
    const keys: Signers['keys'][number][] = [];
    for (const file of files) {
      const pem = await this.#disk.read(`keys/${file}`, 4096);
      if (pem) keys.push(roleKey(createPrivateKey(Buffer.from(pem))));
    }
    return { keys, threshold };
  }

  async #state(): Promise<State> {
    const bytes = await this.#disk.read('state.json', 1 << 24);
    if (!bytes)
      throw new Ends(2, 'The folder holds no repository. Begin with: updates init FOLDER --family NAME');
    return State.parse(JSON.parse(new TextDecoder().decode(bytes)));
  }

  #save(state: State): Promise<void> {
    return replaceFile(this.#disk, 'state.json', Buffer.from(JSON.stringify(state, null, 1)));
  }
}
