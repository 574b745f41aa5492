// From a risk's answers, harms and controls to its levels: before controls, with controls as claimed, and with those that are
// verified. Pure; the same in server and browser. A level says what it was made of.
import type { Level, RiskPolicy, Zone } from '../products/index.ts';
import {
  answerOf,
  type Exploitability,
  exploitabilityOf,
  type FactorAnswers,
  factorOf,
  isHarder,
} from './exploitability.ts';
import { CONTROL_ORDERS, type ControlEffect, type LOSSES, type RiskBody, SEVERITIES } from './model.ts';

export type { Level, RiskPolicy, Zone };

/** A harm of the safety file as it is linked. */
export interface LinkedHarm {
  readonly key: string;
  readonly title: string;
  /** By reference: 1 to 5 of the safety file. */
  readonly severity: Level;
  /** Dropped by a re-import: it still counts until somebody judges anew. */
  readonly gone: boolean;
}

export interface LinkedControl {
  readonly key: string;
  readonly title: string;
  /** State of the control record. */
  readonly state: string;
}

export interface JudgeInput {
  readonly body: RiskBody;
  readonly harms: readonly LinkedHarm[];
  readonly controls: readonly LinkedControl[];
  /** A linked finding is known to be exploited (CISA KEV). */
  readonly kev: boolean;
  readonly policy: RiskPolicy;
}

export interface Rated {
  readonly exploitability: Exploitability;
  /** 0: nothing is lost. Null: not judged. */
  readonly severity: 0 | Level | null;
  /** Row of the matrix that counts: the severity, lifted where many patients are reached. */
  readonly row: 0 | Level | null;
  /** `not judged` is no zone: it is shown as a question. */
  readonly zone: Zone | 'not judged';
  readonly because: readonly string[];
}

export interface Verdict {
  readonly before: Rated;
  /** With every control that is not withdrawn: a claim. */
  readonly claimed: Rated;
  /** With the verified ones only. */
  readonly after: Rated;
}

/** Safety (with effectiveness) and privacy are two verdicts; neither stands in for the other. */
export interface Judgement {
  readonly safety: Verdict;
  readonly privacy: Verdict;
  readonly notes: readonly string[];
}

/** Finds the zone of a cell of the policy; given, since it lives in the room of the plan. */
export type ZoneOf = (policy: RiskPolicy, row: Level, exploitability: Level, many: boolean) => Zone;

export function judge(input: JudgeInput, zoneOf: ZoneOf): Judgement {
  const notes: string[] = [];
  const answers = answersOf(input);
  const claimed = applyControls(input, answers, (state) => state !== 'withdrawn', notes);
  const verified = applyControls(input, answers, (state) => state === 'verified', []);
  if (input.body.scale === NOT_JUDGED_SCALE)
    notes.push('Not answered whether many patients are reached at once; it is judged as if one were.');
  const verdict = (of: (falls: number) => { severity: Rated['severity']; because: string[] }): Verdict => {
    const rate = (exploitability: Exploitability, falls: number): Rated => {
      const { severity, because } = of(falls);
      const row = rowFor(input, severity);
      return {
        exploitability,
        severity,
        row,
        zone: zoneFor(input.policy, row, exploitability, zoneOf),
        because: [...because, ...exploitability.because],
      };
    };
    return {
      before: rate(exploitabilityOf(answers), 5),
      claimed: rate(exploitabilityOf(claimed.answers, false), claimed.severityAtMost),
      after: rate(exploitabilityOf(verified.answers, false), verified.severityAtMost),
    };
  };
  return {
    safety: verdict((falls) => safetySeverity(input, falls)),
    privacy: verdict(() => privacySeverity(input.body)),
    notes,
  };
}

const NOT_JUDGED_SCALE = 'not answered';

function answersOf({ body, kev }: JudgeInput): FactorAnswers {
  const given = body.exploitability;
  // What CISA lists is exploited, whatever somebody answered before that.
  return kev ? { ...given, exploited: 'yes' } : given;
}

interface Applied {
  readonly answers: FactorAnswers;
  readonly severityAtMost: number;
}

/** Controls in the order of ISO 14971 7.1; each may only make the attack harder, or cap the severity where it may. */
function applyControls(
  { body, controls, policy }: JudgeInput,
  before: FactorAnswers,
  counts: (state: string) => boolean,
  notes: string[],
): Applied {
  const answers: Record<string, string> = { ...before };
  let severityAtMost = 5;
  const known = new Map(controls.map((control) => [control.key, control]));
  const inOrder = [...body.controls].sort(
    (a, b) => CONTROL_ORDERS.indexOf(a.order) - CONTROL_ORDERS.indexOf(b.order),
  );
  for (const entry of inOrder) {
    const control = known.get(entry.control);
    if (!control) {
      notes.push(`${entry.control} is not linked to this risk, so its effect does not count.`);
      continue;
    }
    if (!counts(control.state)) {
      if (control.state === 'withdrawn')
        notes.push(`${control.key} is withdrawn, so its effect does not count.`);
      continue;
    }
    for (const effect of entry.effects) {
      if (effect.factor === 'severity') {
        const fault = severityFault(effect, entry.independent, policy);
        if (fault) notes.push(`${control.key}: ${fault}`);
        else severityAtMost = Math.min(severityAtMost, severityOf(effect.to) ?? 5);
      } else if (isHarder(effect.factor, answers[effect.factor] ?? '', effect.to)) {
        answers[effect.factor] = effect.to;
      } else {
        notes.push(`${control.key} makes nothing harder: ${factorOf(effect.factor).title} is so already.`);
      }
    }
  }
  return { answers: answers as unknown as FactorAnswers, severityAtMost };
}

/** Null when the severity may fall by it; else why not (strict by default). */
export function severityFault(
  effect: ControlEffect,
  independent: boolean,
  policy: Pick<RiskPolicy, 'severityFallsBy'>,
): string | null {
  if (severityOf(effect.to) === null) return `"${effect.to}" is no severity.`;
  if (independent || policy.severityFallsBy === 'any control') return null;
  return 'severity falls only by a hardware or independent control, as the policy says.';
}

/** What is wrong with an effect as it was written; null when nothing is. */
export function effectFault(effect: ControlEffect): string | null {
  if (effect.factor === 'severity')
    return severityOf(effect.to) === null ? `"${effect.to}" is no severity.` : null;
  const factor = factorOf(effect.factor);
  return answerOf(factor, effect.to) ? null : `"${effect.to}" is no answer to "${factor.question}"`;
}

export function severityOf(word: string): Level | null {
  const index = SEVERITIES.indexOf(word as (typeof SEVERITIES)[number]);
  return index < 0 ? null : ((index + 1) as Level);
}

/** 0 for none, null for not judged. */
function lossOf(word: (typeof LOSSES)[number]): 0 | Level | null {
  if (word === 'not judged') return null;
  return word === 'none' ? 0 : severityOf(word);
}

function safetySeverity({ body, harms }: JudgeInput, atMost: number) {
  const because: string[] = [];
  let severity: Rated['severity'] = null;
  for (const harm of [...harms].sort((a, b) => b.severity - a.severity)) {
    const counted = Math.min(harm.severity, atMost) as Level;
    because.push(
      `${harm.key} ${harm.title}: severity ${harm.severity} by the safety file${
        counted < harm.severity ? `, ${counted} after an independent control` : ''
      }${harm.gone ? '; it has gone from the file' : ''}`,
    );
    if (severity === null || counted > severity) severity = counted;
  }
  const effect = lossOf(body.effectivenessLoss);
  if (effect !== null && (severity === null || effect > severity)) severity = effect;
  if (effect !== null && effect > 0)
    because.push(`Loss of effectiveness: ${body.effectivenessLoss} (${effect})`);
  if (severity === null) because.push('No harm is linked, and the loss of effectiveness is not judged.');
  return { severity, because };
}

/** The higher of both; not judged where one is missing and could be higher. */
function privacySeverity(body: RiskBody) {
  const [secret, privacy] = [lossOf(body.confidentialityLoss), lossOf(body.privacyLoss)];
  const because = [
    `Confidentiality: ${body.confidentialityLoss}`,
    `Privacy of patients and staff: ${body.privacyLoss}`,
  ];
  if (secret === null || privacy === null) {
    const known = Math.max(secret ?? 0, privacy ?? 0);
    return { severity: (known === 5 ? 5 : null) as Rated['severity'], because };
  }
  return { severity: Math.max(secret, privacy) as Rated['severity'], because };
}

function rowFor({ body, policy }: JudgeInput, severity: Rated['severity']): Rated['row'] {
  if (severity === null || severity === 0 || body.scale !== 'many patients') return severity;
  return Math.min(5, severity + policy.multiPatientLift) as Level;
}

function zoneFor(
  policy: RiskPolicy,
  row: Rated['row'],
  { level, least, most }: Exploitability,
  zoneOf: ZoneOf,
): Rated['zone'] {
  if (row === null) return 'not judged';
  if (row === 0) return 'acceptable';
  if (level !== null) return zoneOf(policy, row, level, false);
  // Open answers that make no difference need not be waited for.
  const [low, high] = [zoneOf(policy, row, least, false), zoneOf(policy, row, most, false)];
  return low === high ? low : 'not judged';
}

/** For lists: the worse of both verdicts, `not judged` first of all, since it may be anything. */
export function graver(a: Rated['zone'], b: Rated['zone']): Rated['zone'] {
  const order: readonly Rated['zone'][] = ['acceptable', 'reduce', 'not judged', 'unacceptable'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
