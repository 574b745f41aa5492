// Requirements on their way in and out of files: what a file says of one, and what could not be taken from it.
import { defineErrors } from '../../../kernel/errors.ts';
import { CATEGORY_LIST, type CategoryId } from '../categories.ts';

export const FORMATS = ['csv', 'xlsx', 'reqif', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export const FILE_LIMITS = {
  bytes: 20_000_000,
  requirements: 10_000,
  depth: 100,
  milliseconds: 20_000,
} as const;

export interface ExchangedRequirement {
  /** `REQ-12`; empty where the file has no key of Ward. */
  readonly key: string;
  /** Id in the library or in the tool that it came from. */
  readonly source: string;
  readonly title: string;
  readonly statement: string;
  readonly category: CategoryId;
  readonly acceptance: string;
  readonly safetyRelevant: boolean;
  readonly clauses: readonly string[];
  readonly rationale: string;
  /** Only written; a file never moves a state. */
  readonly state: string;
}

export interface Loss {
  /** Line or identifier in the file. */
  readonly at: string;
  readonly message: string;
}

export interface ReadFile {
  readonly format: Format;
  /** What the file speaks of at all: what it has no column for stays as Ward has it. */
  readonly columns: ReadonlySet<ColumnId>;
  readonly requirements: readonly ExchangedRequirement[];
  readonly losses: readonly Loss[];
}

export const refuseFile = defineErrors({
  'requirements.too-large': {
    status: 413,
    exit: 3,
    title: 'The file is too large',
    remedy: 'Split it: 20 MB and 10,000 requirements fit into one.',
  },
  'requirements.unknown-format': {
    status: 415,
    exit: 3,
    title: 'The format is not known',
    remedy: 'Give a CSV, ReqIF or Markdown file as Ward writes them; export one to see the form.',
  },
  'requirements.broken-file': {
    status: 422,
    exit: 3,
    title: 'The file is broken',
    remedy: 'Correct the place that is named, or export the file again.',
  },
});

export const NOTHING: ExchangedRequirement = {
  key: '',
  source: '',
  title: '',
  statement: '',
  category: 'other',
  acceptance: '',
  safetyRelevant: false,
  clauses: [],
  rationale: '',
  state: '',
};

/** The columns of tables and the attributes of ReqIF, in their order. */
export const COLUMNS = [
  { id: 'key', title: 'Key', names: ['key', 'ward key'] },
  {
    id: 'source',
    title: 'Source',
    names: ['source', 'reqif.foreignid', 'foreign id', 'external id', 'id', 'identifier', 'requirement id'],
  },
  {
    id: 'title',
    title: 'Title',
    names: ['title', 'reqif.name', 'reqif.chaptername', 'name', 'heading', 'summary'],
  },
  {
    id: 'statement',
    title: 'Requirement',
    names: [
      'requirement',
      'statement',
      'reqif.text',
      'text',
      'description',
      'requirement text',
      'anforderung',
    ],
  },
  { id: 'category', title: 'Category', names: ['category', 'kategorie'] },
  {
    id: 'acceptance',
    title: 'Acceptance criterion',
    names: [
      'acceptance criterion',
      'acceptance',
      'acceptance criteria',
      'verification criterion',
      'verification criteria',
      'fit criterion',
      'akzeptanzkriterium',
    ],
  },
  {
    id: 'safetyRelevant',
    title: 'Safety relevant',
    names: ['safety relevant', 'safetyrelevant', 'safety', 'safety relevance'],
  },
  { id: 'clauses', title: 'Clauses', names: ['clauses', 'regulation clauses', 'standards', 'references'] },
  { id: 'rationale', title: 'Rationale', names: ['rationale', 'reason', 'begründung'] },
  { id: 'state', title: 'State', names: ['state', 'status'] },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

export function columnOf(name: string): ColumnId | undefined {
  const plain = name.trim().toLocaleLowerCase('en');
  return COLUMNS.find(({ names }) => (names as readonly string[]).includes(plain))?.id;
}

/** One requirement as texts, for every format that knows nothing else. */
export function asTexts(one: ExchangedRequirement): Readonly<Record<ColumnId, string>> {
  return {
    ...one,
    safetyRelevant: one.safetyRelevant ? 'yes' : 'no',
    clauses: one.clauses.join('; '),
    category: one.category,
  };
}

/** Texts of a file as one requirement; what does not fit is told and left out, never guessed. */
export function fromTexts(
  texts: Partial<Record<ColumnId, string>>,
  at: string,
  losses: Loss[],
): ExchangedRequirement {
  const lose = (message: string) => losses.push({ at, message });
  const text = (id: ColumnId, most: number, oneLine: boolean): string => {
    const given = plainText(texts[id] ?? '');
    const kept = (oneLine ? given.replaceAll(/\s*\n\s*/g, ' ') : given).trim();
    if (kept.length > most) lose(`“${id}” has ${kept.length} characters; the first ${most} are taken.`);
    return kept.slice(0, most).trim();
  };
  const statement = text('statement', 4_000, false);
  const title = text('title', 300, true);
  const clauses = plainText(texts.clauses ?? '')
    .split(/[;\n]/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
  const kept = clauses.filter((clause) => clause.length <= 120).slice(0, 50);
  if (kept.length < clauses.length)
    lose('Clauses of more than 120 characters, or more than 50, are left out.');
  return {
    key: text('key', 40, true).toUpperCase(),
    source: text('source', 200, true),
    title: title === '' ? firstWords(statement) : title,
    statement,
    category: categoryOf(texts.category ?? '', lose),
    acceptance: text('acceptance', 4_000, false),
    safetyRelevant: flagOf(texts.safetyRelevant ?? '', lose),
    clauses: kept,
    rationale: text('rationale', 4_000, false),
    state: text('state', 60, true),
  };
}

/** Line ends as `\n`; characters that no text has taken out: NUL, other controls, half a surrogate pair. */
function plainText(text: string): string {
  return (
    text
      .replaceAll(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
      .toWellFormed()
  );
}

function firstWords(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length <= 120 ? line : `${line.slice(0, 117).trimEnd()}…`;
}

function categoryOf(text: string, lose: (message: string) => void): CategoryId {
  const wanted = text.trim().toLocaleLowerCase('en');
  if (wanted === '') return 'other';
  const found = CATEGORY_LIST.find(
    ({ id, title, fda }) => id === wanted || title.toLowerCase() === wanted || fda?.toLowerCase() === wanted,
  );
  if (!found) lose(`The category “${text.slice(0, 60)}” is not known; it becomes “other”.`);
  return found?.id ?? 'other';
}

function flagOf(text: string, lose: (message: string) => void): boolean {
  const wanted = text.trim().toLocaleLowerCase('en');
  if (['yes', 'true', '1', 'x', 'ja', 'wahr'].includes(wanted)) return true;
  if (!['', 'no', 'false', '0', 'nein', 'falsch', '-'].includes(wanted))
    lose(`“${text.slice(0, 60)}” is neither yes nor no for “safety relevant”; it becomes no.`);
  return false;
}

export function requireCount(count: number, fileName: string): void {
  if (count > FILE_LIMITS.requirements)
    throw refuseFile(
      'requirements.too-large',
      `${fileName} holds more than ${FILE_LIMITS.requirements} requirements.`,
      {
        at: fileName,
      },
    );
}
