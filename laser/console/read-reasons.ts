// The reasons for which patient data were opened in emergencies, from all answers that they fill; the newest unreviewed ones first, as the laser gives them.
import type { Asked, ReadReceipt } from '@ward/device/commands/console.ts';
import { z } from 'zod';
import { refuseLink } from '../unit-link.ts';

/** More nobody reads at once. */
const MOST_ACCESSES = 500;

const Told = z.object({ accesses: z.int().min(0), after: z.int().min(0) });
const Part = z.object({ accesses: z.array(z.unknown()) });

export type ReadReasons =
  | { readonly kind: 'read'; readonly accesses: readonly unknown[] }
  | { readonly kind: 'refused'; readonly by: ReadReceipt };

export async function readReasons(ask: (asked: Asked) => Promise<ReadReceipt>): Promise<ReadReasons> {
  const accesses: unknown[] = [];
  while (true) {
    const read = await ask({ verb: 'record.break-glass-reasons', body: { after: accesses.length } });
    if (read.receipt.outcome !== 'done') return { kind: 'refused', by: read };
    const [told, part] = [Told.safeParse(read.receipt.answer), Part.safeParse(read.patientData)];
    if (!told.success || !part.success) throw refuseLink('link.answer-malformed');
    accesses.push(...part.data.accesses);
    const all = accesses.length >= told.data.accesses || accesses.length >= MOST_ACCESSES;
    if (all || part.data.accesses.length === 0) return { kind: 'read', accesses };
  }
}
