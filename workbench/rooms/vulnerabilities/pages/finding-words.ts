// What is known and decided of a finding, in words and tones. Pure.
import type { Tone } from '../../../web/design/StateBadge.tsx';
import type { FindingView } from '../api.ts';
import type { Justification, VexStatus } from '../model.ts';

interface Word {
  readonly title: string;
  readonly tone: Tone;
}

const STATES: Readonly<Record<string, Word>> = {
  'in-triage': { title: 'In triage', tone: 'open' },
  affected: { title: 'Affected', tone: 'attention' },
  'not-affected': { title: 'Not affected', tone: 'settled' },
  fixed: { title: 'Fixed', tone: 'settled' },
  'false-positive': { title: 'False positive', tone: 'settled' },
  deferred: { title: 'Deferred', tone: 'open' },
  closed: { title: 'Closed by source', tone: 'ended' },
};

/** States as the filter offers them; `undecided` is the server's word for new and in triage. */
export const STATE_OPTIONS = [
  { value: 'undecided', title: 'Undecided' },
  { value: 'overdue', title: 'Undecided and late' },
  { value: 'to-approve', title: 'Waits for signature' },
  { value: 'reopened', title: 'Re-opened' },
  { value: 'contradicted', title: 'Contradicted by a supplier' },
  { value: 'affected', title: 'Affected' },
  { value: 'not-affected', title: 'Not affected' },
  { value: 'fixed', title: 'Fixed' },
  { value: 'deferred', title: 'Deferred' },
  { value: 'false-positive', title: 'False positive' },
  { value: 'closed', title: 'Closed by source' },
];

type Decision = Pick<FindingView, 'finding' | 'assessment'>;

/** Where the decision stands: an assessment that waits for its signature and one that re-opened are work, not results. */
export function decisionWord({ finding, assessment }: Decision): Word {
  if (assessment?.state === 'reopened') return { title: 'Re-opened', tone: 'stale' };
  if (assessment?.state === 'draft') return { title: 'Waits for signature', tone: 'attention' };
  if (finding === null || finding.state === 'new') return { title: 'Undecided', tone: 'question' };
  if (finding.state === 'in-triage' && assessment?.status === 'under_investigation')
    return { title: 'Under investigation', tone: 'open' };
  return STATES[finding.state] ?? { title: finding.state, tone: 'question' };
}

export function outcomeWord(outcome: FindingView['outcome']): Word {
  return outcome === 'affected'
    ? { title: 'Version affected', tone: 'attention' }
    : { title: 'Cannot be said', tone: 'question' };
}

export const STATUS_WORDS: Readonly<Record<VexStatus, { readonly title: string; readonly means: string }>> = {
  under_investigation: {
    title: 'Under investigation',
    means: 'It is not known yet whether this device is affected; somebody is finding out.',
  },
  affected: {
    title: 'Affected',
    means: 'The flaw can be used in this device; users are told what to do.',
  },
  not_affected: {
    title: 'Not affected',
    means: 'The component has the flaw, but it cannot be used in this device.',
  },
  fixed: { title: 'Fixed', means: 'This release contains the fix.' },
};

export const JUSTIFICATION_WORDS: Readonly<Record<Justification, string>> = {
  component_not_present: 'The component is not in the release',
  vulnerable_code_not_present: 'The vulnerable code is not in the release',
  vulnerable_code_not_in_execute_path: 'The vulnerable code is never executed',
  vulnerable_code_cannot_be_controlled_by_adversary:
    'An attacker cannot reach or control the vulnerable code',
  inline_mitigations_already_exist: 'Measures inside the product prevent its use',
};

export function statusTitle(status: string): string {
  return (STATUS_WORDS as Readonly<Record<string, { title: string }>>)[status]?.title ?? status;
}

/** Ids of the flaw beside the one in the title. */
export function otherIds({
  ids,
  vulnerability,
}: Pick<FindingView, 'ids' | 'vulnerability'>): readonly string[] {
  return ids.filter((id) => id !== vulnerability);
}

/** `/findings/REL-1?vulnerability=…&place=…` */
export function findingAddress(row: Pick<FindingView, 'release' | 'vulnerability' | 'place'>): {
  readonly to: string;
  readonly search: Readonly<Record<string, string>>;
} {
  return {
    to: `/findings/${row.release.key}`,
    search: { vulnerability: row.vulnerability, place: row.place },
  };
}
