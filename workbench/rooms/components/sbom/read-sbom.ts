// The entrance: which format the bytes hold is decided by their content, never by the file's name.

import { readCycloneDx } from './cyclonedx.ts';
import { decodeText } from './decode-text.ts';
import { formatsRead, refuseSbom } from './errors.ts';
import { defaultSbomOptions, type SbomOptions } from './limits.ts';
import { parseJson } from './parse-json.ts';
import { Reading } from './reading.ts';
import type { Sbom } from './sbom.ts';
import { readSpdx } from './spdx.ts';

/**
 * Reads one SBOM. Whatever the bytes are, the outcome is an SBOM or a `WardError` with a code `sbom.*`; a JSON path or
 * `file:line:column` tells the place. Linear in the size of the file; the text and its parsed form are in memory at once.
 *
 * @example
 * const sbom = readSbom(await readFile('bom.json'), 'bom.json');
 * readSbom(bytes, 'bom.json', { strict: true }); // also refuses what only the format's schema objects to
 */
export function readSbom(bytes: Uint8Array, fileName: string, options: Partial<SbomOptions> = {}): Sbom {
  const reading = new Reading(shownName(fileName), { ...defaultSbomOptions, ...options });
  const text = readText(bytes, reading);
  const document = parseJson(text, reading.fileName, reading.options.maxDepth);
  reading.checkTime('$');
  if (isCycloneDx(document)) return readCycloneDx(document, reading);
  if (isSpdx3(document)) {
    throw refuseSbom(
      'sbom.unsupported-version',
      `${reading.fileName} is SPDX 3; Ward reads ${formatsRead}.`,
      { at: '$' },
    );
  }
  if (isSpdx2(document)) return readSpdx(document, reading);
  throw refuseSbom('sbom.unknown-format', `${reading.fileName} is JSON, but neither CycloneDX nor SPDX.`, {
    at: '$',
  });
}

function readText(bytes: Uint8Array, reading: Reading): string {
  const { fileName, options } = reading;
  if (bytes.length > options.maxBytes) {
    throw refuseSbom(
      'sbom.too-large',
      `${fileName} has ${bytes.length} bytes; at most ${options.maxBytes} are read.`,
      { at: fileName },
    );
  }
  refusePacked(bytes, fileName);
  const text = decodeText(bytes, fileName);
  if (text.trim() === '') throw refuseSbom('sbom.empty', `${fileName} has no content.`, { at: fileName });
  refuseOtherNotations(text, fileName);
  return text;
}

function refusePacked(bytes: Uint8Array, fileName: string): void {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
  if (!isGzip && !isZip) return;
  throw refuseSbom('sbom.unknown-format', `${fileName} is a packed file (${isGzip ? 'gzip' : 'zip'}).`, {
    at: fileName,
    remedy: 'Unpack the file and import the SBOM inside it.',
  });
}

function refuseOtherNotations(text: string, fileName: string): void {
  const start = text.slice(0, 4096).trimStart();
  const found = start.startsWith('<') ? nameOfXml(start) : nameOfPlainText(start);
  if (found === null) return;
  throw refuseSbom('sbom.unsupported-version', `${fileName} is ${found}; Ward reads ${formatsRead}.`, {
    at: `${fileName}:1:1`,
  });
}

function nameOfXml(start: string): string {
  if (/cyclonedx\.org|<bom[\s>]/.test(start)) return 'CycloneDX as XML';
  return /spdx\.org/i.test(start) ? 'SPDX as RDF/XML' : 'XML';
}

function nameOfPlainText(start: string): string | null {
  if (/^SPDXVersion:/m.test(start)) return 'SPDX as tag-value text';
  return /^["']?spdxVersion["']?:/m.test(start) ? 'SPDX as YAML' : null;
}

function isCycloneDx(document: unknown): boolean {
  if (!isObject(document)) return false;
  const schema = document.$schema;
  return (
    document.bomFormat === 'CycloneDX' ||
    (typeof schema === 'string' && schema.includes('cyclonedx.org/schema'))
  );
}

function isSpdx2(document: unknown): boolean {
  return isObject(document) && 'spdxVersion' in document;
}

function isSpdx3(document: unknown): boolean {
  return (
    isObject(document) &&
    '@context' in document &&
    JSON.stringify(document['@context']).includes('spdx.org/rdf/3')
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The file's own name without its folders, printable and short: it comes from outside and goes into messages. */
function shownName(fileName: string): string {
  const name = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  return (
    [...name]
      .filter((character) => /[\p{L}\p{N}\p{P}\p{S} ]/u.test(character))
      .slice(0, 120)
      .join('') || 'The file'
  );
}
