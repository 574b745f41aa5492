// The questions of the score in words: answers, their keys, metrics. Pure.
import type { RubricAnswer, RubricMetric, RubricQuestion } from '../rubric.ts';

export interface AnswerWord {
  readonly value: RubricAnswer;
  readonly title: string;
  /** Stroke that gives it while the question has the focus. */
  readonly stroke: string;
}

const YES_NO: readonly AnswerWord[] = [
  { value: 'Y', title: 'Yes', stroke: 'y' },
  { value: 'N', title: 'No', stroke: 'n' },
  { value: 'U', title: 'Not known', stroke: '?' },
];
const DEGREES: readonly AnswerWord[] = [
  { value: 'H', title: 'Seriously', stroke: 'h' },
  { value: 'L', title: 'A little', stroke: 'l' },
  { value: 'N', title: 'Not at all', stroke: 'n' },
  { value: 'U', title: 'Not known', stroke: '?' },
];

export function answerWords({ answers }: RubricQuestion): readonly AnswerWord[] {
  return answers.includes('H') ? DEGREES : YES_NO;
}

/** The answer that a stroke gives, `clear` for one that takes it back, null for strokes that mean nothing here. */
export function answerOfStroke(question: RubricQuestion, key: string): RubricAnswer | 'clear' | null {
  if (key === 'Backspace' || key === 'Delete') return 'clear';
  return answerWords(question).find(({ stroke }) => stroke === key.toLowerCase())?.value ?? null;
}

export const METRIC_WORDS: Readonly<Record<RubricMetric, string>> = {
  AV: 'From where',
  AC: 'How difficult',
  PR: 'Rights needed',
  UI: 'Help of a person needed',
  S: 'How far it reaches',
  C: 'Confidentiality',
  I: 'Integrity',
  A: 'Availability',
};

/** Values of modified metrics as CVSS 3.1 and 4.0 name them; a metric that is missing reads by its letters. */
export function metricValue(metric: string, value: string): string {
  return VALUES[metric.replace(/^M[SV]?(?=.)/, '')]?.[value] ?? IMPACTS[value] ?? value;
}

const IMPACTS: Readonly<Record<string, string>> = { H: 'high', L: 'low', N: 'none', S: 'safety' };
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AV: { N: 'network', A: 'adjacent', L: 'local', P: 'physical' },
  AC: { L: 'low', H: 'high' },
  AT: { N: 'none', P: 'present' },
  PR: { N: 'none', L: 'low', H: 'high' },
  UI: { N: 'none', R: 'required' },
  S: { U: 'unchanged', C: 'changed' },
};
