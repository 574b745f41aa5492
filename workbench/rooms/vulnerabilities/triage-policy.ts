// By when a finding should be decided, and how long a decision holds. Pure. The numbers are Ward's own defaults, no law's:
// vulnerabilities.md 1.4 gives the times of decisions; the times to decide follow the order of CISA BOD 22-01 (known exploited
// first) and are shown as a promise that the house may change.

export const DECIDE_WITHIN_DAYS = {
  kev: 3,
  critical: 7,
  high: 30,
  medium: 90,
  low: 180,
  none: 180,
  /** Not scored may be anything: it is looked at as if it were high. */
  unknown: 30,
} as const;

const DAY_MS = 86_400_000;

export interface Urgency {
  readonly level: string;
  readonly kev: boolean;
  /** ISO 8601 instant from which the decision is awaited: first seen, or re-opened. */
  readonly from: string;
}

/** Day (`2026-11-24`) by which the finding should be decided. */
export function decideBy({ level, kev, from }: Urgency): string {
  const days = kev
    ? DECIDE_WITHIN_DAYS.kev
    : (DECIDE_WITHIN_DAYS[level as keyof typeof DECIDE_WITHIN_DAYS] ?? DECIDE_WITHIN_DAYS.unknown);
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
