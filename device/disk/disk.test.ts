import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Disk, replaceFile } from './disk.ts';
import { RealDisk } from './real-disk.ts';
import { AFTERMATHS, PowerLost, SimulatedDisk } from './simulated-disk.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array | null) => (content === null ? null : new TextDecoder().decode(content));

const folders: string[] = [];
function realDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'ward-disk-'));
  folders.push(folder);
  return new RealDisk(folder);
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe.each([
  ['a folder', realDisk],
  ['a simulated disk', () => new SimulatedDisk()],
])('%s', (_name, make) => {
  it('gives back what was written, and nothing where there is nothing', async () => {
    const disk = make();
    await disk.makeFolder('a');
    await replaceFile(disk, 'a/one', bytes('first'));
    await replaceFile(disk, 'a/one', bytes('second'));

    expect(text(await disk.read('a/one', 100))).toBe('second');
    expect(await disk.read('a/two', 100)).toBeNull();
    expect(await disk.list('a')).toEqual(['one']);
    expect(await disk.list('b')).toEqual([]);
    await expect(disk.read('a/one', 3)).rejects.toMatchObject({ code: 'EFBIG' });
    await expect(disk.open('a/two')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('writes and cuts in the middle of a file', async () => {
    const disk = make();
    const file = await disk.open('log', { create: true });
    await file.write(0, bytes('one two'));
    await file.write(4, bytes('six seven'));
    await file.truncate(7);
    await file.sync();

    expect(file.size).toBe(7);
    expect(text(await file.read(4, 100))).toBe('six');
    await file.close();
  });
});

describe('a folder as a disk', () => {
  it('has no place outside itself', async () => {
    await expect(realDisk().open('../outside', { create: true })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('power that fails', () => {
  it('at any step of a replacement leaves the old content or the new one', async () => {
    const outcomes = new Set<string | null>();
    for (const aftermath of AFTERMATHS)
      for (let step = 1; ; step += 1) {
        const disk = new SimulatedDisk();
        await replaceFile(disk, 'state', bytes('old'));
        disk.restart();
        disk.cutPowerAt(step, aftermath);
        const cut = await replaceFile(disk, 'state', bytes('newer')).then(
          () => false,
          (error) => {
            if (!(error instanceof PowerLost)) throw error;
            return true;
          },
        );
        disk.restart();
        outcomes.add(text(await disk.read('state', 100)));
        if (!cut) break;
      }

    expect([...outcomes].sort()).toEqual(['newer', 'old']);
  });

  it('loses what was not synced, and the name of a file that its folder does not hold', async () => {
    const disk = new SimulatedDisk();
    const file = await disk.open('log', { create: true });
    await file.write(0, bytes('kept'));
    await file.sync();
    await disk.syncFolder('.');
    await file.write(4, bytes(' lost'));
    await disk.open('new', { create: true });
    disk.restart();

    expect(text(await disk.read('log', 100))).toBe('kept');
    expect(await disk.read('new', 100)).toBeNull();
  });

  it('a full disk refuses the write and keeps what was there', async () => {
    const disk = new SimulatedDisk();
    disk.limit(6);
    const file = await disk.open('log', { create: true });
    await file.write(0, bytes('four'));

    await expect(file.write(4, bytes('more'))).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(text(await disk.read('log', 100))).toBe('four');
  });
});
