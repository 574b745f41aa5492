// One rule, checked once. What it decides hangs only on the facts that it reads, in the order in which it reads them: so CEL runs
// once for each pattern of facts, and after that a walk through a tree of them gives the same verdict.
import type {
  EvaluationProblem,
  OpenQuestion,
  PairResult,
  PairState,
  ThreatRule,
  UsedFact,
} from './contract.ts';
import type { TargetFacts } from './facts.ts';
import { type Condition, readCondition } from './language.ts';
import { factName, holderOf, type Read, type ReadValue, Trace, valueFor } from './reads.ts';

/** What a rule says of all targets with the same facts. */
export interface Verdict {
  readonly state: PairState | 'failed';
  readonly facts: readonly KnownFact[];
  /** Where open: the facts that nobody answered. */
  readonly unanswered: readonly Read[];
  /** Where failed. */
  readonly problem: EvaluationProblem | null;
}

/** A fact with the value that led to the verdict. */
interface KnownFact {
  readonly read: Read;
  readonly fact: string;
  readonly value: string;
}

interface Fork {
  readonly read: Read;
  readonly ways: Map<ReadValue, Fork | Verdict>;
}

const isFork = (node: Fork | Verdict): node is Fork => 'ways' in node;

/** Patterns kept for one rule; rules that read titles have one per title. */
const MAX_PATTERNS = 20_000;

export class CompiledRule {
  readonly rule: ThreatRule;
  /** Names of all facts that can change its verdict. */
  readonly reads: ReadonlySet<string>;
  readonly #when: Condition;
  readonly #unless: Condition;
  #root: Fork | Verdict | undefined;
  #patterns = 0;

  constructor(rule: ThreatRule, when: Condition, unless: Condition) {
    this.rule = rule;
    this.reads = new Set([...when.reads, ...unless.reads]);
    this.#when = when;
    this.#unless = unless;
  }

  judge(target: TargetFacts): Verdict {
    let node = this.#root;
    while (node !== undefined && isFork(node)) node = node.ways.get(valueFor(node.read, target));
    return node ?? this.#learn(target);
  }

  #learn(target: TargetFacts): Verdict {
    const trace = new Trace(target);
    const verdict = this.#run(trace);
    if (this.#patterns++ >= MAX_PATTERNS) {
      this.#root = undefined;
      this.#patterns = 1;
    }
    const { reads, values } = trace;
    if (reads.length === 0) {
      this.#root = verdict;
      return verdict;
    }
    this.#root ??= { read: reads[0] as Read, ways: new Map() };
    let fork = this.#root as Fork;
    for (let at = 0; at < reads.length - 1; at += 1) {
      const next = fork.ways.get(values[at]);
      const step: Fork =
        next && isFork(next)
          ? next
          : { read: reads[at + 1] as Read, ways: new Map<ReadValue, Fork | Verdict>() };
      fork.ways.set(values[at], step);
      fork = step;
    }
    fork.ways.set(values.at(-1), verdict);
    return verdict;
  }

  #run(trace: Trace): Verdict {
    let place: 'when' | 'unless' = 'when';
    try {
      const when = this.#when.run(trace);
      if (when === false) return verdictOf('not-applicable', trace);
      place = 'unless';
      return verdictOf(stateOf(when, this.#unless.run(trace)), trace);
    } catch (error) {
      const { summary, message } = error as { summary?: string; message: string };
      const problem = { rule: this.rule.id, place, message: summary ?? message };
      return { state: 'failed', facts: [], unanswered: [], problem };
    }
  }
}

/** The table of threat-rules/readme.md; null: unknown. */
function stateOf(when: true | null, unless: boolean | null): PairState {
  if (unless === true) return 'answered';
  if (unless === null || when === null) return 'open';
  return 'raised';
}

function verdictOf(state: PairState, { reads, values }: Trace): Verdict {
  if (state === 'not-applicable') return { state, facts: [], unanswered: [], problem: null };
  const facts = reads.flatMap((read, at): KnownFact[] => {
    const value = values[at];
    return value === undefined ? [] : [{ read, fact: factName({ ...read, via: '' }), value: String(value) }];
  });
  const unanswered = state === 'open' ? reads.filter((_, at) => values[at] === undefined) : [];
  return { state, facts, unanswered, problem: null };
}

/** What a verdict says of one target. */
export function resultOf(rule: ThreatRule, target: TargetFacts, verdict: Verdict): PairResult {
  return {
    rule: rule.id,
    ruleVersion: rule.version,
    target: target.id,
    state: verdict.state as PairResult['state'],
    questions: verdict.unanswered.map((read): OpenQuestion => {
      return { target: holderOf(read, target).id, key: read.word };
    }),
    facts: verdict.facts.map(({ read, fact, value }): UsedFact => {
      const holder = holderOf(read, target);
      return { target: holder.id, fact, value, origin: originOf(read, holder) };
    }),
    mergedInto: null,
  };
}

function originOf(read: Read, holder: TargetFacts): UsedFact['origin'] {
  return read.kind === 'answer' ? (holder.answers.get(read.word)?.origin ?? 'answered') : 'model';
}

/** Checks a rule's conditions: the rule ready to run, or all that is wrong with it. */
export function compileRule(
  rule: ThreatRule,
  questions: Readonly<Record<string, unknown>>,
): CompiledRule | EvaluationProblem[] {
  const when = readCondition(rule.when, 'when', rule.appliesTo, questions);
  const unless = readCondition(rule.unless, 'unless', rule.appliesTo, questions);
  if ('run' in when && 'run' in unless) return new CompiledRule(rule, when, unless);
  const problems: EvaluationProblem[] = [];
  if (!('run' in when)) problems.push({ rule: rule.id, place: 'when', message: when.message });
  if (!('run' in unless)) problems.push({ rule: rule.id, place: 'unless', message: unless.message });
  return problems;
}
