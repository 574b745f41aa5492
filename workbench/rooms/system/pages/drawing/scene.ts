// What is drawn and where: absolute rectangles of zones and elements from a model and its places. Pure.

import type { Layout } from '../../layout-model.ts';
import type { Element, SystemModel, Zone } from '../../metamodel.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface SceneZone {
  readonly zone: Zone;
  readonly rect: Rect;
  /** 0 for a zone that lies in no other. */
  readonly depth: number;
}

export interface SceneElement {
  readonly element: Element;
  readonly rect: Rect;
  readonly interfaces: SystemModel['interfaces'];
}

export interface SceneNote {
  readonly id: string;
  readonly text: string;
  readonly rect: Rect;
}

export interface Scene {
  /** Outer zones first, so that inner ones are drawn above them. */
  readonly zones: readonly SceneZone[];
  readonly elements: readonly SceneElement[];
  readonly notes: readonly SceneNote[];
  readonly rects: ReadonlyMap<string, Rect>;
}

export const ELEMENT_WIDTH = 168;
export const ELEMENT_HEIGHT = 60;
/** Room for the chips of interfaces. */
export const CHIP_ROW = 24;
export const ZONE_HEAD = 30;
export const ZONE_PADDING = 24;
export const ZONE_LEAST = { w: 220, h: 130 } as const;
const GAP = 48;

export function elementSize(model: SystemModel, id: string): { w: number; h: number } {
  return {
    w: ELEMENT_WIDTH,
    h: ELEMENT_HEIGHT + (model.interfaces.some((face) => face.element === id) ? CHIP_ROW : 0),
  };
}

/**
 * Every element and zone gets a rectangle. What has no place yet is put near what it talks to, else beside what is
 * there; a zone always holds what lies in it, however its own place says.
 */
export function sceneOf(model: SystemModel, layout: Layout): Scene {
  const places = placeMissing(model, layout);
  const facesOf = groupBy(model.interfaces, (face) => face.element);
  const rects = new Map<string, Rect>();
  const elements = model.elements.map((element) => {
    const place = places[element.id] ?? { x: 0, y: 0 };
    const interfaces = facesOf.get(element.id) ?? [];
    const least = { w: 110, h: 44 + (interfaces.length > 0 ? CHIP_ROW : 0) };
    const rect = {
      x: place.x,
      y: place.y,
      w: Math.max(least.w, place.w ?? ELEMENT_WIDTH),
      h: Math.max(least.h, place.h ?? ELEMENT_HEIGHT + (interfaces.length > 0 ? CHIP_ROW : 0)),
    };
    rects.set(element.id, rect);
    return { element, rect, interfaces };
  });
  const zones = zoneRects(model, places, rects);
  const notes = model.notes.map((note, at) => {
    const place = places[note.id] ?? { x: 0, y: -140 - at * 110 };
    const rect = { x: place.x, y: place.y, w: place.w ?? 200, h: place.h ?? 80 };
    rects.set(note.id, rect);
    return { id: note.id, text: note.text, rect };
  });
  return { zones, elements, notes, rects };
}

function zoneRects(model: SystemModel, places: Layout, rects: Map<string, Rect>): SceneZone[] {
  const byId = new Map(model.zones.map((zone) => [zone.id, zone]));
  const depths = zoneDepths(model.zones);
  const inside = new Map<string, Rect[]>();
  const put = (zone: string, rect: Rect) => {
    if (!byId.has(zone)) return;
    const list = inside.get(zone);
    if (list) list.push(rect);
    else inside.set(zone, [rect]);
  };
  for (const element of model.elements) put(element.zone, rects.get(element.id) as Rect);
  // Innermost first: an outer zone encloses what its inner zones have become.
  const order = [...model.zones].sort((a, b) => (depths.get(b.id) ?? 0) - (depths.get(a.id) ?? 0));
  for (const zone of order) {
    const place = places[zone.id];
    const own =
      place === undefined
        ? null
        : { x: place.x, y: place.y, w: place.w ?? ZONE_LEAST.w, h: place.h ?? ZONE_LEAST.h };
    const rect = enclose(own, inside.get(zone.id) ?? []);
    rects.set(zone.id, rect);
    put(zone.parent, rect);
  }
  return [...model.zones]
    .map((zone) => ({ zone, rect: rects.get(zone.id) as Rect, depth: depths.get(zone.id) ?? 0 }))
    .sort((a, b) => a.depth - b.depth);
}

function enclose(own: Rect | null, inner: readonly Rect[]): Rect {
  let box = own;
  for (const rect of inner) {
    const padded = {
      x: rect.x - ZONE_PADDING,
      y: rect.y - ZONE_PADDING - ZONE_HEAD,
      w: rect.w + 2 * ZONE_PADDING,
      h: rect.h + 2 * ZONE_PADDING + ZONE_HEAD,
    };
    box = box === null ? padded : union(box, padded);
  }
  const found = box ?? { x: 0, y: 0, ...ZONE_LEAST };
  return { ...found, w: Math.max(found.w, ZONE_LEAST.w), h: Math.max(found.h, 80) };
}

export function union(a: Rect, b: Rect): Rect {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** A zone inside itself (never stored, but it may stand in a draft) counts as lying in none. */
export function zoneDepths(zones: readonly Pick<Zone, 'id' | 'parent'>[]): Map<string, number> {
  const parents = new Map(zones.map((zone) => [zone.id, zone.parent]));
  const depths = new Map<string, number>();
  for (const zone of zones) {
    let depth = 0;
    let here = parents.get(zone.id) ?? '';
    while (parents.has(here) && depth <= zones.length) {
      depth += 1;
      here = parents.get(here) ?? '';
    }
    depths.set(zone.id, depth > zones.length ? 0 : depth);
  }
  return depths;
}

/** New objects near what they talk to; nothing that has a place moves. */
function placeMissing(model: SystemModel, layout: Layout): Layout {
  const missing = model.elements.filter((element) => layout[element.id] === undefined);
  const emptyZones = model.zones.filter((zone) => layout[zone.id] === undefined);
  if (missing.length === 0 && emptyZones.length === 0) return layout;
  const places: Record<string, { x: number; y: number; w?: number; h?: number }> = { ...layout };
  const taken: Rect[] = model.elements
    .filter((element) => places[element.id] !== undefined)
    .map((element) => ({
      ...(places[element.id] as { x: number; y: number }),
      ...elementSize(model, element.id),
    }));
  // A zone with nothing in it is not held open by its elements; what is not of it stays out of it all the same.
  const held = new Set(model.elements.map((element) => element.zone));
  const hollow = model.zones.flatMap(({ id }) => {
    const place = places[id];
    if (place === undefined || held.has(id) || model.zones.some((other) => other.parent === id)) return [];
    return { id, x: place.x, y: place.y, w: place.w ?? ZONE_LEAST.w, h: place.h ?? ZONE_LEAST.h };
  });
  const neighbours = new Map<string, string[]>();
  for (const flow of model.flows) {
    if (flow.from === '' || flow.to === '') continue;
    neighbours.set(flow.from, [...(neighbours.get(flow.from) ?? []), flow.to]);
    neighbours.set(flow.to, [...(neighbours.get(flow.to) ?? []), flow.from]);
  }
  const zoneStart = new Map<string, { x: number; y: number }>();
  let right = taken.reduce((most, rect) => Math.max(most, rect.x + rect.w + 2 * GAP), 0);
  for (const element of missing) {
    const size = elementSize(model, element.id);
    const mates = model.elements.filter(
      (other) => other.zone === element.zone && other.id !== element.id && places[other.id] !== undefined,
    );
    const friend = neighbours.get(element.id)?.find((id) => places[id] !== undefined);
    const near = mates.find((mate) => neighbours.get(element.id)?.includes(mate.id))?.id ?? mates.at(-1)?.id;
    const zonePlace = places[element.zone];
    let start: { x: number; y: number };
    if (near !== undefined) start = places[near] as { x: number; y: number };
    else if (zonePlace !== undefined)
      start = { x: zonePlace.x + ZONE_PADDING, y: zonePlace.y + ZONE_HEAD + ZONE_PADDING };
    else if (element.zone === '' && friend !== undefined) {
      const other = places[friend] as { x: number; y: number };
      start = { x: other.x + ELEMENT_WIDTH + GAP, y: other.y };
    } else {
      start = zoneStart.get(element.zone) ?? { x: right, y: 0 };
      zoneStart.set(element.zone, start);
      right = Math.max(right, start.x + 2 * (ELEMENT_WIDTH + GAP) + 2 * GAP);
    }
    const spot = freeSpot(start, size, hollow.length === 0 ? taken : [...taken, ...hollow]);
    places[element.id] = spot;
    taken.push({ ...spot, ...size });
  }
  // A zone with nothing in it stands beside the rest until somebody puts it somewhere.
  const full = new Set(model.elements.map((element) => element.zone));
  let below = taken.reduce((most, rect) => Math.max(most, rect.y + rect.h), 0) + 3 * GAP;
  for (const zone of emptyZones) {
    if (full.has(zone.id) || model.zones.some((other) => other.parent === zone.id)) continue;
    const around = places[zone.parent];
    if (around !== undefined) {
      places[zone.id] = { x: around.x + ZONE_PADDING, y: around.y + ZONE_HEAD + ZONE_PADDING, ...ZONE_LEAST };
      continue;
    }
    places[zone.id] = { x: 0, y: below, ...ZONE_LEAST };
    below += ZONE_LEAST.h + GAP;
  }
  return places;
}

/** The first free spot in rings around the start. */
function freeSpot(
  start: { x: number; y: number },
  size: { w: number; h: number },
  taken: readonly Rect[],
): { x: number; y: number } {
  const columns = size.w + GAP;
  const rows = ELEMENT_HEIGHT + CHIP_ROW + GAP;
  for (let ring = 0; ring < 60; ring += 1) {
    for (let row = 0; row <= ring; row += 1) {
      for (const column of row === ring ? range(ring + 1) : [ring]) {
        const spot = { x: start.x + column * columns, y: start.y + row * rows };
        if (!taken.some((rect) => overlaps(rect, { ...spot, ...size }, GAP / 3))) return spot;
      }
    }
  }
  return { x: start.x, y: start.y + taken.length * rows };
}

export function overlaps(a: Rect, b: Rect, gap = 0): boolean {
  return a.x < b.x + b.w + gap && b.x < a.x + a.w + gap && a.y < b.y + b.h + gap && b.y < a.y + a.h + gap;
}

export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && x <= rect.x + rect.w && y >= rect.y && y <= rect.y + rect.h;
}

/** The innermost zone at a point, leaving out those that are being moved. */
export function zoneAt(scene: Scene, x: number, y: number, without: ReadonlySet<string> = new Set()): string {
  let found = '';
  for (const { zone, rect } of scene.zones)
    if (!without.has(zone.id) && contains(rect, x, y)) found = zone.id;
  return found;
}

/** The zone with every zone and element inside it. */
export function withInside(model: SystemModel, ids: Iterable<string>): Set<string> {
  const all = new Set(ids);
  for (let before = -1; before !== all.size; ) {
    before = all.size;
    for (const zone of model.zones) if (all.has(zone.parent)) all.add(zone.id);
  }
  for (const element of model.elements) if (all.has(element.zone)) all.add(element.id);
  return all;
}

export function boundsOf(rects: Iterable<Rect>): Rect | null {
  let box: Rect | null = null;
  for (const rect of rects) box = box === null ? rect : union(box, rect);
  return box;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function groupBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
