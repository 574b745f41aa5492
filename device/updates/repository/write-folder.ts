// Puts a repository's new files into a folder of static files: what is pointed at before what points at it, so that a reader in between sees
// the old state or the new one.
import { type Disk, replaceFile } from '../../disk/disk.ts';
import { MOST_BYTES } from '../decode.ts';
import { type Files, type ImageKeys, ImageRepository, type ImageState } from './image-repository.ts';

export async function writeFolder(disk: Disk, files: Files, folder = '.'): Promise<void> {
  const last = [...files].sort(
    ([a], [b]) => Number(a.endsWith('timestamp.json')) - Number(b.endsWith('timestamp.json')),
  );
  for (const [path, bytes] of last) {
    const place = folder === '.' ? path : `${folder}/${path}`;
    if (place.includes('/')) await disk.makeFolder(place.slice(0, place.lastIndexOf('/')));
    await replaceFile(disk, place, bytes);
  }
}

/** The repository as its folder holds it, to publish more into it: only roles that change are signed anew. */
export async function openImageRepository(
  disk: Disk,
  keys: ImageKeys,
  state: ImageState,
  folder = '.',
): Promise<ImageRepository> {
  const current = new Map<string, Uint8Array>();
  for (const role of ['targets', ...Object.keys(keys.families)]) {
    const path = `metadata/${state.versions[role] ?? 0}.${role}.json`;
    const bytes = await disk.read(folder === '.' ? path : `${folder}/${path}`, MOST_BYTES.targets);
    if (bytes) current.set(role, bytes);
  }
  return new ImageRepository(keys, state, current);
}
