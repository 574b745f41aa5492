// Refusals of the advisory readers. `at` is `file:line` where a file is read, a JSON path inside one record.

import { defineErrors } from '../../kernel/errors.ts';

export const refuseAdvisory = defineErrors({
  'advisory.no-such-file': {
    status: 422,
    exit: 2,
    title: 'The file or folder is not there',
    remedy: 'Check the path and the permission to read it.',
  },
  'advisory.too-many-files': {
    status: 413,
    exit: 3,
    title: 'The folder or archive holds too many files',
    remedy: 'Import a smaller folder, or pack the records into one file with a record on each line.',
  },
  'advisory.not-advisories': {
    status: 415,
    exit: 3,
    title: 'The file holds no advisories that Ward knows',
    remedy:
      'Import OSV, NVD API 2.0, CSAF or CVE records, KEV, EPSS or endoflife.date, plain, gzipped or in a zip archive.',
  },
  'advisory.broken-encoding': {
    status: 422,
    exit: 3,
    title: 'The file is not UTF-8',
    remedy: 'Save the file as UTF-8 and import it again.',
  },
  'advisory.broken-archive': {
    status: 422,
    exit: 3,
    title: 'The archive is damaged or incomplete',
    remedy: 'Fetch the archive again; the records before the damage were read.',
  },
  'advisory.unpacks-too-large': {
    status: 413,
    exit: 3,
    title: 'The archive unpacks to far more than it should',
    remedy:
      'Check where the archive comes from; unpack it yourself and import the files if it is to be trusted.',
  },
  'advisory.not-json': {
    status: 422,
    exit: 3,
    title: 'A record is not valid JSON',
    remedy: 'Correct or remove the record at the named line and import again; the other records were read.',
  },
  'advisory.too-large': {
    status: 413,
    exit: 3,
    title: 'A record is too large',
    remedy: 'Remove the record at the named line, or have the administrator raise the limit.',
  },
  'advisory.too-deep': {
    status: 422,
    exit: 3,
    title: 'A record is nested too deeply',
    remedy: 'Remove the record at the named line; no advisory format nests so deeply.',
  },
  'advisory.unknown-format': {
    status: 422,
    exit: 3,
    title: 'A record is no advisory that Ward knows',
    remedy: 'Import OSV, NVD API 2.0, CSAF or CVE 5 records, KEV, EPSS or endoflife.date.',
  },
  'advisory.missing-field': {
    status: 422,
    exit: 3,
    title: 'A required field of an advisory is missing',
    remedy: 'Report it to the publisher of the record; the record is left out until it is corrected.',
  },
  'advisory.wrong-type': {
    status: 422,
    exit: 3,
    title: 'A field of an advisory has the wrong type',
    remedy: 'Report it to the publisher of the record; the record is left out until it is corrected.',
  },
  'advisory.wrong-value': {
    status: 422,
    exit: 3,
    title: 'A field of an advisory has a value that its format does not allow',
    remedy: 'Report it to the publisher of the record; the record is left out until it is corrected.',
  },
  'advisory.place-is-gone': {
    status: 409,
    exit: 3,
    title: 'The place to resume after is not among the files',
    remedy: 'Start the import from the beginning; records that are known already change nothing.',
  },
});

/** A value as it may stand in a message: printable, on one line, at most 80 characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const clipped = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return `"${[...clipped].map((character) => (/[\p{L}\p{N}\p{P}\p{S}\p{M} ]/u.test(character) ? character : '\uFFFD')).join('')}"`;
}
