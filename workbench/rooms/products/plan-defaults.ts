// What a new plan begins with: the roles that a medical device needs, and what is owed at the end. Own wording, after IEC 81001-5-1
// 4.1 and 6 and the roles of `regulatory/roles.json`; the house changes it in its plan.
import type { Role } from '../../kernel/people/roles.ts';

export interface PlannedRole {
  readonly role: Role;
  readonly duty: string;
  readonly training: string;
  readonly independence: 'same team' | 'other team' | 'other department' | 'other organisation';
}

export const PLANNED_ROLES: PlannedRole[] = [
  {
    role: 'security-lead',
    duty: 'Leads security risk management: plan, threat model, risks, requirements, vulnerabilities.',
    training: 'Threat modelling, security risk management, vulnerability handling',
    independence: 'same team',
  },
  {
    role: 'safety-risk-manager',
    duty: 'Answers for the ISO 14971 file: harms, severities, and the acceptance of risks that reach them.',
    training: 'ISO 14971',
    independence: 'other team',
  },
  {
    role: 'developer',
    duty: 'Designs and builds; assesses findings.',
    training: 'Secure coding',
    independence: 'same team',
  },
  {
    role: 'tester',
    duty: 'Verifies requirements and controls that others built.',
    training: 'Security testing',
    independence: 'other team',
  },
  {
    role: 'incident-handler',
    duty: 'Takes in reports, handles incidents, coordinates disclosure.',
    training: 'Incident response, coordinated disclosure',
    independence: 'same team',
  },
  {
    role: 'release-manager',
    duty: 'Releases, updates, campaigns, end of support.',
    training: 'Release engineering',
    independence: 'same team',
  },
  {
    role: 'quality',
    duty: 'Approves plans, documents and role assignments.',
    training: 'Quality system, device regulation',
    independence: 'other department',
  },
];

export const DECOMMISSIONING = [
  'Tell users when support ends, at least a year before, and what that means for security.',
  'Say which duties pass to the operator, and which network protection is needed from then on.',
  'Revoke identities and keys of the unit; take it off update and service systems.',
  'Erase or destroy data of patients and keys on the unit, and keep the evidence of it.',
  'Say what to do on resale or transfer to another operator.',
].join('\n');
