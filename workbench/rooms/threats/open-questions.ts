// The questions of a model: which are open, how much each decides, and what the given answers rest on. Pure.
import type { SystemModel } from '../system/index.ts';
import type { AnswerOrigin, Evaluation, RulePack } from './evaluate/contract.ts';
import { type ModelPlaces, severityAt } from './model-places.ts';

export interface QuestionView {
  readonly target: string;
  readonly key: string;
  readonly text: string;
  readonly title: string;
  readonly part: string;
  /** Id and title of the zone, or empty. */
  readonly zone: string;
  readonly zoneTitle: string;
  /** Null: nobody answered. Not answered is never no. */
  readonly value: 'yes' | 'no' | null;
  readonly origin: AnswerOrigin | null;
  /** `person`, `import`, `template`, `evidence`: how an answer was given. */
  readonly givenBy: string;
  readonly by: string;
  readonly at: string;
  readonly evidence: string;
  readonly note: string;
  /** Results that wait for it, or rest on it. */
  readonly decides: number;
  readonly rules: readonly string[];
  readonly categories: readonly string[];
  /** Highest severity of a harm behind it, 0 for none. */
  readonly severity: number;
  readonly safety: boolean;
}

export interface QuestionsView {
  readonly questions: readonly QuestionView[];
  readonly open: number;
  readonly answered: number;
  /** Open results, and how many of them the first keys settle when each is answered once for all its places. */
  readonly openResults: number;
  readonly quickest: { readonly keys: readonly string[]; readonly settles: number };
}

const QUICKEST = 20;

export function questionsOf(
  model: SystemModel,
  pack: RulePack,
  evaluation: Evaluation,
  places: ModelPlaces,
): QuestionsView {
  const rules = new Map(pack.rules.map((rule) => [rule.id, rule]));
  const found = new Map<string, Draft>();
  const draft = (target: string, key: string): Draft => {
    const id = `${target} ${key}`;
    let one = found.get(id);
    if (one === undefined) {
      one = {
        target,
        key,
        value: null,
        origin: null,
        rules: new Set(),
        categories: new Set(),
        severity: 0,
        safety: false,
        decides: 0,
      };
      found.set(id, one);
    }
    return one;
  };
  for (const result of evaluation.results) {
    const rule = rules.get(result.rule);
    if (rule === undefined) continue;
    const severity = severityAt(rule, places.behind(result.target));
    const count = (one: Draft) => {
      one.decides += 1;
      one.rules.add(rule.id);
      for (const category of rule.stride) one.categories.add(category);
      one.severity = Math.max(one.severity, severity);
      one.safety ||= rule.safetyRelevance !== 'none';
    };
    for (const { target, key } of result.questions) count(draft(target, key));
    for (const { target, fact, value, origin } of result.facts) {
      if (origin === 'model' || !fact.startsWith('answer ') || (value !== 'yes' && value !== 'no')) continue;
      const one = draft(target, fact.slice('answer '.length));
      one.value = value;
      one.origin = origin;
      count(one);
    }
  }
  const given = answersOf(model);
  const questions = [...found.values()].map((one): QuestionView => {
    const place = places.get(one.target);
    const answer = given.get(`${one.target} ${one.key}`);
    const ownAnswer = one.origin === 'answered' ? answer : undefined;
    return {
      target: one.target,
      key: one.key,
      text: pack.questions[one.key]?.text ?? one.key,
      title: place?.title ?? one.target,
      part: place?.kind ?? 'other',
      zone: place?.zone ?? '',
      zoneTitle: place?.zone ? places.titleOf(place.zone) : '',
      value: one.value,
      origin: one.origin,
      givenBy: ownAnswer?.origin ?? '',
      by: ownAnswer?.by ?? '',
      at: ownAnswer?.at ?? '',
      evidence: ownAnswer?.evidence ?? '',
      note: ownAnswer?.note ?? '',
      decides: one.decides,
      rules: [...one.rules],
      categories: [...one.categories],
      severity: one.severity,
      safety: one.safety,
    };
  });
  questions.sort(
    (a, b) =>
      Number(a.value !== null) - Number(b.value !== null) ||
      b.decides - a.decides ||
      b.severity - a.severity ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : a.target < b.target ? -1 : 1),
  );
  const open = questions.filter(({ value }) => value === null).length;
  return {
    questions,
    open,
    answered: questions.length - open,
    openResults: evaluation.counts.open,
    quickest: quickestKeys(evaluation, QUICKEST),
  };
}

interface Draft {
  readonly target: string;
  readonly key: string;
  value: 'yes' | 'no' | null;
  origin: AnswerOrigin | null;
  readonly rules: Set<string>;
  readonly categories: Set<string>;
  severity: number;
  safety: boolean;
  decides: number;
}

type GivenAnswer = SystemModel['elements'][number]['answers'][string];

/** All answers that stand in the model at their own place, by `target key`. */
function answersOf(model: SystemModel): Map<string, GivenAnswer> {
  const found = new Map<string, GivenAnswer>();
  for (const part of ['zones', 'elements', 'interfaces', 'flows', 'safetyFunctions'] as const)
    for (const { id, answers } of model[part])
      for (const [key, answer] of Object.entries(answers)) found.set(`${id} ${key}`, answer);
  return found;
}

/**
 * The keys that settle most open results when each is answered once, as a default of zone or type: at each step the key that
 * brings most results nearest to an answer. A result counts as settled when all its questions are among the keys.
 */
export function quickestKeys(
  evaluation: Pick<Evaluation, 'results'>,
  most: number,
): { readonly keys: readonly string[]; readonly settles: number } {
  const waiting = evaluation.results
    .filter(({ questions }) => questions.length > 0)
    .map(({ questions }) => new Set(questions.map(({ key }) => key)));
  const total = waiting.length;
  const keys: string[] = [];
  let open = waiting;
  while (keys.length < most && open.length > 0) {
    const weights = new Map<string, number>();
    for (const left of open)
      for (const key of left) weights.set(key, (weights.get(key) ?? 0) + 1 / left.size ** 2);
    const [best] = [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    if (best === undefined) break;
    keys.push(best[0]);
    for (const left of open) left.delete(best[0]);
    open = open.filter((left) => left.size > 0);
  }
  return { keys, settles: total - open.length };
}
