// Where the objects of a model stand on the drawing. It is kept apart from the model: moving a box is no change of the system.
import { z } from 'zod';
import { ModelId } from './metamodel.ts';

// Far beyond any drawing, so that a number never overflows what a browser can draw.
const FAR = 1_000_000;
const Coordinate = z.number().min(-FAR).max(FAR);
const Size = z.number().min(8).max(FAR);

/** Absolute pixels of the upper left corner; a size where a person or an import gave one. */
export const Place = z.object({
  x: Coordinate,
  y: Coordinate,
  w: Size.optional(),
  h: Size.optional(),
  /** Moved by a person or given by an import: automatic layout leaves it where it is. */
  pinned: z.boolean().optional(),
});
export type Place = z.infer<typeof Place>;

/** By the id of the element, zone or note. */
export type Layout = Readonly<Record<string, Place>>;

/** More than every zone, element and note that a model may hold. */
export const LAYOUT_MAX = 12_000;

/** Places that are set; null takes a place away. Others stay, so that two people may move different things at once. */
export const LayoutChange = z
  .record(ModelId, Place.nullable())
  .refine((change) => Object.keys(change).length <= LAYOUT_MAX, `at most ${LAYOUT_MAX} places at once`);
export type LayoutChange = z.infer<typeof LayoutChange>;

export function applyLayout(layout: Layout, change: Readonly<Record<string, Place | null>>): Layout {
  const next: Record<string, Place> = { ...layout };
  for (const [id, place] of Object.entries(change)) {
    if (place === null) delete next[id];
    else next[id] = place;
  }
  return next;
}

/** What turns one layout into the other. */
export function layoutDifference(before: Layout, after: Layout): Record<string, Place | null> {
  const change: Record<string, Place | null> = {};
  for (const id of Object.keys(before)) if (after[id] === undefined) change[id] = null;
  for (const [id, place] of Object.entries(after)) {
    const was = before[id];
    if (was === place) continue;
    if (
      was === undefined ||
      was.x !== place.x ||
      was.y !== place.y ||
      was.w !== place.w ||
      was.h !== place.h ||
      (was.pinned ?? false) !== (place.pinned ?? false)
    )
      change[id] = place;
  }
  return change;
}
