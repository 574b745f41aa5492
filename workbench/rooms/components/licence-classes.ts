// What a licence obliges to, roughly, for an overview; our own sorting by the texts of the licences and the FSF's and OSI's
// pages about them (read 2026-11). It is no legal advice, and what is not in the list is unknown, never harmless.
import { licenceTerm } from './export/licence-terms.ts';
import type { LicenceClass } from './licence-class-names.ts';
import type { OutgoingComponent } from './outgoing.ts';

const words = (text: string) => text.trim().split(/\s+/);

const byClass: Readonly<Record<'permissive' | 'weak-copyleft' | 'strong-copyleft', readonly string[]>> = {
  permissive:
    words(`0BSD AFL-2.1 AFL-3.0 Apache-1.1 Apache-2.0 Artistic-2.0 Beerware BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause
    BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 CC0-1.0 CC-BY-3.0 CC-BY-4.0 curl FTL HPND ICU IJG ISC
    JSON Libpng libtiff MIT MIT-0 MIT-Modern-Variant MulanPSL-2.0 NCSA NTP OFL-1.1 OLDAP-2.8 OpenSSL PHP-3.01 PostgreSQL PSF-2.0
    Python-2.0 SSLeay TCL Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Xnet Zlib zlib-acknowledgement ZPL-2.1
    blessing bzip2-1.0.6`),
  'weak-copyleft':
    words(`APSL-2.0 CDDL-1.0 CDDL-1.1 CPL-1.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 IPL-1.0 LGPL-2.0 LGPL-2.0-only
    LGPL-2.0-or-later LGPL-2.0+ LGPL-2.1 LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0+ LGPL-3.0-only
    LGPL-3.0-or-later MPL-1.1 MPL-2.0 MPL-2.0-no-copyleft-exception MS-RL`),
  'strong-copyleft':
    words(`AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later CC-BY-SA-3.0 CC-BY-SA-4.0
    GPL-1.0 GPL-1.0+ GPL-1.0-only GPL-1.0-or-later GPL-2.0 GPL-2.0+ GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0+ GPL-3.0-only
    GPL-3.0-or-later OSL-3.0 QPL-1.0 Sleepycat SSPL-1.0`),
};
const classes = new Map<string, LicenceClass>(
  Object.entries(byClass).flatMap(([name, ids]) => ids.map((id) => [id, name as LicenceClass])),
);

/** Of an expression the strictest of its licences: a choice is made by people, not here. */
export function licenceClass(written: string): LicenceClass {
  const term = licenceTerm(written);
  if (term.kind === 'id') return classes.get(term.id) ?? 'unknown';
  if (term.kind === 'words')
    return /\b(?:commercial|proprietary|eula|end.user)\b/i.test(term.words) ? 'commercial' : 'unknown';
  const found = term.ids.map((id) => classes.get(id) ?? 'unknown');
  return STRICTEST.find((one) => found.includes(one)) ?? 'unknown';
}

const STRICTEST: readonly LicenceClass[] = [
  'unknown',
  'commercial',
  'strong-copyleft',
  'weak-copyleft',
  'permissive',
];

export interface LicenceLine {
  /** As written; the empty text stands for components without a licence. */
  readonly licence: string;
  readonly kind: 'id' | 'expression' | 'words' | 'none';
  readonly class: LicenceClass;
  readonly components: readonly string[];
}

/** Every licence of the document with its components, most used first. */
export function licencesOf(components: readonly OutgoingComponent[]): LicenceLine[] {
  const users = new Map<string, Set<string>>();
  for (const component of components) {
    const name = `${component.group === null ? '' : `${component.group}/`}${component.name}${component.version === null ? '' : ` ${component.version}`}`;
    for (const licence of component.licences.length === 0 ? [''] : component.licences) {
      const known = users.get(licence);
      if (known) known.add(name);
      else users.set(licence, new Set([name]));
    }
  }
  return [...users]
    .map(([licence, names]) => ({
      licence,
      kind: licence === '' ? ('none' as const) : licenceTerm(licence).kind,
      class: licence === '' ? ('unknown' as const) : licenceClass(licence),
      components: [...names].sort(),
    }))
    .sort((a, b) => b.components.length - a.components.length || (a.licence < b.licence ? -1 : 1));
}
