// What goes out as one SBOM: the parts of a release joined, every reference once, and what people completed laid over. Pure.

import { notedFacts } from './sbom/noted-facts.ts';
import type { Sbom, SbomComponent } from './sbom/sbom.ts';
import { type Supplement, supplemented } from './supplement.ts';

export interface OutgoingComponent extends SbomComponent {
  /** Id of the stored component; null for what is not stored (a file that is only checked, the subject of a part). */
  readonly id: string | null;
  readonly part: string;
  readonly place: string | null;
  readonly sourceFormat: 'CycloneDX' | 'SPDX 2' | 'SPDX 3' | null;
  /** Version of the format that it came in. */
  readonly sourceVersion: string | null;
  /** Why level or end of support is not given. */
  readonly justification: string | null;
  readonly supplement: Supplement;
}

export interface OutgoingSbom {
  readonly name: string;
  readonly product: string;
  readonly version: string;
  /** UUID; the same for every export of the release. */
  readonly serial: string;
  readonly edition: number;
  readonly subject: OutgoingComponent;
  readonly components: readonly OutgoingComponent[];
  readonly dependencies: Sbom['dependencies'];
  readonly parts: readonly OutgoingPart[];
}

export interface OutgoingPart {
  readonly id: string | null;
  readonly name: string;
  readonly sbom: Sbom;
  /** Position → the stored component and the place that completions are bound to. */
  readonly places: ReadonlyMap<number, { readonly id: string; readonly place: string }>;
}

export interface OutgoingInput extends Omit<OutgoingSbom, 'subject' | 'components' | 'dependencies'> {
  readonly supplements: { of(place: string, version: string | null): Supplement | null };
}

export function outgoingSbom(input: OutgoingInput): OutgoingSbom {
  const { supplements, parts, ...head } = input;
  const alone = parts.length === 1 ? parts[0] : undefined;
  const root = alone?.sbom.subject ? null : emptySubject(input);
  const taken = new Set<string>(root ? [root.ref] : []);
  const components: OutgoingComponent[] = [];
  const dependencies: { from: string; to: readonly string[] }[] = [];
  const top: string[] = [];
  let subject = root;
  for (const [index, part] of parts.entries()) {
    const { sbom } = part;
    const refs = new Map<string, string>();
    for (const { ref } of [...(sbom.subject ? [sbom.subject] : []), ...sbom.components]) {
      const free = freeRef(ref, index + 1, taken);
      taken.add(free);
      refs.set(ref, free);
    }
    const sourceFormat = formatOf(sbom);
    const sourceVersion = sbom.specVersion;
    const renamed = (component: SbomComponent) => ({
      ...component,
      ref: refs.get(component.ref) as string,
      parentRef: component.parentRef === null ? null : (refs.get(component.parentRef) ?? null),
      part: part.name,
      sourceFormat,
      sourceVersion,
    });
    if (sbom.subject) {
      const own: OutgoingComponent = {
        ...renamed(sbom.subject),
        ...UNKNOWN,
        justification: statedReason(sbom.subject),
      };
      if (alone) subject = own;
      else {
        components.push(own);
        top.push(own.ref);
      }
    } else if (!alone) top.push(...rootsOf(sbom).flatMap((ref) => refs.get(ref) ?? []));
    for (const [position, component] of sbom.components.entries()) {
      const stored = part.places.get(position);
      const place = stored?.place ?? null;
      const supplement = place === null ? {} : (supplements.of(place, component.version) ?? {});
      components.push({
        ...supplemented(renamed(component), supplement),
        id: stored?.id ?? null,
        place,
        supplement,
        justification: supplement.justification ?? statedReason(component),
      });
    }
    for (const { from, to } of sbom.dependencies) {
      dependencies.push({ from: refs.get(from) as string, to: to.map((ref) => refs.get(ref) as string) });
    }
  }
  if (root && top.length > 0) dependencies.unshift({ from: root.ref, to: top });
  return { ...head, parts, subject: subject as OutgoingComponent, components, dependencies };
}

/** One file as it is, without a release: for `ward sbom check` and `ward sbom diff`. */
export function outgoingOfFile(sbom: Sbom): OutgoingSbom {
  return outgoingSbom({
    name: sbom.subject?.name ?? '',
    product: sbom.subject?.name ?? '',
    version: sbom.subject?.version ?? '',
    serial: /^urn:uuid:([0-9a-f-]{36})$/.exec(sbom.serialNumber ?? '')?.[1] ?? NO_SERIAL,
    edition: 1,
    parts: [{ id: null, name: '', sbom, places: new Map() }],
    supplements: { of: () => null },
  });
}

// RFC 9562 5.9: the nil UUID; a file without a serial number gets none from us.
const NO_SERIAL = '00000000-0000-0000-0000-000000000000';

const UNKNOWN = { id: null, place: null, supplement: {} } as const;

function emptySubject({ name, product, version }: OutgoingInput): OutgoingComponent {
  return {
    ...UNKNOWN,
    ref: 'ward:release',
    parentRef: null,
    type: 'application',
    group: null,
    name: product || name || 'unnamed',
    version: version || null,
    purl: null,
    cpes: [],
    hashes: [],
    licences: [],
    supplier: null,
    scope: null,
    description: null,
    externalReferences: [],
    commit: null,
    repository: null,
    supportLevel: null,
    endOfSupport: null,
    facts: {},
    part: '',
    sourceFormat: null,
    sourceVersion: null,
    justification: null,
  };
}

// A file without a subject says only which components nothing else needs; those are what the release carries directly.
function rootsOf(sbom: Sbom): string[] {
  const below = new Set(sbom.dependencies.flatMap(({ to }) => to));
  return sbom.components
    .filter(({ ref, parentRef }) => parentRef === null && !below.has(ref))
    .map(({ ref }) => ref);
}

function freeRef(ref: string, part: number, taken: ReadonlySet<string>): string {
  if (!taken.has(ref)) return ref;
  let free = `${ref}#${part}`;
  for (let more = 2; taken.has(free); more += 1) free = `${ref}#${part}.${more}`;
  return free;
}

function formatOf(sbom: Sbom): OutgoingComponent['sourceFormat'] {
  if (sbom.format === 'CycloneDX') return 'CycloneDX';
  return sbom.specVersion.startsWith('3') ? 'SPDX 3' : 'SPDX 2';
}

const JUSTIFICATION = 'ward:support:justification';

function statedReason({ facts }: SbomComponent): string | null {
  const property = facts.properties?.find(({ name }) => name === JUSTIFICATION)?.value;
  return property?.trim() || notedFacts(facts.annotations).get(JUSTIFICATION) || null;
}
