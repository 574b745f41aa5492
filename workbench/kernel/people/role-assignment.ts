// The record kind "role assignment": person, role, product. What people may do is read from its active records.
import { z } from 'zod';
import { defineKind, text } from '../records/kind.ts';
import { ROLE_IDS } from './roles.ts';

export const ROLE_ASSIGNMENT = 'role-assignment';

/** How far the holder stands from those whose work is judged (IEC 62443-4-1 SVV-5). */
export const INDEPENDENCE = ['same team', 'other team', 'other department', 'other organisation'] as const;

export const RoleAssignment = z.object({
  person: z.uuid(),
  role: z.enum(ROLE_IDS),
  /** Training or experience that shows the person is fit for the role, or where the record of it is. */
  training: text(4_000).default(''),
  independence: z.enum(INDEPENDENCE).default('same team'),
});
export type RoleAssignment = z.infer<typeof RoleAssignment>;

export const roleAssignmentKind = defineKind({
  kind: ROLE_ASSIGNMENT,
  key: 'ROL',
  title: 'Role assignment',
  plural: 'Role assignments',
  purpose: 'Says who answers for what on a product, and on what training; rights follow from it.',
  clause: 'IEC 81001-5-1 4.1.2, 4.1.4',
  scope: 'either',
  schema: RoleAssignment,
  // Not the person's name: what stands in a record can never be erased.
  titleField: 'role',
  states: [
    { id: 'active', title: 'Active', tone: 'settled' },
    { id: 'ended', title: 'Ended', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'end',
      title: 'End role',
      from: ['active'],
      to: 'ended',
      roles: ['administrator', 'quality'],
      reason: 'required',
      effect: 'The person loses the rights of this role at once. The assignment stays in the history.',
    },
  ],
  links: [],
  rights: { create: ['administrator', 'quality'], edit: ['administrator', 'quality'] },
  editReason: 'always',
});
