// What a backup says about itself: first a line that names its format, last the counts and hashes of all it holds.
import { z } from 'zod';

export const backupFormat = 1;
export const headName = 'ward-backup.json';
export const manifestName = 'manifest.json';
/** The installation's keys, without which sessions, second factors and the ledger's signatures could not go on. */
export const secretsName = 'secrets.json';
export const secretsLimit = 64 * 1024;
export const manifestLimit = 16 * 1024 * 1024;

export const Head = z.object({
  format: z.number().int().min(1),
  ward: z.string().max(100),
  created: z.string().max(40),
});
export type Head = z.infer<typeof Head>;

const name = z.string().min(1).max(63);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

export const SavedTable = z.object({
  schema: name,
  name,
  columns: z.array(name).min(1).max(1_600),
  rows: count,
  bytes: count,
  sha256,
});
export type SavedTable = z.infer<typeof SavedTable>;

export const SavedSequence = z.object({
  schema: name,
  name,
  value: z.string().regex(/^-?\d{1,19}$/),
  called: z.boolean(),
});
export type SavedSequence = z.infer<typeof SavedSequence>;

export const Manifest = Head.extend({
  migrations: z.array(z.object({ id: z.string().max(100), checksum: sha256 })).max(10_000),
  tables: z.array(SavedTable).max(10_000),
  sequences: z.array(SavedSequence).max(10_000),
  /** One hash over names and contents of all blobs in their order. */
  blobs: z.object({ count, bytes: count, sha256 }),
  /** Absent where the keys are kept elsewhere (`WARD_SECRETS` of another host). */
  secrets: z.object({ bytes: count, sha256 }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** What a backup or a restore is doing, for a progress line. */
export interface BackupProgress {
  readonly step: 'save' | 'check' | 'restore';
  /** Table, `blobs` or `secrets`. */
  readonly part: string;
  /** Bytes of content so far, before compression. */
  readonly bytes: number;
}
