// Sheets of an XLSX workbook as text. What a cell shows is taken, never what it would compute; before the workbook is unfolded
// each part is measured, since a small file may hold a large one (a zip bomb) and a sheet may name a cell at the end of the world.
import readWorkbook from 'read-excel-file/node';
import { fromBuffer } from 'yauzl';
import { isWardError } from '../../../kernel/errors.ts';
import { refuseFile } from './errors.ts';
import { LIMITS, type Sheet } from './limits.ts';

/** Refuses `harms.hostile-file`, `harms.too-large` with row and column, `harms.broken-file`, `harms.unknown-format`. */
export async function readSheets(bytes: Uint8Array, name: string): Promise<Sheet[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  await measure(buffer, name);
  try {
    const sheets = await readWorkbook(buffer);
    return sheets.map(({ sheet, data }) => ({
      name: sheet,
      rows: data.map((row) => row.map((cell) => wordOf(cell))),
    }));
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    throw refuseFile('harms.broken-file', `${name} cannot be read as an XLSX workbook.`, { at: name, cause });
  }
}

function wordOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10);
  return String(cell).trim();
}

/** Unfolds every part once, counting only: sizes in a zip's directory are the attacker's words. */
function measure(buffer: Buffer, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const broken = (cause: unknown) =>
      reject(
        isWardError(cause)
          ? cause
          : refuseFile('harms.broken-file', `${name} is not a whole zip file.`, { at: name, cause }),
      );
    fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: true }, (opening, zip) => {
      if (opening) return broken(opening);
      let parts = 0;
      let unpacked = 0;
      let isWorkbook = false;
      zip.on('error', broken);
      zip.on('end', () => {
        if (isWorkbook) return resolve();
        broken(
          refuseFile('harms.unknown-format', `${name} is a zip file, but no XLSX workbook.`, { at: name }),
        );
      });
      zip.on('entry', (entry) => {
        parts += 1;
        const fail = (message: string, at = `${name}, ${entry.fileName.slice(0, 80)}`) =>
          broken(refuseFile('harms.hostile-file', message, { at }));
        if (parts > LIMITS.parts) return fail(`${name} holds more than ${LIMITS.parts} parts.`);
        if (entry.fileName === 'xl/workbook.xml') isWorkbook = true;
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return broken(failed);
          const sheet = /^xl\/worksheets\/[^/]+\.xml$/.test(entry.fileName);
          let rest = '';
          stream.on('data', (chunk: Buffer) => {
            unpacked += chunk.length;
            if (unpacked > LIMITS.unpackedBytes) {
              stream.destroy();
              fail(`${name} unfolds to more than ${LIMITS.unpackedBytes / 1024 / 1024} MiB.`);
              return;
            }
            if (!sheet) return;
            rest += chunk.toString('latin1');
            const far = farCell(rest);
            if (far !== null) {
              stream.destroy();
              broken(
                refuseFile(
                  'harms.too-large',
                  `The sheet uses the cell ${far}; ${LIMITS.rows} rows and ${LIMITS.columns} columns are taken.`,
                  { at: `${name}, cell ${far}` },
                ),
              );
            }
            rest = rest.slice(-60);
          });
          stream.on('error', broken);
          stream.on('end', () => zip.readEntry());
        });
      });
      zip.readEntry();
    });
  });
}

/**
 * The first reference beyond what is taken, as `XFD1048576`; also one that is written so that it cannot be measured (references to
 * characters, UTF-16), which no spreadsheet program does.
 */
function farCell(text: string): string | null {
  if (text.includes('\u0000')) return 'in UTF-16';
  for (const [, value = ''] of text.matchAll(/\br\s*=\s*["']([^"']{0,40})/g)) {
    const [, letters, digits] = /^([A-Z]{0,7})(\d{1,10})$/.exec(value) ?? [];
    if (digits === undefined) {
      if (value.includes('&')) return value;
      continue;
    }
    if (Number(digits) > LIMITS.rows || columnOf(letters ?? '') > LIMITS.columns) return value;
  }
  return null;
}

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = column * 26 + (letter.charCodeAt(0) - 64);
  return column;
}
