// Walking over a drawing with the arrow keys: to the nearest thing in a direction, along flows to their ends. Pure.
import type { SystemModel } from '../../metamodel.ts';
import type { Rect, Scene } from './scene.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The next thing from the one that is chosen; the first one where nothing is. Undefined where there is nothing further. */
export function walk(
  scene: Scene,
  model: SystemModel,
  from: string | undefined,
  direction: Direction,
): string | undefined {
  if (from === undefined) return scene.elements[0]?.element.id ?? scene.zones[0]?.zone.id;
  const flow = model.flows.find((one) => one.id === from);
  if (flow) {
    const end = direction === 'left' || direction === 'up' ? flow.from : flow.to;
    return end === '' ? undefined : end;
  }
  const face = model.interfaces.find((one) => one.id === from);
  const here = scene.rects.get(face?.element ?? from);
  if (!here) return scene.elements[0]?.element.id;
  const zones = new Set(scene.zones.map(({ zone }) => zone.id));
  // From a zone one goes to zones, from an element to elements; `nextInside` changes between them.
  const candidates = zones.has(from)
    ? scene.zones.map(({ zone, rect }) => ({ id: zone.id, rect }))
    : [
        ...scene.elements.map(({ element, rect }) => ({ id: element.id, rect })),
        ...scene.notes.map(({ id, rect }) => ({ id, rect })),
      ];
  let best: { id: string; far: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.id === from) continue;
    const far = farness(here, candidate.rect, direction);
    if (far !== null && (best === undefined || far < best.far)) best = { id: candidate.id, far };
  }
  return best?.id;
}

/** Elements, then the flows of the one that is chosen, around in a circle. */
export function nextFlow(
  model: SystemModel,
  from: string | undefined,
  anchor: string | undefined,
): string | undefined {
  const element = model.elements.some((one) => one.id === from) ? from : anchor;
  if (element === undefined) return undefined;
  const flows = model.flows.filter((flow) => flow.from === element || flow.to === element);
  const at = flows.findIndex((flow) => flow.id === from);
  return flows[(at + 1) % Math.max(1, flows.length)]?.id;
}

/** Distance with what lies aside counted double; null when it lies the other way. */
function farness(from: Rect, to: Rect, direction: Direction): number | null {
  const dx = to.x + to.w / 2 - (from.x + from.w / 2);
  const dy = to.y + to.h / 2 - (from.y + from.h / 2);
  const [ahead, aside] =
    direction === 'left'
      ? [-dx, dy]
      : direction === 'right'
        ? [dx, dy]
        : direction === 'up'
          ? [-dy, dx]
          : [dy, dx];
  if (ahead <= 4) return null;
  return ahead + 2 * Math.abs(aside);
}
