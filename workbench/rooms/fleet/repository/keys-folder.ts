// The keys of the manufacturer's repository, in folders that go to different places: the root's into safes, those for publishing to who publishes, those
// for the daily refresh, with what was published, to who refreshes. Ward reads them in a command only and keeps nothing of them.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Files,
  ImageRepository,
  type ImageState,
  type Signers,
} from '@ward/device/updates/repository/image-repository.ts';
import { absentKey, atHand, type RoleKey, roleKey } from '@ward/device/updates/repository/keys.ts';
import {
  type RootMetadata,
  readRoot,
  readTargets,
  sha256,
} from '@ward/device/updates/repository/metadata.ts';
import { z } from 'zod';
import { refuseFleet } from '../errors.ts';

const ROOT_KEYS = 3;
const ROOT_THRESHOLD = 2;
const STATE = 'published.json';
/** Below the folder of the offline keys; what stays above is for safes. */
export const PUBLISH = 'publish';
export const REFRESH = 'refresh';

/** What was published last; no secret, but what the next signatures go on from. */
const State = z.looseObject({
  versions: z.record(z.string(), z.number().int().min(0)),
  entries: z.record(z.string(), z.array(z.looseObject({ path: z.string() }))),
  hashes: z.record(z.string(), z.string()).optional(),
  /** The newest root, as it was signed. */
  root: z.string().optional(),
});

export type RotatedRole = 'root' | 'targets' | 'snapshot' | 'timestamp' | 'family';
export const ROTATED_ROLES: readonly RotatedRole[] = ['root', 'targets', 'snapshot', 'timestamp', 'family'];

export interface KeysFolder {
  readonly repository: ImageRepository;
  /** The newest root; null before the first publication. */
  readonly root: RootMetadata | null;
  readonly rootDocument: string | null;
  /** Those of the role that are in the folders. */
  signersOf(role: RotatedRole): readonly RoleKey[];
  /** Makes new keys for a role beside those of before, and has the repository rotate. Gives the files that are no longer used. */
  rotate(role: RotatedRole): Promise<readonly string[]>;
  /** What was published must be known the next time, before anybody fetches it. */
  keep(files: Files): Promise<void>;
}

interface FoundKey {
  readonly key: RoleKey;
  readonly file: string;
}

interface Opened {
  readonly family: string;
  readonly repository: ImageRepository;
  readonly stateFile: string;
  readonly rootDocument: string | null;
  readonly found: readonly FoundKey[];
  /** Where a new key of a role goes. */
  readonly placeOf: (role: RotatedRole) => string;
  readonly signers: (role: RotatedRole) => Signers;
}

/** New keys: three for the root, of which two sign, and one for each other role. Refuses `fleet.keys` when some are there. */
export async function makeKeysFolder(folder: string, family: string): Promise<KeysFolder> {
  const placeOf = (role: RotatedRole) => join(folder, subfolderOf(role));
  const found: FoundKey[] = [];
  const made: Partial<Record<RotatedRole, Signers>> = {};
  for (const role of ROTATED_ROLES) {
    const fresh = await makeKeys(placeOf(role), role, family, '');
    found.push(...fresh);
    made[role] = signersFrom(role, fresh);
  }
  const signers = (role: RotatedRole) => made[role] as Signers;
  return folderOf({
    ...{ family, found, placeOf, signers, rootDocument: null, stateFile: join(folder, REFRESH, STATE) },
    repository: new ImageRepository({
      ...{ root: signers('root'), targets: signers('targets') },
      ...{ snapshot: signers('snapshot'), timestamp: signers('timestamp') },
      families: { [family]: signers('family') },
    }),
  });
}

const subfolderOf = (role: RotatedRole): string => {
  if (role === 'root') return '.';
  return role === 'targets' || role === 'family' ? PUBLISH : REFRESH;
};

async function makeKeys(
  place: string,
  role: RotatedRole,
  family: string,
  suffix: string,
): Promise<readonly FoundKey[]> {
  await mkdir(place, { recursive: true, mode: 0o700 });
  const made: FoundKey[] = [];
  const names =
    role === 'root'
      ? Array.from({ length: ROOT_KEYS }, (_, at) => `image-root-${at + 1}`)
      : [role === 'family' ? `image-family-${family}` : `image-${role}`];
  for (const name of names) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = join(place, `${name}${suffix}.pem`);
    await writeSecret(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    made.push({ key: roleKey(privateKey), file });
  }
  return made;
}

const signersFrom = (role: RotatedRole, found: readonly FoundKey[]): Signers => ({
  keys: found.map(({ key }) => key),
  threshold: role === 'root' ? ROOT_THRESHOLD : 1,
});

/**
 * Opens what lies in these folders and in `publish` and `refresh` below them; keys that are not there sign nothing (`KeysFolder.repository.missing`).
 * Refuses `fleet.keys` when what was published last is not there or cannot be read, `fleet.repository-differs` when the repository is not as it was
 * published.
 */
export async function openKeysFolders(
  folders: readonly string[],
  family: string,
  repositoryFolder: string,
): Promise<KeysFolder> {
  const places = await placesIn(folders);
  const found = await findKeys(places);
  const stateFile = await findState(places);
  const state = await readState(stateFile);
  const metadata = (name: string) => readFile(join(repositoryFolder, 'metadata', name)).catch(() => null);

  const version = state.versions.root ?? 0;
  const rootDocument = state.root ?? (await metadata(`${version}.root.json`))?.toString() ?? null;
  const root = rootDocument === null ? null : readRoot(rootDocument);
  if (root?.signed.version !== version) throw differs(`it holds no root ${version}`);
  const newest = versionIn(await metadata('timestamp.json'));
  if (newest > (state.versions.timestamp ?? 0))
    throw differs(`another folder signed timestamp ${newest} meanwhile; ${stateFile} knows an older one`);

  const current = new Map<string, Uint8Array>();
  for (const [role, hash] of Object.entries(state.hashes ?? {})) {
    const name = `${state.versions[role]}.${role}.json`;
    const bytes = await metadata(name);
    if (!bytes || sha256(bytes) !== hash) throw differs(`${name} is not what was published`);
    current.set(role, bytes);
  }
  const keyOf = (id: string) => found.find(({ key }) => key.id === id)?.key;
  const known = (keyIDs: readonly string[], keys: Readonly<Record<string, RoleKey['key']>>) =>
    keyIDs.map((id) => keyOf(id) ?? absentKey(keys[id]!));
  const signers = (role: RotatedRole): Signers => {
    if (role !== 'family') {
      const { keyIDs = [], threshold = 1 } = root.signed.roles[role] ?? {};
      return { keys: known(keyIDs, root.signed.keys), threshold };
    }
    const targets = current.get('targets');
    // Before hashes were kept: by the name of the file, and everything is signed anew.
    if (!targets)
      return signersFrom(
        role,
        found.filter(({ file }) => file.endsWith(`image-family-${family}.pem`)),
      );
    const { delegations } = readTargets(Buffer.from(targets).toString()).signed;
    const { keyIDs = [], threshold = 1 } = delegations?.roles?.[family] ?? {};
    return { keys: known(keyIDs, delegations?.keys ?? {}), threshold };
  };
  const placeOf = (role: RotatedRole) => {
    const ids = new Set(signers(role).keys.map(({ id }) => id));
    const before = found.find(({ key }) => ids.has(key.id));
    return before ? dirname(before.file) : join(folders[0] as string, subfolderOf(role));
  };
  const keys = {
    ...{ root: signers('root'), targets: signers('targets') },
    ...{ snapshot: signers('snapshot'), timestamp: signers('timestamp') },
    families: { [family]: signers('family') },
  };
  const repository = new ImageRepository(keys, state as unknown as ImageState, current);
  return folderOf({ family, repository, stateFile, rootDocument, found, placeOf, signers });
}

function folderOf(opened: Opened): KeysFolder {
  const { family, repository, stateFile, rootDocument, found, placeOf, signers } = opened;
  const root = rootDocument === null ? null : readRoot(rootDocument);
  return {
    repository,
    root,
    rootDocument,
    signersOf: (role) => atHand(signers(role).keys),
    async rotate(role) {
      const before = new Set(signers(role).keys.map(({ id }) => id));
      const fresh = await makeKeys(placeOf(role), role, family, `.v${(root?.signed.version ?? 0) + 1}`);
      if (role === 'family') repository.rotateFamily(family, signersFrom(role, fresh));
      else repository.rotate(role, signersFrom(role, fresh));
      return found.filter(({ key }) => before.has(key.id)).map(({ file }) => file);
    },
    async keep(files) {
      const made = [...files].find(([path]) => path.endsWith('.root.json'))?.[1];
      const kept = made === undefined ? rootDocument : Buffer.from(made).toString();
      const draft = `${stateFile}.new`;
      const text = JSON.stringify({ ...repository.state, root: kept });
      await writeFile(draft, text, { mode: 0o600, flush: true });
      await rename(draft, stateFile);
    },
  };
}

const differs = (how: string) =>
  refuseFleet('fleet.repository-differs', `The repository is not as it was published: ${how}.`);

function versionIn(timestamp: Buffer | null): number {
  if (timestamp === null) return 0;
  try {
    return Number(JSON.parse(timestamp.toString()).signed.version) || 0;
  } catch {
    return 0;
  }
}

async function placesIn(folders: readonly string[]): Promise<readonly string[]> {
  const places: string[] = [];
  for (const folder of folders) {
    await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      throw refuseFleet('fleet.keys', `The folder cannot be read (${error.code}).`, { at: folder });
    });
    for (const place of [folder, join(folder, PUBLISH), join(folder, REFRESH)])
      if (
        await stat(place).then(
          (found) => found.isDirectory(),
          () => false,
        )
      )
        places.push(place);
  }
  return [...new Set(places)];
}

async function findKeys(places: readonly string[]): Promise<readonly FoundKey[]> {
  const found: FoundKey[] = [];
  for (const place of places)
    for (const file of await filesIn(place, 'image-'))
      found.push({ key: roleKey(await readKey(file)), file });
  return found;
}

/** One folder says what was published: two would tell two stories. */
async function findState(places: readonly string[]): Promise<string> {
  const files: string[] = [];
  for (const place of places)
    if (
      await stat(join(place, STATE)).then(
        () => true,
        () => false,
      )
    )
      files.push(join(place, STATE));
  const [file] = files;
  if (file !== undefined && files.length === 1) return file;
  throw refuseFleet(
    'fleet.keys',
    file === undefined ? `${STATE} is in none of the folders.` : `${STATE} is in ${files.length} folders.`,
    { at: places.join(', ').slice(0, 500), remedy: 'Give the one folder "refresh" that signed last.' },
  );
}

async function readState(file: string): Promise<z.infer<typeof State>> {
  try {
    return State.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw refuseFleet('fleet.keys', `${STATE} cannot be read.`, { at: file, cause });
  }
}

async function filesIn(folder: string, prefix: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw refuseFleet('fleet.keys', `The folder cannot be read (${error.code}).`, { at: folder });
  });
  return names
    .filter((name) => name.startsWith(prefix) && name.endsWith('.pem'))
    .map((name) => join(folder, name));
}

/** All keys in these folders whose file begins so. Refuses `fleet.keys` when a folder or a file cannot be read. */
export async function readKeysIn(folders: readonly string[], prefix: string): Promise<readonly RoleKey[]> {
  const keys = new Map<string, RoleKey>();
  for (const folder of folders)
    for (const file of await filesIn(folder, prefix)) {
      const key = roleKey(await readKey(file));
      keys.set(key.id, key);
    }
  return [...keys.values()];
}

/**
 * What lies on a server names the keys that are signed for next: only what one of the keys at hand has signed before is gone on from. Refuses `fleet.keys`.
 */
export function requireSignedByOne(root: RootMetadata, keys: readonly RoleKey[]): void {
  const isSigned = keys.some(({ key }) => {
    try {
      key.verifySignature(root);
      return true;
    } catch {
      return false;
    }
  });
  if (isSigned) return;
  throw refuseFleet(
    'fleet.keys',
    `Root ${root.signed.version} was signed by none of the keys that are there.`,
    {
      remedy:
        'Give the folder of somebody who signed it. If nobody did, the server shows another root than was made: look into how that came before you sign anything.',
    },
  );
}

async function readKey(file: string): Promise<KeyObject> {
  try {
    return createPrivateKey(await readFile(file, 'utf8'));
  } catch (cause) {
    throw refuseFleet('fleet.keys', 'The file is no private key, or cannot be read.', { at: file, cause });
  }
}

/** A key is written once: to overwrite one would be to lose it. */
export async function writeSecret(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx', flush: true });
    await chmod(path, 0o600);
  } catch (error) {
    throw refuseFleet('fleet.keys', `The key cannot be written (${(error as NodeJS.ErrnoException).code}).`, {
      at: path,
    });
  }
}
