// The anti-rollback counter: only ever rises. A device with a TPM or an eMMC's replay-protected block gives its own; a file is for
// development, since whoever can put back an old disk can put back an old file.
import { z } from 'zod';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { type Seal, sealed, unsealed } from './seal.ts';

export interface RollbackCounter {
  read(): Promise<number>;
  /** At least `to` when it resolves, durably; never lower than before. */
  raise(to: number): Promise<void>;
}

const FILE = 'updates/counter';
const Content = z.strictObject({ counter: z.number().int().min(0) });

/** A damaged file reads as 0: the boot record holds what the unit last confirmed, and the higher of the two counts. */
export function counterFile(disk: Disk, seal: Seal): RollbackCounter {
  const read = async () => {
    const bytes = await disk.read(FILE, 4096).catch(() => null);
    const content = Content.safeParse(bytes && (await unsealed(seal, FILE, bytes)));
    return content.success ? content.data.counter : 0;
  };
  return {
    read,
    async raise(to) {
      if ((await read()) < to) await replaceFile(disk, FILE, await sealed(seal, FILE, { counter: to }));
    },
  };
}
