// What a file would do to the requirements of a product: shown first, done only when the same difference is confirmed. Pure.
import type { JsonObject } from '../../../kernel/records/record.ts';
import type { ColumnId, ExchangedRequirement, Loss, ReadFile } from './contract.ts';

export interface KnownRequirement {
  readonly id: string;
  readonly key: string;
  readonly revision: number;
  /** False in a state that no edit leads out of. */
  readonly editable: boolean;
  readonly body: JsonObject;
}

export interface PlannedChange {
  readonly key: string;
  readonly seenRevision: number;
  readonly title: string;
  readonly fields: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly body: JsonObject;
}

export interface ImportPlan {
  readonly create: readonly { readonly at: number; readonly title: string; readonly body: JsonObject }[];
  readonly change: readonly PlannedChange[];
  /** Keys that say just the same. */
  readonly same: readonly string[];
  /** Of the product, but not in the file: nothing is done to them. */
  readonly absent: readonly string[];
  readonly losses: readonly Loss[];
}

const FIELDS = [
  'title',
  'statement',
  'category',
  'acceptance',
  'safetyRelevant',
  'clauses',
  'rationale',
  'source',
] as const;

/**
 * Finds each requirement by its key, else by its source. What the file has no column for, and what it leaves empty, stays; two
 * lines for one requirement: the first counts.
 */
export function planImport(file: ReadFile, known: readonly KnownRequirement[]): ImportPlan {
  const byKey = new Map(known.map((one) => [one.key, one]));
  const bySource = new Map(
    known.flatMap((one) => (one.body.source ? [[String(one.body.source), one] as const] : [])),
  );
  const losses: Loss[] = [...file.losses];
  const met = new Set<string>();
  const create: ImportPlan['create'][number][] = [];
  const change: PlannedChange[] = [];
  const same: string[] = [];
  const newSources = new Set<string>();
  for (const [at, given] of file.requirements.entries()) {
    const place = given.key || given.source || given.title.slice(0, 60);
    if (given.title === '') {
      losses.push({
        at: place || `requirement ${at + 1}`,
        message: 'It has neither a title nor a text; it is left out.',
      });
      continue;
    }
    const found = byKey.get(given.key) ?? (given.source === '' ? undefined : bySource.get(given.source));
    if (!found) {
      const source = given.source || given.key;
      if (source !== '' && newSources.has(source)) {
        losses.push({ at: place, message: 'It stands twice in the file; the first is taken.' });
        continue;
      }
      if (source !== '') newSources.add(source);
      create.push({ at, title: given.title, body: bodyOf({ ...given, source }) });
      continue;
    }
    if (met.has(found.key)) {
      losses.push({ at: place, message: `${found.key} stands twice in the file; the first is taken.` });
      continue;
    }
    met.add(found.key);
    const body = merged(found.body, given, file.columns);
    const fields = FIELDS.filter((field) => shown(found.body[field]) !== shown(body[field])).map((field) => ({
      field,
      before: shown(found.body[field]),
      after: shown(body[field]),
    }));
    if (fields.length === 0) same.push(found.key);
    else if (!found.editable)
      losses.push({ at: found.key, message: `${found.key} has ended and stays as it is.` });
    else
      change.push({ key: found.key, seenRevision: found.revision, title: String(body.title), fields, body });
  }
  const absent = known.filter(({ key, editable }) => editable && !met.has(key)).map(({ key }) => key);
  return { create, change, same, absent, losses };
}

function bodyOf(given: ExchangedRequirement): JsonObject {
  const { title, statement, category, acceptance, safetyRelevant, clauses, rationale, source } = given;
  return { title, statement, category, acceptance, safetyRelevant, clauses: [...clauses], rationale, source };
}

function merged(body: JsonObject, given: ExchangedRequirement, columns: ReadonlySet<ColumnId>): JsonObject {
  const next: JsonObject = { ...body };
  const file = bodyOf(given);
  for (const field of FIELDS) {
    if (!columns.has(field)) continue;
    const value = file[field];
    const empty =
      value === '' ||
      (Array.isArray(value) && value.length === 0) ||
      (field === 'category' && value === 'other');
    if (!empty && value !== undefined) next[field] = value;
  }
  return next;
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.join('; ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === undefined || value === null ? '' : String(value);
};
