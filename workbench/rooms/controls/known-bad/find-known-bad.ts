// Looks for known-bad practice on a model (IEC 81001-5-1 5.3.2). Pure: the page, the server and the command share it.
import type { SystemModel } from '../../system/index.ts';
import type { Hit, PracticeResult } from './contract.ts';
import { PRACTICES } from './practices.ts';
import { viewOf } from './view.ts';

/** Every practice with what was found and what is not answered, in the order of the list; cost grows with the model. */
export function findKnownBad(model: SystemModel): PracticeResult[] {
  const view = viewOf(model);
  return PRACTICES.map(({ look, ...practice }) => {
    const hits = onePerPlace(look(view));
    return {
      practice,
      found: hits.filter(({ state }) => state === 'found'),
      questions: hits.filter(({ state }) => state === 'question'),
    };
  });
}

/** Two signs at one place are one hit; what was found there settles the question. */
function onePerPlace(hits: readonly Hit[]): Hit[] {
  const places = new Map<string, Hit>();
  for (const hit of hits) {
    const place = hit.ids[0] ?? '';
    const before = places.get(place);
    if (!before || (before.state === 'question' && hit.state === 'found')) places.set(place, hit);
  }
  return [...places.values()];
}
