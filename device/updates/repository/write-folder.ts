// Puts a repository's new files into a folder of static files: what is pointed at before what points at it, so that a reader in between sees
// the old state or the new one.
import { type Disk, replaceFile } from '../../disk/disk.ts';
import type { Files } from './image-repository.ts';

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
