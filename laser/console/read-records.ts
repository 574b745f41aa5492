// Treatments of one patient from as many answers of a laser as they fill, newest first, with how many there are: a part is never taken for the whole.
import type { Asked, ReadReceipt } from '@ward/device/commands/console.ts';
import { z } from 'zod';
import { refuseLink } from '../unit-link.ts';

/** Of answers at a time; each holds some 30 kB. Then a person asks for older ones. */
const MOST_PARTS = 10;
/** Somebody treated while it was read: then it is read from the newest on again. */
const MOST_TRIES = 3;

const Told = z.object({ records: z.int().min(0), of: z.int().min(0), after: z.int().min(0) });
const Part = z.object({ mark: z.string(), records: z.array(z.unknown()) });

/** How far it was read, and of which state of the record. */
export const From = z.strictObject({ after: z.int().min(0).max(1_000_000), mark: z.string().max(64) });
export type From = z.infer<typeof From>;

export type ReadRecords =
  | {
      readonly kind: 'read';
      readonly records: readonly unknown[];
      /** The records begin with the newest: they take the place of what was read before. */
      readonly anew: boolean;
      /** So many are kept on the laser. */
      readonly treatments: number;
      /** Where to read on; null when all that is given was. */
      readonly next: From | null;
    }
  | { readonly kind: 'refused'; readonly by: ReadReceipt };

/** `asked` is `record.read` or `record.break-glass`. Rejects with `link.answer-malformed` when the parts do not belong together. */
export async function readRecords(
  ask: (asked: Asked) => Promise<ReadReceipt>,
  asked: Asked & { readonly body: object },
  from: From | null = null,
  mostParts = MOST_PARTS,
): Promise<ReadRecords> {
  let begin = from;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const records: unknown[] = [];
    let [after, mark] = [begin?.after ?? 0, begin?.mark ?? null];
    for (let parts = 1; ; parts += 1) {
      const read = await ask({ ...asked, body: { ...asked.body, after } });
      if (read.receipt.outcome !== 'done') return { kind: 'refused', by: read };
      const [told, part] = [Told.safeParse(read.receipt.answer), Part.safeParse(read.patientData)];
      if (!told.success || !part.success) throw refuseLink('link.answer-malformed');
      mark ??= part.data.mark;
      if (part.data.mark !== mark) break;
      const { of, records: treatments } = told.data;
      records.push(...part.data.records);
      after += part.data.records.length;
      const whole = after >= of;
      if (whole || parts >= mostParts)
        return {
          ...{ kind: 'read', records, anew: begin === null, treatments },
          next: whole ? null : { after, mark },
        };
      if (part.data.records.length === 0) throw refuseLink('link.answer-malformed');
    }
    begin = null;
  }
  throw refuseLink('link.answer-malformed');
}
