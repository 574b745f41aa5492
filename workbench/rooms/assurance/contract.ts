// Attack paths and defence in depth: what the computation takes and gives (domain: the assurance graph). Pure.
import type { SystemModel } from '../system/index.ts';
import type { Evaluation, OpenQuestion, Stride, UsedFact } from '../threats/index.ts';

/**
 * A control placed on the model. `claimed`: somebody says that it is there (implemented or verified). `counted`: in this
 * release a verification of it passed and no approved `affected` assessment sits on what implements it.
 */
export interface PlacedControl {
  /** Key or id of the control record; a what-if makes one up. */
  readonly id: string;
  readonly title: string;
  /** Ids of elements, flows, interfaces or zones (a zone's control stands at every way into the zone). */
  readonly places: readonly string[];
  readonly claimed: boolean;
  readonly counted: boolean;
  /** Why it does or does not count: one sentence with the evidence's name. */
  readonly why: string;
}

export interface AssuranceInput {
  readonly model: SystemModel;
  readonly evaluation: Evaluation;
  readonly controls: readonly PlacedControl[];
  /** Severity 1 to 5 of a harm by its id, from the safety file. */
  readonly severities: Readonly<Record<string, number>>;
  /** Exploitability 1 to 5 by rule id, before controls. */
  readonly exploitabilities: Readonly<Record<string, number>>;
  /** STRIDE categories by rule id; the threats of a rule that is not named here count as ways in. */
  readonly strides: Readonly<Record<string, readonly Stride[]>>;
  /** How many counted controls are enough by severity 1 to 5; the plan's policy. */
  readonly enough: Readonly<Record<1 | 2 | 3 | 4 | 5, number>>;
}

/** `open`: a raised threat lets it pass. `assumed`: a question is open, so it is taken as passable (dashed). `guarded`: all answers say a control stands, which is a claim. */
export type StepState = 'open' | 'assumed' | 'guarded';

export interface AttackStep {
  /** Flow or interface that is crossed, or the element in which the attacker begins. */
  readonly via: string;
  readonly from: string;
  readonly to: string;
  readonly state: StepState;
  /** The weakest raised or open threat of the step: (rule, target), or null. */
  readonly threat: { readonly rule: string; readonly target: string } | null;
  /** What made the step what it is: the facts of the threat, or of the answers that guard it. */
  readonly facts: readonly UsedFact[];
  /** What would settle an assumed step. */
  readonly questions: readonly OpenQuestion[];
  /** Ids of controls on the step, counted or claimed. */
  readonly controls: readonly string[];
  /** Resistance: 6 − exploitability of the weakest threat, plus what controls add; the lower, the easier. */
  readonly resistance: number;
}

export interface AttackPath {
  readonly attacker: string;
  readonly target: string;
  readonly steps: readonly AttackStep[];
  readonly resistance: number;
  /** Distinct counted controls on the path. */
  readonly counted: readonly string[];
  /** Distinct controls that are claimed; those that count are among them. */
  readonly claimed: readonly string[];
}

/** Defence in depth of one target (safety function, or asset at an element) against one attacker, or all. */
export interface Depth {
  readonly target: string;
  readonly targetKind: 'safety function' | 'asset';
  /** `null`: all attackers of the model together. */
  readonly attacker: string | null;
  readonly reachable: boolean;
  /** The fewest distinct counted controls on any path; null where no path exists. */
  readonly counted: number | null;
  readonly claimed: number | null;
  /** False: the search was stopped by its bound, and the numbers are the least that is certain. */
  readonly exact: boolean;
  readonly enough: number;
  /** Highest severity of the harms behind it. */
  readonly severity: number;
  /** The easiest first, ten at most. */
  readonly paths: readonly AttackPath[];
  readonly morePaths: boolean;
  /** Counted controls whose fall alone opens a path with none left. */
  readonly single: readonly string[];
  /**
   * The fewest flows and interfaces that, cut, leave no path (a minimum edge cut). Empty where there is no path, and
   * where the attacker begins at the target, so that nothing can be cut.
   */
  readonly cut: readonly string[];
}

export interface Assurance {
  readonly depths: readonly Depth[];
  /** What stopped the search short: `the ten easiest paths of many are listed`. */
  readonly notes: readonly string[];
}
