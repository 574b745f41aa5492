// The offline folder of a publisher: keys of the manufacturer's repository and what it published. It is taken out of a safe to publish, and goes
// back; Ward reads it in a command only and keeps nothing of it.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metadata, Root } from '@tufjs/models';
import {
  type ImageKeys,
  ImageRepository,
  type ImageState,
  type Signers,
} from '@ward/device/updates/repository/image-repository.ts';
import { type RoleKey, roleKey } from '@ward/device/updates/repository/keys.ts';
import { refuseFleet } from '../errors.ts';

const ROOT_KEYS = 3;
const ROOT_THRESHOLD = 2;
const STATE = 'published.json';

export interface KeysFolder {
  readonly repository: ImageRepository;
  /** After a publication: what was published must be known the next time, before anybody fetches it. */
  keep(): Promise<void>;
}

/** New keys: three for the root, of which two sign, and one for each other role. Refuses `fleet.keys` when some are there. */
export async function makeKeysFolder(folder: string, family: string): Promise<KeysFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of fileNames(family)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeSecret(join(folder, name), privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
  }
  return folderOf(folder, new ImageRepository(await readKeys(folder, family)));
}

/** Refuses `fleet.keys` when a file is missing or cannot be read. */
export async function openKeysFolder(folder: string, family: string): Promise<KeysFolder> {
  const keys = await readKeys(folder, family);
  const state = JSON.parse(await readText(folder, STATE)) as ImageState;
  return folderOf(folder, new ImageRepository(keys, state));
}

function folderOf(folder: string, repository: ImageRepository): KeysFolder {
  return {
    repository,
    async keep() {
      const draft = join(folder, `${STATE}.new`);
      await writeFile(draft, JSON.stringify(repository.state), { mode: 0o600, flush: true });
      await rename(draft, join(folder, STATE));
    },
  };
}

const rootNames = () => Array.from({ length: ROOT_KEYS }, (_, at) => `image-root-${at + 1}.pem`);
const fileNames = (family: string) => [
  ...rootNames(),
  'image-targets.pem',
  'image-snapshot.pem',
  'image-timestamp.pem',
  `image-family-${family}.pem`,
];

async function readKeys(folder: string, family: string): Promise<ImageKeys> {
  const one = async (name: string): Promise<Signers> => ({
    keys: [roleKey(await readKey(folder, name))],
    threshold: 1,
  });
  return {
    root: {
      keys: await Promise.all(rootNames().map(async (name) => roleKey(await readKey(folder, name)))),
      threshold: ROOT_THRESHOLD,
    },
    targets: await one('image-targets.pem'),
    snapshot: await one('image-snapshot.pem'),
    timestamp: await one('image-timestamp.pem'),
    families: { [family]: await one(`image-family-${family}.pem`) },
  };
}

/** All keys in these folders whose file begins so. Refuses `fleet.keys` when a folder or a file cannot be read. */
export async function readKeysIn(folders: readonly string[], prefix: string): Promise<readonly RoleKey[]> {
  const keys = new Map<string, RoleKey>();
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      throw refuseFleet('fleet.keys', `The folder cannot be read (${error.code}).`, { at: folder });
    });
    for (const name of names.filter((each) => each.startsWith(prefix) && each.endsWith('.pem'))) {
      const key = roleKey(await readKey(folder, name));
      keys.set(key.id, key);
    }
  }
  return [...keys.values()];
}

/**
 * What lies on a server names the keys that are signed for next: only what one of the keys at hand has signed before is gone on from. Refuses `fleet.keys`.
 */
export function requireSignedByOne(root: Metadata<Root>, keys: readonly RoleKey[]): void {
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

async function readKey(folder: string, name: string): Promise<KeyObject> {
  const text = await readText(folder, name);
  try {
    return createPrivateKey(text);
  } catch {
    throw refuseFleet('fleet.keys', `${name} is no private key.`, { at: join(folder, name) });
  }
}

async function readText(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw refuseFleet('fleet.keys', `${name} cannot be read (${(error as NodeJS.ErrnoException).code}).`, {
      at: join(folder, name),
    });
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
