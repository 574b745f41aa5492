// Refusals of the SBOM readers. `at` is `file:line:column` for syntax and a JSON path for content.

import { defineErrors } from '../../../kernel/errors.ts';

export const formatsRead =
  'CycloneDX 1.2 to 1.7 as JSON and 1.0 to 1.7 as XML, SPDX 2.1 to 2.3 as JSON, YAML, tag-value and RDF/XML, and SPDX 3.0 as JSON-LD';

export const refuseSbom = defineErrors({
  'sbom.empty': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is empty',
    remedy: 'Export the SBOM again and check that the file has content.',
  },
  'sbom.too-large': {
    status: 413,
    exit: 3,
    title: 'The SBOM file is too large',
    remedy: 'Split the SBOM by product part, or have the administrator raise the limit.',
  },
  'sbom.broken-encoding': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is not valid text',
    remedy: 'Save the file as UTF-8 and import it again.',
  },
  'sbom.not-json': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is not valid JSON',
    remedy: 'Correct the named place, or export the SBOM again as JSON.',
  },
  'sbom.not-xml': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is not well-formed XML',
    remedy: 'Correct the named place, or export the SBOM again.',
  },
  'sbom.doctype': {
    status: 422,
    exit: 3,
    title: 'The XML file has a document type declaration',
    remedy: 'Remove the <!DOCTYPE …> and write out the entities that it declares; no SBOM format needs one.',
  },
  'sbom.not-yaml': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is not valid YAML',
    remedy: 'Correct the named place, or export the SBOM again as JSON.',
  },
  'sbom.too-many-aliases': {
    status: 422,
    exit: 3,
    title: 'The YAML file refers to its own parts too often',
    remedy: 'Write out the parts that *names refer to, or export the SBOM as JSON.',
  },
  'sbom.not-tag-value': {
    status: 422,
    exit: 3,
    title: 'The SBOM file is not valid tag-value text',
    remedy: 'Correct the named line, or export the SBOM again.',
  },
  'sbom.broken-archive': {
    status: 422,
    exit: 3,
    title: 'The packed file cannot be unpacked',
    remedy: 'Pack the SBOM again with gzip, or import it unpacked.',
  },
  'sbom.too-deep': {
    status: 422,
    exit: 3,
    title: 'The SBOM is nested too deeply',
    remedy: 'Export the components as a flat list with a dependency graph.',
  },
  'sbom.unknown-format': {
    status: 415,
    exit: 3,
    title: 'The file is not an SBOM that Ward knows',
    remedy: `Import ${formatsRead}.`,
  },
  'sbom.unsupported-version': {
    status: 415,
    exit: 3,
    title: 'This SBOM format or version is not read',
    remedy: `Export the SBOM again: Ward reads ${formatsRead}.`,
  },
  'sbom.missing-field': {
    status: 422,
    exit: 3,
    title: 'A required field is missing',
    remedy: 'Add the field at the named place, or export the SBOM again with a current version of the tool.',
  },
  'sbom.wrong-type': {
    status: 422,
    exit: 3,
    title: 'A field has the wrong type',
    remedy: 'Correct the value at the named place to the type that the format prescribes.',
  },
  'sbom.wrong-value': {
    status: 422,
    exit: 3,
    title: 'A field has a value that the format does not allow',
    remedy: 'Replace the value at the named place by one that the format allows.',
  },
  'sbom.duplicate-ref': {
    status: 422,
    exit: 3,
    title: 'Two components share one reference',
    remedy:
      'Give each component a reference of its own (bom-ref or SPDXID); the dependency graph is ambiguous otherwise.',
  },
  'sbom.too-many-components': {
    status: 413,
    exit: 3,
    title: 'The SBOM has too many components',
    remedy: 'Split the SBOM by product part, or have the administrator raise the limit.',
  },
  'sbom.string-too-long': {
    status: 422,
    exit: 3,
    title: 'A text is too long',
    remedy: 'Shorten the text at the named place; long licence texts belong into the licence text field.',
  },
  'sbom.time-limit': {
    status: 422,
    exit: 3,
    title: 'Reading the SBOM took too long',
    remedy: 'Split the SBOM by product part, or import it from the command line with a higher limit.',
  },
  'sbom.not-conformant': {
    status: 422,
    exit: 3,
    title: 'The SBOM breaks the rules of its format',
    remedy: 'Correct the named place, or check without --strict and review the warnings.',
  },
});

/** A value of the file as it may stand in a message: printable, on one line and at most 80 characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const clipped = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  let clean = '';
  for (const character of clipped) clean += isPrintable(character) ? character : '\uFFFD';
  return `"${clean}"`;
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 && code !== 0x7f && !(code >= 0xd800 && code <= 0xdfff) && !isDirectionMark(code);
}

// Bidirectional controls could make a message read differently from what it says (CVE-2021-42574).
function isDirectionMark(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
