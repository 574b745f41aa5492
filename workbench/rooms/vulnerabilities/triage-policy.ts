// By when a finding should be decided, and how long a decision holds. Pure. The times to decide stand in the product's approved
// plan; without one Ward's own defaults hold, no law's (`products/policy.ts`). The times of decisions are those of
// docs/decisions/009.
import { DEFAULT_POLICY, type DecideWithinDays } from '../products/index.ts';

export const DECIDE_WITHIN_DAYS: DecideWithinDays = DEFAULT_POLICY.decideWithinDays;

const DAY_MS = 86_400_000;

export interface Urgency {
  readonly level: string;
  readonly kev: boolean;
  /** ISO 8601 instant from which the decision is awaited: first seen, or re-opened. */
  readonly from: string;
}

/** Day (`2026-11-24`) by which the finding should be decided. */
export function decideBy({ level, kev, from }: Urgency, times = DECIDE_WITHIN_DAYS): string {
  // Not scored may be anything: it has a time of its own.
  const days = kev ? times.kev : (times[level as keyof DecideWithinDays] ?? times.unknown);
  return new Date(Date.parse(from) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How long an approved decision holds without being looked at again, in days; null holds until its facts move. */
export const HOLDS_DAYS = {
  not_affected: 365,
  under_investigation: 30,
  /** The device is affected and goes on with that: an accepted risk. */
  affected: 90,
  fixed: null,
  /** The component is not there: only another range or SBOM can make that untrue. */
  false_positive: null,
} as const;

export interface ApprovedDecision {
  readonly status: 'under_investigation' | 'affected' | 'not_affected' | 'fixed';
  readonly justification: string | null;
  /** The day that people set themselves, which counts when it is earlier. */
  readonly reviewOn: string | null;
}

/** Day on which the decision comes back by itself, null for never. `approvedOn` is a day. */
export function expiresOn(decision: ApprovedDecision, approvedOn: string): string | null {
  const kind =
    decision.status === 'not_affected' && decision.justification === 'component_not_present'
      ? 'false_positive'
      : decision.status;
  const days = HOLDS_DAYS[kind];
  const byPolicy =
    days === null ? null : new Date(Date.parse(approvedOn) + days * DAY_MS).toISOString().slice(0, 10);
  if (decision.reviewOn === null) return byPolicy;
  return byPolicy !== null && byPolicy < decision.reviewOn ? byPolicy : decision.reviewOn;
}
