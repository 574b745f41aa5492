// The distribution release that a package or a statement belongs to. Statements for one release say nothing of another: fixes are
// ported back, so Debian 12 may be safe with a version that is affected in Debian 13.

const DEBIAN: Readonly<Record<string, string>> = {
  wheezy: '7',
  jessie: '8',
  stretch: '9',
  buster: '10',
  bullseye: '11',
  bookworm: '12',
  trixie: '13',
  forky: '14',
  unstable: 'sid',
  sid: 'sid',
};

const UBUNTU: Readonly<Record<string, string>> = {
  trusty: '14.04',
  xenial: '16.04',
  bionic: '18.04',
  focal: '20.04',
  jammy: '22.04',
  mantic: '23.10',
  noble: '24.04',
  oracular: '24.10',
  plucky: '25.04',
  questing: '25.10',
};

const codename = (table: Readonly<Record<string, string>>, text: string): string | undefined =>
  Object.entries(table).find(([name]) => new RegExp(`(?:^|-)${name}$`).test(text))?.[1];

/**
 * Scope from the `distro` qualifier of a purl; '' when the release cannot be told.
 *
 * @example scopeOfDistro('Debian', 'bookworm')      // '12'
 * @example scopeOfDistro('Alpine', 'alpine-3.18.4') // 'v3.18'
 */
export function scopeOfDistro(ecosystem: string, distro: string): string {
  const text = distro.trim().toLowerCase().slice(0, 128);
  const major = /(?:^|[^\d])(\d+)/.exec(text)?.[1] ?? '';
  switch (ecosystem) {
    case 'Debian':
      return codename(DEBIAN, text) ?? major;
    case 'Ubuntu':
      return codename(UBUNTU, text) ?? /\d\d\.\d\d/.exec(text)?.[0] ?? '';
    case 'Alpine': {
      const release = /(\d+)\.(\d+)/.exec(text);
      if (release) return `v${release[1]}.${release[2]}`;
      return /(?:^|-)edge$/.test(text) ? 'edge' : '';
    }
    case 'Red Hat':
      return major === '' ? '' : `enterprise_linux:${major}`;
    case 'AlmaLinux':
    case 'Rocky Linux':
    case 'Mageia':
    case 'Azure Linux':
    case 'Amazon Linux':
    case 'Oracle Linux':
      return major;
    case 'SUSE': {
      const release = /(\d+)(?:[.-](?:sp)?(\d+))?$/.exec(text);
      if (!release) return '';
      const pack = release[2] === undefined || release[2] === '0' ? '' : ` SP${release[2]}`;
      return `Linux Enterprise Server ${release[1]}${pack}`;
    }
    case 'openSUSE':
      if (text.includes('tumbleweed')) return 'Tumbleweed';
      return /\d+\.\d+/.test(text) ? `Leap ${/\d+\.\d+/.exec(text)![0]}` : '';
    case 'Photon OS':
      return /\d+\.\d+/.exec(text)?.[0] ?? (major === '' ? '' : `${major}.0`);
    case 'openEuler':
      return distro.trim().replace(/^openeuler[-:]/i, '');
    default:
      return '';
  }
}

/**
 * Scope from the rest of an OSV ecosystem string.
 *
 * @example scopeOfEcosystem('Ubuntu', '22.04:LTS')     // '22.04'
 * @example scopeOfEcosystem('Ubuntu', 'Pro:18.04:LTS') // 'Pro:18.04'
 */
export function scopeOfEcosystem(ecosystem: string, rest: string): string {
  switch (ecosystem) {
    case 'Ubuntu':
      return rest.replace(/:LTS$/i, '');
    case 'Debian':
      return codename(DEBIAN, rest.toLowerCase()) ?? rest.replace(/^(\d+)\..*$/, '$1');
    case 'Alpine':
      return /^\d/.test(rest) ? `v${rest}` : rest;
    case 'AlmaLinux':
    case 'Rocky Linux':
      return rest.replace(/^(\d+)\..*$/, '$1');
    case 'Maven':
    case 'Packagist':
    case 'VSCode':
      // Here the rest names a repository, not a release.
      return '';
    default:
      return rest;
  }
}

export type ScopeRelation = 'same' | 'other' | 'unknown';

/** Whether a statement for `theirs` speaks of a package of `own`; *unknown* where only a person can tell. */
export function relateScopes(ecosystem: string, own: string, theirs: string): ScopeRelation {
  if (theirs === '' || own === theirs) return 'same';
  if (own === '') return 'unknown';
  switch (ecosystem) {
    case 'Ubuntu':
      // Whether Ubuntu Pro is switched on cannot be read from a purl.
      return theirs.startsWith('Pro:') && theirs.endsWith(`:${own}`) ? 'unknown' : 'other';
    case 'Red Hat': {
      if (theirs.startsWith(`${own}::`) || theirs.startsWith(`${own}.`)) return 'same';
      // Extended streams (rhel_eus:8.6, rhel_aus:8.4) share the major release; which stream runs cannot be told.
      return majorOf(own) === majorOf(theirs) ? 'unknown' : 'other';
    }
    case 'SUSE': {
      const pack = /\d+(?: SP\d+)?/;
      if (pack.exec(own)?.[0] !== pack.exec(theirs)?.[0]) return 'other';
      return /LTSS|SAP|Real Time|Teradata|ESPOS/.test(theirs) ? 'unknown' : 'same';
    }
    default:
      return 'other';
  }
}

const majorOf = (scope: string): string => /:(\d+)/.exec(scope)?.[1] ?? scope;
