// What a document says of itself beside its components: who made it, at which point, and how complete it is.

import type { SbomStatement } from './sbom.ts';

type Fields = Readonly<Record<string, unknown>>;

const list = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
const texts = (values: readonly unknown[]): string[] => [
  ...new Set(values.filter((value): value is string => typeof value === 'string' && value.trim() !== '')),
];
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined;

export function statementOfCycloneDx(raw: unknown): SbomStatement {
  const metadata = field(raw, 'metadata');
  const entities = [
    ...list(field(metadata, 'authors')),
    ...['manufacturer', 'manufacture', 'supplier'].map((name) => field(metadata, name)),
  ];
  return {
    authors: texts(entities.map((entity) => field(entity, 'name'))),
    phases: texts(
      list(field(metadata, 'lifecycles')).map((one) => field(one, 'phase') ?? field(one, 'name')),
    ),
    completeness: texts(list(field(raw, 'compositions')).map((one) => field(one, 'aggregate'))),
    source: raw as Fields,
  };
}

/** SPDX 2.3 has no field for the phase; the fixed prefix is the one that Ward writes. */
export function statementOfSpdx(raw: unknown): SbomStatement {
  const creation = field(raw, 'creationInfo');
  const comment = field(creation, 'comment');
  const ends = list(field(raw, 'relationships')).map((one) => field(one, 'relatedSpdxElement'));
  return {
    authors: texts(list(field(creation, 'creators'))).flatMap(
      (creator) => /^(?:Person|Organization):\s*(.+)$/.exec(creator)?.[1] ?? [],
    ),
    phases:
      typeof comment === 'string' ? (/ward:phase=([\w, -]+)/.exec(comment)?.[1]?.split(/,\s*/) ?? []) : [],
    completeness: texts(ends).filter((end) => end === 'NOASSERTION' || end === 'NONE'),
    source: raw as Fields,
  };
}

export function statementOfSpdx3(raw: unknown, authors: readonly string[]): SbomStatement {
  const elements = list(field(raw, '@graph') ?? raw);
  return {
    authors: texts(authors),
    phases: texts(elements.flatMap((element) => list(field(element, 'software_sbomType')))),
    completeness: texts(elements.map((element) => field(element, 'completeness'))),
    source: raw as Fields,
  };
}
