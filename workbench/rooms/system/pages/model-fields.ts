// The fields of each part of a model, in the order in which people fill them: one list feeds the side panel and the table. Pure.
import {
  ACCESS_KINDS,
  ASSET_KINDS,
  ATTACKER_ORIGINS,
  ELEMENT_KINDS,
  INTERFACE_KINDS,
  INTERFACE_STATES,
  type ModelPart,
  type SystemModel,
  USE_CASE_KINDS,
  ZONE_KINDS,
} from '../metamodel.ts';

export type FieldKind =
  | { readonly kind: 'line'; readonly max: number }
  | { readonly kind: 'text'; readonly max: number }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'day' }
  /** One object of a part, or none. */
  | { readonly kind: 'ref'; readonly part: ModelPart }
  /** Several objects of some parts. */
  | { readonly kind: 'refs'; readonly parts: readonly ModelPart[] }
  /** Short words of one's own; `suggest` names where proposals come from. */
  | {
      readonly kind: 'words';
      readonly suggest?: 'protocols' | 'components' | 'harms';
      readonly options?: readonly string[];
    };

export type ModelField = FieldKind & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Width of the column in the table, pixels; absent: not a column. */
  readonly column?: number;
};

export type TablePart = Exclude<ModelPart, 'notes'>;

const title = (column = 220): ModelField => ({
  name: 'title',
  label: 'Title',
  kind: 'line',
  max: 200,
  column,
});
const description: ModelField = {
  name: 'description',
  label: 'Description',
  kind: 'text',
  max: 8_000,
  column: 260,
};
const need = (name: string, label: string): ModelField => ({
  name,
  label,
  kind: 'number',
  min: 0,
  max: 4,
  hint: '0 no need to 4 highest',
  column: 110,
});

export const MODEL_FIELDS: Readonly<Record<TablePart, readonly ModelField[]>> = {
  elements: [
    title(),
    { name: 'kind', label: 'Kind', kind: 'choice', options: ELEMENT_KINDS, column: 120 },
    { name: 'type', label: 'Type', kind: 'line', max: 80, hint: 'gateway, agent, database', column: 130 },
    { name: 'zone', label: 'Zone', kind: 'ref', part: 'zones', column: 170 },
    {
      name: 'safety',
      label: 'Safety',
      kind: 'flag',
      hint: 'A safety function is realised in it',
      column: 80,
    },
    { name: 'tech', label: 'Technology', kind: 'words', column: 160 },
    { name: 'tags', label: 'Tags', kind: 'words', column: 200 },
    { name: 'holds', label: 'Holds data', kind: 'refs', parts: ['assets'], column: 180 },
    {
      name: 'contains',
      label: 'Components that run in it',
      kind: 'words',
      suggest: 'components',
      hint: 'Package URL without version, CPE or name',
      column: 220,
    },
    { name: 'outOfScope', label: 'Out of scope', kind: 'flag', column: 110 },
    description,
  ],
  flows: [
    title(),
    { name: 'from', label: 'From', kind: 'ref', part: 'elements', column: 170 },
    { name: 'to', label: 'To', kind: 'ref', part: 'elements', column: 170 },
    { name: 'protocol', label: 'Protocol', kind: 'words', suggest: 'protocols', column: 150 },
    { name: 'carries', label: 'Carries', kind: 'refs', parts: ['assets'], column: 180 },
    { name: 'via', label: 'Over interfaces', kind: 'refs', parts: ['interfaces'], column: 170 },
    { name: 'ports', label: 'Ports', kind: 'line', max: 200, column: 100 },
    { name: 'frequency', label: 'How often', kind: 'line', max: 200, column: 120 },
    description,
  ],
  zones: [
    title(),
    { name: 'kind', label: 'Kind', kind: 'choice', options: ZONE_KINDS, column: 120 },
    {
      name: 'trust',
      label: 'Trust',
      kind: 'number',
      min: 0,
      max: 5,
      hint: '0: nobody vouches for it. 5: the safety side of the device',
      column: 80,
    },
    { name: 'parent', label: 'Lies in', kind: 'ref', part: 'zones', column: 170 },
    { name: 'duties', label: 'Duties of the customer', kind: 'text', max: 4_000, column: 220 },
    description,
  ],
  interfaces: [
    title(),
    { name: 'kind', label: 'Kind', kind: 'choice', options: INTERFACE_KINDS, column: 120 },
    { name: 'element', label: 'Of', kind: 'ref', part: 'elements', column: 180 },
    {
      name: 'state',
      label: 'State in the field',
      kind: 'choice',
      options: INTERFACE_STATES,
      column: 140,
    },
    description,
  ],
  assets: [
    title(),
    { name: 'kind', label: 'Kind', kind: 'choice', options: ASSET_KINDS, column: 130 },
    need('confidentiality', 'Confidentiality'),
    need('integrity', 'Integrity'),
    need('availability', 'Availability'),
    { name: 'personal', label: 'Personal data', kind: 'flag', column: 110 },
    { name: 'retention', label: 'Kept for', kind: 'line', max: 200, column: 120 },
    description,
  ],
  safetyFunctions: [
    title(),
    { name: 'realisedBy', label: 'Realised by', kind: 'refs', parts: ['elements'], column: 220 },
    {
      name: 'harms',
      label: 'Prevents harms',
      kind: 'words',
      suggest: 'harms',
      hint: 'Ids of the safety file or of the harms here',
      column: 180,
    },
    { name: 'safeState', label: 'Safe state', kind: 'line', max: 500, column: 200 },
    description,
  ],
  harms: [
    title(),
    { name: 'severity', label: 'Severity', kind: 'number', min: 1, max: 5, column: 90 },
    { name: 'source', label: 'Source', kind: 'line', max: 500, column: 260 },
  ],
  attackers: [
    title(),
    { name: 'origin', label: 'Origin', kind: 'choice', options: ATTACKER_ORIGINS, column: 130 },
    { name: 'skill', label: 'Skill', kind: 'number', min: 1, max: 5, column: 80 },
    { name: 'access', label: 'Access', kind: 'words', options: ACCESS_KINDS, column: 200 },
    {
      name: 'entries',
      label: 'Begins also at',
      kind: 'refs',
      parts: ['zones', 'elements', 'interfaces', 'flows'],
      column: 200,
    },
    { name: 'motive', label: 'Motive', kind: 'line', max: 500, column: 180 },
    description,
  ],
  conduits: [
    title(),
    { name: 'from', label: 'From zone', kind: 'ref', part: 'zones', column: 170 },
    { name: 'to', label: 'To zone', kind: 'ref', part: 'zones', column: 170 },
    { name: 'flows', label: 'Flows', kind: 'refs', parts: ['flows'], column: 240 },
    description,
  ],
  environments: [
    title(),
    { name: 'controlledBy', label: 'Controlled by', kind: 'line', max: 300, column: 200 },
    { name: 'assumptions', label: 'Assumptions', kind: 'refs', parts: ['assumptions'], column: 240 },
    description,
  ],
  assumptions: [
    title(),
    { name: 'owner', label: 'Owner', kind: 'line', max: 200, column: 150 },
    { name: 'validUntil', label: 'Valid until', kind: 'day', column: 140 },
    {
      name: 'targets',
      label: 'About',
      kind: 'refs',
      parts: ['zones', 'elements', 'interfaces', 'flows', 'assets', 'safetyFunctions'],
      column: 240,
    },
    description,
  ],
  useCases: [
    title(),
    { name: 'kind', label: 'Kind', kind: 'choice', options: USE_CASE_KINDS, column: 130 },
    { name: 'startedBy', label: 'Started by', kind: 'ref', part: 'elements', column: 170 },
    { name: 'steps', label: 'Flows in order', kind: 'refs', parts: ['flows'], column: 280 },
    { name: 'onFailure', label: 'On failure', kind: 'text', max: 2_000, column: 240 },
    description,
  ],
};

/** Words that people type most; a protocol of one's own is as good. */
export const PROTOCOLS = [
  'http',
  'https',
  'tls',
  'mutual-tls',
  'mqtt-tls',
  'dicom',
  'dicom-tls',
  'hl7v2',
  'fhir-https',
  'ssh',
  'sftp',
  'smb',
  'ntp',
  'ipsec',
  'wifi-wpa3',
  'bluetooth',
  'usb',
  'serial',
  'can',
  'modbus',
  'person',
  'local',
] as const;

export interface Named {
  readonly id: string;
  readonly title: string;
}

export function objectsOf(model: SystemModel, parts: readonly ModelPart[]): Named[] {
  return parts.flatMap((part) =>
    (model[part] as readonly (Named & { text?: string })[]).map(({ id, title: name, text }) => ({
      id,
      title: name ?? text ?? id,
    })),
  );
}
