// Cells of the table as text, both ways: what is shown, what was typed, what a spreadsheet pastes. Pure.
import type { ModelPart, SystemModel } from '../../metamodel.ts';
import { addObject, findObject, setFields } from '../editing/edit-model.ts';
import { MODEL_FIELDS, type ModelField, objectsOf, type TablePart } from '../model-fields.ts';

/** Titles that stand once are names; others carry their id, so that a name always means one thing. */
export interface Names {
  readonly nameOf: (id: string) => string;
  readonly idOf: (name: string, parts: readonly ModelPart[]) => string | undefined;
}

export function namesOf(model: SystemModel): Names {
  const count = new Map<string, number>();
  const all = objectsOf(model, Object.keys(MODEL_FIELDS) as ModelPart[]);
  for (const one of all) count.set(one.title, (count.get(one.title) ?? 0) + 1);
  const names = new Map(
    all.map((one) => [one.id, (count.get(one.title) ?? 0) > 1 ? `${one.title} (${one.id})` : one.title]),
  );
  return {
    nameOf: (id) => names.get(id) ?? id,
    idOf: (name, parts) => {
      const wanted = name.trim();
      const lower = wanted.toLowerCase();
      const known = objectsOf(model, parts);
      return (
        known.find((one) => one.id === wanted) ??
        known.find((one) => (names.get(one.id) ?? '').toLowerCase() === lower) ??
        known.find((one) => one.title.toLowerCase() === lower)
      )?.id;
    },
  };
}

export function cellText(field: ModelField, value: unknown, names: Names): string {
  switch (field.kind) {
    case 'flag':
      return value === true ? 'yes' : '';
    case 'ref':
      return value === '' ? '' : names.nameOf(String(value));
    case 'refs':
      return (value as string[]).map(names.nameOf).join(', ');
    case 'words':
      return (value as string[]).join(', ');
    case 'line':
    case 'text':
    case 'choice':
    case 'number':
    case 'day':
      return String(value ?? '');
    default:
      return field satisfies never;
  }
}

export type Read = { readonly value: unknown } | { readonly problem: string };

const YES = new Set(['yes', 'y', 'true', '1', 'x', '✓']);
const NO = new Set(['', 'no', 'n', 'false', '0', '-']);

/** The value that a text means; a problem names what is not understood, and nothing is guessed. */
export function readCell(field: ModelField, text: string, names: Names): Read {
  const plain = text.trim();
  switch (field.kind) {
    case 'line':
      return plain.length > field.max
        ? { problem: `${field.label} may have ${field.max} characters.` }
        : { value: plain.replace(/\s+/g, ' ') };
    case 'text':
      return plain.length > field.max
        ? { problem: `${field.label} may have ${field.max} characters.` }
        : { value: text.trimEnd() };
    case 'number': {
      const number = Number(plain);
      return plain !== '' && Number.isInteger(number) && number >= field.min && number <= field.max
        ? { value: number }
        : {
            problem: `${field.label} is a whole number from ${field.min} to ${field.max}, not “${plain.slice(0, 40)}”.`,
          };
    }
    case 'flag': {
      const word = plain.toLowerCase();
      if (YES.has(word)) return { value: true };
      return NO.has(word)
        ? { value: false }
        : { problem: `${field.label} is yes or no, not “${plain.slice(0, 40)}”.` };
    }
    case 'day':
      return plain === '' || /^\d{4}-\d{2}-\d{2}$/.test(plain)
        ? { value: plain }
        : { problem: `${field.label} is a day such as 2027-01-31, not “${plain.slice(0, 40)}”.` };
    case 'choice': {
      const hit = field.options.find((option) => option.toLowerCase() === plain.toLowerCase());
      return hit === undefined
        ? { problem: `${field.label} is one of ${field.options.join(', ')}; not “${plain.slice(0, 40)}”.` }
        : { value: hit };
    }
    case 'ref': {
      if (plain === '' || plain === 'none') return { value: '' };
      const id = names.idOf(plain, [field.part]);
      return id === undefined
        ? { problem: `${field.label}: there is nothing named “${plain.slice(0, 60)}”.` }
        : { value: id };
    }
    case 'refs': {
      const ids: string[] = [];
      for (const word of listOf(plain)) {
        const id = names.idOf(word, field.parts);
        if (id === undefined)
          return { problem: `${field.label}: there is nothing named “${word.slice(0, 60)}”.` };
        if (!ids.includes(id)) ids.push(id);
      }
      return { value: ids };
    }
    case 'words': {
      const words = [...new Set(listOf(plain))];
      const wrong = field.options && words.find((word) => !field.options?.includes(word));
      return wrong
        ? { problem: `${field.label} is one of ${field.options?.join(', ')}; not “${wrong.slice(0, 40)}”.` }
        : { value: words };
    }
    default:
      return field satisfies never;
  }
}

const listOf = (text: string) =>
  text
    .split(/[,;\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');

// A clipboard holds what somebody copied somewhere; a table that is larger than any model is not read to its end.
const MOST_ROWS = 20_000;

/** Rows and cells as spreadsheets write them to the clipboard: tabs, line ends, quotes around cells with either. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] as string;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === '') quoted = true;
    else if (sign === '\t') {
      row.push(cell);
      cell = '';
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && text[at + 1] === '\n') at += 1;
      row.push(cell);
      rows.push(row);
      row = [];
      cell = '';
      if (rows.length >= MOST_ROWS) return rows;
    } else cell += sign;
  }
  if (cell !== '' || row.length > 0) rows.push([...row, cell]);
  return rows.filter((cells) => cells.some((one) => one.trim() !== ''));
}

/** Fields that are columns, in their order. */
export function columnsOf(part: TablePart): readonly ModelField[] {
  return MODEL_FIELDS[part].filter((field) => field.column !== undefined);
}

export interface PasteTarget {
  /** Rows from the one at which the paste begins, as they are shown; more rows are added. */
  readonly rows: readonly string[];
  /** Column at which the paste begins. */
  readonly column: number;
}

export interface PasteResult {
  readonly model: SystemModel;
  readonly changed: number;
  readonly added: readonly string[];
  /** Cells that were left as they were: row, and why. */
  readonly problems: readonly { readonly row: number; readonly message: string }[];
}

/**
 * Puts pasted rows into the table. A first row of column titles says which column is which. Rows beyond the last one become
 * new objects; one without a title is left out, and said.
 */
export function pasteRows(
  model: SystemModel,
  part: TablePart,
  cells: readonly (readonly string[])[],
  target: PasteTarget,
): PasteResult {
  const columns = columnsOf(part);
  const head = headOf(cells[0] ?? [], columns);
  const body = head === null ? cells : cells.slice(1);
  const fieldAt = (at: number): ModelField | undefined =>
    head === null ? columns[target.column + at] : (head[at] ?? undefined);
  const targets = head === null ? target.rows : [];
  const problems: { row: number; message: string }[] = [];
  const added: string[] = [];
  let next = model;
  let changed = 0;
  // Titles first, so that a row may name another one of the same paste.
  const rows: { id: string; cells: readonly string[]; number: number }[] = [];
  for (const [at, line] of body.entries()) {
    const existing = targets[at];
    if (existing !== undefined) {
      rows.push({ id: existing, cells: line, number: at + 1 });
      continue;
    }
    const titleAt = line.findIndex((_, column) => fieldAt(column)?.name === 'title');
    const title = (
      titleAt < 0 ? (line.find((one) => one.trim() !== '') ?? '') : (line[titleAt] ?? '')
    ).trim();
    if (title === '') {
      problems.push({ row: at + 1, message: 'A new row needs a title.' });
      continue;
    }
    const made = addObject(next, part, title.replace(/\s+/g, ' ').slice(0, 200));
    next = made.model;
    added.push(made.id);
    rows.push({ id: made.id, cells: line, number: at + 1 });
  }
  const names = namesOf(next);
  for (const { id, cells: line, number } of rows) {
    const fields: Record<string, unknown> = {};
    for (const [column, text] of line.entries()) {
      const field = fieldAt(column);
      if (!field) continue;
      // An empty cell of a new row keeps the default.
      if (text.trim() === '' && added.includes(id)) continue;
      const read = readCell(field, text, names);
      if ('problem' in read) problems.push({ row: number, message: read.problem });
      else if (field.name !== 'title' || read.value !== '') fields[field.name] = read.value;
    }
    if (Object.keys(fields).length === 0 || findObject(next, id) === null) continue;
    next = setFields(next, part, id, fields as never);
    if (!added.includes(id)) changed += 1;
  }
  return { model: next, changed, added, problems };
}

/** The columns that a first row names; null when it is a row like the others. */
function headOf(
  cells: readonly string[],
  columns: readonly ModelField[],
): readonly (ModelField | undefined)[] | null {
  const head = cells.map((cell) => {
    const wanted = cell.trim().toLowerCase();
    return columns.find(
      (column) => column.label.toLowerCase() === wanted || column.name.toLowerCase() === wanted,
    );
  });
  const hits = head.filter((one) => one !== undefined).length;
  return hits >= 1 && hits === cells.filter((cell) => cell.trim() !== '').length ? head : null;
}
