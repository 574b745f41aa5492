// What is copied: the chosen objects with what belongs to them, as JSON that a text editor or another product takes too. Pure.
import { z } from 'zod';
import type { Layout, Place } from '../../layout-model.ts';
import { type ModelPart, modelParts, type SystemModel } from '../../metamodel.ts';
import { type Rect, withInside } from '../drawing/scene.ts';
import { allIds, freshId } from './edit-model.ts';

const FORMAT = 'ward-system-model-clip/1';
// A clip comes from outside: what is longer than any model here is not even parsed.
const LONGEST = 5_000_000;
const PARTS = ['zones', 'elements', 'interfaces', 'flows', 'assets', 'notes'] as const;

const Clip = z.object({
  format: z.literal(FORMAT),
  zones: modelParts.zones,
  elements: modelParts.elements,
  interfaces: modelParts.interfaces,
  flows: modelParts.flows,
  assets: modelParts.assets,
  notes: modelParts.notes,
  places: z
    .record(
      z.string(),
      z.object({ x: z.number(), y: z.number(), w: z.number().optional(), h: z.number().optional() }),
    )
    .default({}),
});
type Clip = z.infer<typeof Clip>;

/** Everything chosen, what lies in chosen zones, the flows between, interfaces and the data that goes along; null when nothing. */
export function copyOf(
  model: SystemModel,
  rects: ReadonlyMap<string, Rect>,
  selection: Iterable<string>,
): string | null {
  const ids = withInside(model, selection);
  const elements = model.elements.filter((one) => ids.has(one.id));
  const chosen = new Set(elements.map((one) => one.id));
  const zones = model.zones.filter((one) => ids.has(one.id));
  const flows = model.flows.filter(
    (one) => (chosen.has(one.from) && chosen.has(one.to)) || (ids.has(one.id) && chosen.size === 0),
  );
  const interfaces = model.interfaces.filter((one) => chosen.has(one.element));
  const notes = model.notes.filter((one) => ids.has(one.id));
  if (elements.length + zones.length + flows.length + notes.length === 0) return null;
  const data = new Set([...elements.flatMap((one) => one.holds), ...flows.flatMap((one) => one.carries)]);
  const places: Record<string, Place> = {};
  for (const one of [...zones, ...elements, ...notes]) {
    const rect = rects.get(one.id);
    if (rect) places[one.id] = { x: rect.x, y: rect.y };
  }
  const clip: Clip = {
    format: FORMAT,
    zones,
    elements,
    interfaces,
    flows,
    assets: model.assets.filter((one) => data.has(one.id)),
    notes,
    places,
  };
  return JSON.stringify(clip, null, 1);
}

export interface Pasted {
  readonly model: SystemModel;
  readonly places: Record<string, Place>;
  /** The new objects, to be chosen. */
  readonly ids: readonly string[];
}

/**
 * Puts a clip into a model: every object under a new id where its own is taken; data of the same title is shared.
 * `at`: upper left corner of what is pasted; `zone`: where things go whose zone was not copied. Null when it is no clip.
 */
export function paste(
  model: SystemModel,
  text: string,
  at: { readonly x: number; readonly y: number },
  zone: string,
): Pasted | null {
  const clip = readClip(text);
  if (clip === null) return null;
  const taken = allIds(model);
  const names = new Map<string, string>();
  for (const part of PARTS) {
    for (const one of clip[part]) {
      const same =
        part === 'assets'
          ? model.assets.find((asset) => asset.title === (one as { title: string }).title)?.id
          : undefined;
      if (same !== undefined) {
        names.set(one.id, same);
        continue;
      }
      const title = 'title' in one ? one.title : 'note';
      const id = taken.has(one.id) ? freshId(part as ModelPart, title, taken) : one.id;
      taken.add(id);
      names.set(one.id, id);
    }
  }
  const name = (id: string) => names.get(id) ?? '';
  const known = (ids: readonly string[]) =>
    ids.map((id) => names.get(id) ?? (taken.has(id) ? id : '')).filter((id) => id !== '');
  const zones = clip.zones.map((one) => ({ ...one, id: name(one.id), parent: name(one.parent) || zone }));
  const elements = clip.elements.map((one) => ({
    ...one,
    id: name(one.id),
    zone: name(one.zone) || zone,
    holds: known(one.holds),
  }));
  const flows = clip.flows.map((one) => ({
    ...one,
    id: name(one.id),
    // A flow that was copied alone joins what it joined before, where that is here.
    from: name(one.from) || (model.elements.some((element) => element.id === one.from) ? one.from : ''),
    to: name(one.to) || (model.elements.some((element) => element.id === one.to) ? one.to : ''),
    via: known(one.via),
    carries: known(one.carries),
  }));
  const interfaces = clip.interfaces.map((one) => ({ ...one, id: name(one.id), element: name(one.element) }));
  const assets = clip.assets
    .filter((one) => !model.assets.some((asset) => asset.id === name(one.id)))
    .map((one) => ({ ...one, id: name(one.id) }));
  const notes = clip.notes.map((one) => ({ ...one, id: name(one.id) }));
  const corners = Object.values(clip.places);
  const left = Math.min(...corners.map((place) => place.x));
  const top = Math.min(...corners.map((place) => place.y));
  const places: Record<string, Place> = {};
  for (const [id, place] of Object.entries(clip.places)) {
    if (!names.has(id)) continue;
    places[name(id)] = { ...place, x: at.x + place.x - left, y: at.y + place.y - top, pinned: true };
  }
  return {
    model: {
      ...model,
      zones: [...model.zones, ...zones],
      elements: [...model.elements, ...elements],
      interfaces: [...model.interfaces, ...interfaces],
      flows: [...model.flows, ...flows],
      assets: [...model.assets, ...assets],
      notes: [...model.notes, ...notes],
    },
    places,
    ids: [...zones, ...elements, ...notes, ...(elements.length === 0 ? flows : [])].map((one) => one.id),
  };
}

function readClip(text: string): Clip | null {
  if (text.length > LONGEST || !text.includes(FORMAT)) return null;
  try {
    const read = Clip.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** Zones' places are not stored for copies: a zone encloses what lies in it; empty ones keep theirs. */
export function placesWorthKeeping(model: SystemModel, places: Layout): Layout {
  const full = new Set([...model.elements.map((one) => one.zone), ...model.zones.map((one) => one.parent)]);
  return Object.fromEntries(
    Object.entries(places).filter(([id]) => !(full.has(id) && model.zones.some((zone) => zone.id === id))),
  );
}
