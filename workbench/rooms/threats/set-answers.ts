// Many answers at once, on the revision that their author saw: what is expanded, what is refused, what two people both
// answered. Pure: gives a new model or the reasons why not.
import type { Answer, Answers, SystemModel } from '../system/index.ts';
import type { Question } from './evaluate/contract.ts';
import { applies, ModelPlaces, type Selection } from './model-places.ts';

export interface AnswerChange {
  /** One place; or `where`, a selection of places. */
  readonly target?: string | undefined;
  readonly where?: Omit<Selection, 'appliesTo'> | undefined;
  readonly key?: string | undefined;
  /** Null takes the answer away: the question is open again. */
  readonly value?: 'yes' | 'no' | null | undefined;
  /** Takes over every answer of this place instead of naming a key: a template. */
  readonly copyFrom?: string | undefined;
  readonly evidence?: string | undefined;
  readonly note?: string | undefined;
  /** `zone default`: for every element of the zone that has no answer of its own; the target is the zone. */
  readonly as?: 'answer' | 'zone default' | undefined;
}

export interface Given {
  readonly by: string;
  /** ISO 8601 instant. */
  readonly at: string;
}

export interface AnswerConflict {
  readonly target: string;
  readonly key: string;
  readonly theirs: Answer | null;
  readonly yours: 'yes' | 'no' | null;
}

export interface AnswerProblem {
  readonly code: 'unknown-target' | 'unknown-question' | 'wrong-place' | 'incomplete';
  /** JSON path of the change. */
  readonly at: string;
  readonly message: string;
}

export interface AnswersSet {
  readonly model: SystemModel;
  readonly changed: readonly { readonly target: string; readonly key: string }[];
  readonly conflicts: readonly AnswerConflict[];
  readonly problems: readonly AnswerProblem[];
}

/** A change of one answer at one place. */
interface Single {
  readonly target: string;
  readonly key: string;
  readonly place: 'answers' | 'elementDefaults';
  readonly answer: Answer | null;
}

const PARTS = ['zones', 'elements', 'interfaces', 'flows', 'safetyFunctions'] as const;
/** A selection over a large model stays a list that a person can look at. */
export const MOST_ANSWERS = 20_000;

/**
 * `seen` is the model as the author saw it, `now` as it is. What others answered meanwhile stays: another question merges
 * silently, the same question is listed as a conflict and left as it is.
 */
export function setAnswers(
  seen: SystemModel,
  now: SystemModel,
  questions: Readonly<Record<string, Question>>,
  changes: readonly AnswerChange[],
  given: Given,
): AnswersSet {
  const { singles, problems } = expand(now, questions, changes, given);
  if (problems.length > 0) return { model: now, changed: [], conflicts: [], problems };
  const before = bookOf(seen);
  const current = bookOf(now);
  const changed: { target: string; key: string }[] = [];
  const conflicts: AnswerConflict[] = [];
  const books = new Map<string, Record<string, Answer>>();
  for (const { target, key, place, answer } of singles.values()) {
    const book = `${place} ${target}`;
    const theirs = current.get(book)?.[key] ?? null;
    const known = before.get(book)?.[key] ?? null;
    if (!sameAnswer(theirs, known)) {
      if (theirs?.value !== answer?.value)
        conflicts.push({ target, key, theirs, yours: answer?.value ?? null });
      continue;
    }
    if (theirs === null && answer === null) continue;
    if (theirs !== null && answer !== null && sameSaid(theirs, answer)) continue;
    const own = books.get(book) ?? { ...current.get(book) };
    if (answer === null) delete own[key];
    else own[key] = answer;
    books.set(book, own);
    changed.push({ target, key });
  }
  return { model: withBooks(now, books), changed, conflicts, problems: [] };
}

function expand(
  model: SystemModel,
  questions: Readonly<Record<string, Question>>,
  changes: readonly AnswerChange[],
  given: Given,
): { singles: Map<string, Single>; problems: AnswerProblem[] } {
  const places = new ModelPlaces(model);
  const current = bookOf(model);
  const singles = new Map<string, Single>();
  const problems: AnswerProblem[] = [];
  const refuse = (code: AnswerProblem['code'], at: string, message: string) =>
    problems.push({ code, at, message });
  for (const [index, change] of changes.entries()) {
    const at = `$.changes[${index}]`;
    const place = change.as === 'zone default' ? 'elementDefaults' : 'answers';
    const origin = change.copyFrom === undefined ? 'person' : 'template';
    const say = (value: 'yes' | 'no' | null, evidence: string, note: string): Answer | null =>
      value === null ? null : { value, origin, ...given, evidence, note };
    const { evidence = '', note = '' } = change;
    const wanted: [key: string, answer: Answer | null][] = [];
    if (change.copyFrom !== undefined) {
      if (places.get(change.copyFrom) === undefined)
        refuse(
          'unknown-target',
          `${at}.copyFrom`,
          `There is nothing with the id ${change.copyFrom} in this model.`,
        );
      for (const [key, answer] of Object.entries(current.get(`answers ${change.copyFrom}`) ?? {}))
        wanted.push([
          key,
          say(answer.value, evidence || answer.evidence, note || `As ${places.titleOf(change.copyFrom)}.`),
        ]);
    } else if (change.key === undefined || change.value === undefined) {
      refuse(
        'incomplete',
        at,
        'A change names a question (`key`) and its answer (`value`), or a place to copy from.',
      );
    } else if (questions[change.key] === undefined && change.value !== null) {
      refuse('unknown-question', `${at}.key`, `No rule in use asks “${change.key}”.`);
    } else wanted.push([change.key, say(change.value, evidence, note)]);
    const targets = targetsOf(places, change, wanted.length === 1 ? questions[wanted[0]![0]] : undefined);
    if (change.target === undefined && change.where === undefined)
      refuse('incomplete', at, 'A change names a place (`target`) or a selection of places (`where`).');
    for (const target of targets) {
      const found = places.get(target);
      if (found === undefined) {
        refuse('unknown-target', `${at}.target`, `There is nothing with the id ${target} in this model.`);
        continue;
      }
      if (place === 'elementDefaults' && found.kind !== 'zone') {
        refuse('wrong-place', `${at}.target`, `Defaults belong to zones; ${found.title} is none.`);
        continue;
      }
      for (const [key, answer] of wanted) {
        const question = questions[key];
        const fits =
          question === undefined
            ? answer === null
            : place === 'elementDefaults'
              ? ['element', 'actor', 'external'].includes(question.appliesTo)
              : applies(question.appliesTo, found);
        if (fits) singles.set(`${place} ${target} ${key}`, { target, key, place, answer });
        else if (change.copyFrom === undefined && change.where === undefined)
          refuse(
            'wrong-place',
            `${at}.key`,
            `“${key}” is asked of a ${question?.appliesTo}, not at ${found.title}.`,
          );
      }
    }
    if (singles.size > MOST_ANSWERS) {
      refuse('incomplete', at, `More than ${MOST_ANSWERS} answers at once; send them in parts.`);
      break;
    }
  }
  return { singles, problems };
}

function targetsOf(
  places: ModelPlaces,
  change: AnswerChange,
  question: Question | undefined,
): readonly string[] {
  if (change.target !== undefined) return [change.target];
  if (change.where === undefined) return [];
  // The place that is copied from answers for itself already.
  return places
    .select({ ...change.where, appliesTo: question?.appliesTo })
    .filter((id) => id !== change.copyFrom);
}

/** Answers by `place target`. */
function bookOf(model: SystemModel): Map<string, Answers> {
  const books = new Map<string, Answers>();
  for (const part of PARTS) for (const { id, answers } of model[part]) books.set(`answers ${id}`, answers);
  for (const { id, elementDefaults } of model.zones) books.set(`elementDefaults ${id}`, elementDefaults);
  return books;
}

function withBooks(model: SystemModel, books: ReadonlyMap<string, Answers>): SystemModel {
  if (books.size === 0) return model;
  const withAnswers = <One extends { readonly id: string; readonly answers: Answers }>(
    list: readonly One[],
  ): One[] =>
    list.map((one) => {
      const answers = books.get(`answers ${one.id}`);
      return answers === undefined ? one : { ...one, answers };
    });
  return {
    ...model,
    zones: withAnswers(model.zones).map((zone) => {
      const elementDefaults = books.get(`elementDefaults ${zone.id}`);
      return elementDefaults === undefined ? zone : { ...zone, elementDefaults };
    }),
    elements: withAnswers(model.elements),
    interfaces: withAnswers(model.interfaces),
    flows: withAnswers(model.flows),
    safetyFunctions: withAnswers(model.safetyFunctions),
  };
}

/** The very same answer: nobody touched it meanwhile. */
function sameAnswer(a: Answer | null, b: Answer | null): boolean {
  if (a === null || b === null) return a === b;
  return sameSaid(a, b) && a.by === b.by && a.at === b.at;
}

/** Says the same, whoever said it. */
function sameSaid(a: Answer, b: Answer): boolean {
  return a.value === b.value && a.evidence === b.evidence && a.note === b.note;
}
