// Which licences a package of Ward may have.

/** Ask for no more than notice: may be shipped. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'CC-BY-3.0', // data: the list of licence exceptions of SPDX
  'CC-BY-4.0', // data and texts
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Ask to publish changes to their own files: only tools that are not shipped. */
const development = new Set(['MPL-2.0']);

/** Other licences that may be shipped, for one package each and with the reason. */
const byName = new Map([
  // Weak copyleft that reaches its own files: used unmodified, in a worker of its own, its text goes along.
  ['elkjs', 'EPL-2.0 OR GPL-3.0-or-later'],
]);

/**
 * @param {{ integrity?: string, inBundle?: boolean, optional?: boolean }} entry of the lockfile
 * @param {{ name?: string, version?: string, license?: unknown, licenses?: unknown }} manifest
 * @param {boolean} ships whether the package reaches users
 * @returns {{ licence: string, complaint?: string }}
 */
export function judgePackage(entry, manifest, ships) {
  const licence = licenceOf(manifest);
  const name = `${manifest.name ?? 'A package without a name'} ${manifest.version ?? ''}`.trim();
  if (!isAllowed(licence, ships) && byName.get(manifest.name ?? '') !== licence) {
    return {
      licence,
      complaint: `${name} has the licence "${licence}", which is not on the list${ships ? ' for what ships' : ''}.`,
    };
  }
  // A tool for a machine that the lockfile was not made on may come without one; what ships may not.
  const needsChecksum = !entry.inBundle && (ships || !entry.optional);
  if (needsChecksum && !/^sha512-/.test(entry.integrity ?? '')) {
    return { licence, complaint: `${name} has no SHA-512 checksum in package-lock.json.` };
  }
  return { licence };
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string' && license !== '') return license;
  if (typeof license?.type === 'string') return license.type;
  if (Array.isArray(licenses)) return licenses.map((one) => one?.type ?? String(one)).join(' OR ');
  return 'none stated';
}

/** SPDX expressions with OR, AND and brackets; a WITH exception is taken as part of the licence's name. */
export function isAllowed(expression, ships) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let place = 0;
  const alternatives = () => {
    let allowed = parts();
    while (tokens[place] === 'OR') {
      place += 1;
      const other = parts();
      allowed = allowed || other;
    }
    return allowed;
  };
  const parts = () => {
    let allowed = single();
    while (tokens[place] === 'AND') {
      place += 1;
      const other = single();
      allowed = allowed && other;
    }
    return allowed;
  };
  const single = () => {
    const token = tokens[place];
    place += 1;
    if (token !== '(') return permissive.has(token) || (!ships && development.has(token));
    const allowed = alternatives();
    place += 1;
    return allowed;
  };
  const allowed = alternatives();
  return allowed && place === tokens.length;
}
