// A whole record out of a laser, put together from its sealed parts: one FHIR R4 bundle, of one state of the record.
import type { Asked, ReadReceipt } from '@ward/device/commands/console.ts';
import { z } from 'zod';
import { refuseLink } from '../unit-link.ts';

/** Of answers; each holds some 30 kB. */
const MOST_PARTS = 1_000;
/** Somebody treated while it was read: then it is read again. */
const MOST_TRIES = 3;

export const ExportRequest = z.strictObject({
  /** Of the console's patients. */
  patient: z.string().max(40),
  purpose: z.enum(['access-request', 'portability', 'care-transfer']),
  request: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
});
export type ExportRequest = z.infer<typeof ExportRequest>;

const Told = z.object({ resources: z.int().min(0), after: z.int().min(0) });
const Part = z.object({
  mark: z.string(),
  bundle: z.looseObject({ resourceType: z.literal('Bundle') }),
  entry: z.array(z.unknown()),
});

export type Exported =
  | { readonly kind: 'bundle'; readonly bundle: object }
  | { readonly kind: 'refused'; readonly by: ReadReceipt };

/** `patient` is the pseudonym. Rejects with `link.answer-malformed` when the parts do not belong together. */
export async function exportRecord(
  ask: (asked: Asked) => Promise<ReadReceipt>,
  { patient, purpose, request }: ExportRequest,
): Promise<Exported> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const entry: unknown[] = [];
    let mark: string | null = null;
    for (let parts = 0; parts < MOST_PARTS; parts += 1) {
      const body = { patient, purpose, request, after: entry.length };
      const read = await ask({ verb: 'record.export', body });
      if (read.receipt.outcome !== 'done') return { kind: 'refused', by: read };
      const [told, part] = [Told.safeParse(read.receipt.answer), Part.safeParse(read.patientData)];
      if (!told.success || !part.success) throw refuseLink('link.answer-malformed');
      mark ??= part.data.mark;
      if (part.data.mark !== mark) break;
      entry.push(...part.data.entry);
      if (entry.length >= told.data.resources)
        return { kind: 'bundle', bundle: { ...part.data.bundle, entry } };
      if (part.data.entry.length === 0) throw refuseLink('link.answer-malformed');
    }
  }
  throw refuseLink('link.answer-malformed');
}
