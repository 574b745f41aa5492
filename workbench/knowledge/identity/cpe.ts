// CPE names (NISTIR 7695): the 2.3 formatted string and the older 2.2 URI, read into eleven attributes. An attribute is kept as it
// stands in a formatted string, in lower case: `*` any, `-` not applicable, else a value in which `\` quotes special characters
// and an unquoted `*` or `?` at an edge is a wildcard.

export const CPE_ATTRIBUTES = [
  'part',
  'vendor',
  'product',
  'version',
  'update',
  'edition',
  'language',
  'swEdition',
  'targetSw',
  'targetHw',
  'other',
] as const;

export type CpeAttribute = (typeof CPE_ATTRIBUTES)[number];
export type Cpe = Readonly<Record<CpeAttribute, string>>;

/** Longest CPE that is read; NVD's longest is below 400. */
export const MAX_CPE_LENGTH = 1024;

/**
 * Reads a CPE in either binding; null when it is none. A formatted string with fewer attributes is filled up with `*`.
 *
 * @example parseCpe('cpe:2.3:a:openssl:openssl:3.0.6:*:*:*:*:*:*:*')?.version  // '3.0.6'
 * @example parseCpe('cpe:/a:gnu:libstdc%2b%2b:11.2')?.product                  // 'libstdc\\+\\+'
 */
export function parseCpe(text: string): Cpe | null {
  const trimmed = text.trim();
  if (trimmed.length > MAX_CPE_LENGTH) return null;
  if (/^cpe:2\.3:/i.test(trimmed)) return parseFormattedString(trimmed.slice(8));
  if (/^cpe:\//i.test(trimmed)) return parseUri(trimmed.slice(5));
  return null;
}

function parseFormattedString(text: string): Cpe | null {
  const fields = splitUnquoted(text);
  return fields.length > CPE_ATTRIBUTES.length ? null : build(fields.map(canonicalValue));
}

/** Splits at colons that are not quoted. */
function splitUnquoted(text: string): string[] {
  const fields: string[] = [];
  let field = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === ':') {
      fields.push(field);
      field = '';
    } else if (character === '\\' && index + 1 < text.length) {
      field += character + text[++index]!;
    } else {
      field += character;
    }
  }
  return [...fields, field];
}

/** One spelling per value: lower case; letters, digits, `_`, `.`, `-` bare, all else quoted, wildcards only at the edges. */
function canonicalValue(field: string): string {
  if (field === '' || field === '*') return '*';
  if (field === '-') return '-';
  const leading = /^(?:\*|\?+)/.exec(field)?.[0] ?? '';
  const trailing = trailingWildcards(field.slice(leading.length));
  const inner = field.slice(leading.length, field.length - trailing.length);
  return leading + quote(inner.replace(/\\(.)/gs, '$1')) + trailing;
}

function trailingWildcards(text: string): string {
  const found = /(?:\*|\?+)$/.exec(text)?.[0] ?? '';
  // After an odd number of backslashes the first character is quoted, thus no wildcard.
  const before = /\\*$/.exec(text.slice(0, text.length - found.length))![0].length;
  return before % 2 === 0 ? found : found.slice(1);
}

function quote(value: string): string {
  const quoted = value.toLowerCase().replace(/[^a-z0-9_.\-\u0080-\uffff]/g, (character) => `\\${character}`);
  return quoted === '-' ? '\\-' : quoted;
}

/** The plain text of an attribute: without quoting. */
export function unquote(value: string): string {
  return value.replace(/\\(.)/gs, '$1');
}

/** True for a value without wildcard: neither any nor not applicable. */
export function isConcrete(value: string): boolean {
  return value !== '*' && value !== '-' && !hasWildcard(value);
}

export function hasWildcard(value: string): boolean {
  return value !== '*' && (/^[*?]/.test(value) || trailingWildcards(value) !== '');
}

function parseUri(text: string): Cpe | null {
  const fields = text.split(':');
  if (fields.length > 7) return null;
  const values = fields.map(uriValue);
  const edition = fields[5] ?? '';
  if (!edition.startsWith('~')) return build(values);
  // The packed form ~edition~sw_edition~target_sw~target_hw~other (NISTIR 7695, 6.1.2.1.3).
  const packed = edition.slice(1).split('~');
  if (packed.length > 5) return null;
  const [plain, swEdition, targetSw, targetHw, other] = packed.map(uriValue);
  return build([...values.slice(0, 5), plain, values[6], swEdition, targetSw, targetHw, other]);
}

function uriValue(field: string): string {
  if (field === '') return '*';
  if (field === '-') return '-';
  let value = '';
  for (const piece of field.match(/%[0-9a-f]{2}|[^%]|%/gi) ?? []) {
    if (piece === '%01') value += '?';
    else if (piece === '%02') value += '*';
    else
      value += quote(piece.length === 3 ? String.fromCharCode(Number.parseInt(piece.slice(1), 16)) : piece);
  }
  return canonicalValue(value);
}

function build(values: readonly (string | undefined)[]): Cpe | null {
  const cpe = Object.fromEntries(
    CPE_ATTRIBUTES.map((attribute, index) => [attribute, values[index] ?? '*']),
  ) as Record<CpeAttribute, string>;
  if (!['a', 'o', 'h', '*'].includes(cpe.part)) return null;
  // A name without vendor and product names nothing.
  return cpe.vendor === '*' && cpe.product === '*' ? null : cpe;
}

/** The CPE 2.3 formatted string. */
export function formatCpe(cpe: Cpe): string {
  return `cpe:2.3:${CPE_ATTRIBUTES.map((attribute) => cpe[attribute]).join(':')}`;
}

/** Puts plain text into an attribute: `withValue(cpe, 'version', '1.0+b')`. */
export function withValue(cpe: Cpe, attribute: CpeAttribute, text: string): Cpe {
  return { ...cpe, [attribute]: quote(text) };
}

/** Name of the identity: `vendor:product`, unquoted. */
export function cpeName(cpe: Cpe): string {
  return `${unquote(cpe.vendor)}:${unquote(cpe.product)}`;
}
