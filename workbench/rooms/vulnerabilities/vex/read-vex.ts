// A VEX document from its bytes: OpenVEX, CSAF or CycloneDX. Pure; refuses `vex.*` with place and remedy.
import { findSyntaxProblem, firstTooDeep, lineAndColumn } from '../../../kernel/text/json-syntax.ts';
import { refuseVex } from './errors.ts';
import { readCsafVex } from './read-csaf.ts';
import { readCycloneDxVex } from './read-cyclonedx.ts';
import { readOpenVex } from './read-openvex.ts';
import { type ReadVex, VEX_LIMITS } from './statement.ts';

/** Costs one pass over the text and JSON.parse; about 20 ms for a megabyte. */
export function readVex(bytes: Uint8Array, fileName: string): ReadVex {
  const value = parseDocument(bytes, fileName);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const record = value as Readonly<Record<string, unknown>>;
    if (isOpenVex(record)) return readOpenVex(record);
    if (record.bomFormat === 'CycloneDX') return readCycloneDxVex(record);
    if (isCsaf(record)) return readCsafVex(record);
  }
  throw refuseVex(
    'vex.unknown-format',
    `${fileName} is neither OpenVEX (@context) nor CSAF (document.csaf_version) nor CycloneDX (bomFormat).`,
    { at: `${fileName}: $` },
  );
}

/** Also for `ward csaf check`. */
export function parseDocument(bytes: Uint8Array, fileName: string): unknown {
  if (bytes.length > VEX_LIMITS.maxBytes)
    throw refuseVex('vex.too-large', `${fileName} has more than ${VEX_LIMITS.maxBytes / 1024 / 1024} MiB.`, {
      at: fileName,
    });
  const text = decode(bytes, fileName);
  const deep = firstTooDeep(text, VEX_LIMITS.maxDepth);
  if (deep !== -1)
    throw refuseVex(
      'vex.too-deep',
      `${fileName} nests more than ${VEX_LIMITS.maxDepth} objects and lists inside one another.`,
      { at: `${fileName}:${lineAndColumn(text, deep)}` },
    );
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const { offset, expected } = findSyntaxProblem(text) ?? { offset: 0, expected: 'a JSON value' };
    throw refuseVex('vex.not-json', `${fileName} is not JSON: expected ${expected}.`, {
      at: `${fileName}:${lineAndColumn(text, offset)}`,
      cause,
    });
  }
}

function decode(bytes: Uint8Array, fileName: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuseVex('vex.not-text', `${fileName} is not UTF-8 text.`, { at: fileName, cause });
  }
}

const isOpenVex = (record: Readonly<Record<string, unknown>>): boolean =>
  typeof record['@context'] === 'string' && /^https?:\/\/openvex\.dev\/ns\b/.test(record['@context']);

function isCsaf({ document }: Readonly<Record<string, unknown>>): boolean {
  return typeof document === 'object' && document !== null && 'csaf_version' in document;
}
