// Audit entries as AuditEvent resources of HL7 FHIR R4 (4.0.1, http://hl7.org/fhir/R4/auditevent.html). Required there: type, recorded,
// agent with requestor, source with observer. Codes: DICOM PS3.16 CID 400 and 401 (system `http://dicom.nema.org/resources/ontology/DCM`).
import { type AuditEntry, hashOf } from './entry.ts';

interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

export interface FhirAuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  readonly recorded: string;
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly { readonly text: string }[];
  readonly agent: readonly {
    readonly role?: readonly { readonly text: string }[];
    readonly who?: { readonly identifier: { readonly system?: string; readonly value: string } };
    readonly requestor: boolean;
  }[];
  readonly source: {
    readonly observer: { readonly identifier: { readonly system: string; readonly value: string } };
    readonly type: readonly Coding[];
  };
  readonly entity: readonly {
    readonly what: { readonly identifier: { readonly system: string; readonly value: string } };
    readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
  }[];
}

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const dicom = (code: string, display: string): Coding => ({ system: DCM, code, display });

/** Own events and units have no registered name space; `urn:ward` is ours. */
const WARD = 'urn:ward:audit';

const ACTIVITY = dicom('110100', 'Application Activity');
const TYPES: readonly (readonly [RegExp, Coding])[] = [
  [/^unit\.(started|stopped)$/, ACTIVITY],
  [/^audit\.damaged$/, dicom('110113', 'Security Alert')],
  [/^audit\./, dicom('110101', 'Audit Log Used')],
  [/^vault\.exported$/, dicom('110106', 'Export')],
  [/^vault\./, dicom('110110', 'Patient Record')],
];
const SUBTYPES: Readonly<Record<string, Coding>> = {
  'unit.started': dicom('110120', 'Application Start'),
  'unit.stopped': dicom('110121', 'Application Stop'),
};
const ACTIONS: readonly (readonly [RegExp, FhirAuditEvent['action']])[] = [
  [/\.(read|listed|exported|viewed)$/, 'R'],
  [/\.(written|created|enrolled|issued|staged)$/, 'C'],
  [/\.(changed|rotated|reviewed|corrected|restricted)$/, 'U'],
  [/\.(erased|removed|revoked)$/, 'D'],
];

/** R4 `string`: not empty, and of white space only blank, tab and line ends. Names and notes come from people and from whoever attacks. */
export const fhirText = (text: string, absent = '-'): string => text.replace(/[^\S \r\n\t]/g, ' ') || absent;

/** R4 `code`: words with one blank between. */
const fhirCode = (text: string): string => text.trim().replace(/\s+/g, ' ') || '-';

/** A refusal is a minor failure (4): nothing went wrong but the attempt; a failure is serious (8). */
const OUTCOMES = { done: '0', refused: '4', failed: '8' } as const;

/** The resource of one entry. Its id is the entry's own hash, so that a second export gives the same resource. */
export function fhirAuditEvent(unit: string, json: string, entry: AuditEntry): FhirAuditEvent {
  const type =
    entry.outcome === 'refused'
      ? dicom('110113', 'Security Alert')
      : (TYPES.find(([pattern]) => pattern.test(entry.what))?.[1] ?? ACTIVITY);
  const who = entry.who ?? (entry.role === null ? unit : null);
  const purpose = entry.detail.purpose;
  const details = Object.entries({
    boot: entry.boot,
    sequence: entry.sequence,
    before: entry.before,
    ...entry.detail,
  });
  return {
    resourceType: 'AuditEvent',
    // An id is at most 64 characters of [A-Za-z0-9.-].
    id: hashOf(json),
    type,
    subtype: [
      SUBTYPES[entry.what] ?? { system: WARD, code: fhirCode(entry.what), display: fhirText(entry.what) },
    ],
    action: ACTIONS.find(([pattern]) => pattern.test(entry.what))?.[1] ?? 'E',
    recorded: instant(entry.at),
    outcome: OUTCOMES[entry.outcome],
    ...(entry.code === null ? {} : { outcomeDesc: fhirText(entry.code) }),
    ...(typeof purpose === 'string' && purpose !== ''
      ? { purposeOfEvent: [{ text: fhirText(purpose) }] }
      : {}),
    agent: [
      {
        ...(entry.role === null || entry.role === '' ? {} : { role: [{ text: fhirText(entry.role) }] }),
        who: { identifier: { system: 'urn:ward:who', value: fhirText(who ?? '', 'unknown') } },
        requestor: true,
      },
    ],
    source: {
      observer: { identifier: { system: 'urn:ward:unit', value: unit } },
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '2',
          display: 'Data Interface',
        },
      ],
    },
    entity: [
      {
        what: { identifier: { system: 'urn:ward:on', value: fhirText(entry.on ?? '', unit) } },
        detail: details.map(([name, value]) => ({
          type: fhirText(name),
          valueString: fhirText(String(value)),
        })),
      },
    ],
  };
}

/** The resources of a log as a Bundle of type collection. */
export function fhirBundle(resources: readonly FhirAuditEvent[]) {
  return {
    resourceType: 'Bundle' as const,
    type: 'collection' as const,
    entry: resources.map((resource) => ({ fullUrl: `urn:ward:audit:${resource.id}`, resource })),
  };
}

/** One resource a line (the NDJSON of FHIR Bulk Data). */
export const fhirNdjson = (resources: readonly FhirAuditEvent[]): string =>
  resources.map((resource) => `${JSON.stringify(resource)}\n`).join('');

/** The unit's clock may be set to anything; a date that FHIR cannot hold becomes its first one. */
function instant(at: number): string {
  const whole = Number.isFinite(at) && at >= 0 && at < Date.UTC(10_000, 0) ? at : 0;
  return new Date(whole).toISOString();
}
