// Requirements as ReqIF 1.2 (OMG formal/16-07-01; XML namespace of 2011-04-01): one type with named attributes, one
// specification with all of them in order. Read from any tool: attributes are found by their names, and what is not taken is told.
import { createHash } from 'node:crypto';
import { SaxesParser } from 'saxes';
import { isWardError } from '../../../kernel/errors.ts';
import { CATEGORY_LIST } from '../categories.ts';
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
  requireCount,
} from './contract.ts';

const NAMESPACE = 'http://www.omg.org/spec/ReqIF/20110401/reqif.xsd';
/** Names that other tools know (ReqIF implementation guide), beside ours. */
const REQIF_NAMES: Partial<Record<ColumnId, string>> = {
  source: 'ReqIF.ForeignID',
  title: 'ReqIF.Name',
  statement: 'ReqIF.Text',
};

const xml = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // In an attribute a plain line end would be read as a space.
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');

/** An `xsd:ID` that is the same for the same thing each time. */
const idOf = (...parts: readonly string[]) =>
  `_${createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32)}`;

export function writeReqif(
  list: readonly ExchangedRequirement[],
  given: { readonly product: string; readonly productId: string; readonly at: string },
): string {
  const last = `LAST-CHANGE="${xml(given.at)}"`;
  const attribute = (id: ColumnId) => idOf('attribute', id);
  const objectId = (one: ExchangedRequirement, at: number) =>
    idOf(given.productId, one.key === '' ? `${one.source} ${at}` : one.key);
  const enumId = (id: string) => idOf('category', id);
  const texts = COLUMNS.filter(({ id }) => id !== 'category' && id !== 'safetyRelevant');
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<REQ-IF xmlns="${NAMESPACE}" xml:lang="en">`,
    '<THE-HEADER>',
    `<REQ-IF-HEADER IDENTIFIER="${idOf('header', given.productId, given.at)}">`,
    `<COMMENT>${xml(`Security requirements of ${given.product}`)}</COMMENT>`,
    `<CREATION-TIME>${xml(given.at)}</CREATION-TIME>`,
    '<REQ-IF-TOOL-ID>Ward</REQ-IF-TOOL-ID>',
    // The schema of ReqIF 1.2 still fixes this to 1.0.
    '<REQ-IF-VERSION>1.0</REQ-IF-VERSION>',
    '<SOURCE-TOOL-ID>Ward</SOURCE-TOOL-ID>',
    `<TITLE>${xml(given.product)}</TITLE>`,
    '</REQ-IF-HEADER>',
    '</THE-HEADER>',
    '<CORE-CONTENT>',
    '<REQ-IF-CONTENT>',
    '<DATATYPES>',
    `<DATATYPE-DEFINITION-STRING IDENTIFIER="${idOf('text')}" ${last} LONG-NAME="Text" MAX-LENGTH="20000"/>`,
    `<DATATYPE-DEFINITION-BOOLEAN IDENTIFIER="${idOf('flag')}" ${last} LONG-NAME="Yes or no"/>`,
    `<DATATYPE-DEFINITION-ENUMERATION IDENTIFIER="${idOf('categories')}" ${last} LONG-NAME="Category">`,
    '<SPECIFIED-VALUES>',
    ...CATEGORY_LIST.map(
      ({ id, title }, at) =>
        `<ENUM-VALUE IDENTIFIER="${enumId(id)}" ${last} LONG-NAME="${xml(id)}" DESC="${xml(title)}"><PROPERTIES><EMBEDDED-VALUE KEY="${at + 1}" OTHER-CONTENT=""/></PROPERTIES></ENUM-VALUE>`,
    ),
    '</SPECIFIED-VALUES>',
    '</DATATYPE-DEFINITION-ENUMERATION>',
    '</DATATYPES>',
    '<SPEC-TYPES>',
    `<SPEC-OBJECT-TYPE IDENTIFIER="${idOf('requirement')}" ${last} LONG-NAME="Security requirement">`,
    '<SPEC-ATTRIBUTES>',
    ...texts.map(
      ({ id, title }) =>
        `<ATTRIBUTE-DEFINITION-STRING IDENTIFIER="${attribute(id)}" ${last} LONG-NAME="${xml(REQIF_NAMES[id] ?? title)}" DESC="${xml(title)}"><TYPE><DATATYPE-DEFINITION-STRING-REF>${idOf('text')}</DATATYPE-DEFINITION-STRING-REF></TYPE></ATTRIBUTE-DEFINITION-STRING>`,
    ),
    `<ATTRIBUTE-DEFINITION-ENUMERATION IDENTIFIER="${attribute('category')}" ${last} LONG-NAME="Category" MULTI-VALUED="false"><TYPE><DATATYPE-DEFINITION-ENUMERATION-REF>${idOf('categories')}</DATATYPE-DEFINITION-ENUMERATION-REF></TYPE></ATTRIBUTE-DEFINITION-ENUMERATION>`,
    `<ATTRIBUTE-DEFINITION-BOOLEAN IDENTIFIER="${attribute('safetyRelevant')}" ${last} LONG-NAME="Safety relevant"><TYPE><DATATYPE-DEFINITION-BOOLEAN-REF>${idOf('flag')}</DATATYPE-DEFINITION-BOOLEAN-REF></TYPE></ATTRIBUTE-DEFINITION-BOOLEAN>`,
    '</SPEC-ATTRIBUTES>',
    '</SPEC-OBJECT-TYPE>',
    `<SPECIFICATION-TYPE IDENTIFIER="${idOf('specification type')}" ${last} LONG-NAME="Requirements of a product"/>`,
    '</SPEC-TYPES>',
    '<SPEC-OBJECTS>',
  ];
  for (const [at, one] of list.entries()) {
    const values = asTexts(one);
    lines.push(
      `<SPEC-OBJECT IDENTIFIER="${objectId(one, at)}" ${last} LONG-NAME="${xml(one.title)}">`,
      `<TYPE><SPEC-OBJECT-TYPE-REF>${idOf('requirement')}</SPEC-OBJECT-TYPE-REF></TYPE>`,
      '<VALUES>',
      ...texts.map(
        ({ id }) =>
          `<ATTRIBUTE-VALUE-STRING THE-VALUE="${xml(values[id])}"><DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>${attribute(id)}</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>`,
      ),
      `<ATTRIBUTE-VALUE-ENUMERATION><DEFINITION><ATTRIBUTE-DEFINITION-ENUMERATION-REF>${attribute('category')}</ATTRIBUTE-DEFINITION-ENUMERATION-REF></DEFINITION><VALUES><ENUM-VALUE-REF>${enumId(one.category)}</ENUM-VALUE-REF></VALUES></ATTRIBUTE-VALUE-ENUMERATION>`,
      `<ATTRIBUTE-VALUE-BOOLEAN THE-VALUE="${one.safetyRelevant}"><DEFINITION><ATTRIBUTE-DEFINITION-BOOLEAN-REF>${attribute('safetyRelevant')}</ATTRIBUTE-DEFINITION-BOOLEAN-REF></DEFINITION></ATTRIBUTE-VALUE-BOOLEAN>`,
      '</VALUES>',
      '</SPEC-OBJECT>',
    );
  }
  lines.push(
    '</SPEC-OBJECTS>',
    '<SPECIFICATIONS>',
    `<SPECIFICATION IDENTIFIER="${idOf('specification', given.productId)}" ${last} LONG-NAME="${xml(given.product)}">`,
    `<TYPE><SPECIFICATION-TYPE-REF>${idOf('specification type')}</SPECIFICATION-TYPE-REF></TYPE>`,
    '<CHILDREN>',
    ...list.map((one, at) => {
      const id = objectId(one, at);
      return `<SPEC-HIERARCHY IDENTIFIER="${idOf('place', id)}" ${last}><OBJECT><SPEC-OBJECT-REF>${id}</SPEC-OBJECT-REF></OBJECT></SPEC-HIERARCHY>`;
    }),
    '</CHILDREN>',
    '</SPECIFICATION>',
    '</SPECIFICATIONS>',
    '</REQ-IF-CONTENT>',
    '</CORE-CONTENT>',
    '</REQ-IF>',
  );
  return `${lines.join('\n')}\n`;
}

interface Value {
  definition: string;
  text: string;
  enums: string[];
}
interface Found {
  readonly id: string;
  readonly longName: string;
  readonly line: number;
  readonly values: Value[];
}

/** Blocks of XHTML after which a new line begins. */
const BLOCKS = new Set(['p', 'div', 'br', 'li', 'tr', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol', 'table']);
/** Kinds of content that are told as not taken when a file has some. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  'SPEC-RELATION': 'relations between objects',
  'RELATION-GROUP': 'groups of relations',
  'TOOL-EXTENSIONS': 'extensions of a tool',
};

/** Refuses `requirements.broken-file` with line and column: XML that is not well formed, has a DTD, nests or takes too long. */
export function readReqif(text: string, fileName: string): ReadFile {
  const names = new Map<string, string>();
  const enums = new Map<string, string>();
  const objects: Found[] = [];
  const left = new Map<string, number>();
  let root = '';
  const open: string[] = [];
  let object: Found | null = null;
  let value: Value | null = null;
  let xhtml = 0;
  let words = '';

  const parser = new SaxesParser({ xmlns: true, position: true });
  const place = () => `${fileName}:${parser.line}:${parser.column + 1}`;
  const broken = (message: string) => refuseFile('requirements.broken-file', message, { at: place() });
  parser.on('error', (cause) => {
    throw broken(
      `${fileName} is not well-formed XML: ${cause.message.replace(/^.*?\d+:\d+: /s, '').slice(0, 160)}`,
    );
  });
  // Entities could grow without bound, or name files (CWE-776, CWE-611).
  parser.on('doctype', () => {
    throw broken(`${fileName} has a document type declaration.`);
  });
  parser.on('opentag', (tag) => {
    if (open.length >= FILE_LIMITS.depth)
      throw broken(`${fileName} nests more than ${FILE_LIMITS.depth} elements.`);
    if (open.length === 0) root = tag.local;
    open.push(tag.local);
    words = xhtml > 0 ? words : '';
    const attribute = (name: string) => tag.attributes[name]?.value ?? '';
    if (xhtml > 0) {
      xhtml += 1;
      if (value && BLOCKS.has(tag.local) && value.text !== '' && !value.text.endsWith('\n'))
        value.text += '\n';
    } else if (tag.local === 'SPEC-OBJECT') {
      requireCount(objects.length + 1, fileName);
      object = {
        id: attribute('IDENTIFIER'),
        longName: attribute('LONG-NAME'),
        line: parser.line,
        values: [],
      };
    } else if (tag.local.startsWith('ATTRIBUTE-DEFINITION-') && attribute('IDENTIFIER') !== '')
      names.set(attribute('IDENTIFIER'), attribute('LONG-NAME'));
    else if (tag.local === 'ENUM-VALUE') enums.set(attribute('IDENTIFIER'), attribute('LONG-NAME'));
    else if (object && tag.local.startsWith('ATTRIBUTE-VALUE-')) {
      if (object.values.length >= 500) throw broken(`An object of ${fileName} has more than 500 values.`);
      value = { definition: '', text: attribute('THE-VALUE'), enums: [] };
    } else if (value && tag.local === 'THE-VALUE') xhtml = 1;
    const lost = NOT_TAKEN[tag.local];
    if (lost !== undefined) left.set(lost, (left.get(lost) ?? 0) + 1);
  });
  const take = (part: string) => {
    if (xhtml > 0 && value) {
      if (value.text.length < 100_000) value.text += part.replaceAll(/\s+/g, ' ');
    } else if (words.length < 1_000) words += part;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', (tag) => {
    open.pop();
    if (xhtml > 0) xhtml -= 1;
    else if (object && value && tag.local.startsWith('ATTRIBUTE-DEFINITION-') && tag.local.endsWith('-REF'))
      value.definition = words.trim();
    else if (value && tag.local === 'ENUM-VALUE-REF') value.enums.push(words.trim());
    else if (object && value && tag.local.startsWith('ATTRIBUTE-VALUE-')) {
      object.values.push(value);
      value = null;
    } else if (object && tag.local === 'SPEC-OBJECT') {
      objects.push(object);
      object = null;
    }
  });
  const began = Date.now();
  try {
    for (let offset = 0; offset < text.length; offset += 262_144) {
      parser.write(text.slice(offset, offset + 262_144));
      if (Date.now() - began > FILE_LIMITS.milliseconds) throw broken(`${fileName} takes too long to read.`);
    }
    parser.close();
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    throw refuseFile('requirements.broken-file', `${fileName} cannot be read as XML.`, {
      at: place(),
      cause,
    });
  }
  if (root !== 'REQ-IF')
    throw refuseFile('requirements.unknown-format', `${fileName} is XML, but no ReqIF.`, {
      at: `${fileName}:1`,
    });

  const losses: Loss[] = [...left].map(([what, count]) => ({
    at: fileName,
    message: `${count} ${what} are not taken.`,
  }));
  const unknown = new Set<string>();
  const columns = new Set<ColumnId>();
  const requirements = objects.flatMap((found) => {
    const texts: Partial<Record<ColumnId, string>> = {};
    for (const { definition, text: given, enums: chosen } of found.values) {
      const name = names.get(definition) ?? '';
      const column = columnOf(name);
      const said = chosen.length > 0 ? chosen.map((id) => enums.get(id) ?? '').join('; ') : given;
      if (column === undefined) {
        if (said.trim() !== '') unknown.add(name === '' ? definition : name);
      } else {
        columns.add(column);
        if ((texts[column] ?? '') === '') texts[column] = said;
      }
    }
    if ((texts.title ?? '') === '') texts.title = found.longName;
    const at = `${fileName}:${found.line}`;
    if ((texts.title ?? '').trim() === '' && (texts.statement ?? '').trim() === '') {
      losses.push({ at, message: `The object ${found.id.slice(0, 60)} has neither a title nor a text.` });
      return [];
    }
    // Ours come back by their key; those of others by their own id, else by the object's.
    const keyed = (texts.key ?? '') !== '' || (texts.source ?? '') !== '';
    return fromTexts(keyed ? texts : { ...texts, source: found.id }, at, losses);
  });
  for (const name of [...unknown].slice(0, 200))
    losses.push({ at: fileName, message: `The attribute “${name.slice(0, 80)}” is not taken.` });
  return { format: 'reqif', columns, requirements, losses };
}
