// Requirements as CSV (RFC 4180): the first line names the columns; comma, semicolon or tab between fields.
import type { WardError } from '../../../kernel/errors.ts';
import { type CsvProblem, readCsv, withoutTextSign, writeCsv } from '../../../kernel/text/csv.ts';
import {
  asTexts,
  COLUMNS,
  type ColumnId,
  columnOf,
  type ExchangedRequirement,
  FILE_LIMITS,
  fromTexts,
  type Loss,
  type ReadFile,
  refuseFile,
} from './contract.ts';

export function requirementsCsv(list: readonly ExchangedRequirement[]): string {
  const rows = [
    COLUMNS.map(({ title }) => title),
    ...list.map((one) => COLUMNS.map(({ id }) => asTexts(one)[id])),
  ];
  return writeCsv(rows, { mark: true });
}

export function readRequirementsCsv(text: string, fileName: string): ReadFile {
  const { rows, problem } = readCsv(text, FILE_LIMITS.requirements + 1);
  if (problem) throw refusal(problem, fileName);
  const losses: Loss[] = [];
  const [head, ...rest] = rows;
  const columns = (head?.fields ?? []).map(columnOf);
  if (!columns.includes('statement') && !columns.includes('title'))
    throw refuseFile(
      'requirements.unknown-format',
      `The first line of ${fileName} names neither a title nor a requirement.`,
      { at: `${fileName}:1` },
    );
  const seen = new Set<ColumnId>();
  head?.fields.forEach((name, at) => {
    const column = columns[at];
    if (column === undefined)
      losses.push({ at: `${fileName}:1`, message: `The column “${name.slice(0, 60)}” is not taken.` });
    else if (seen.has(column))
      losses.push({ at: `${fileName}:1`, message: `A second column for “${column}” is not taken.` });
    else seen.add(column);
  });
  const requirements: ExchangedRequirement[] = [];
  for (const { fields, line } of rest) {
    if (fields.every((value) => value.trim() === '')) continue;
    const texts: Partial<Record<ColumnId, string>> = {};
    fields.forEach((value, at) => {
      const column = columns[at];
      if (column !== undefined && texts[column] === undefined) texts[column] = withoutTextSign(value);
    });
    requirements.push(fromTexts(texts, `${fileName}:${line}`, losses));
  }
  return { format: 'csv', columns: seen, requirements, losses };
}

function refusal({ kind, line }: CsvProblem, fileName: string): WardError {
  const at = { at: `${fileName}:${line}` };
  switch (kind) {
    case 'open quote':
      return refuseFile('requirements.broken-file', `A quote in ${fileName} does not close.`, at);
    case 'text after a quote':
      return refuseFile('requirements.broken-file', `Text follows a closed quote in ${fileName}.`, at);
    case 'too many fields':
      return refuseFile('requirements.broken-file', `A row of ${fileName} has too many fields.`, at);
    case 'too many rows':
      return refuseFile(
        'requirements.too-large',
        `${fileName} has more than ${FILE_LIMITS.requirements} requirements.`,
        at,
      );
  }
}
