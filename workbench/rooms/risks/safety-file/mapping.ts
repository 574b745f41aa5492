// Which column means what, and which level a word of the safety file stands for. Guessed from headings in English and German,
// corrected by people, remembered for the product. Pure: the page shows the same preview that the server imports.
import { z } from 'zod';
import { refuseFile } from './errors.ts';
import { LIMITS, type Sheet, type Table } from './limits.ts';

export const FIELDS = [
  { id: 'sourceId', title: 'Id in the safety file', required: false },
  { id: 'title', title: 'Harm', required: true },
  { id: 'hazardousSituation', title: 'Hazardous situation', required: false },
  { id: 'severity', title: 'Severity', required: true },
  { id: 'affected', title: 'Who is hurt', required: false },
] as const;
export type FieldId = (typeof FIELDS)[number]['id'];

const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(5)]);

export const Mapping = z.object({
  /** Sheet of a workbook; null for the only one. */
  sheet: z.string().max(200).nullable().default(null),
  /** Row of the headings, from 1. */
  headingRow: z.number().int().min(1).max(200).default(1),
  /** Heading of the column, or null where the file has none. */
  columns: z.object({
    sourceId: z.string().max(LIMITS.cell).nullable().default(null),
    title: z.string().max(LIMITS.cell).nullable().default(null),
    hazardousSituation: z.string().max(LIMITS.cell).nullable().default(null),
    severity: z.string().max(LIMITS.cell).nullable().default(null),
    affected: z.string().max(LIMITS.cell).nullable().default(null),
  }),
  /** Level 1 to 5 by the word of the file, in lower case. */
  severities: z
    .record(z.string().max(200), level)
    .refine((words) => Object.keys(words).length <= 200, 'too many words')
    .default({}),
});
export type Mapping = z.infer<typeof Mapping>;

/** Words of headings, most telling first; compared without case, accents aside. */
const HEADINGS: Readonly<Record<FieldId, readonly RegExp[]>> = {
  sourceId: [
    /^(harm|schadens?)[\s_-]*(id|nr|nummer|no)\.?$/,
    /^(id|nr\.?|no\.?|nummer|number|identifier|kennung|schlussel|key)$/,
    /\bid$/,
    /foreignid$/,
  ],
  title: [
    /^harms?$/,
    /^(schaden|schadigung|harm title|title|titel|name)$/,
    /\bharm\b|\bschaden\b|reqif\.(name|text)/,
  ],
  hazardousSituation: [
    /^hazardous ?situations?$/,
    /gefahrdungssituation|gefahrensituation/,
    /hazard|gefahrdung|situation/,
  ],
  severity: [
    /^(severity|schweregrad|schadensschwere|schwere|ausmass|s)$/,
    /severity|schwere|ausmass|schadensausmass/,
  ],
  affected: [/^(affected|who|person|betroffene?|betroffener|wer)$/, /affected|betroffen/],
};

/** Usual words for the five levels (ISO/TR 24971 names such scales as examples), English and German. */
const WORDS: readonly (readonly RegExp[])[] = [
  [/^negligible|^inconvenien|^vernachlassigbar|^unbedeutend|^unwesentlich/],
  [/^minor|^marginal|^gering|^leicht|^klein/],
  [/^serious|^moderate|^major|^ernst|^massig|^mittel|^erheblich/],
  [/^critical|^severe|^kritisch|^schwer|^hoch/],
  [/^catastroph|^katastroph|^fatal|^death|^tod|^todlich/],
];

const plain = (text: string) =>
  text.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replace(/\p{M}/gu, '').trim();

/** The sheet, row and columns that look like a table of harms. */
export function guessMapping(table: Table): Mapping {
  let best: { mapping: Mapping; score: number } | null = null;
  for (const sheet of table.sheets) {
    for (let row = 0; row < Math.min(sheet.rows.length, 30); row += 1) {
      const columns = guessColumns(sheet.rows[row] ?? []);
      const found = FIELDS.filter(({ id }) => columns[id] !== null);
      const score = found.length + found.filter(({ required }) => required).length * 2;
      if (score === 0 || (best !== null && score <= best.score)) continue;
      const name = table.sheets.length > 1 ? sheet.name : null;
      best = { mapping: { sheet: name, headingRow: row + 1, columns, severities: {} }, score };
    }
  }
  const first = table.sheets.length > 1 ? (table.sheets[0]?.name ?? null) : null;
  const mapping = best?.mapping ?? {
    sheet: first,
    headingRow: 1,
    columns: guessColumns([]),
    severities: {},
  };
  return { ...mapping, severities: guessSeverities(table, mapping) };
}

function guessColumns(headings: readonly string[]): Mapping['columns'] {
  const taken = new Set<number>();
  const found: Record<FieldId, string | null> = {
    sourceId: null,
    title: null,
    hazardousSituation: null,
    severity: null,
    affected: null,
  };
  const words = headings.map(plain);
  // The most telling words of every field first, so that "Harm id" is no harm.
  for (let rank = 0; rank < 4; rank += 1) {
    for (const { id } of FIELDS) {
      if (found[id] !== null) continue;
      const pattern = HEADINGS[id][rank];
      const at = words.findIndex((word, index) => word !== '' && !taken.has(index) && pattern?.test(word));
      if (at < 0) continue;
      found[id] = headings[at] as string;
      taken.add(at);
    }
  }
  return found;
}

/** Levels of the words in the column of the severity, where they can be told. */
export function guessSeverities(table: Table, mapping: Mapping): Mapping['severities'] {
  const found: Record<string, 1 | 2 | 3 | 4 | 5> = {};
  for (const word of severityWords(table, mapping)) {
    const guessed = guessLevel(word);
    if (guessed !== null) found[word] = guessed;
  }
  return found;
}

export function guessLevel(given: string): 1 | 2 | 3 | 4 | 5 | null {
  const word = plain(given);
  const digit = /^s?[\s_-]*([1-5])(?:\s*[-–:(].*|\.0+)?$/.exec(word)?.[1];
  if (digit !== undefined) return Number(digit) as 1 | 2 | 3 | 4 | 5;
  const index = WORDS.findIndex((patterns) => patterns.some((pattern) => pattern.test(word)));
  return index < 0 ? null : ((index + 1) as 1 | 2 | 3 | 4 | 5);
}

/** Distinct words of the severity column, in lower case. */
export function severityWords(table: Table, mapping: Mapping): readonly string[] {
  const sheet = sheetOf(table, mapping);
  const headings = sheet?.rows[mapping.headingRow - 1] ?? [];
  const column = mapping.columns.severity === null ? -1 : headings.indexOf(mapping.columns.severity);
  if (!sheet || column < 0) return [];
  const words = sheet.rows.slice(mapping.headingRow).map((row) => (row[column] ?? '').toLowerCase().trim());
  return [...new Set(words.filter((word) => word !== ''))].slice(0, 200);
}

export function sheetOf<One extends Sheet>(
  table: { readonly sheets: readonly One[] },
  mapping: Pick<Mapping, 'sheet'>,
): One | undefined {
  return mapping.sheet === null
    ? table.sheets[0]
    : table.sheets.find((sheet) => sheet.name === mapping.sheet);
}

/** A harm as the file says it. */
export interface FileHarm {
  readonly sourceId: string;
  readonly title: string;
  readonly hazardousSituation: string;
  readonly severity: 1 | 2 | 3 | 4 | 5;
  readonly affected: string;
  /** `row 7` */
  readonly at: string;
}

/**
 * The harms of the file. Rows of one harm (a file has one for each hazardous situation) become one, with the gravest severity.
 * Refuses with row and column: `harms.no-table`, `harms.no-such-column`, `harms.row-incomplete`, `harms.severity-unmapped`,
 * `harms.twice`, `harms.too-large`.
 */
export function harmsOf(table: Table, mapping: Mapping, name: string): readonly FileHarm[] {
  const sheet = sheetOf(table, mapping);
  const headings = sheet?.rows[mapping.headingRow - 1];
  if (!sheet || !headings || headings.every((heading) => heading === ''))
    throw refuseFile('harms.no-table', `${name} has no headings in row ${mapping.headingRow}.`, {
      at: `${name}, row ${mapping.headingRow}`,
    });
  const column = {} as Record<FieldId, number>;
  for (const { id, title, required } of FIELDS) {
    const heading = mapping.columns[id];
    column[id] = heading === null ? -1 : headings.indexOf(heading);
    if (column[id] < 0 && (required || heading !== null))
      throw refuseFile(
        'harms.no-such-column',
        heading === null
          ? `No column is chosen for "${title}".`
          : `${name} has no column "${heading.slice(0, 80)}" in row ${mapping.headingRow}.`,
        { at: `${name}, row ${mapping.headingRow}` },
      );
  }
  const found = new Map<string, FileHarm>();
  for (let index = mapping.headingRow; index < sheet.rows.length; index += 1) {
    const row = sheet.rows[index] as readonly string[];
    const cell = (id: FieldId) => (column[id] < 0 ? '' : (row[column[id]] ?? '').trim());
    if (FIELDS.every(({ id }) => cell(id) === '')) continue;
    const place = (id: FieldId) => `${name}, row ${index + 1}, column ${column[id] + 1}`;
    for (const { id, title, required } of FIELDS)
      if (required && cell(id) === '')
        throw refuseFile('harms.row-incomplete', `Row ${index + 1} has no ${title.toLowerCase()}.`, {
          at: place(id),
        });
    const word = cell('severity').toLowerCase();
    const severity = mapping.severities[word] ?? guessLevel(word);
    if (severity === null)
      throw refuseFile(
        'harms.severity-unmapped',
        `"${cell('severity').slice(0, 80)}" in row ${index + 1} is no severity that is mapped to 1 to 5.`,
        { at: place('severity'), detail: { word } },
      );
    const title = cell('title').replace(/\s+/g, ' ');
    if (title.length > 300)
      throw refuseFile(
        'harms.too-large',
        `The harm in row ${index + 1} has ${title.length} characters; 300 are taken.`,
        {
          at: place('title'),
        },
      );
    const sourceId = cell('sourceId').replace(/\s+/g, ' ');
    if (sourceId.length > 120)
      throw refuseFile(
        'harms.too-large',
        `The id in row ${index + 1} has ${sourceId.length} characters; 120 are taken.`,
        {
          at: place('sourceId'),
        },
      );
    const key = sourceId || plain(title);
    const before = found.get(key);
    if (before && plain(before.title) !== plain(title))
      throw refuseFile(
        'harms.twice',
        `"${sourceId.slice(0, 40)}" names one harm in ${before.at} and another in row ${index + 1}.`,
        { at: place('sourceId') },
      );
    found.set(key, join(before, { sourceId, title, severity, row: index + 1, cell }));
    if (found.size > LIMITS.harms)
      throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.harms} harms.`, {
        at: place('title'),
      });
  }
  if (found.size === 0)
    throw refuseFile('harms.no-table', `${name} has no harm below row ${mapping.headingRow}.`, {
      at: `${name}, row ${mapping.headingRow + 1}`,
    });
  return [...found.values()];
}

function join(
  before: FileHarm | undefined,
  now: {
    readonly sourceId: string;
    readonly title: string;
    readonly severity: FileHarm['severity'];
    readonly row: number;
    readonly cell: (id: FieldId) => string;
  },
): FileHarm {
  const situation = now.cell('hazardousSituation');
  const situations = before?.hazardousSituation.split('\n').filter((line) => line !== '') ?? [];
  for (const line of situation.split('\n'))
    if (line !== '' && !situations.includes(line)) situations.push(line);
  return {
    sourceId: now.sourceId,
    title: before?.title ?? now.title,
    hazardousSituation: situations.join('\n').slice(0, 4_000),
    severity: Math.max(before?.severity ?? 1, now.severity) as FileHarm['severity'],
    affected: (before?.affected || now.cell('affected').replace(/\s+/g, ' ')).slice(0, 120),
    at: before?.at ?? `row ${now.row}`,
  };
}
