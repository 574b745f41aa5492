// A view as text, and the line under every view. Pure.
import type { SystemModel } from '../metamodel.ts';
import type { Printed, View } from './contract.ts';

/** `SYS-1, revision 3` with what is missing counted: the line under every view. */
export function viewLine(view: View, of: Printed): string {
  const count = view.gaps.length;
  return `${of.key}, revision ${of.revision}${of.draft ? ' with changes that are not saved' : ''}. ${
    count === 0
      ? 'Nothing that this view asks for is missing.'
      : `${count} ${count === 1 ? 'point is' : 'points are'} open.`
  }`;
}

export function viewMarkdown(model: SystemModel, view: View, of: Printed): string {
  const lines = [`# ${view.title}: ${inline(model.title)}`, '', viewLine(view, of), '', view.purpose, ''];
  for (const table of view.tables) {
    lines.push(`## ${inline(table.title)}`, '');
    if (table.rows.length === 0) lines.push(table.none, '');
    else {
      lines.push(
        `| ${table.columns.map(cell).join(' | ')} |`,
        `|${table.columns.map(() => ' --- |').join('')}`,
      );
      for (const row of table.rows) lines.push(`| ${row.map(cell).join(' | ')} |`);
      lines.push('');
    }
  }
  lines.push('## Open points', '');
  if (view.gaps.length === 0) lines.push('None that this view asks for.', '');
  else {
    for (const gap of view.gaps)
      lines.push(`- ${inline(gap.message)}${gap.target === '' ? '' : ` (${gap.target})`}`);
    lines.push('');
  }
  return lines.join('\n');
}

// Titles come from people and imports: a bar or a line end would break the table, markup would be drawn.
const inline = (text: string) => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
const cell = (text: string) => inline(text);
