// Words and tones of the fleet.
import type { Tone } from '../../../web/design/StateBadge.tsx';
import type { UnitStep } from '../campaigns/next-step.ts';
import type { UnitView } from '../contract.ts';

export const UNIT_STATES: Readonly<Record<UnitView['state'], readonly [Tone, string]>> = {
  expected: ['question', 'Expected'],
  enrolled: ['settled', 'Enrolled'],
  revoked: ['danger', 'Revoked'],
  retired: ['ended', 'Retired'],
};

/** It reports another hardware than was registered: the wrong device was enrolled under this serial number, or registered wrongly. */
export const hasOtherHardware = ({ hardwareId, reportedHardwareId: reported }: UnitView): boolean =>
  reported !== null && reported !== hardwareId;

/** A trail that nobody has seen is unknown, not fine. */
export const AUDIT_VERDICTS: Readonly<Record<UnitView['audit']['verdict'], readonly [Tone, string]>> = {
  verified: ['settled', 'Verified'],
  broken: ['danger', 'Broken'],
  'nothing yet': ['question', 'Nothing yet'],
};

export const VAULT_STATES = {
  whole: ['settled', 'All there'],
  damaged: ['danger', 'Damaged'],
  closed: ['danger', 'Cannot be opened'],
} as const satisfies Readonly<Record<string, readonly [Tone, string]>>;

export function vaultWords({ state, damagedRecords, code }: NonNullable<UnitView['vault']>): string {
  if (state === 'whole') return 'Kept on the unit alone; nothing of it comes here.';
  const why = code === null ? '' : ` (${code})`;
  return state === 'damaged'
    ? `${damagedRecords} records cannot be verified${why}. Nothing of those patients is given out; new treatments are kept.`
    : `The unit runs, and prepares no treatment that it could not record${why}.`;
}

export const STEPS: Readonly<Record<UnitStep, readonly [Tone, string]>> = {
  waiting: ['open', 'Waits for its wave'],
  offered: ['open', 'Offered'],
  postponed: ['attention', 'Postponed at the device'],
  staged: ['open', 'Staged, not confirmed'],
  confirmed: ['settled', 'Runs, confirmed'],
  failed: ['danger', 'Failed, last good version runs'],
};

export const SERVICE_STATES = {
  requested: ['question', 'Waits for consent'],
  open: ['attention', 'Open'],
  refused: ['ended', 'Refused at the device'],
  ended: ['ended', 'Ended'],
  expired: ['ended', 'Nobody consented in time'],
} as const satisfies Readonly<Record<string, readonly [Tone, string]>>;

export const SERVICE_VERB_WORDS: Readonly<Record<string, string>> = {
  'service.read-logs': 'Read logs',
  'service.self-test': 'Run the self test',
  'service.diagnostics': 'Read diagnostics, without patient data',
  'calibration.propose': 'Propose a calibration, which a local person confirms',
};

const AUDIT_PROBLEMS: Readonly<Record<string, string>> = {
  truncated: 'Lines that the unit had sent or signed before are gone.',
  changed: 'A line is not what it was when it was written.',
  deleted: 'A line in the middle is gone.',
  reordered: 'Lines stand in another order than they were written in.',
  forked: 'The unit shows another history than the one that was verified.',
  gap: 'The lines do not go on where the verified ones end.',
};

export function auditProblemWords(code: string): string {
  const name = code.replace(/^audit\./, '');
  return AUDIT_PROBLEMS[name] ?? `The audit trail does not verify (${code}).`;
}
