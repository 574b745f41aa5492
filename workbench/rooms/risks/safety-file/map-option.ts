// The mapping as it is typed on the command line: `title=Harm,severity=S,row=3,high=4`. What is not said stays as suggested. Pure.
import { refuseFile } from './errors.ts';
import { FIELDS, type FieldId, Mapping } from './mapping.ts';

/** Refuses `harms.no-such-column` for what is no mapping. JSON is taken as it is. */
export function readMapOption(text: string, suggested: Mapping): Mapping {
  if (text.trimStart().startsWith('{')) return checked(parsed(text));
  const columns: Record<string, string | null> = { ...suggested.columns };
  const severities: Record<string, unknown> = { ...suggested.severities };
  let { sheet, headingRow } = suggested;
  for (const part of text.split(',').map((one) => one.trim())) {
    const at = part.indexOf('=');
    if (at < 1)
      throw refuseFile('harms.no-such-column', `"${part.slice(0, 60)}" is no name=value.`, { at: '--map' });
    const [name, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (FIELDS.some(({ id }) => id === name)) columns[name as FieldId] = value === '' ? null : value;
    else if (name === 'sheet') sheet = value;
    else if (name === 'row') headingRow = Number(value);
    else severities[name.toLowerCase()] = Number(value);
  }
  return checked({ sheet, headingRow, columns, severities });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuseFile('harms.no-such-column', 'The mapping is not valid JSON.', { at: '--map', cause });
  }
}

function checked(value: unknown): Mapping {
  const read = Mapping.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuseFile('harms.no-such-column', `The mapping is not right: ${issue?.message ?? 'unknown'}.`, {
    at: `--map ${issue?.path.join('.') ?? ''}`,
  });
}
