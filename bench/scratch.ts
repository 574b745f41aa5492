// A Ward composed over a data folder of its own, with the embedded server as users have it: fsync on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ward } from '../workbench/compose.ts';
import { readConfig } from '../workbench/config.ts';
import { withWard } from '../workbench/open-ward.ts';

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ward-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const inWard = <T>(data: string, work: (ward: Ward) => Promise<T>): Promise<T> =>
  withWard(readConfig({ WARD_LOG: 'error' }, { data }), work);

export const withScratchWard = <T>(work: (ward: Ward) => Promise<T>): Promise<T> =>
  withFolder((folder) => inWard(join(folder, 'data'), work));
