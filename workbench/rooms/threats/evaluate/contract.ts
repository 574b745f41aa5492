// What the evaluation of a system model by rules takes and gives. Pure; server, command and browser share it.
import type { SystemModel } from '../../system/index.ts';

export const STRIDE = [
  'spoofing',
  'tampering',
  'repudiation',
  'information disclosure',
  'denial of service',
  'elevation of privilege',
] as const;
export type Stride = (typeof STRIDE)[number];

/** What a rule looks at; each gives the CEL variable `e` (element, actor, external), `f`, `z`, `i` or `s`. */
export const RULE_TARGETS = [
  'element',
  'actor',
  'external',
  'flow',
  'zone',
  'interface',
  'function',
] as const;
export type RuleTarget = (typeof RULE_TARGETS)[number];

/** How near to a patient what a rule finds comes. */
export const RULE_SAFETY = ['none', 'indirect', 'direct', 'multi-patient'] as const;

export interface ThreatRule {
  readonly id: string;
  /** Word under which lists group it: `network`, `update`. */
  readonly category?: string;
  /** Rises when `when`, `unless` or the meaning changes. */
  readonly version: number;
  readonly title: string;
  /** One sentence; `{e}`, `{f}`, `{z}`, `{i}`, `{s}` stand for the target's title. */
  readonly statement: string;
  readonly stride: readonly Stride[];
  readonly appliesTo: RuleTarget;
  /** CEL: does the structure make the threat possible? */
  readonly when: string;
  /** CEL: is a sufficient control in place? */
  readonly unless: string;
  /** Before controls, 1 very hard to 5 trivial: a proposal, never a decision. */
  readonly exploitability: 1 | 2 | 3 | 4 | 5;
  readonly safetyRelevance: (typeof RULE_SAFETY)[number];
  /** Ids of requirements of the library that answer the threat. */
  readonly requirements: readonly string[];
  readonly references: {
    readonly cwe: readonly string[];
    readonly capec: readonly string[];
    readonly attackIcs: readonly string[];
    readonly emb3d: readonly string[];
  };
  /** Rules whose raised result at the same target is merged into this one. */
  readonly supersedes?: readonly string[];
}

export interface Question {
  readonly appliesTo: RuleTarget;
  readonly text: string;
}

/** Rules, the questions that they ask, and the answers that follow from a protocol. Data, with an edition of its own. */
export interface RulePack {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly rules: readonly ThreatRule[];
  readonly questions: Readonly<Record<string, Question>>;
  /** Protocol → question key → answer, unless somebody answered otherwise. */
  readonly protocolFacts: Readonly<Record<string, Readonly<Record<string, 'yes' | 'no'>>>>;
}

/** Where an answer comes from, the strongest first. */
export type AnswerOrigin = 'answered' | 'protocol' | 'zone default';

/** A fact that took part in a result: an answer, or a property of the model. */
export interface UsedFact {
  readonly target: string;
  /** `answer flow.auth-source`, or a field: `crosses`, `tag updater`. */
  readonly fact: string;
  readonly value: string;
  readonly origin: AnswerOrigin | 'model';
}

export interface OpenQuestion {
  readonly target: string;
  readonly key: string;
}

export type PairState = 'not-applicable' | 'raised' | 'answered' | 'open';

/** One rule at one target. Its identity is (rule, target): it survives renaming, moving and re-running. */
export interface PairResult {
  readonly rule: string;
  readonly ruleVersion: number;
  readonly target: string;
  readonly state: Exclude<PairState, 'not-applicable'>;
  /** Only where open: what would settle it. */
  readonly questions: readonly OpenQuestion[];
  /** What made the result what it is, in the order in which it was read. */
  readonly facts: readonly UsedFact[];
  /** The rule into which a raised result is merged, or null. */
  readonly mergedInto: string | null;
}

export interface EvaluationProblem {
  readonly rule: string;
  readonly place: 'when' | 'unless' | 'rule';
  readonly message: string;
}

export interface Evaluation {
  /** Applicable pairs in the order of rules and of the model. */
  readonly results: readonly PairResult[];
  readonly counts: Readonly<Record<PairState, number>> & { readonly raisedAfterMerge: number };
  /** Rules that were refused or failed; the others were evaluated. */
  readonly problems: readonly EvaluationProblem[];
}

/** Rules compiled and type-checked once; `evaluate` may be called as often as the model changes. */
export interface Evaluator {
  evaluate(model: SystemModel): Evaluation;
  /** The same result as `evaluate(model)`, computed from what `before` and the difference between the models say. */
  reevaluate(before: Evaluation, modelBefore: SystemModel, model: SystemModel): Evaluation;
  readonly problems: readonly EvaluationProblem[];
}
