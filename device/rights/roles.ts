// What each role may do, from where, for how long, and how old a unit's knowledge of what was taken back may be for it. Least privilege by verb;
// no verb of any role emits (the vocabulary has none).
import type { IssuerKind, PeerRole } from '../identity/names.ts';

export const PERSON_ROLES = [
  'clinician',
  'physicist',
  'data-protection',
  'service-engineer',
  'fleet-operator',
] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** `stop` is everybody's: it only ever makes things safer. */
export const ROLE_VERBS = {
  clinician: [
    'treatment.prepare',
    'treatment.adjust',
    'treatment.end',
    'treatment.status',
    'record.read',
    'record.export',
    'record.break-glass',
    'unit.status',
    'stop',
  ],
  // Of the clinic: answers people who ask for their own data, and reads why somebody broke the glass. Nothing of treatment.
  'data-protection': ['record.export', 'record.break-glass-reasons', 'unit.status', 'stop'],
  physicist: ['calibration.propose', 'treatment.status', 'unit.status', 'stop'],
  'service-engineer': [
    'service.open',
    'service.read-logs',
    'service.self-test',
    'service.diagnostics',
    'service.end',
    'calibration.propose',
    'unit.status',
    'stop',
  ],
  'fleet-operator': ['update.check', 'unit.status', 'stop'],
} as const satisfies Readonly<Record<PersonRole, readonly string[]>>;

export const mayUse = (role: PersonRole, verb: string): boolean =>
  (ROLE_VERBS[role] as readonly string[]).includes(verb);

/** A clinic's issuer vouches for its own people, the maker's for service and fleet. */
export const ISSUER_GRANTS: Readonly<Record<IssuerKind, readonly PersonRole[]>> = {
  clinic: ['clinician', 'physicist', 'data-protection'],
  maker: ['service-engineer', 'fleet-operator'],
};

/** On whose channel a role may speak. */
export const ROLE_CHANNELS: Readonly<Record<PersonRole, readonly PeerRole[]>> = {
  clinician: ['console'],
  physicist: ['console'],
  'data-protection': ['console'],
  'service-engineer': ['service', 'gateway'],
  'fleet-operator': ['gateway'],
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** From one task to one shift. */
export const MOST_LIFETIME_MS: Readonly<Record<PersonRole, number>> = {
  clinician: 12 * HOUR_MS,
  physicist: 8 * HOUR_MS,
  'data-protection': 2 * HOUR_MS,
  'service-engineer': 2 * HOUR_MS,
  'fleet-operator': HOUR_MS,
};
export const LEAST_LIFETIME_MS = 5 * MINUTE_MS;

/**
 * How old the latest revocation list may be: who comes from far away is refused soon after the unit has lost contact; the clinic's own people at
 * their own console can go on over a long weekend. The person at the device needs none of it.
 */
export const FRESHNESS_MS: Readonly<Record<PersonRole, number>> = {
  clinician: 72 * HOUR_MS,
  physicist: 72 * HOUR_MS,
  // A request of access waits; the law gives it a month.
  'data-protection': 24 * HOUR_MS,
  'service-engineer': HOUR_MS,
  'fleet-operator': HOUR_MS,
};

/** False when nothing was ever learned. */
export const isFresh = (role: PersonRole, issuedAt: number | null, now: number): boolean =>
  issuedAt !== null && now - issuedAt <= FRESHNESS_MS[role];
