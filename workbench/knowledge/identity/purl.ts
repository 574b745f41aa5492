// Package URLs, read leniently: SBOMs carry purls that break their type's rules, and a component must not be lost for it. What can
// be read is kept, and every broken rule is told. Written from package-url/purl-spec, because packageurl-js throws on such input.
import { type PurlTypeRule, purlTypeRule } from './purl-types.ts';

export interface Purl {
  readonly type: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: string | null;
  readonly qualifiers: Readonly<Record<string, string>>;
  readonly subpath: string | null;
}

export interface PurlReading {
  /** Null when not even a type and a name could be read. */
  readonly purl: Purl | null;
  /** Rules that the text breaks, as short statements; empty for a valid purl. */
  readonly problems: readonly string[];
}

/** Longest purl that is read; longer ones are refused whole. */
export const MAX_PURL_LENGTH = 4096;
const MAX_QUALIFIERS = 64;

/**
 * Reads a purl; never throws.
 *
 * @example readPurl('pkg:npm/%40scope/lib@1.0.0').purl  // { type: 'npm', namespace: '@scope', name: 'lib', … }
 * @example readPurl('pkg:maven/name@1').problems        // ['maven needs a namespace']
 */
export function readPurl(text: string): PurlReading {
  if (text.length > MAX_PURL_LENGTH) return unreadable(`it is longer than ${MAX_PURL_LENGTH} characters`);
  const problems: string[] = [];
  const scheme = /^\s*pkg:\/*/i.exec(text);
  if (!scheme) return unreadable('it does not begin with `pkg:`');

  let rest = text.slice(scheme[0].length).trim();
  const subpathAt = rest.lastIndexOf('#');
  const subpath = subpathAt < 0 ? null : readSubpath(rest.slice(subpathAt + 1), problems);
  if (subpathAt >= 0) rest = rest.slice(0, subpathAt);

  const qualifiersAt = rest.lastIndexOf('?');
  const qualifiers = qualifiersAt < 0 ? {} : readQualifiers(rest.slice(qualifiersAt + 1), problems);
  if (qualifiersAt >= 0) rest = rest.slice(0, qualifiersAt);

  const typeEnd = rest.indexOf('/');
  if (typeEnd < 1) return unreadable('it has no type');
  const type = rest.slice(0, typeEnd).toLowerCase();
  if (!/^[a-z][a-z0-9.-]*$/.test(type))
    return unreadable('its type is not a word of letters, digits, `.` and `-`');
  rest = rest.slice(typeEnd + 1).replace(/^\/+/, '');

  // An `@` at the begin of a segment that is not the last belongs to an npm scope that was not encoded.
  const at = rest.lastIndexOf('@');
  const isScope = rest.includes('/', at) && (at === 0 || rest[at - 1] === '/');
  const hasVersion = at >= 0 && !isScope;
  const version = hasVersion ? decode(rest.slice(at + 1), problems) : null;
  const path = hasVersion ? rest.slice(0, at) : rest;
  if (path.endsWith('/')) problems.push('its path ends with a slash');

  const segments = path
    .split('/')
    .map((segment) => decode(segment, problems))
    .filter((segment) => segment !== '');
  // In the type `git` everything behind the host is the name.
  const name = type === 'git' ? segments.splice(1).join('/') : segments.pop();
  if (name === undefined || name === '') return unreadable('it has no name');

  const purl = normalizePurl({
    type,
    namespace: segments.length === 0 ? null : segments.join('/'),
    name,
    version: version === '' ? null : version,
    qualifiers,
    subpath,
  });
  return { purl, problems: [...problems, ...purlProblems(purl)] };
}

function unreadable(problem: string): PurlReading {
  return { purl: null, problems: [problem] };
}

function decode(text: string, problems: string[]): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    problems.push('its percent-encoding is broken');
    return text;
  }
}

function readSubpath(text: string, problems: string[]): string | null {
  const segments = text
    .split('/')
    .map((segment) => decode(segment, problems))
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return segments.length === 0 ? null : segments.join('/');
}

function readQualifiers(text: string, problems: string[]): Record<string, string> {
  const qualifiers: Record<string, string> = Object.create(null) as Record<string, string>;
  const pairs = text.split('&');
  if (pairs.length > MAX_QUALIFIERS) problems.push(`it has more than ${MAX_QUALIFIERS} qualifiers`);
  for (const pair of pairs.slice(0, MAX_QUALIFIERS)) {
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const key = pair.slice(0, equals);
    if (!/^[a-z][a-z0-9._-]*$/i.test(key)) {
      problems.push('a qualifier key holds other than letters, digits, `.`, `-`, `_`');
    }
    const value = decode(pair.slice(equals + 1), problems);
    if (value !== '') qualifiers[key.toLowerCase()] = value;
  }
  return { ...qualifiers };
}

/** Spells the parts as the type wants them: lower case, `_` as `-` for PyPI, and so on. */
export function normalizePurl(purl: Purl): Purl {
  const rule = purlTypeRule(purl.type);
  const lower = (part: PurlTypeRule['lowerCase'][number], text: string) =>
    rule.lowerCase.includes(part) ? text.toLowerCase() : text;
  return {
    ...purl,
    namespace: purl.namespace === null ? null : lower('namespace', purl.namespace),
    name: spellName(purl, lower('name', purl.name)),
    version: purl.version === null ? null : lower('version', purl.version),
  };
}

function spellName(purl: Purl, name: string): string {
  switch (purl.type) {
    case 'pypi':
      return name.replaceAll('_', '-');
    case 'pub':
      return name.replace(/[^a-z0-9_]/g, '_');
    case 'hackage':
      return name.replaceAll('_', '-');
    case 'mlflow':
      // Databricks registries compare model names without case; others do not.
      return purl.qualifiers.repository_url?.includes('databricks') ? name.toLowerCase() : name;
    default:
      return name;
  }
}

function purlProblems({ type, namespace, name, version, qualifiers }: Purl): string[] {
  const rule = purlTypeRule(type);
  const problems: string[] = [];
  if (rule.namespace === 'required' && namespace === null) problems.push(`${type} needs a namespace`);
  if (rule.namespace === 'prohibited' && namespace !== null) problems.push(`${type} has no namespace`);
  if (rule.requiredQualifier !== undefined && qualifiers[rule.requiredQualifier] === undefined) {
    problems.push(`${type} needs the qualifier \`${rule.requiredQualifier}\``);
  }
  if (rule.namePattern && !rule.namePattern.test(name)) problems.push(`its name is not one of ${type}`);
  if (version !== null && rule.versionPattern && !rule.versionPattern.test(version)) {
    problems.push(`its version is not one of ${type}`);
  }
  return problems;
}

/** Percent-encodes what the purl specification wants encoded; `:` stays. */
const encode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');

const encodePath = (text: string): string => text.split('/').map(encode).join('/');

/** The canonical text of a purl; qualifiers in the order of their keys. */
export function formatPurl(purl: Purl): string {
  const qualifiers = Object.entries(purl.qualifiers)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return [
    `pkg:${purl.type}/`,
    purl.namespace === null ? '' : `${encodePath(purl.namespace)}/`,
    purl.type === 'git' ? encodePath(purl.name) : encode(purl.name),
    purl.version === null ? '' : `@${encode(purl.version)}`,
    qualifiers.length === 0 ? '' : `?${qualifiers.join('&')}`,
    purl.subpath === null ? '' : `#${encodePath(purl.subpath)}`,
  ].join('');
}
