// A file of requirements by what it holds, not by its name.
import { FILE_LIMITS, type ReadFile, refuseFile } from './contract.ts';
import { readRequirementsCsv } from './csv.ts';
import { readMarkdown } from './markdown.ts';
import { readReqif } from './reqif.ts';

/** Refuses `requirements.too-large`, `requirements.unknown-format` and `requirements.broken-file`; nothing is half taken. */
export function readRequirementFile(bytes: Uint8Array, fileName: string): ReadFile {
  if (bytes.length > FILE_LIMITS.bytes)
    throw refuseFile('requirements.too-large', `${fileName} has ${bytes.length} bytes.`, { at: fileName });
  const text = decode(bytes, fileName);
  const start = text.slice(0, 2_000).trimStart();
  if (start === '')
    throw refuseFile('requirements.unknown-format', `${fileName} is empty.`, { at: fileName });
  if (start.startsWith('<')) return readReqif(text, fileName);
  return /^#{1,2} /m.test(text) && !/^[^\n#]*[,;\t]/.test(start)
    ? readMarkdown(text, fileName)
    : readRequirementsCsv(text, fileName);
}

function decode(bytes: Uint8Array, fileName: string): string {
  const [first, second] = bytes;
  if (first === 0x50 && second === 0x4b)
    throw refuseFile('requirements.unknown-format', `${fileName} is an archive or a workbook.`, {
      at: fileName,
      remedy: 'Save the workbook as CSV, or unpack the .reqifz and give the .reqif inside.',
    });
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuseFile('requirements.broken-file', `${fileName} is not ${encoding.toUpperCase()} text.`, {
      at: fileName,
      cause,
    });
  }
}
