// The score in the device's context: questions after the MITRE rubric for medical devices, and what their answers make of
// the modified metrics of CVSS 3.1 (section 4.2 of its specification) and 4.0 (section 4.2). Pure.
// Questions, decisions and how sure we are of them: regulation/cvss-medical-rubric.json. Not compared with the original.
import data from '../../../regulation/cvss-medical-rubric.json' with { type: 'json' };
import { score } from '../../knowledge/cvss.ts';
import type { RUBRIC_ANSWERS, VERDICTS } from './model.ts';

export type RubricAnswer = (typeof RUBRIC_ANSWERS)[number];
export type RubricAnswers = Readonly<Record<string, RubricAnswer>>;

/** Changes whenever a question or a decision does: an assessment names the edition that it answered. */
export const RUBRIC_EDITION = `${data.id}@${data.version}`;

const METRICS = ['AV', 'AC', 'PR', 'UI', 'S', 'C', 'I', 'A'] as const;
export type RubricMetric = (typeof METRICS)[number];

interface Condition {
  readonly all?: readonly (readonly string[])[];
  readonly anyOf?: readonly (readonly string[])[];
}

export interface RubricQuestion {
  readonly id: string;
  readonly metric: RubricMetric;
  readonly question: string;
  readonly answers: readonly RubricAnswer[];
  readonly askWhen?: Condition;
}

interface Rules {
  readonly metric: string;
  readonly rules?: readonly {
    readonly when: Readonly<Record<string, string | undefined>>;
    readonly value: string;
  }[];
  readonly unknown: string;
}

export const RUBRIC_QUESTIONS = data.questions as unknown as readonly RubricQuestion[];
const DECISIONS = data.decisions as unknown as readonly Rules[];
export const RUBRIC_AREAS: readonly { readonly id: string; readonly code: string; readonly title: string }[] =
  data.areas;

/** What is asked, given the answers so far: a condition on an answer that is missing or unknown does not hold. */
export function askedQuestions(answers: RubricAnswers): readonly RubricQuestion[] {
  return RUBRIC_QUESTIONS.filter((question) => isAsked(question, answers));
}

function isAsked({ askWhen }: RubricQuestion, answers: Readonly<Record<string, string>>): boolean {
  const holds = ([id, value]: readonly string[]) => answers[id!] === value;
  if (askWhen?.all && !askWhen.all.every(holds)) return false;
  return !askWhen?.anyOf || askWhen.anyOf.some(holds);
}

/** Answers that the rubric does not have, or does not ask given the others. Gives the ids of the questions. */
export function strayAnswers(answers: RubricAnswers): readonly string[] {
  const asked = new Map(askedQuestions(answers).map((question) => [question.id, question]));
  return Object.entries(answers)
    .filter(([id, answer]) => !asked.get(id)?.answers.includes(answer))
    .map(([id]) => id);
}

/** Answers without those that became moot when another one changed. */
export function keptAnswers(answers: RubricAnswers): RubricAnswers {
  let kept = answers;
  for (let stray = strayAnswers(kept); stray.length > 0; stray = strayAnswers(kept))
    kept = Object.fromEntries(Object.entries(kept).filter(([id]) => !stray.includes(id)));
  return kept;
}

export interface MetricVerdict {
  readonly metric: RubricMetric;
  /** Value of CVSS 3.1; null when what is not answered could still change it: the metric stays at X. */
  readonly value: string | null;
  /** Questions that set the value. */
  readonly by: readonly string[];
  /** Questions without an answer that could change it. */
  readonly open: readonly string[];
  /** Questions answered with "not known": the worse value was taken, and they stay to be found out. */
  readonly unknown: readonly string[];
}

/** What the answers make of each metric. What is not answered never counts as no. */
export function judgeMetrics(answers: RubricAnswers): readonly MetricVerdict[] {
  return METRICS.map((metric) =>
    metric === 'C' || metric === 'I' || metric === 'A'
      ? judgeImpact(metric, answers)
      : judgeAccess(metric, answers),
  );
}

const questionsOf = (metric: RubricMetric) =>
  RUBRIC_QUESTIONS.filter((question) => question.metric === metric);

/** CVSS 3.1 metric values, the worst first. */
const WORST_FIRST: Readonly<Record<string, string>> = { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'CU' };

/** Where one way through the questions ends; `guessed` when it took an answer that nobody gave. */
interface End {
  readonly value: string;
  readonly guessed: boolean;
}

/** Tries everything that the missing and unknown answers could be; six questions at most. */
function judgeAccess(metric: RubricMetric, answers: RubricAnswers): MetricVerdict {
  const questions = questionsOf(metric);
  const rules = DECISIONS.find((decision) => decision.metric === metric)?.rules ?? [];
  const follow = (index: number, taken: Readonly<Record<string, string>>, guessed: boolean): End[] => {
    const question = questions[index];
    if (!question) {
      const rule = rules.find(({ when }) => Object.entries(when).every(([id, value]) => taken[id] === value));
      return rule ? [{ value: rule.value, guessed }] : [];
    }
    const answer = answers[question.id];
    if (!isAsked(question, taken)) return follow(index + 1, taken, guessed);
    // A question that nobody could be asked, because the one before it is not known, is not known either.
    const open = answer === undefined && isAsked(question, answers);
    const tried = answer === undefined || answer === 'U' ? ['Y', 'N'] : [answer];
    return tried.flatMap((one) => follow(index + 1, { ...taken, [question.id]: one }, guessed || open));
  };
  const ends = follow(0, {}, false);
  const values = [...new Set(ends.map((end) => end.value))];
  const decided = values.length === 1 || ends.every((end) => !end.guessed);
  const worst = [...WORST_FIRST[metric]!].find((value) => values.includes(value)) ?? null;
  const asked = questions.filter((question) => isAsked(question, answers));
  return {
    metric,
    value: decided ? worst : null,
    by: asked.filter(({ id }) => answers[id] !== undefined).map(({ id }) => id),
    open: decided ? [] : asked.filter(({ id }) => answers[id] === undefined).map(({ id }) => id),
    unknown: values.length === 1 ? [] : asked.filter(({ id }) => answers[id] === 'U').map(({ id }) => id),
  };
}

/** The highest answer over the areas; many persons make a low disclosure of personal data a high one (XCPM). */
function judgeImpact(metric: 'C' | 'I' | 'A', answers: RubricAnswers): MetricVerdict {
  const degrees = questionsOf(metric)
    .filter((question) => question.answers.includes('H'))
    .map(({ id }) => ({ id, degree: degreeOf(id, answers) }));
  const of = (...wanted: readonly (string | null)[]) =>
    degrees.filter(({ degree }) => wanted.includes(degree));
  const ids = (found: readonly { id: string }[]) =>
    found.flatMap(({ id }) => (id === 'XCP' && answers.XCPM !== undefined ? ['XCP', 'XCPM'] : [id]));
  const open = of(null).map(({ id }) => (id === 'XCP' && answers.XCP !== undefined ? 'XCPM' : id));
  const base = { metric, unknown: [] as string[] };
  if (of('H').length > 0) return { ...base, value: 'H', by: ids(of('H')), open: [] };
  if (of('U').length > 0)
    return {
      metric,
      value: 'H',
      by: ids(of('U')),
      open: [],
      unknown: of('U').map(({ id }) => (answers[id] === 'U' ? id : 'XCPM')),
    };
  if (open.length > 0) return { ...base, value: null, by: ids(of('L', 'N')), open };
  return of('L').length > 0
    ? { ...base, value: 'L', by: ids(of('L')), open }
    : { ...base, value: 'N', by: ids(of('N')), open };
}

function degreeOf(id: string, answers: RubricAnswers): string | null {
  const answer = answers[id] ?? null;
  if (id !== 'XCP' || answer !== 'L') return answer;
  const many = answers.XCPM;
  if (many === undefined) return null;
  return many === 'Y' ? 'H' : many === 'U' ? 'U' : 'L';
}

export type SafetyVerdict = (typeof VERDICTS)[number];

export interface ContextScore {
  readonly version: '3.1' | '4.0';
  /** Base vector that was changed; null when the answers alone give the whole vector. */
  readonly base: string | null;
  readonly vector: string;
  readonly score: number;
}

/** Each metric that the answers set, in the words of one version: `['MAV', 'L', ['XAVN', 'XAVP']]`. */
export type ModifiedMetric = readonly [metric: string, value: string, by: readonly string[]];

/**
 * Modified metrics that the answers set; those that are not decided are left out, which is X.
 *
 * CVSS 4.0 asks more than the rubric: its attack requirements take the conditions outside the attacker's control; attack
 * complexity and the kind of user interaction stay as the source has them. Where nothing beyond the weak element is
 * reached, the subsequent system has no impact; where therapy can be changed or lost and a person has judged an effect on
 * safety as possible, the value is Safety (own reading of CVSS 4.0, section 4.2; not confirmed by the rubric).
 */
export function modifiedMetrics(
  version: '3.1' | '4.0',
  answers: RubricAnswers,
  safety: SafetyVerdict,
): readonly ModifiedMetric[] {
  const found: ModifiedMetric[] = [];
  for (const { metric, value, by } of judgeMetrics(answers)) {
    if (value === null) continue;
    if (version === '3.1') found.push([`M${metric}`, value, by]);
    else if (metric === 'AV' || metric === 'PR') found.push([`M${metric}`, value, by]);
    else if (metric === 'AC') found.push(['MAT', value === 'L' ? 'N' : 'P', by]);
    else if (metric === 'UI' && value === 'N') found.push(['MUI', 'N', by]);
    else if (metric === 'C' || metric === 'I' || metric === 'A') found.push([`MV${metric}`, value, by]);
    else if (metric === 'S' && value === 'U')
      for (const part of ['C', 'I', 'A'])
        if (!reachesPatient(part, answers, safety)) found.push([`MS${part}`, 'N', by]);
  }
  if (version === '4.0')
    for (const part of ['I', 'A'])
      if (reachesPatient(part, answers, safety)) found.push([`MS${part}`, 'S', [`X${part}T`]]);
  return found;
}

function reachesPatient(part: string, answers: RubricAnswers, safety: SafetyVerdict): boolean {
  const therapy = part === 'C' ? undefined : answers[`X${part}T`];
  return (therapy === 'H' || therapy === 'L') && (safety === 'possible' || safety === 'likely');
}

/** Metrics of the base group (CVSS 3.1 section 2, 4.0 section 2), in the order of the vector. */
const BASE: Readonly<Record<'3.1' | '4.0', readonly string[]>> = {
  '3.1': METRICS,
  '4.0': ['AV', 'AC', 'AT', 'PR', 'UI', 'VC', 'VI', 'VA', 'SC', 'SI', 'SA'],
};

/**
 * The score that the answers give; null when nothing can be computed: no base vector of the version is known (3.0 counts as
 * 3.1, whose metrics it has) and the answers alone do not make one. Threat metrics of the source are not taken over.
 */
export function contextScore(
  version: '3.1' | '4.0',
  base: string | null,
  answers: RubricAnswers,
  safety: SafetyVerdict,
): ContextScore | null {
  const modified = modifiedMetrics(version, answers, safety);
  if (modified.length === 0) return null;
  const stated = base === null ? null : baseMetrics(version, base);
  if (base !== null && stated === null) return null;
  const taken =
    stated ??
    (version === '3.1' && modified.length === METRICS.length
      ? modified.map(([metric, value]) => `${metric.slice(1)}:${value}`)
      : null);
  if (taken === null) return null;
  const vector = [
    `CVSS:${version}`,
    ...taken,
    ...modified.map(([metric, value]) => `${metric}:${value}`),
  ].join('/');
  const result = score(vector);
  return result && { version, base, vector, score: result.environmental ?? result.overall };
}

function baseMetrics(version: '3.1' | '4.0', vector: string): readonly string[] | null {
  const read = score(vector);
  if (!read || (read.version !== version && !(version === '3.1' && read.version === '3.0'))) return null;
  const values = new Map(vector.split('/').map((part) => part.split(':') as [string, string]));
  return BASE[version].map((metric) => `${metric}:${values.get(metric)}`);
}

/** Of what the sources state, the base vectors to start from: of each version the highest. */
export function baseVectors(
  severities: readonly { readonly vector: string }[],
): Readonly<Record<'3.1' | '4.0', string | null>> {
  const best: Record<'3.1' | '4.0', { vector: string; rank: number } | null> = { '3.1': null, '4.0': null };
  for (const { vector } of severities) {
    const read = score(vector);
    if (!read || read.version === '2.0') continue;
    const version = read.version === '4.0' ? '4.0' : '3.1';
    // A vector of 3.1 goes before one of 3.0, whatever its score.
    const rank = read.base + (read.version === '3.0' ? 0 : 100);
    if (best[version] === null || rank > best[version].rank) best[version] = { vector, rank };
  }
  return { '3.1': best['3.1']?.vector ?? null, '4.0': best['4.0']?.vector ?? null };
}

/** What holds for the product whatever the flaw: how it is reached, and areas that it has nothing of. */
export const PRODUCT_FACTS: readonly {
  readonly id: string;
  readonly question: string;
  readonly askWhen?: Condition;
}[] = [
  ...RUBRIC_QUESTIONS.filter((question) => question.metric === 'AV').map(({ id, question, askWhen }) => ({
    id,
    question: question.replaceAll('the weak element', 'the product'),
    ...(askWhen ? { askWhen } : {}),
  })),
  ...RUBRIC_AREAS.filter(({ code }) => code !== 'O').map(({ id, title }) => ({
    id,
    question: `${title}: does the product have any?`,
  })),
];

export type ProductFacts = Readonly<Record<string, 'yes' | 'no'>>;

/** Facts that are asked, given those that stand. */
export function askedFacts(facts: ProductFacts): typeof PRODUCT_FACTS {
  return PRODUCT_FACTS.filter(({ askWhen }) =>
    (askWhen?.all ?? []).every(([id, value]) => facts[id!] === (value === 'Y' ? 'yes' : 'no')),
  );
}

/** Answers that follow from the product: an area that it does not have cannot be hurt; having one says nothing of a flaw. */
export function answersOfProduct(facts: ProductFacts): RubricAnswers {
  const answers: Record<string, RubricAnswer> = {};
  for (const { id } of askedFacts(facts)) {
    const fact = facts[id];
    const area = RUBRIC_AREAS.find((known) => known.id === id);
    if (area && fact === 'no') for (const part of ['C', 'I', 'A']) answers[`X${part}${area.code}`] = 'N';
    if (!area && fact !== undefined) answers[id] = fact === 'yes' ? 'Y' : 'N';
  }
  return answers;
}

/** Therapy or diagnosis can be badly changed or lost: then the assessment must say which harm that means, or why none. */
export function asksForHarm(answers: RubricAnswers): boolean {
  return ['XIT', 'XAT', 'XID', 'XAD'].some((id) => answers[id] === 'H');
}
