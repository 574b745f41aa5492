import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ReadItem, type ReadRecordsOptions, readRecords } from './read-records.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ward-records-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const osv = (id: string, rest: object = {}) => ({
  id,
  modified: '2026-01-01T00:00:00Z',
  affected: [],
  ...rest,
});
const lines = (...ids: string[]) => ids.map((id) => JSON.stringify(osv(id))).join('\n');

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function readAll(paths: string[], options: ReadRecordsOptions = {}): Promise<ReadItem[]> {
  const items: ReadItem[] = [];
  for await (const item of readRecords(paths, options)) items.push(item);
  return items;
}

/** Ids of records and codes of problems in order; ends of files left out. */
function told(items: readonly ReadItem[]): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'file') return [];
    return [item.kind === 'problem' ? item.problem.code : (item.record as { id: string }).id];
  });
}

const crcTable = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
const crc32 = (bytes: Uint8Array) =>
  ~bytes.reduce((crc, byte) => crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8), -1) >>> 0;

/** A zip archive of deflated entries; `zip64` writes sizes and counts into the zip64 records only. */
function zip(entries: Record<string, string | Buffer>, zip64 = false): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(entries)) {
    const raw = Buffer.from(content as string);
    const packed = deflateRawSync(raw);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(45, 4);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(crc32(raw), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(raw.length, 22);
    local.writeUInt16LE(name.length, 26);
    const extra = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(raw.length), 4);
      extra.writeBigUInt64LE(BigInt(packed.length), 12);
      extra.writeBigUInt64LE(BigInt(offset), 20);
    }
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(45, 4);
    central.writeUInt16LE(45, 6);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(crc32(raw), 16);
    central.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20);
    central.writeUInt32LE(zip64 ? 0xffffffff : raw.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    parts.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name), extra);
    offset += 30 + name.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const count = Object.keys(entries).length;
  const tail: Buffer[] = [];
  if (zip64) {
    const record = Buffer.alloc(76);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(44n, 4);
    record.writeUInt16LE(45, 12);
    record.writeUInt16LE(45, 14);
    record.writeBigUInt64LE(BigInt(count), 24);
    record.writeBigUInt64LE(BigInt(count), 32);
    record.writeBigUInt64LE(BigInt(central.length), 40);
    record.writeBigUInt64LE(BigInt(offset), 48);
    record.writeUInt32LE(0x07064b50, 56);
    record.writeBigUInt64LE(BigInt(offset + central.length), 64);
    record.writeUInt32LE(1, 72);
    tail.push(record);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : central.length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  return Buffer.concat([...parts, central, ...tail, end]);
}

describe('files and folders', () => {
  it('are read by content, whatever they are called', async () => {
    await put('a.data', gzipSync(lines('A-1', 'A-2')));
    await put('b.txt', JSON.stringify([osv('B-1'), osv('B-2')]));
    await put(
      'c',
      JSON.stringify({
        resultsPerPage: 1,
        vulnerabilities: [{ cve: { id: 'CVE-2026-0001', vulnStatus: 'Analyzed' } }],
      }),
    );
    await put('d/e/single.json', JSON.stringify(osv('D-1'), null, 2));
    await put(
      'f.zip.bak',
      zip({ 'x/1.json': JSON.stringify(osv('F-1')), '2.jsonl.gz': gzipSync(lines('F-2', 'F-3')) }),
    );

    const items = await readAll([folder]);

    expect(items.flatMap((item) => (item.kind === 'record' ? [item.format] : []))).toEqual([
      ...Array(4).fill('osv'),
      'nvd',
      ...Array(4).fill('osv'),
    ]);
    expect(told(items).filter((id) => id !== undefined)).toEqual([
      'A-1',
      'A-2',
      'B-1',
      'B-2',
      'D-1',
      'F-1',
      'F-2',
      'F-3',
    ]);
    expect(items.filter(({ kind }) => kind === 'problem')).toEqual([]);
  });

  it('are taken in the order of their names; hidden files and links are passed over', async () => {
    await put('b.json', JSON.stringify(osv('B')));
    await put('a/z.json', JSON.stringify(osv('Z')));
    await put('.git/x.json', JSON.stringify(osv('HIDDEN')));
    await symlink(folder, join(folder, 'a', 'circle'));

    expect(told(await readAll([folder]))).toEqual(['Z', 'B']);
  });

  it('that are wholly something else are refused, and the others are read', async () => {
    await put('a.md', '# Advisories');
    await put('b.json', JSON.stringify(Array.from({ length: 50 }, (_, index) => ({ nothing: index }))));
    await put('c.json', '');
    await put('d.json', Buffer.from('\ufeff{"id":"D"}', 'utf16le'));
    await put('e.json', JSON.stringify(osv('E')));

    const items = await readAll([folder]);

    expect(told(items).filter((code) => code !== 'advisory.unknown-format')).toEqual([
      'advisory.not-advisories',
      'advisory.not-advisories',
      'advisory.not-advisories',
      'advisory.broken-encoding',
      'E',
    ]);
    expect(told(items).filter((code) => code === 'advisory.unknown-format')).toHaveLength(19);
  });

  it('that do not exist are refused at once', async () => {
    await expect(readAll([join(folder, 'gone')])).rejects.toMatchObject({
      code: 'advisory.no-such-file',
      remedy: expect.any(String),
    });
  });

  it('beyond the permitted number or depth are refused', async () => {
    await put('a/b/1.json', lines('A'));
    await put('a/b/2.json', lines('B'));

    await expect(readAll([folder], { limits: { maxFiles: 1 } })).rejects.toMatchObject({
      code: 'advisory.too-many-files',
    });
    await expect(readAll([folder], { limits: { maxFolderDepth: 2 } })).rejects.toMatchObject({
      code: 'advisory.too-many-files',
    });
    expect(told(await readAll([folder], { limits: { maxFiles: 2, maxFolderDepth: 3 } }))).toEqual(['A', 'B']);
  });
});

describe('a bad record', () => {
  it('is told with file and line and does not stop the rest', async () => {
    const path = await put(
      'feed.jsonl',
      `${lines('A')}\n{"id":\n${JSON.stringify({ what: 1 })}\n${lines('B')}\n`,
    );

    const items = await readAll([path]);

    expect(told(items)).toEqual(['A', 'advisory.not-json', 'advisory.unknown-format', 'B']);
    expect(items.flatMap((item) => (item.kind === 'problem' ? [item.problem.at] : []))).toEqual([
      `${path}:2`,
      `${path}:3`,
    ]);
    expect(items.at(-1)).toMatchObject({
      kind: 'file',
      records: 2,
      problems: 2,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('packed files', () => {
  it('that are cut give what came before the damage', async () => {
    const packed = gzipSync(
      Array.from({ length: 3_000 }, (_, index) => lines(`A-${index}-${Math.sin(index)}`)).join('\n'),
    );
    const path = await put('cut.jsonl.gz', packed.subarray(0, packed.length / 2));

    const items = await readAll([path]);

    expect(items.filter(({ kind }) => kind === 'record').length).toBeGreaterThan(500);
    expect(told(items).at(-1)).toBe('advisory.broken-archive');
    expect(items.some(({ kind }) => kind === 'file')).toBe(false);
  });

  it('that are zip64 are read', async () => {
    const path = await put(
      'big.zip',
      zip({ 'a.json': JSON.stringify(osv('A')), 'b.json': JSON.stringify(osv('B')) }, true),
    );

    expect(told(await readAll([path]))).toEqual(['A', 'B']);
  });

  it('that are a damaged zip are refused', async () => {
    const whole = zip({ 'a.json': JSON.stringify(osv('A')) });
    const path = await put('bad.zip', whole.subarray(0, whole.length - 10));

    expect(told(await readAll([path]))).toEqual(['advisory.broken-archive']);
  });

  it('whose entries climb out of the archive are refused', async () => {
    const path = await put('climb.zip', zip({ '../../evil.json': JSON.stringify(osv('A')) }));

    expect(told(await readAll([path]))).toEqual(['advisory.broken-archive']);
  });

  const bomb = Buffer.alloc(3_000_000, ' ');
  const strict = { limits: { ratioFreeBytes: 100_000, maxRatio: 50 } };

  it.each([
    ['a gzip bomb', () => gzipSync(Buffer.concat([Buffer.from('[ '), bomb]))],
    ['a zip bomb in one entry', () => zip({ 'a.json': Buffer.concat([Buffer.from('[ '), bomb]) })],
    [
      'a zip bomb in many entries',
      () =>
        zip(
          Object.fromEntries(
            Array.from({ length: 60 }, (_, index) => [
              `${index}.json`,
              Buffer.concat([Buffer.from('[]'), bomb.subarray(0, 60_000)]),
            ]),
          ),
        ),
    ],
    [
      'a gzip bomb inside a zip',
      () => zip({ 'a.json.gz': gzipSync(Buffer.concat([Buffer.from('[ '), bomb])) }),
    ],
  ])('that are %s are refused', async (_name, make) => {
    const path = await put('bomb', make());

    expect(told(await readAll([path], strict))).toContain('advisory.unpacks-too-large');
  });

  it('count against one bound for the whole import', async () => {
    await put('a.json', lines('A'));
    await put('b.json', lines('B'));
    const size = Buffer.byteLength(lines('A'));

    expect(told(await readAll([folder], { limits: { maxUnpackedBytes: 2 * size } }))).toEqual(['A', 'B']);
    expect(told(await readAll([folder], { limits: { maxUnpackedBytes: 2 * size - 1 } }))).toEqual([
      'A',
      'advisory.unpacks-too-large',
    ]);
  });
});

describe('a long import', () => {
  it('can be resumed behind any record, also inside an archive', async () => {
    await put('a.jsonl', `${lines('A-0')}\nbroken\n${lines('A-2')}`);
    await put(
      'b.zip',
      zip({
        'x.json': `[${JSON.stringify(osv('X-0'))},${JSON.stringify(osv('X-1'))}]`,
        'y.json': JSON.stringify(osv('Y-0')),
      }),
    );
    await put('c.json', JSON.stringify(osv('C-0')));
    const whole = (await readAll([folder])).filter(({ kind }) => kind !== 'file');

    for (const [index, item] of whole.entries()) {
      const rest = (await readAll([folder], { after: item.place })).filter(({ kind }) => kind !== 'file');
      expect(rest.map(({ place }) => place)).toEqual(whole.slice(index + 1).map(({ place }) => place));
    }
    expect(new Set(whole.map(({ place }) => place)).size).toBe(7);
  });

  it('refuses a place that is gone', async () => {
    const path = await put('a.json', lines('A'));

    await expect(readAll([path], { after: 'elsewhere.json#3' })).rejects.toMatchObject({
      code: 'advisory.place-is-gone',
    });
  });

  it('tells its progress up to the end and stops when asked', async () => {
    await put('a.jsonl.gz', gzipSync(lines('A', 'B')));
    await put('b.jsonl', Array.from({ length: 5_000 }, (_, index) => lines(`B-${index}`)).join('\n'));
    const seen: number[] = [];
    const abort = new AbortController();

    await readAll([folder], { onProgress: ({ bytesRead, bytesTotal }) => seen.push(bytesRead / bytesTotal) });
    const stopped = readAll([folder], {
      signal: abort.signal,
      onProgress: ({ filesDone }) => filesDone === 1 && abort.abort(),
    });

    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  });
});
