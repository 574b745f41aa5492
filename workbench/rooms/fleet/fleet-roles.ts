// Who may do what with units.
import type { Role } from '../../kernel/people/roles.ts';

/** Registers units, makes codes for them, takes them back. */
export const FLEET_ROLES = ['release-manager', 'security-lead'] as const satisfies readonly Role[];
/** Has a unit of a campaign try again; who starts campaigns. */
export const CAMPAIGN_ROLES = ['release-manager'] as const satisfies readonly Role[];
/** Closes a break of an audit trail, by signature. */
export const TRAIL_ROLES = ['security-lead', 'incident-handler'] as const satisfies readonly Role[];
/** Reviews emergencies in which patient data were opened. */
export const REVIEW_ROLES = [
  'security-lead',
  'incident-handler',
  'quality',
] as const satisfies readonly Role[];
/** Asks for service sessions. */
export const SERVICE_ROLES = [
  'developer',
  'incident-handler',
  'release-manager',
] as const satisfies readonly Role[];
