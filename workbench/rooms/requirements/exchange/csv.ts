// Requirements as CSV (RFC 4180): the first line names the columns; comma, semicolon or tab between fields.
import {
  asTexts,
  COLUMNS,
  type ColumnId,
  columnOf,
  type ExchangedRequirement,
  fromTexts,
  type Loss,
  type ReadFile,
  refuseFile,
  requireCount,
} from './contract.ts';

export function writeCsv(list: readonly ExchangedRequirement[]): string {
  const lines = [
    COLUMNS.map(({ title }) => title),
    ...list.map((one) => COLUMNS.map(({ id }) => asTexts(one)[id])),
  ];
  return `\ufeff${lines.map((fields) => fields.map(field).join(',')).join('\r\n')}\r\n`;
}

// A spreadsheet runs a cell that begins with = + - @ (CWE-1236). The quote goes away again when the file is read.
function field(text: string): string {
  const safe = /^[=+\-@\t']/.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function readCsv(text: string, fileName: string): ReadFile {
  const rows = rowsOf(text, separatorOf(text), fileName);
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
      if (column !== undefined && texts[column] === undefined)
        texts[column] = /^'[=+\-@\t']/.test(value) ? value.slice(1) : value;
    });
    requirements.push(fromTexts(texts, `${fileName}:${line}`, losses));
    requireCount(requirements.length, fileName);
  }
  return { format: 'csv', columns: seen, requirements, losses };
}

/** The separator that the first line has most of outside quotes. */
function separatorOf(text: string): string {
  const first =
    text
      .slice(0, 20_000)
      .split('\n', 1)[0]
      ?.replaceAll(/"[^"]*"/g, '') ?? '';
  const count = (separator: string) => first.split(separator).length;
  return [';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

function rowsOf(text: string, separator: string, fileName: string): { fields: string[]; line: number }[] {
  const rows: { fields: string[]; line: number }[] = [];
  let fields: string[] = [];
  let line = 1;
  let began = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  const endRow = () => {
    rows.push({ fields, line: began });
    requireCount(rows.length - 1, fileName);
    fields = [];
    began = line;
  };
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      const opened = line;
      at += 1;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0)
          throw refuseFile('requirements.broken-file', `A quote in ${fileName} does not close.`, {
            at: `${fileName}:${opened}`,
          });
        const piece = text.slice(at, close);
        line += piece.split('\n').length - 1;
        value += piece;
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at += 1;
      }
      if (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r')
        throw refuseFile('requirements.broken-file', `Text follows a closed quote in ${fileName}.`, {
          at: `${fileName}:${line}`,
        });
    } else {
      let end = at;
      while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r')
        end += 1;
      value = text.slice(at, end);
      at = end;
    }
    fields.push(value);
    if (fields.length > 200)
      throw refuseFile('requirements.broken-file', `A row of ${fileName} has more than 200 fields.`, {
        at: `${fileName}:${line}`,
      });
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) fields.push('');
      continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    endRow();
  }
  if (fields.length > 0) endRow();
  return rows;
}
