// The compact, read-only knowledge file of `ward scan`: buckets of packages behind a table of offsets, so that a scan
// reads only what its components ask for.
//   "WARDKN1\n" · u32 length · header JSON · u32 count · count × (u64 offset, u32 length) · buckets (deflated JSON)
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { defineErrors } from '../../kernel/errors.ts';
import type { Advisory, Affected, CpeConfiguration } from '../advisory.ts';
import { packageKey } from '../identity/package-key.ts';
import { groupAliases } from '../matching/alias-groups.ts';
import { coverageLabel } from '../matching/coverage.ts';

const refuse = defineErrors({
  'knowledge.not-a-file': {
    status: 422,
    exit: 3,
    title: 'Not a knowledge file',
    remedy: 'Make one with `ward knowledge build FILE`.',
  },
  'knowledge.damaged': {
    status: 422,
    exit: 3,
    title: 'The knowledge file is damaged',
    remedy: 'Make it anew with `ward knowledge build FILE`.',
  },
});

const MAGIC = Buffer.from('WARDKN1\n');
const MAX_HEADER = 1 << 20;
const MAX_BUCKET = 64 * 1024 * 1024;
const deflate = promisify(deflateRaw);

const Header = z.object({
  createdAt: z.string().max(40),
  records: z.number().int().nonnegative(),
  /** Ecosystem → number of records; an ecosystem that is not here is not watched. */
  coverage: z.record(z.string().max(200), z.number().int().nonnegative()),
  newest: z.string().max(40).nullable(),
  buckets: z
    .number()
    .int()
    .min(1)
    .max(1 << 20),
});
export type KnowledgeHeader = z.infer<typeof Header>;

/** What a scan needs of an advisory. */
export interface Brief {
  readonly id: string;
  readonly source: string;
  /** Name of its alias group, and every id in it. */
  readonly group: string;
  readonly ids: readonly string[];
  readonly summary: string;
  readonly level: string;
  readonly score: number | null;
  readonly vector: string | null;
  readonly configurations: readonly CpeConfiguration[];
}

export interface BucketItem {
  readonly key: string;
  readonly brief: Brief;
  readonly affected: Affected;
}

function bucketOf(key: string, buckets: number): number {
  return createHash('sha1').update(key).digest().readUInt32BE(0) % buckets;
}

/** Writes the file whole or not at all. Withdrawn records are left out: they match nothing. */
export async function writeCompact(
  file: string,
  advisories: readonly Advisory[],
  createdAt: string,
): Promise<KnowledgeHeader> {
  // Only who writes needs the calculator, which is a tenth of what a scan would load.
  const { worstSeverity } = await import('../cvss.ts');
  const live = advisories.filter((advisory) => advisory.withdrawn === null);
  const groups = groupsOf(advisories);
  const items = live.flatMap((advisory) => {
    const worst = worstSeverity(advisory.severities);
    const group = groups.get(advisory.id) ?? { preferred: advisory.id, ids: [advisory.id] };
    const brief: Brief = {
      id: advisory.id,
      source: advisory.source,
      group: group.preferred,
      ids: group.ids,
      summary: advisory.summary.slice(0, 300),
      level: worst?.level ?? 'unknown',
      score: worst?.base ?? null,
      vector: worst?.vector ?? null,
      configurations: advisory.configurations,
    };
    return advisory.affected.map((affected) => ({
      key: packageKey(affected),
      brief: affected.ecosystem === 'cpe' ? brief : { ...brief, configurations: [] },
      affected,
    }));
  });
  const count = Math.max(1, 2 ** Math.ceil(Math.log2(Math.max(1, items.length / 12))));
  const buckets: BucketItem[][] = Array.from({ length: count }, () => []);
  for (const item of items) buckets[bucketOf(item.key, count)]?.push(item);
  const header: KnowledgeHeader = {
    createdAt,
    records: live.length,
    buckets: count,
    coverage: coverageOf(live),
    newest: live.reduce<string | null>(
      (newest, { modified }) => (newest === null || modified > newest ? modified : newest),
      null,
    ),
  };
  const head = Buffer.from(JSON.stringify(header));
  const table = Buffer.alloc(4 + count * 12);
  table.writeUInt32BE(count, 0);
  const parts: Buffer[] = [];
  let offset = MAGIC.length + 4 + head.length + table.length;
  for (const [index, bucket] of buckets.entries()) {
    const bytes = bucket.length === 0 ? Buffer.alloc(0) : await deflate(Buffer.from(JSON.stringify(bucket)));
    table.writeBigUInt64BE(BigInt(offset), 4 + index * 12);
    table.writeUInt32BE(bytes.length, 4 + index * 12 + 8);
    parts.push(bytes);
    offset += bytes.length;
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length, 0);
  const temporary = `${file}.part`;
  try {
    await writeFile(temporary, Buffer.concat([MAGIC, length, head, table, ...parts]));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return header;
}

function groupsOf(
  advisories: readonly Advisory[],
): Map<string, { preferred: string; ids: readonly string[] }> {
  const ids = [...new Set(advisories.flatMap(({ id, aliases }) => [id, ...aliases]))];
  const pairs = advisories.flatMap(({ id, aliases }) => aliases.map((alias) => [id, alias] as const));
  const byId = new Map<string, { preferred: string; ids: readonly string[] }>();
  for (const group of groupAliases(ids, pairs)) for (const id of group.ids) byId.set(id, group);
  return byId;
}

function coverageOf(advisories: readonly Advisory[]): Record<string, number> {
  const coverage: Record<string, number> = {};
  for (const advisory of advisories) {
    for (const label of new Set(advisory.affected.map(coverageLabel)))
      coverage[label] = (coverage[label] ?? 0) + 1;
  }
  return coverage;
}

export interface Knowledge {
  readonly header: KnowledgeHeader;
  /** Statements about one package. Reads at once: a scan asks a thousand times for little, and nobody else waits meanwhile. */
  lookUp(name: { readonly ecosystem: string; readonly name: string }): readonly BucketItem[];
  close(): Promise<void>;
}

/** Refuses `knowledge.not-a-file` and `knowledge.damaged`. */
export async function openCompact(file: string): Promise<Knowledge> {
  const handle = await open(file, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw refuse('knowledge.not-a-file', `${file} cannot be read (${cause.code}).`, { at: file, cause });
  });
  try {
    const { header, table } = await readHead(handle, file);
    const cache = new Map<number, readonly BucketItem[]>();
    return {
      header,
      lookUp(name) {
        const key = packageKey(name);
        const index = bucketOf(key, header.buckets);
        let bucket = cache.get(index);
        if (!bucket) {
          bucket = readBucket(handle, table, index, file);
          cache.set(index, bucket);
        }
        return bucket.filter((item) => item.key === key);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHead(
  handle: FileHandle,
  file: string,
): Promise<{ header: KnowledgeHeader; table: Buffer }> {
  const start = await readAt(handle, 0, MAGIC.length + 4, file);
  if (!start.subarray(0, MAGIC.length).equals(MAGIC))
    throw refuse('knowledge.not-a-file', `${file} is not a knowledge file.`, { at: file });
  const length = start.readUInt32BE(MAGIC.length);
  if (length > MAX_HEADER) throw damaged(file);
  const head = await readAt(handle, start.length, length, file);
  const parsed = Header.safeParse(parse(head, file));
  if (!parsed.success) throw damaged(file);
  const table = await readAt(handle, start.length + length, 4 + parsed.data.buckets * 12, file);
  if (table.readUInt32BE(0) !== parsed.data.buckets) throw damaged(file);
  return { header: parsed.data, table };
}

function readBucket(handle: FileHandle, table: Buffer, index: number, file: string): readonly BucketItem[] {
  const offset = Number(table.readBigUInt64BE(4 + index * 12));
  const length = table.readUInt32BE(4 + index * 12 + 8);
  if (length === 0) return [];
  if (length > MAX_BUCKET) throw damaged(file);
  const items = parse(inflate(readNow(handle, offset, length, file), file), file);
  if (!Array.isArray(items)) throw damaged(file);
  return items as BucketItem[];
}

function inflate(bytes: Buffer, file: string): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_BUCKET * 8 });
  } catch {
    throw damaged(file);
  }
}

function readNow(handle: FileHandle, position: number, length: number, file: string): Buffer {
  const buffer = Buffer.alloc(length);
  if (readSync(handle.fd, buffer, 0, length, position) !== length) throw damaged(file);
  return buffer;
}

async function readAt(handle: FileHandle, position: number, length: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead !== length) throw damaged(file);
  return buffer;
}

function parse(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(file);
  }
}

const damaged = (file: string) =>
  refuse('knowledge.damaged', `${file} ends early or was changed.`, { at: file });
