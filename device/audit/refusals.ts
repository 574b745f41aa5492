// What the audit log and its verifier refuse, each its own code (row L11).
import { defineRefusals } from '../refusal.ts';

export const AUDIT_CODES = {
  'audit.unwritable': {
    plain: 'The audit log cannot be written; remote functions stop until it can.',
    row: 'L11',
  },
  'audit.truncated': {
    plain: 'The audit log ends before entries that were already acknowledged.',
    row: 'L11',
  },
  'audit.deleted': { plain: 'Entries of the audit log are missing.', row: 'L11' },
  'audit.changed': { plain: 'An entry of the audit log was changed after it was written.', row: 'L11' },
  'audit.reordered': { plain: 'Entries of the audit log are not in their order.', row: 'L11' },
  'audit.forked': { plain: 'The audit log tells two different stories for one place.', row: 'L11' },
  'audit.gap': { plain: 'The numbers of the audit log skip where its chain does not.', row: 'L11' },
  'audit.wrong-unit': { plain: 'This is the audit log of another unit.', row: 'L11' },
  'audit.bad-signature': {
    plain: 'A checkpoint of the audit log is not signed by this unit.',
    row: 'L11',
  },
  'audit.unsigned': { plain: 'No checkpoint signs this audit log.', row: 'L11' },
  'audit.anchor': {
    plain: 'The note of the last signed state of the audit log is missing or too old.',
    row: 'L11',
  },
  'audit.malformed': { plain: 'A line of the audit log cannot be read.', row: 'L11' },
  'audit.torn': { plain: 'The last line of the audit log is not whole.', row: 'L11' },
  'audit.closing-forged': {
    plain: 'A word that the break of the audit log was looked at is not signed by the workbench.',
    row: 'L11',
  },
  'audit.closing-wrong-unit': { plain: 'The break that was looked at is one of another unit.', row: 'L11' },
  'audit.closing-replayed': { plain: 'This break of the audit log was closed before.', row: 'L11' },
  'audit.closing-elsewhere': {
    plain: 'The audit log is to go on from a line that is not in it.',
    row: 'L11',
  },
  'audit.oversized': { plain: 'The audit log is larger than may be read at once.', row: 'L11' },
} as const;

export type AuditCode = keyof typeof AUDIT_CODES;

export const refuseAudit = defineRefusals(AUDIT_CODES);
