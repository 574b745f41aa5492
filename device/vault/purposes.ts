// Who may do what with patient data, for which purpose, and which fields they see: one table, nothing outside it (HIPAA 164.502(b) minimum
// necessary, GDPR Art. 5(1)(b) and (c)). Pure.
import type { RecordClass } from './frame.ts';
import type { PatientRecord, TreatmentRecord, VaultRecord } from './record.ts';

export const ACTIONS = ['read', 'list', 'write', 'export', 'erase', 'restrict', 'rotate', 'review'] as const;
export type Action = (typeof ACTIONS)[number];

/** Who asks, in which role, what for. The caller has verified who and role (a capability token, or a person at the device). */
export interface Access {
  readonly who: string;
  readonly role: string;
  readonly purpose: string;
  /** A person at the unit; everything else came over the network. */
  readonly channel: 'local' | 'remote';
  /** Why an emergency access is needed, typed by the person; only for `break-glass`. */
  readonly reason?: string;
}

/** All fields of a class, or some, or none. */
type Fields<Record> = 'all' | readonly (keyof Record & string)[];

interface Purpose {
  readonly means: string;
  /** Role → what it may do. A role that is not named may nothing. */
  readonly roles: Readonly<Record<string, readonly Action[]>>;
  readonly treatment: Fields<TreatmentRecord>;
  readonly patient: Fields<PatientRecord>;
  /** Whether it goes on when a person's data are restricted (GDPR Art. 18(2): own request, protection of a person). */
  readonly evenRestricted: boolean;
}

export const PURPOSES: Readonly<Record<string, Purpose>> = {
  treatment: {
    means: 'to treat this patient',
    roles: { clinician: ['read', 'list', 'write'] },
    treatment: 'all',
    patient: 'all',
    evenRestricted: false,
  },
  'care-transfer': {
    means: 'to hand what was done here to the clinic’s own record of this patient',
    roles: { clinician: ['list', 'export'] },
    treatment: 'all',
    patient: 'all',
    evenRestricted: false,
  },
  'calibration-quality': {
    means: 'to see whether the laser gives what was set',
    roles: { physicist: ['read', 'list'] },
    treatment: [
      'kind',
      'mode',
      'wavelengthNanoMetre',
      'powerMilliWatt',
      'spotMicroMetre',
      'pulseMilliSecond',
      'pulses',
      'totalEnergyMilliJoule',
      'settings',
      'outcome',
      'software',
    ],
    patient: [],
    evenRestricted: false,
  },
  rectification: {
    means: 'to correct a record on the patient’s request (GDPR Art. 16); the version before is kept',
    roles: { clinician: ['read', 'list', 'write'] },
    treatment: 'all',
    patient: 'all',
    evenRestricted: true,
  },
  'access-request': {
    means: 'to give a person their own data (GDPR Art. 15, HIPAA 164.524)',
    roles: { 'data-protection': ['list', 'export'] },
    treatment: 'all',
    patient: 'all',
    evenRestricted: true,
  },
  portability: {
    means: 'to hand a person’s data to another provider on their request (GDPR Art. 20)',
    roles: { 'data-protection': ['export'] },
    treatment: 'all',
    patient: 'all',
    evenRestricted: true,
  },
  restriction: {
    means: 'to restrict the use of a person’s data, or lift it (GDPR Art. 18)',
    roles: { 'data-protection': ['restrict'] },
    treatment: [],
    patient: [],
    evenRestricted: true,
  },
  erasure: {
    means: 'to erase a person’s data (GDPR Art. 17), or all before disposal',
    roles: { 'data-protection': ['erase'] },
    treatment: [],
    patient: [],
    evenRestricted: true,
  },
  'key-rotation': {
    means: 'to renew the key-encryption key',
    roles: { 'data-protection': ['rotate'], unit: ['rotate'] },
    treatment: [],
    patient: [],
    evenRestricted: true,
  },
  'access-review': {
    means: 'to review emergency accesses',
    roles: { 'data-protection': ['list', 'review'] },
    treatment: [],
    patient: [],
    evenRestricted: true,
  },
  'break-glass': {
    means: 'to see what is needed in an emergency, with a reason that is reviewed later',
    roles: { clinician: ['read', 'list'], physicist: ['read', 'list'] },
    // What was done to which eye, and that it is this person: not who did it, nor the hospital's number.
    treatment: [
      ...['kind', 'eye', 'mode', 'wavelengthNanoMetre', 'powerMilliWatt', 'spotMicroMetre'],
      ...['pulseMilliSecond', 'pulses', 'totalEnergyMilliJoule', 'settings', 'startedAt', 'endedAt'],
      ...['outcome', 'indication', 'note'],
    ] as (keyof TreatmentRecord)[],
    patient: ['kind', 'family', 'given', 'birthDate'],
    evenRestricted: true,
  },
};

export const LEAST_REASON = 20;
const MOST_REASON = 2000;

export type Denial =
  | 'vault.role-not-permitted'
  | 'vault.purpose-not-permitted'
  | 'vault.reason-missing'
  | 'vault.restricted';

/** Null when it is permitted. Decides by role and purpose alone; nothing was read before. */
export function denial(access: Access, action: Action, restricted: boolean): Denial | null {
  const roles = Object.values(PURPOSES).map(({ roles }) => roles);
  if (!roles.some((known) => Object.hasOwn(known, access.role))) return 'vault.role-not-permitted';
  const purpose = Object.hasOwn(PURPOSES, access.purpose) ? PURPOSES[access.purpose] : undefined;
  if (!purpose || !Object.hasOwn(purpose.roles, access.role)) return 'vault.purpose-not-permitted';
  if (!purpose.roles[access.role]?.includes(action)) return 'vault.purpose-not-permitted';
  if (access.purpose === 'break-glass' && !isReason(access.reason)) return 'vault.reason-missing';
  return restricted && !purpose.evenRestricted ? 'vault.restricted' : null;
}

/** Typed by a person: long enough, and not one letter held down. */
function isReason(reason: string | undefined): boolean {
  if (reason === undefined || reason.length > MOST_REASON) return false;
  const letters = reason.replace(/[^\p{L}\p{N}]/gu, '');
  return reason.trim().length >= LEAST_REASON && new Set(letters.toLowerCase()).size >= 5;
}

/** Whether records of this class are seen for this purpose at all. */
export function seesClass(purpose: string, kind: RecordClass): boolean {
  if (kind === 'break-glass') return false;
  const fields = Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose]?.[kind] : undefined;
  return fields !== undefined && (fields === 'all' || fields.length > 0);
}

/** The fields that this purpose needs, and no others. */
export function viewFor(purpose: string, record: VaultRecord): Partial<VaultRecord> {
  const fields = Object.hasOwn(PURPOSES, purpose) ? PURPOSES[purpose]?.[record.kind] : [];
  if (fields === 'all') return record;
  const names = new Set<string>(fields);
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
}
