// What a fact that once took part in a result is now, also where the rule does not apply any more. Pure.
import type { SystemModel } from '../system/index.ts';
import type { RulePack } from './evaluate/contract.ts';
import { deriveFacts, type TargetFacts } from './evaluate/facts.ts';
import type { FactNow } from './premises.ts';

/** Derives the facts of the model at the first question. */
export function factsNow(model: SystemModel, protocolFacts: RulePack['protocolFacts']): FactNow {
  let known: Map<string, TargetFacts> | undefined;
  return ({ target, fact }) => {
    known ??= new Map(
      Object.values(deriveFacts(model, protocolFacts)).flatMap((list) =>
        list.map((one) => [one.id, one] as const),
      ),
    );
    const facts = known.get(target);
    if (facts === undefined) return null;
    const space = fact.indexOf(' ');
    if (space < 0) return fact in facts.fields ? String(facts.fields[fact]) : null;
    const [name, word] = [fact.slice(0, space), fact.slice(space + 1)];
    if (name === 'answer') return facts.answers.get(word)?.value ?? null;
    return name in facts.words ? String(facts.words[name]?.has(word) ?? false) : null;
  };
}
