// The reasons for which patient data were opened in emergencies, some at a time: the newest unreviewed ones first, as the laser gives them, and how many there are.
import type { Asked, ReadReceipt } from '@ward/device/commands/console.ts';
import { z } from 'zod';
import { refuseLink } from '../unit-link.ts';

/** At a time; then a person asks for older ones. */
const MOST_ACCESSES = 100;

const Told = z.object({ accesses: z.int().min(0), after: z.int().min(0) });
const Part = z.object({ accesses: z.array(z.unknown()) });

export type ReadReasons =
  | { readonly kind: 'read'; readonly accesses: readonly unknown[]; readonly all: number }
  | { readonly kind: 'refused'; readonly by: ReadReceipt };

export async function readReasons(
  ask: (asked: Asked) => Promise<ReadReceipt>,
  behind = 0,
): Promise<ReadReasons> {
  const accesses: unknown[] = [];
  while (true) {
    const after = behind + accesses.length;
    const read = await ask({ verb: 'record.break-glass-reasons', body: { after } });
    if (read.receipt.outcome !== 'done') return { kind: 'refused', by: read };
    const [told, part] = [Told.safeParse(read.receipt.answer), Part.safeParse(read.patientData)];
    if (!told.success || !part.success) throw refuseLink('link.answer-malformed');
    accesses.push(...part.data.accesses);
    const all = told.data.accesses;
    const ends = behind + accesses.length >= all || accesses.length >= MOST_ACCESSES;
    if (ends || part.data.accesses.length === 0) return { kind: 'read', accesses, all };
  }
}
