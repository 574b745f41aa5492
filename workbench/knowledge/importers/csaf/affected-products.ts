// From the products that a vulnerability calls affected to what components are matched by.
import type { Affected, AffectedRange } from '../../advisory.ts';
import { cpeName, formatCpe, isConcrete, parseCpe, withValue } from '../../identity/cpe.ts';
import { identify } from '../../identity/identify.ts';
import { readPurl } from '../../identity/purl.ts';
import type { CsafProduct } from './product-tree.ts';
import { eventsOf, type VersionStatement } from './version-statement.ts';

type CpeRange = Extract<AffectedRange, { kind: 'CPE' }>;

/** Statements about one product; empty when nothing identifies it, so that no component can ever be compared with it. */
export function affectedOf(product: CsafProduct, isDecided: boolean): Affected[] {
  // Under investigation: named without versions, which matching answers with *undetermined*.
  const versions: VersionStatement = isDecided
    ? (product.versions ?? { kind: 'text', text: '' })
    : { kind: 'text', text: '' };
  const found = product.purls.flatMap((purl) => ofPurl(purl, versions, isDecided));
  const byCpe = product.cpe === null ? null : ofCpe(product.cpe, versions, isDecided);
  return byCpe === null ? found : [...found, byCpe];
}

function ofPurl(text: string, versions: VersionStatement, isDecided: boolean): Affected[] {
  const { identities } = identify({ name: '', version: null, purl: text, cpes: [], commit: null });
  const stated = readPurl(text).purl?.version ?? null;
  return identities.map(({ ecosystem, name, scope, version }) => {
    const own: VersionStatement =
      isDecided && stated !== null && version !== null ? { kind: 'versions', versions: [version] } : versions;
    return { ecosystem, name, scope, ...rangesOf(own) };
  });
}

function rangesOf(statement: VersionStatement): Pick<Affected, 'ranges' | 'versions' | 'hint'> {
  switch (statement.kind) {
    case 'all':
      return { ranges: [{ kind: 'ECOSYSTEM', events: [{ introduced: '0' }] }], versions: [], hint: null };
    case 'versions':
      return { ranges: [], versions: statement.versions, hint: null };
    case 'ranges':
      return {
        ranges: statement.intervals.map((interval) => ({ kind: 'ECOSYSTEM', events: eventsOf(interval) })),
        versions: statement.versions,
        hint: null,
      };
    case 'text':
      return { ranges: [], versions: [], hint: statement.text === '' ? null : statement.text.slice(0, 500) };
  }
}

const NO_BOUNDS = {
  criteriaId: null,
  startIncluding: null,
  startExcluding: null,
  endIncluding: null,
  endExcluding: null,
  configuration: -1,
} as const;

function ofCpe(text: string, versions: VersionStatement, isDecided: boolean): Affected | null {
  const cpe = parseCpe(text);
  if (!cpe || cpe.product === '*') return null;
  const criteria = formatCpe(cpe);
  const base = { ecosystem: 'cpe', name: cpeName(cpe), scope: '', versions: [] };
  const only = (ranges: readonly CpeRange[], hint: string | null = null): Affected => ({
    ...base,
    ranges,
    hint,
  });
  const open = {
    kind: 'CPE',
    criteria: formatCpe({ ...cpe, version: '*', update: '*' }),
    ...NO_BOUNDS,
  } as const;
  if (isDecided && isConcrete(cpe.version)) return only([{ kind: 'CPE', criteria, ...NO_BOUNDS }]);
  switch (versions.kind) {
    case 'all':
      return only([open]);
    case 'versions':
      return only(
        versions.versions.map((version) => ({
          ...open,
          criteria: formatCpe(withValue({ ...cpe, update: '*' }, 'version', version)),
        })),
      );
    case 'ranges':
      return only([
        ...versions.versions.map((version) => ({
          ...open,
          criteria: formatCpe(withValue({ ...cpe, update: '*' }, 'version', version)),
        })),
        ...versions.intervals.map(({ from, to }) => ({
          ...open,
          startIncluding: from?.included ? from.version : null,
          startExcluding: from && !from.included ? from.version : null,
          endIncluding: to?.included ? to.version : null,
          endExcluding: to && !to.included ? to.version : null,
        })),
      ]);
    case 'text':
      // A bound that is no version cannot be compared: every version of the product is then undetermined, never clean.
      return only(
        [{ ...open, endIncluding: `(${versions.text.slice(0, 200) || 'versions not stated'})` }],
        versions.text || null,
      );
  }
}
