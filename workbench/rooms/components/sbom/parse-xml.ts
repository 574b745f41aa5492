// Bounded XML parsing for SBOMs: well-formed XML with namespaces, no DTD and therefore no entities of its own.

import { SaxesParser, type SaxesTagNS } from 'saxes';
import { isWardError } from '../../../kernel/errors.ts';
import { refuseSbom } from './errors.ts';
import type { Reading } from './reading.ts';

export interface XmlElement {
  /** Name without its prefix. */
  readonly name: string;
  readonly namespace: string;
  /** By name; those of a namespace as `{namespace}name`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Own text, without that of the children. */
  text: string;
  readonly line: number;
  readonly column: number;
}

/** UTF-16 code units that are handed to the parser at once; the clock is read in between. */
const PIECE = 256 * 1024;

/**
 * The root element. Refuses `sbom.not-xml` with line and column, `sbom.doctype` (entities could grow without bound or
 * name files), `sbom.too-deep` and `sbom.time-limit`. The stack is its own, so nesting cannot overflow.
 */
export function parseXml(text: string, reading: Reading, maxDepth: number): XmlElement {
  const { fileName } = reading;
  const parser = new SaxesParser({ xmlns: true, position: true });
  const place = () => `${fileName}:${parser.line}:${parser.column + 1}`;
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;

  parser.on('error', (cause) => {
    throw refuseSbom('sbom.not-xml', `${fileName} is not well-formed XML: ${reasonOf(cause)}.`, {
      at: place(),
      cause,
    });
  });
  parser.on('doctype', () => {
    throw refuseSbom('sbom.doctype', `${fileName} has a document type declaration.`, { at: place() });
  });
  parser.on('opentagstart', (tag) => {
    if (open.length < maxDepth) return;
    throw refuseSbom(
      'sbom.too-deep',
      `${fileName} nests more than ${maxDepth} elements inside one another; <${tag.name.slice(0, 40)}> is one more.`,
      { at: place() },
    );
  });
  parser.on('opentag', (tag) => {
    const element = elementOf(tag, parser.line, parser.column + 1);
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('text', (part) => {
    const element = open.at(-1);
    if (element) element.text += part;
  });
  parser.on('cdata', (part) => {
    const element = open.at(-1);
    if (element) element.text += part;
  });
  parser.on('closetag', () => {
    open.pop();
  });

  try {
    for (let offset = 0; offset < text.length; offset += PIECE) {
      parser.write(text.slice(offset, offset + PIECE));
      reading.checkTime(place());
    }
    parser.close();
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    throw refuseSbom('sbom.not-xml', `${fileName} cannot be read as XML.`, { at: place(), cause });
  }
  if (!root) throw refuseSbom('sbom.not-xml', `${fileName} has no element.`, { at: `${fileName}:1:1` });
  return root;
}

function elementOf(tag: SaxesTagNS, line: number, column: number): XmlElement {
  const attributes = new Map<string, string>();
  for (const { local, prefix, uri, value } of Object.values(tag.attributes)) {
    if (prefix === 'xmlns' || local === 'xmlns') continue;
    attributes.set(prefix === '' ? local : `{${uri}}${local}`, value);
  }
  return { name: tag.local, namespace: tag.uri, attributes, children: [], text: '', line, column };
}

// The parser's own message begins with file and position, which stand in `at`.
function reasonOf(cause: Error): string {
  return cause.message
    .replace(/^.*?\d+:\d+: /s, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 160)
    .replace(/\.$/, '');
}
