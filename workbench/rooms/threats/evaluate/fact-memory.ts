// Sets and maps of facts that many targets and the next model share: they are made once, and equal ones are the very same.
import type { Answers } from '../../system/index.ts';
import type { RulePack } from './contract.ts';
import type { KnownAnswer } from './facts.ts';

export type Words = ReadonlySet<string>;
export type KnownAnswers = ReadonlyMap<string, KnownAnswer>;

export const NO_WORDS: Words = new Set();
export const NO_ANSWERS: KnownAnswers = new Map();

/** Sets kept; beyond it all are forgotten and made anew. */
const MAX_KEPT = 20_000;

export class FactMemory {
  readonly protocolFacts: RulePack['protocolFacts'];
  readonly #words = new Map<string, Words>();
  readonly #defaults = new Map<string, KnownAnswers>();
  readonly #ofProtocols = new WeakMap<Words, KnownAnswers>();
  readonly #answers = new WeakMap<
    Answers,
    { readonly derived: KnownAnswers; readonly answers: KnownAnswers }
  >();

  constructor(protocolFacts: RulePack['protocolFacts']) {
    this.protocolFacts = protocolFacts;
  }

  /** The words in lower case. */
  words(list: readonly string[]): Words {
    if (list.length === 0) return NO_WORDS;
    const key = list.join('\n');
    const known = this.#words.get(key);
    if (known) return known;
    if (this.#words.size >= MAX_KEPT) this.#words.clear();
    const words = new Set(list.map((word) => word.toLowerCase()));
    this.#words.set(key, words);
    return words;
  }

  /** Defaults of a zone and of those around it. */
  defaults(values: ReadonlyMap<string, 'yes' | 'no'>): KnownAnswers {
    if (values.size === 0) return NO_ANSWERS;
    const key = [...values].map((pair) => pair.join(' ')).join('\n');
    const known = this.#defaults.get(key);
    if (known) return known;
    if (this.#defaults.size >= MAX_KEPT) this.#defaults.clear();
    const answers = new Map(
      [...values].map(([name, value]) => [name, { value, origin: 'zone default' as const }]),
    );
    this.#defaults.set(key, answers);
    return answers;
  }

  /** What follows from protocols. Of several one that protects is enough: TLS below HTTP encrypts. */
  ofProtocols(protocols: Words): KnownAnswers {
    const known = this.#ofProtocols.get(protocols);
    if (known) return known;
    const answers = new Map<string, KnownAnswer>();
    for (const protocol of protocols) {
      if (!Object.hasOwn(this.protocolFacts, protocol)) continue;
      for (const [key, value] of Object.entries(this.protocolFacts[protocol] ?? {}))
        if (answers.get(key)?.value !== 'yes') answers.set(key, { value, origin: 'protocol' });
    }
    this.#ofProtocols.set(protocols, answers);
    return answers;
  }

  /** Explicit answers go before those that follow from elsewhere. */
  answers(own: Answers, derived: KnownAnswers): KnownAnswers {
    const known = this.#answers.get(own);
    if (known?.derived === derived) return known.answers;
    let answers = derived;
    const keys = Object.keys(own);
    if (keys.length > 0) {
      const joined = new Map(derived);
      for (const key of keys) joined.set(key, { value: own[key]!.value, origin: 'answered' });
      answers = joined;
    }
    this.#answers.set(own, { derived, answers });
    return answers;
  }
}
