// What a judgement rests on, and what of it moved since: each difference with its reason. Pure.
import type { Level } from '../products/index.ts';

interface Seen {
  readonly key: string;
  readonly title: string;
  readonly revision: number;
  readonly state: string;
}

/** A vulnerability that affects a component of an element which a threat of the risk targets. */
export interface Exposure {
  readonly vulnerability: string;
  readonly component: string;
  readonly element: string;
  readonly release: string;
  readonly kev: boolean;
}

export interface Premises {
  /** Null: no plan is approved, Ward's defaults held. */
  readonly plan: { readonly key: string; readonly revision: number } | null;
  /** Of the policy that was applied; a plan may be approved anew without touching it. */
  readonly policy: string;
  readonly harms: readonly (Seen & { readonly severity: Level })[];
  readonly threats: readonly Seen[];
  readonly findings: readonly (Seen & { readonly kev: boolean })[];
  readonly controls: readonly Seen[];
  readonly exposures: readonly Exposure[];
}

export interface Moved {
  /** Says what moved and how, so that it is told once: `control CTL-3 implemented`. */
  readonly cause: string;
  readonly reason: string;
}

/**
 * What people should look at again, the worst first in each part. What only got better is not told: a vulnerability that is gone
 * leaves the judgement on the safe side; a control that is verified now is told, since the residual risk may be decided.
 */
export function comparePremises(before: Premises, now: Premises): readonly Moved[] {
  return [
    ...movedHarms(before, now),
    ...movedControls(before, now),
    ...movedExposures(before, now),
    ...movedFindings(before, now),
    ...movedThreats(before, now),
    ...movedPolicy(before, now),
  ];
}

const find = <T extends { readonly key: string }>(list: readonly T[], key: string): T | undefined =>
  list.find((one) => one.key === key);

function movedHarms(before: Premises, now: Premises): Moved[] {
  return before.harms.flatMap((was): Moved[] => {
    const is = find(now.harms, was.key);
    if (!is) return [];
    if (is.state === 'gone' && was.state !== 'gone')
      return [{ cause: `harm ${was.key} gone`, reason: `${was.key} has gone from the safety file.` }];
    if (is.severity !== was.severity)
      return [
        {
          cause: `harm ${was.key} severity ${is.severity} @${is.revision}`,
          reason: `The severity of ${was.key} went from ${was.severity} to ${is.severity} in the safety file.`,
        },
      ];
    if (is.revision > was.revision)
      return [
        {
          cause: `harm ${was.key} @${is.revision}`,
          reason: `${was.key} was changed in the safety file (revision ${is.revision}).`,
        },
      ];
    return [];
  });
}

function movedControls(before: Premises, now: Premises): Moved[] {
  return before.controls.flatMap((was): Moved[] => {
    const is = find(now.controls, was.key);
    if (!is) return [];
    if (is.state !== was.state)
      return [
        {
          cause: `control ${was.key} ${is.state} @${is.revision}`,
          reason:
            was.state === 'verified'
              ? `${was.key} ${was.title} is no longer verified; it is ${is.state}.`
              : `${was.key} ${was.title} is ${is.state} now; it was ${was.state}.`,
        },
      ];
    if (is.revision > was.revision)
      return [
        { cause: `control ${was.key} @${is.revision}`, reason: `${was.key} ${was.title} was changed.` },
      ];
    return [];
  });
}

function movedExposures(before: Premises, now: Premises): Moved[] {
  // The same flaw of the same part in another release is no news.
  const place = (one: Exposure) => `${one.vulnerability} ${one.component} ${one.element}`;
  const known = new Map(before.exposures.map((one) => [place(one), one]));
  return [...now.exposures]
    .sort((a, b) => Number(b.kev) - Number(a.kev))
    .flatMap((is): Moved[] => {
      const was = known.get(place(is));
      const where = `${is.component} of ${is.element} in ${is.release}`;
      if (!was)
        return [
          {
            cause: `exposure ${place(is)}`,
            reason: `${is.vulnerability} appeared in ${where}${is.kev ? '; it is known to be exploited' : ''}.`,
          },
        ];
      if (is.kev && !was.kev)
        return [
          {
            cause: `exploited ${place(is)}`,
            reason: `${is.vulnerability} in ${where} is known to be exploited now.`,
          },
        ];
      return [];
    });
}

function movedFindings(before: Premises, now: Premises): Moved[] {
  return before.findings.flatMap((was): Moved[] => {
    const is = find(now.findings, was.key);
    if (!is) return [];
    if (is.kev && !was.kev)
      return [{ cause: `exploited ${was.key}`, reason: `${was.key} is known to be exploited now.` }];
    if (is.state !== was.state)
      return [
        {
          cause: `finding ${was.key} ${is.state}`,
          reason: `${was.key} is ${is.state} now; it was ${was.state}.`,
        },
      ];
    return [];
  });
}

function movedThreats(before: Premises, now: Premises): Moved[] {
  return before.threats.flatMap((was): Moved[] => {
    const is = find(now.threats, was.key);
    if (!is) return [];
    if (is.state !== was.state)
      return [
        {
          cause: `threat ${was.key} ${is.state}`,
          reason: `${was.key} is ${is.state} now; it was ${was.state}.`,
        },
      ];
    if (is.revision > was.revision)
      return [
        {
          cause: `threat ${was.key} @${is.revision}`,
          reason: `${was.key} was changed (revision ${is.revision}).`,
        },
      ];
    return [];
  });
}

function movedPolicy(before: Premises, now: Premises): Moved[] {
  if (before.policy === now.policy) return [];
  const source = now.plan ? `${now.plan.key} revision ${now.plan.revision}` : "Ward's defaults";
  return [{ cause: `policy ${now.policy}`, reason: `Another policy is in force: ${source}.` }];
}
