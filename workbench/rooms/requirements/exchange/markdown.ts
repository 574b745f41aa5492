// Requirements as Markdown: readable as it stands, and read back without loss. A heading for each, a list of short fields, and
// a bold line before each long text. What Markdown would take for its own is escaped, so text cannot become markup.
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

const LONG: readonly ColumnId[] = ['statement', 'acceptance', 'rationale'];
const titleOf = (id: ColumnId) => COLUMNS.find((column) => column.id === id)?.title ?? id;

const SPECIAL = /[\\`*_{}[\]<>#|]/g;
const asPlain = (text: string) => text.replaceAll(SPECIAL, '\\$&');
const fromPlain = (text: string) => text.replaceAll(/\\([\\`*_{}[\]<>#|])/g, '$1');

export function writeMarkdown(list: readonly ExchangedRequirement[], product: string): string {
  const parts = [`# Security requirements: ${asPlain(product)}`, `${list.length} requirements.`];
  for (const one of list) {
    const texts = asTexts(one);
    const short = COLUMNS.filter(({ id }) => !LONG.includes(id) && id !== 'title' && texts[id] !== '');
    parts.push(
      `## ${asPlain(one.title)}`,
      short.map(({ id, title }) => `- ${title}: ${asPlain(texts[id])}`).join('\n'),
      ...LONG.filter((id) => texts[id] !== '').flatMap((id) => [`**${titleOf(id)}**`, asPlain(texts[id])]),
    );
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

export function readMarkdown(text: string, fileName: string): ReadFile {
  const losses: Loss[] = [];
  const requirements: ExchangedRequirement[] = [];
  let texts: Partial<Record<ColumnId, string>> | null = null;
  let began = 0;
  let long: ColumnId | null = null;
  const columns = new Set<ColumnId>();
  const end = () => {
    for (const column of Object.keys(texts ?? {})) columns.add(column as ColumnId);
    if (texts) requirements.push(fromTexts(texts, `${fileName}:${began}`, losses));
    requireCount(requirements.length, fileName);
  };
  const lines = text
    .replace(/^\ufeff/, '')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n');
  for (const [index, line] of lines.entries()) {
    const at = `${fileName}:${index + 1}`;
    if (line.startsWith('## ')) {
      end();
      texts = { title: fromPlain(line.slice(3)) };
      began = index + 1;
      long = null;
      continue;
    }
    if (texts === null) continue;
    const bold = /^\*\*(.{1,80})\*\*\s*$/.exec(line);
    if (bold) {
      const column = columnOf(fromPlain(bold[1] ?? ''));
      if (column === undefined) losses.push({ at, message: `The part “${bold[1]}” is not taken.` });
      long = column ?? null;
      continue;
    }
    const item = long === null ? /^- ([^:]{1,80}): (.*)$/.exec(line) : null;
    if (item) {
      const column = columnOf(item[1] ?? '');
      if (column === undefined) losses.push({ at, message: `The field “${item[1]}” is not taken.` });
      else texts[column] = fromPlain(item[2] ?? '');
      continue;
    }
    if (long !== null) {
      const before: string | undefined = texts[long];
      texts[long] = before === undefined ? fromPlain(line) : `${before}\n${fromPlain(line)}`;
    } else if (line.trim() !== '') losses.push({ at, message: 'Text outside a part is not taken.' });
  }
  end();
  if (requirements.length === 0)
    throw refuseFile(
      'requirements.unknown-format',
      `${fileName} has no heading of the second level, so no requirement.`,
      {
        at: `${fileName}:1`,
      },
    );
  return { format: 'markdown', columns, requirements, losses };
}
