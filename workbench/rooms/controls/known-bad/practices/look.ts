// How practices look at a model: places of a kind, and what an answer there says.
import type { Hit, ModelElement, ModelFlow, ModelPlace, ModelView, SeenFlow } from '../contract.ts';
import { CLEAR, ENCRYPTED } from '../words.ts';

export const found = (what: string, ...ids: readonly string[]): Hit => ({
  state: 'found',
  ids,
  what,
  question: '',
});
export const asked = (question: string, what: string, ...ids: readonly string[]): Hit => ({
  state: 'question',
  ids,
  what,
  question,
});

/** What is known of a flow: an answer wins over what its protocol says. */
export function knownOf(
  view: ModelView,
  seen: SeenFlow,
  key: string,
  sayYes: (seen: SeenFlow) => boolean,
): 'yes' | 'no' | undefined {
  return view.answer(seen.flow, key) ?? (sayYes(seen) ? 'yes' : isClear(seen) ? 'no' : undefined);
}

/** For each place where it could be: "no" finds it, "yes" rules it out, silence asks. */
export function byAnswer(
  view: ModelView,
  places: readonly ModelPlace[],
  key: string,
  words: { readonly no: (title: string) => string; readonly ask: (title: string) => string },
): Hit[] {
  return places.flatMap((place) => {
    const answer = view.answer(place, key);
    if (answer === 'yes') return [];
    return answer === 'no'
      ? found(words.no(place.title), place.id)
      : asked(key, words.ask(place.title), place.id);
  });
}

export const inScope = (view: ModelView) =>
  view.model.elements.filter(
    (element) => !element.outOfScope && element.kind !== 'actor' && element.kind !== 'external',
  );
export const tagged = (view: ModelView, ...words: readonly string[]) =>
  inScope(view).filter((element) => view.techWords(element).some((word) => words.includes(word)));
export const crossesByNetwork = ({ network, crosses }: SeenFlow) => network && crosses;
export const reachedFromOutside = (view: ModelView) =>
  inScope(view).filter((element) => view.into(element.id).some(crossesByNetwork));
export const isEncrypted = ({ words }: SeenFlow) => words.some((word) => ENCRYPTED.has(word));
export const isClear = (seen: SeenFlow) => !isEncrypted(seen) && seen.words.some((word) => CLEAR.has(word));
export const carriesAny = ({ carries }: SeenFlow, ...kinds: readonly string[]) =>
  kinds.some((kind) => carries.has(kind));
export const inZoneOf = (view: ModelView, element: ModelElement | undefined, ...kinds: readonly string[]) =>
  view.zonesOf(element).some((zone) => kinds.includes(zone.kind));
export const flowsThat = (view: ModelView, test: (seen: SeenFlow) => boolean): ModelFlow[] =>
  view.flows.filter(test).map(({ flow }) => flow);
