// ReqIF 1.2 (OMG formal/2016-07-01) as a table: one row for each SPEC-OBJECT, one column for each attribute by its LONG-NAME.
// Enumerations by their names, XHTML by its text. No DTD, hence no entities; depth and size are bounded.
import { SaxesParser } from 'saxes';
import { isWardError } from '../../../kernel/errors.ts';
import { refuseFile } from './errors.ts';
import { LIMITS, type Sheet } from './limits.ts';

const ID = 'ReqIF id';
const PIECE = 64 * 1024;

interface Spec {
  readonly id: string;
  /** By the id of the attribute's definition. */
  readonly values: Map<string, string>;
}

/** Refuses `harms.broken-file` with line and column, `harms.hostile-file` for a DTD or depth, `harms.no-table`. */
export function tableOfReqif(text: string, name: string): Sheet {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const place = () => `${name}:${parser.line}:${parser.column + 1}`;
  const path: string[] = [];
  /** Names of attributes and of values of enumerations, by id. */
  const titles = new Map<string, string>();
  const specs: Spec[] = [];
  let spec: Spec | null = null;
  let value: { definition: string; words: string[]; text: boolean } | null = null;
  let refers = '';

  parser.on('error', (cause) => {
    throw refuseFile('harms.broken-file', `${name} is not well-formed XML.`, { at: place(), cause });
  });
  parser.on('doctype', () => {
    throw refuseFile('harms.hostile-file', `${name} has a document type declaration.`, { at: place() });
  });
  parser.on('opentag', (tag) => {
    path.push(tag.local);
    if (path.length > LIMITS.depth)
      throw refuseFile('harms.hostile-file', `${name} nests more than ${LIMITS.depth} elements.`, {
        at: place(),
      });
    const attribute = (wanted: string) =>
      Object.values(tag.attributes).find((one) => one.local === wanted)?.value ?? '';
    if (/^ATTRIBUTE-DEFINITION-[A-Z]+$/.test(tag.local) || tag.local === 'ENUM-VALUE')
      titles.set(attribute('IDENTIFIER'), attribute('LONG-NAME'));
    else if (tag.local === 'SPEC-OBJECT') {
      spec = { id: attribute('IDENTIFIER'), values: new Map() };
      specs.push(spec);
      if (specs.length > LIMITS.rows)
        throw refuseFile('harms.too-large', `${name} has more than ${LIMITS.rows} objects.`, { at: place() });
    } else if (spec && /^ATTRIBUTE-VALUE-[A-Z]+$/.test(tag.local))
      value = { definition: '', words: [attribute('THE-VALUE')].filter((word) => word !== ''), text: false };
    else if (value && tag.local === 'THE-VALUE') value.text = true;
    refers = '';
  });
  parser.on('text', (part) => {
    if (value?.text) value.words.push(part);
    else refers += part;
  });
  parser.on('closetag', (tag) => {
    path.pop();
    if (value && /^ATTRIBUTE-DEFINITION-[A-Z]+-REF$/.test(tag.local)) value.definition = refers.trim();
    else if (value && tag.local === 'ENUM-VALUE-REF') value.words.push(`${MARK}${refers.trim()}`);
    else if (value && tag.local === 'THE-VALUE') value.text = false;
    else if (value && spec && /^ATTRIBUTE-VALUE-[A-Z]+$/.test(tag.local)) {
      spec.values.set(value.definition, value.words.join(' '));
      value = null;
    } else if (tag.local === 'SPEC-OBJECT') spec = null;
  });
  try {
    for (let offset = 0; offset < text.length; offset += PIECE)
      parser.write(text.slice(offset, offset + PIECE));
    parser.close();
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    throw refuseFile('harms.broken-file', `${name} cannot be read as XML.`, { at: place(), cause });
  }
  if (specs.length === 0)
    throw refuseFile('harms.no-table', `${name} has no SPEC-OBJECT.`, { at: `${name}:1:1` });
  const columns = [...new Set(specs.flatMap((one) => [...one.values.keys()]))];
  const headings = [ID, ...columns.map((id) => titles.get(id) || id)];
  return {
    name: '',
    rows: [
      headings,
      ...specs.map((one) => [one.id, ...columns.map((id) => wordsOf(one.values.get(id), titles))]),
    ],
  };
}

/** Marks the id of an enumeration's value until all names are known; stands in no file that is well-formed. */
const MARK = '\u0001';

function wordsOf(given: string | undefined, titles: ReadonlyMap<string, string>): string {
  return (given ?? '')
    .split(' ')
    .map((word) => (word.startsWith(MARK) ? (titles.get(word.slice(1)) ?? word.slice(1)) : word))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}
