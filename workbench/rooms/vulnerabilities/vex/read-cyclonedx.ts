// CycloneDX 1.4 to 1.7 `vulnerabilities[].analysis`, in a VEX document or in an SBOM that carries it.
import { z } from 'zod';
import { readPurl } from '../../../knowledge/identity/purl.ts';
import {
  readVersionStatement,
  type VersionStatement,
} from '../../../knowledge/importers/csaf/version-statement.ts';
import { JUSTIFICATIONS, type Justification, type VexStatus } from '../model.ts';
import { instantOf, VexCollector } from './collect.ts';
import { shapeOf } from './shape.ts';
import type { ReadVex, VexRef } from './statement.ts';

const text = z.string().nullish();

export interface Component {
  readonly 'bom-ref'?: string | null | undefined;
  readonly group?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly version?: string | null | undefined;
  readonly purl?: string | null | undefined;
  readonly cpe?: string | null | undefined;
  readonly components?: readonly Component[] | null | undefined;
}
const Component: z.ZodType<Component> = z.lazy(() =>
  z.object({
    'bom-ref': text,
    group: text,
    name: text,
    version: text,
    purl: text,
    cpe: text,
    components: z.array(Component).nullish(),
  }),
);

const STATES = [
  'resolved',
  'resolved_with_pedigree',
  'exploitable',
  'in_triage',
  'false_positive',
  'not_affected',
] as const;
type State = (typeof STATES)[number];

const Affects = z.object({
  ref: z.string().min(1),
  versions: z
    .array(
      z.object({
        version: text,
        range: text,
        status: z.enum(['affected', 'unaffected', 'unknown']).nullish(),
      }),
    )
    .nullish(),
});

const Vulnerability = z.object({
  id: text,
  references: z.array(z.object({ id: text })).nullish(),
  recommendation: text,
  workaround: text,
  published: text,
  updated: text,
  analysis: z
    .object({
      state: z.enum(STATES).nullish(),
      justification: text,
      response: z.array(z.string()).nullish(),
      detail: text,
      firstIssued: text,
      lastUpdated: text,
    })
    .nullish(),
  affects: z.array(Affects).nullish(),
});

const Document = z.object({
  specVersion: z.string(),
  serialNumber: text,
  version: z.number().nullish(),
  metadata: z
    .object({
      timestamp: text,
      authors: z.array(z.object({ name: text })).nullish(),
      manufacturer: z.object({ name: text }).nullish(),
      supplier: z.object({ name: text }).nullish(),
      component: Component.nullish(),
    })
    .nullish(),
  components: z.array(Component).nullish(),
  services: z.array(z.object({ 'bom-ref': text, name: text, version: text })).nullish(),
  vulnerabilities: z.array(Vulnerability).nullish(),
});

const STATUS_OF: Readonly<Record<State, VexStatus>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under_investigation',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
};

// docs/reports/vex.md. What requires a configuration, a dependency or an environment has no twin: a person is asked.
const JUSTIFICATION_OF: Readonly<Record<string, Justification>> = {
  code_not_present: 'vulnerable_code_not_present',
  code_not_reachable: 'vulnerable_code_not_in_execute_path',
  protected_by_compiler: 'inline_mitigations_already_exist',
  protected_at_runtime: 'inline_mitigations_already_exist',
  protected_at_perimeter: 'inline_mitigations_already_exist',
  protected_by_mitigating_control: 'inline_mitigations_already_exist',
};

/** Refuses `vex.wrong-shape` and what `VexCollector` refuses. */
export function readCycloneDxVex(record: unknown): ReadVex {
  const raw = shapeOf(Document, record);
  const to = new VexCollector();
  const { metadata } = raw;
  const parts = partsOf(raw);
  const whole = metadata?.component ? refOf(metadata.component, '') : null;
  const issuedAt = instantOf(metadata?.timestamp, '$.metadata.timestamp', to);
  for (const [index, vulnerability] of (raw.vulnerabilities ?? []).entries()) {
    const at = `$.vulnerabilities[${index}]`;
    const { analysis, affects } = vulnerability;
    if (!analysis?.state) {
      to.warn(at, 'It has no analysis and is no statement.');
      continue;
    }
    // A vulnerability that names nothing it affects speaks of the subject of the document.
    const subjects = affects?.length ? affects : whole ? [{ ref: whole.id, versions: null }] : [];
    if (subjects.length === 0) to.warn(at, 'It names nothing that it affects.');
    const state = analysis.state;
    const said = analysis.lastUpdated ?? analysis.firstIssued ?? vulnerability.updated;
    const base = {
      at,
      ids: [vulnerability.id ?? '', ...(vulnerability.references ?? []).map(({ id }) => id ?? '')],
      ownStatus: state,
      action: actionOf(vulnerability),
      saidAt: instantOf(said, `${at}.analysis.lastUpdated`, to) ?? issuedAt,
    };
    for (const { ref, versions } of subjects) {
      const found = parts.get(ref) ?? unknownRef(ref);
      for (const { status, of } of statusesOf(state, versions)) {
        const isPart = whole !== null && found.id !== whole.id;
        const subject = of === null ? found : { ...found, id: `${found.id} (${status})`, versions: of };
        to.claim({
          ...base,
          status,
          ...justificationOf(status, state, analysis),
          subject: to.ref(subject),
          context: isPart ? to.ref(whole) : null,
          fixed: status === 'fixed' && subject.versions?.kind === 'versions' ? subject.versions.versions : [],
        });
      }
    }
  }
  return to.done({
    format: 'cyclonedx',
    specVersion: raw.specVersion,
    documentId: raw.serialNumber ?? '',
    documentVersion: String(raw.version ?? ''),
    author: metadata?.authors?.[0]?.name ?? metadata?.manufacturer?.name ?? metadata?.supplier?.name ?? '',
    issuedAt,
    tlp: null,
  });
}

const OWN_WORD = new RegExp(`OpenVEX justification: (${JUSTIFICATIONS.join('|')})\\.`);

type Analysis = NonNullable<z.infer<typeof Vulnerability>['analysis']>;

function justificationOf(status: VexStatus, state: State, { justification, detail }: Analysis) {
  const own = OWN_WORD.exec(detail ?? '')?.[1] as Justification | undefined;
  const impact = (detail ?? '').replace(OWN_WORD, '').trim();
  if (status !== 'not_affected') return { justification: null, ownJustification: null, impact };
  const falsePositive = state === 'false_positive' ? ('component_not_present' as const) : null;
  const known = own ?? falsePositive ?? JUSTIFICATION_OF[justification ?? ''] ?? null;
  return { justification: known, ownJustification: justification ?? null, impact };
}

function actionOf({ analysis, recommendation, workaround }: z.infer<typeof Vulnerability>): string {
  const response = analysis?.response?.length ? `Response: ${analysis.response.join(', ')}.` : '';
  return [recommendation ?? '', workaround ?? '', response].filter((one) => one !== '').join('\n');
}

/** Versions that are called unaffected are not what the analysis says of the others. Null: the component's own version. */
function statusesOf(
  state: State,
  versions: z.infer<typeof Affects>['versions'],
): { status: VexStatus; of: VersionStatement | null }[] {
  if (!versions?.length) return [{ status: STATUS_OF[state], of: null }];
  const own = versions.filter(({ status }) => status !== 'unaffected');
  const rest = versions.filter(({ status }) => status === 'unaffected');
  return [
    ...(own.length > 0 ? [{ status: STATUS_OF[state], of: join(own) }] : []),
    ...(rest.length > 0 ? [{ status: 'not_affected' as const, of: join(rest) }] : []),
  ];
}

function join(
  list: readonly { version?: string | null | undefined; range?: string | null | undefined }[],
): VersionStatement {
  const versions: string[] = [];
  const intervals: Extract<VersionStatement, { kind: 'ranges' }>['intervals'][number][] = [];
  for (const { version, range } of list.slice(0, 1_000)) {
    if (version) versions.push(version);
    if (!range) continue;
    const read = readVersionStatement(range, true);
    if (read.kind === 'all' || read.kind === 'text') return read;
    versions.push(...read.versions);
    if (read.kind === 'ranges') intervals.push(...read.intervals);
  }
  return intervals.length > 0 ? { kind: 'ranges', versions, intervals } : { kind: 'versions', versions };
}

function partsOf(raw: z.infer<typeof Document>): Map<string, VexRef> {
  const parts = new Map<string, VexRef>();
  const walk = (component: Component) => {
    const ref = refOf(component, component['bom-ref'] ?? '');
    if (ref.id !== '' && !parts.has(ref.id)) parts.set(ref.id, ref);
    for (const inner of component.components ?? []) walk(inner);
  };
  if (raw.metadata?.component) walk(raw.metadata.component);
  for (const component of [...(raw.components ?? []), ...(raw.services ?? [])]) walk(component);
  return parts;
}

function refOf(component: Component, fallback: string): VexRef {
  const name = [component.group, component.name].filter(Boolean).join('/');
  const version = component.version || null;
  return {
    id: component['bom-ref'] || fallback || component.purl || name || 'subject',
    name: name || component.purl || 'unnamed',
    purls: component.purl ? [component.purl] : [],
    cpe: component.cpe ?? null,
    versions: version === null ? { kind: 'all' } : { kind: 'versions', versions: [version] },
  };
}

/** A BOM-Link into another document (`urn:cdx:…#ref`): its fragment is often a purl, else only a name. */
function unknownRef(ref: string): VexRef {
  const hash = ref.indexOf('#');
  const inner = ref.startsWith('urn:cdx:') && hash !== -1 ? decodeSafely(ref.slice(hash + 1)) : ref;
  const purl = inner.startsWith('pkg:') ? readPurl(inner).purl : null;
  return {
    id: ref,
    name: purl?.name ?? inner,
    purls: purl ? [inner] : [],
    cpe: null,
    versions: purl ? (purl.version ? { kind: 'versions', versions: [purl.version] } : { kind: 'all' }) : null,
  };
}

function decodeSafely(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
