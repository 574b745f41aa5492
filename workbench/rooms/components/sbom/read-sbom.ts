// The entrance: which format the bytes hold is decided by their content, never by the file's name.

import { isWardError, WardError } from '../../../kernel/errors.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { cycloneDxFromXml } from './cyclonedx-xml.ts';
import { decodeText } from './decode-text.ts';
import { refuseSbom } from './errors.ts';
import { defaultSbomOptions, type SbomOptions } from './limits.ts';
import { parseJson } from './parse-json.ts';
import { parseXml } from './parse-xml.ts';
import { parseYaml } from './parse-yaml.ts';
import { Places } from './places.ts';
import { Reading } from './reading.ts';
import type { Sbom } from './sbom.ts';
import { readSpdx } from './spdx.ts';
import { spdxFromRdf } from './spdx-rdf.ts';
import { spdxFromTagValue } from './spdx-tag-value.ts';
import { readSpdx3 } from './spdx3.ts';
import { unpack } from './unpack.ts';

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
  const places = new Places();
  const document = parseText(text, places, reading);
  reading.checkTime('$');
  try {
    const sbom = judge(document, reading);
    if (document.notation === 'JSON') return sbom;
    return {
      ...sbom,
      warnings: sbom.warnings.map((warning) => ({ ...warning, at: places.tell(document.value, warning.at) })),
    };
  } catch (error) {
    throw isWardError(error) && document.notation !== 'JSON'
      ? placed(error, places.tell(document.value, error.at ?? '$'))
      : error;
  }
}

export type Notation = 'JSON' | 'XML' | 'RDF/XML' | 'tag-value' | 'YAML';

interface Parsed {
  readonly notation: Notation;
  /** In the shape of the format's JSON. */
  readonly value: unknown;
}

function parseText(text: string, places: Places, reading: Reading): Parsed {
  const { maxDepth } = reading.options;
  const start = text.slice(0, 64 * 1024).trimStart();
  if (start.startsWith('<')) {
    const isRdf = /<(?:\w+:)?RDF[\s>]/.test(start);
    const root = parseXml(text, reading, isRdf ? maxDepth * 8 : maxDepth);
    return isRdf
      ? { notation: 'RDF/XML', value: spdxFromRdf(root, places, reading) }
      : { notation: 'XML', value: cycloneDxFromXml(root, places, reading) };
  }
  if (/^SPDXVersion:/m.test(start))
    return { notation: 'tag-value', value: spdxFromTagValue(text, places, reading) };
  if (isYaml(start)) return { notation: 'YAML', value: parseYaml(text, reading) };
  return { notation: 'JSON', value: parseJson(text, reading.fileName, maxDepth) };
}

function judge({ notation, value }: Parsed, reading: Reading): Sbom {
  if (notation === 'XML') return readCycloneDx(value, reading, 'XML');
  if (isCycloneDx(value)) return readCycloneDx(value, reading);
  if (isSpdx3(value)) return readSpdx3(value, reading);
  if (isSpdx2(value)) return readSpdx(value, reading);
  throw refuseSbom(
    'sbom.unknown-format',
    `${reading.fileName} is ${notation}, but neither CycloneDX nor SPDX.`,
    {
      at: '$',
    },
  );
}

/** The same refusal at a place that people find in the file. */
function placed(error: WardError, at: string): WardError {
  const { code, status, exit, title, remedy, detail, cause } = error;
  return new WardError(code, { status, exit, title, remedy }, error.message, {
    at,
    cause,
    ...(detail === undefined ? {} : { detail }),
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
  const unpacked = unpack(bytes, reading);
  const text = decodeText(unpacked, fileName);
  if (text.trim() === '') throw refuseSbom('sbom.empty', `${fileName} has no content.`, { at: fileName });
  return text;
}

// SPDX 2 in YAML: the version stands at the left margin, or the document begins as YAML documents do.
function isYaml(start: string): boolean {
  return !start.startsWith('{') && /^["']?(?:spdxVersion|SPDXID)["']?\s*:/m.test(start);
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
