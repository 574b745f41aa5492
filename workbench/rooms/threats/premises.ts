// What a result rests on, and how results moved since somebody accepted them. Pure: the page shows what the server decides.
import type { AnswerOrigin, Evaluation, PairResult, UsedFact } from './evaluate/contract.ts';

/** What a result rested on when it was accepted, or a decision when it was made. */
export interface Premises {
  readonly state: PairResult['state'];
  readonly ruleVersion: number;
  readonly mergedInto: string | null;
  readonly facts: readonly UsedFact[];
}

/** One pair as it was last accepted. */
export interface AcceptedPair extends Premises {
  readonly rule: string;
  readonly target: string;
}

export interface PremiseChange {
  readonly target: string;
  /** `answer flow.auth-source`, `crosses`, `rule version`, `state`. */
  readonly fact: string;
  /** Null: it took no part, or nobody had answered. */
  readonly before: string | null;
  readonly now: string | null;
}

export interface PairChange {
  readonly rule: string;
  readonly target: string;
  readonly change: 'new' | 'gone' | 'changed';
  readonly before: PairResult['state'] | null;
  readonly now: PairResult['state'] | null;
  readonly because: readonly PremiseChange[];
}

export interface Difference {
  readonly items: readonly PairChange[];
  readonly counts: Readonly<Record<PairChange['change'], number>>;
}

export const pairId = (rule: string, target: string): string => `${rule} ${target}`;

export function premisesOf({ state, ruleVersion, mergedInto, facts }: PairResult): Premises {
  return { state, ruleVersion, mergedInto, facts: inOrder(facts) };
}

/** Facts without their order of reading, which an optimised evaluation may change. */
function inOrder(facts: readonly UsedFact[]): UsedFact[] {
  const seen = new Map<string, UsedFact>();
  for (const one of facts) seen.set(factId(one), one);
  return [...seen.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}

const factId = ({ target, fact }: Pick<UsedFact, 'target' | 'fact'>): string => `${target}\t${fact}`;

/**
 * What moved between two sets of premises, the decisive first: rule, state, facts. Facts that merely were not looked at any
 * more (an earlier one decides now) are no change of their own.
 */
export function comparePremises(before: Premises, now: Premises): PremiseChange[] {
  const changes: PremiseChange[] = [];
  if (before.ruleVersion !== now.ruleVersion)
    changes.push({
      target: '',
      fact: 'rule version',
      before: String(before.ruleVersion),
      now: String(now.ruleVersion),
    });
  const old = new Map(before.facts.map((fact) => [factId(fact), fact]));
  const young = new Map(now.facts.map((fact) => [factId(fact), fact]));
  for (const [id, fact] of old) {
    const after = young.get(id);
    if (after !== undefined && after.value !== fact.value)
      changes.push({ target: fact.target, fact: fact.fact, before: fact.value, now: after.value });
  }
  if (changes.length === 0 && before.state !== now.state) {
    // An answer that was not there before, or is no more, is the reason where no value changed.
    for (const [id, fact] of young)
      if (!old.has(id)) changes.push({ target: fact.target, fact: fact.fact, before: null, now: fact.value });
    for (const [id, fact] of old)
      if (!young.has(id))
        changes.push({ target: fact.target, fact: fact.fact, before: fact.value, now: null });
  }
  if (before.state !== now.state)
    changes.push({ target: '', fact: 'state', before: before.state, now: now.state });
  else if (before.mergedInto !== now.mergedInto)
    changes.push({ target: '', fact: 'merged into', before: before.mergedInto, now: now.mergedInto });
  return changes;
}

/** What a fact is now; null where nobody answered or its holder is gone. */
export type FactNow = (fact: Pick<UsedFact, 'target' | 'fact'>) => string | null;

/** Of a result that is not there any more: which of the facts that it rested on are others now. */
function movedFacts({ facts }: Premises, factNow: FactNow): PremiseChange[] {
  return facts.flatMap(({ target, fact, value }) => {
    const now = factNow({ target, fact });
    return now === value ? [] : [{ target, fact, before: value, now }];
  });
}

/** What an evaluation says that was not accepted yet, in the order of the evaluation; what is gone comes last. */
export function differenceOf(
  accepted: readonly AcceptedPair[],
  evaluation: Pick<Evaluation, 'results'>,
  factNow: FactNow,
): Difference {
  const before = new Map(accepted.map((pair) => [pairId(pair.rule, pair.target), pair]));
  const items: PairChange[] = [];
  for (const result of evaluation.results) {
    const { rule, target, state } = result;
    const known = before.get(pairId(rule, target));
    before.delete(pairId(rule, target));
    if (known === undefined) {
      items.push({ rule, target, change: 'new', before: null, now: state, because: [] });
      continue;
    }
    const because = comparePremises(known, premisesOf(result));
    if (because.length > 0)
      items.push({ rule, target, change: 'changed', before: known.state, now: state, because });
  }
  for (const pair of before.values()) {
    const { rule, target, state } = pair;
    items.push({
      rule,
      target,
      change: 'gone',
      before: state,
      now: null,
      because: movedFacts(pair, factNow),
    });
  }
  const counts = { new: 0, gone: 0, changed: 0 };
  for (const { change } of items) counts[change] += 1;
  return { items, counts };
}

/** One change in words: `answer fleet.blast-radius of Fleet service: not answered → yes`. */
export function changeWords(
  { target, fact, before, now }: PremiseChange,
  titleOf: (id: string) => string,
): string {
  const [word, ...rest] = fact.split(' ');
  const what =
    fact === 'state'
      ? 'result'
      : word === 'answer'
        ? `answer ${rest.join(' ')} of ${titleOf(target)}`
        : target === ''
          ? fact
          : `${fact} of ${titleOf(target)}`;
  const none = word === 'answer' ? 'not answered' : 'not there';
  return `${what}: ${before ?? none} → ${now ?? none}`;
}

const ORIGIN_WORDS: Readonly<Record<UsedFact['origin'], string>> = {
  answered: 'answered',
  protocol: 'follows from the protocol',
  'zone default': 'default of the zone',
  model: 'the model says so',
};
export const originWords = (origin: AnswerOrigin | 'model'): string => ORIGIN_WORDS[origin];

/** Why a decided threat has to be looked at again; empty while its premises stand. */
export function staleReasons(
  decided: Premises,
  now: Premises | null,
  titleOf: (id: string) => string,
  factNow: FactNow,
): string[] {
  const changes = now === null ? movedFacts(decided, factNow) : comparePremises(decided, now);
  const reasons = changes
    .filter(({ fact }) => fact !== 'merged into')
    .slice(0, 10)
    .map((change) => changeWords(change, titleOf));
  return now === null ? [...reasons, 'The rule does not apply at this place any more.'] : reasons;
}
