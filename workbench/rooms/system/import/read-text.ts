// Bytes to a value or a tree, bounded before anything is built: size, encoding, nesting, aliases, entities. Pure; the browser uses it too.
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { type Document, isAlias, isNode, type LineCounter } from 'yaml';
import { isWardError } from '../../../kernel/errors.ts';
import { findSyntaxProblem, firstTooDeep, lineAndColumn } from '../../../kernel/text/json-syntax.ts';
import { parseYaml } from '../../../kernel/text/yaml.ts';
import { refuseModel } from '../errors.ts';

/**
 * 20 MB hold any model of `MODEL_LIMITS`. YAML is read at about a megabyte a second (measured 2026-11, two shared cores),
 * so it gets less: 10,000 elements with 10,000 flows are 4 MB of it.
 */
export const TEXT_LIMITS = {
  bytes: 20 * 1024 * 1024,
  yamlBytes: 8 * 1024 * 1024,
  depth: 64,
  xmlDepth: 100,
  aliases: 200,
} as const;

/** The text of a file: UTF-8, or UTF-16 with or without byte order mark. Refuses archives, other binaries and broken text. */
export function decodeBytes(bytes: Uint8Array, fileName: string): string {
  if (bytes.length > TEXT_LIMITS.bytes)
    throw refuseModel(
      'model.too-large',
      `${fileName} has ${Math.ceil(bytes.length / 1024 / 1024)} MB; a model may have ${TEXT_LIMITS.bytes / 1024 / 1024} MB.`,
      { at: fileName },
    );
  // "PK\x03\x04" (APPNOTE 4.3.7), gzip, and any other file with zero bytes that is no UTF-16.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] ?? 9) < 8)
    throw refuseModel('model.not-text', `${fileName} is zip, not XML, JSON or YAML.`, {
      at: `${fileName}@0`,
    });
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw refuseModel('model.not-text', `${fileName} is gzip, not XML, JSON or YAML.`, {
      at: `${fileName}@0`,
    });
  const encoding = encodingOf(bytes);
  if (encoding === 'utf-8' && bytes.subarray(0, 4_096).includes(0))
    throw refuseModel('model.not-text', `${fileName} holds bytes that are no text.`, { at: `${fileName}@0` });
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuseModel('model.broken-encoding', `${fileName} is not valid ${encoding.toUpperCase()}.`, {
      at: fileName,
      cause,
    });
  }
}

/** By byte order mark, else by the zero byte beside the first character (RFC 4627 section 3). */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be';
  return 'utf-8';
}

export function parseJsonText(text: string, fileName: string): unknown {
  const deep = firstTooDeep(text, TEXT_LIMITS.depth);
  if (deep !== -1) throw tooDeep(fileName, lineAndColumn(text, deep), TEXT_LIMITS.depth);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const problem = findSyntaxProblem(text) ?? { offset: 0, expected: 'a JSON value' };
    throw refuseModel('model.not-json', `${fileName} is not JSON: expected ${problem.expected}.`, {
      at: `${fileName}:${lineAndColumn(text, problem.offset)}`,
      cause,
    });
  }
}

/**
 * One YAML 1.2 document as plain values; custom tags are refused, so nothing is ever made of a file but text, numbers,
 * lists and maps. The nesting is measured on the token stream, before anything recurses.
 */
export function parseYamlText(
  text: string,
  fileName: string,
): { value: unknown; document: Document.Parsed; lines: LineCounter } {
  if (text.length > TEXT_LIMITS.yamlBytes)
    throw refuseModel(
      'model.too-large',
      `${fileName} has ${Math.ceil(text.length / 1024 / 1024)} MB of YAML; ${TEXT_LIMITS.yamlBytes / 1024 / 1024} MB are read.`,
      { at: fileName, remedy: 'Write the model as JSON, which is read up to 20 MB.' },
    );
  return parseYaml(text, {
    maxDepth: TEXT_LIMITS.depth,
    maxAliases: TEXT_LIMITS.aliases,
    // `<<: *base` of YAML 1.1, which Threagile's models use.
    schema: { merge: true },
    refuse: ({ kind, reason, line, column, cause }) => {
      const place = { at: `${fileName}:${line}:${column}`, cause };
      switch (kind) {
        case 'too deep':
          return tooDeep(fileName, `${line}:${column}`, TEXT_LIMITS.depth);
        case 'too many aliases':
          return refuseModel(
            'model.too-many-aliases',
            `${fileName} grows by its aliases beyond ${TEXT_LIMITS.aliases} nodes.`,
            place,
          );
        case 'tag':
          return refuseModel(
            'model.not-yaml',
            `${fileName} uses a tag of its own, which is not read.`,
            place,
          );
        case 'not yaml':
          return refuseModel('model.not-yaml', `${fileName} is not YAML: ${reason}.`, place);
      }
    },
  });
}

/** Line and column of a value in YAML or JSON, by its path; the nearest one around it where there is no such node. */
export function placeOfPath(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly (string | number)[],
): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const offset = isNode(node) && !isAlias(node) ? node.range?.[0] : undefined;
    if (offset === undefined) continue;
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  }
  return '1:1';
}

export interface XmlNode {
  /** Name without its prefix. */
  readonly name: string;
  /** By name without prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlNode[];
  /** Own text, without that of the children. */
  text: string;
  readonly line: number;
}

/** The root element: well-formed XML with namespaces, no document type and therefore no entities of its own. */
export function parseXmlText(text: string, fileName: string): XmlNode {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const place = () => `${fileName}:${parser.line}:${parser.column + 1}`;
  const open: XmlNode[] = [];
  let root: XmlNode | undefined;
  parser.on('error', (cause) => {
    const reason = cause.message
      .replace(/^.*?\d+:\d+: /s, '')
      .replace(/[^\x20-\x7e]+/g, ' ')
      .slice(0, 160)
      .replace(/\.$/, '');
    throw refuseModel('model.not-xml', `${fileName} is not well-formed XML: ${reason}.`, {
      at: place(),
      cause,
    });
  });
  parser.on('doctype', () => {
    throw refuseModel('model.doctype', `${fileName} has a document type declaration.`, { at: place() });
  });
  parser.on('opentagstart', () => {
    if (open.length >= TEXT_LIMITS.xmlDepth)
      throw tooDeep(fileName, `${parser.line}:${parser.column + 1}`, TEXT_LIMITS.xmlDepth);
  });
  parser.on('opentag', (tag) => {
    const element: XmlNode = {
      name: tag.local,
      attributes: attributesOf(tag),
      children: [],
      text: '',
      line: parser.line,
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (part: string) => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    open.pop();
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    throw refuseModel('model.not-xml', `${fileName} cannot be read as XML.`, { at: place(), cause });
  }
  if (!root) throw refuseModel('model.not-xml', `${fileName} has no element.`, { at: `${fileName}:1:1` });
  return root;
}

function attributesOf(tag: SaxesTagNS): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { local, prefix, value } of Object.values(tag.attributes)) {
    if (prefix !== 'xmlns' && local !== 'xmlns') attributes.set(local, value);
  }
  return attributes;
}

function tooDeep(fileName: string, place: string, limit: number) {
  return refuseModel('model.too-deep', `${fileName} nests more than ${limit} levels inside one another.`, {
    at: `${fileName}:${place}`,
  });
}
