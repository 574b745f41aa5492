// The library of requirements to start from: read once, checked, found by id.
import { z } from 'zod';
import data from '../../../requirement-library/requirements.json' with { type: 'json' };
import { CATEGORIES } from './categories.ts';

const Entry = z.strictObject({
  id: z.string().regex(/^SR-[A-Z]+-\d+$/),
  category: z.enum(CATEGORIES),
  title: z.string().min(1).max(300),
  statement: z.string().min(1).max(4_000),
  acceptance: z.string().min(1).max(4_000),
  safetyRelevant: z.boolean(),
  clauses: z.array(z.string().max(120)).min(1),
  rationale: z.string().min(1).max(4_000),
  verification: z.strictObject({
    method: z.enum(['test', 'review', 'analysis', 'inspection', 'penetration test']),
    procedure: z.string().min(1).max(4_000),
  }),
  control: z.strictObject({
    title: z.string().min(1).max(300),
    effect: z.enum(['prevent', 'detect', 'respond']),
    riskControl: z.enum(['inherent safety by design', 'protective measure', 'information for safety']),
    independent: z.boolean(),
  }),
});
export type LibraryEntry = z.infer<typeof Entry>;

const Library = z.strictObject({
  format: z.literal('ward-requirement-library/1'),
  edition: z.iso.date(),
  source: z.string(),
  requirements: z.array(Entry).max(1_000),
});

/** Throws when the file is broken: a programmer's mistake, not somebody's input. */
export const library = Library.parse(data);
const byId = new Map(library.requirements.map((entry) => [entry.id, entry]));

export const libraryEntry = (id: string): LibraryEntry | undefined => byId.get(id);
