// Automatic layout in a worker: the page stays usable while it runs. The same model gives the same drawing.
import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import elkWorker from 'elkjs/lib/elk-worker.min.js?url';
import { useEffect, useState } from 'react';
import type { Layout } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';
import { aroundPins, elkGraph, layParts, partsOf, placesOf } from './elk-graph.ts';

// A model of 960 elements in one piece takes three to ten seconds; what takes longer than this is given up.
const GIVE_UP_MS = 30_000;

/** What is pinned stays. Rejects when the layout takes too long or the browser has no workers. */
export async function arrangeModel(model: SystemModel, layout: Layout): Promise<Layout> {
  const pins = model.elements.some((element) => layout[element.id]?.pinned === true);
  const elk = new ELK({ workerFactory: () => new Worker(elkWorker) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Arranging took too long and was stopped.')), GIVE_UP_MS);
    });
    const graph = elkGraph(model, layout, pins);
    // What is pinned keeps its order among all the others.
    const laid = await layParts(pins ? [graph] : partsOf(graph), (part: ElkNode) =>
      Promise.race([elk.layout(part), late]),
    );
    return aroundPins(model, layout, placesOf(laid, model));
  } finally {
    clearTimeout(timer);
    elk.terminateWorker();
  }
}

/** Whether nobody has drawn it yet: most of its elements have no place. */
export function isUndrawn(model: SystemModel, layout: Layout): boolean {
  const placed = model.elements.filter((element) => layout[element.id] !== undefined).length;
  return model.elements.length > 1 && placed * 2 < model.elements.length;
}

/** The layout as it is, or one made for this view where nobody has drawn the model yet. Nothing is stored. */
export function useArranged(model: SystemModel, layout: Layout): Layout {
  const [made, setMade] = useState<{ readonly for: SystemModel; readonly layout: Layout } | null>(null);
  const undrawn = isUndrawn(model, layout);
  useEffect(() => {
    if (!undrawn) return;
    let stopped = false;
    arrangeModel(model, layout).then(
      (next) => {
        if (!stopped) setMade({ for: model, layout: next });
      },
      // The plain placing of the scene stays.
      () => undefined,
    );
    return () => {
      stopped = true;
    };
  }, [undrawn, model, layout]);
  return undrawn && made?.for === model ? made.layout : layout;
}
