// A model as a graph for automatic layout, and the places that come back. Pure.
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Layout, Place } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';
import {
  elementSize,
  overlaps,
  type Rect,
  sceneOf,
  ZONE_HEAD,
  ZONE_LEAST,
  ZONE_PADDING,
  zoneDepths,
} from './scene.ts';

const ROOM = {
  'elk.spacing.nodeNode': '44',
  'elk.layered.spacing.nodeNodeBetweenLayers': '96',
  'elk.layered.spacing.edgeNodeBetweenLayers': '28',
  'elk.spacing.edgeNode': '24',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.componentComponent': '64',
};

/** With `pins` the order of what stands already is kept as far as the layers allow. */
export function elkGraph(model: SystemModel, layout: Layout, pins: boolean): ElkNode {
  const depths = zoneDepths(model.zones);
  const zones = new Set(model.zones.map((zone) => zone.id));
  const rects = sceneOf(model, layout).rects;
  const at = (id: string) => (pins ? { x: rects.get(id)?.x ?? 0, y: rects.get(id)?.y ?? 0 } : {});
  const nodes = new Map<string, ElkNode>();
  for (const zone of model.zones)
    nodes.set(zone.id, {
      id: zone.id,
      ...at(zone.id),
      children: [],
      layoutOptions: {
        'elk.padding': `[top=${ZONE_HEAD + ZONE_PADDING},left=${ZONE_PADDING},bottom=${ZONE_PADDING},right=${ZONE_PADDING}]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${ZONE_LEAST.w},${ZONE_LEAST.h})`,
        ...ROOM,
      },
    });
  for (const element of model.elements) {
    const { w, h } = elementSize(model, element.id);
    nodes.set(element.id, { id: element.id, ...at(element.id), width: w, height: h });
  }
  const top: ElkNode[] = [];
  const put = (node: ElkNode, around: string) => {
    const parent = zones.has(around) ? nodes.get(around) : undefined;
    if (parent) parent.children?.push(node);
    else top.push(node);
  };
  for (const zone of model.zones)
    put(nodes.get(zone.id) as ElkNode, (depths.get(zone.id) ?? 0) > 0 ? zone.parent : '');
  for (const element of model.elements) put(nodes.get(element.id) as ElkNode, element.zone);
  const edges: ElkExtendedEdge[] = model.flows
    .filter((flow) => flow.from !== flow.to && nodes.has(flow.from) && nodes.has(flow.to))
    .map((flow) => ({ id: `flow ${flow.id}`, sources: [flow.from], targets: [flow.to] }));
  return {
    id: 'root of the drawing',
    children: top,
    edges,
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.randomSeed': '1',
      'elk.aspectRatio': '1.7',
      ...ROOM,
      ...(pins
        ? {
            'elk.layered.cycleBreaking.strategy': 'INTERACTIVE',
            'elk.layered.layering.strategy': 'INTERACTIVE',
            'elk.layered.crossingMinimization.semiInteractive': 'true',
          }
        : {}),
    },
  };
}

// From here on the time that a layout takes is felt, and grows faster than the model.
const LARGE = 150;

/**
 * The graph in parts that no flow joins, each to be laid out by itself: several small layouts take a fraction of a large one.
 * What is small stays whole, as it is drawn best.
 */
export function partsOf(root: ElkNode): ElkNode[] {
  const top = root.children ?? [];
  const around = new Map<string, string>();
  const mark = (node: ElkNode, holder: string) => {
    around.set(node.id, holder);
    for (const child of node.children ?? []) mark(child, holder);
  };
  for (const node of top) mark(node, node.id);
  if (around.size < LARGE) return [root];
  const heads = new Map(top.map(({ id }) => [id, id]));
  const headOf = (id: string): string => {
    let here = id;
    while (heads.get(here) !== here) {
      const next = heads.get(here) as string;
      heads.set(here, heads.get(next) as string);
      here = next;
    }
    return here;
  };
  for (const { sources, targets } of root.edges ?? [])
    heads.set(headOf(around.get(sources[0] ?? '') ?? ''), headOf(around.get(targets[0] ?? '') ?? ''));
  const parts = new Map<string, ElkNode & { children: ElkNode[]; edges: ElkExtendedEdge[] }>();
  for (const node of top) {
    const head = headOf(node.id);
    const part = parts.get(head);
    if (part) part.children.push(node);
    else parts.set(head, { ...root, id: `${root.id} ${parts.size + 1}`, children: [node], edges: [] });
  }
  for (const edge of root.edges ?? [])
    parts.get(headOf(around.get(edge.sources[0] ?? '') ?? ''))?.edges.push(edge);
  return [...parts.values()];
}

/**
 * Each part laid out by `lay`; parts of one structure (the same unit drawn many times) are laid out once and look alike. The promise
 * rejects as soon as one of them does.
 */
export async function layParts(
  parts: readonly ElkNode[],
  lay: (part: ElkNode) => Promise<ElkNode>,
): Promise<ElkNode[]> {
  const known = new Map<string, ElkNode>();
  const laid: ElkNode[] = [];
  for (const part of parts) {
    const structure = structureOf(part);
    const twin = known.get(structure);
    const drawn = twin === undefined ? await lay(part) : likeTwin(part, twin);
    known.set(structure, drawn);
    laid.push(drawn);
  }
  return laid;
}

/** The same text for the same graph under other ids. */
function structureOf(part: ElkNode): string {
  const numbers = new Map<string, number>();
  const number = (node: ElkNode): unknown => {
    numbers.set(node.id, numbers.size);
    const { x, y, width, height, layoutOptions, children } = node;
    return [x, y, width, height, layoutOptions, children?.map(number)];
  };
  const nodes = number(part);
  const edges = part.edges?.map(({ sources, targets }) =>
    [...sources, ...targets].map((id) => numbers.get(id)),
  );
  return JSON.stringify([nodes, edges]);
}

function likeTwin(part: ElkNode, twin: ElkNode): ElkNode {
  const { x, y, width, height } = twin;
  const children = part.children?.map((child, at) => likeTwin(child, twin.children?.[at] ?? child));
  return {
    ...part,
    ...(x === undefined || y === undefined ? {} : { x, y }),
    ...(width === undefined || height === undefined ? {} : { width, height }),
    ...(children ? { children } : {}),
  };
}

/** Absolute places of what was laid out, the parts in rows. Zones that hold something need none: they enclose it. */
export function placesOf(roots: readonly ElkNode[], model: SystemModel): Record<string, Place> {
  const drawn = roots.map((root) => placesOfOne(root, model));
  if (drawn.length === 1) return drawn[0]?.places ?? {};
  const widest = Math.max(
    Math.sqrt(SCREEN * drawn.reduce((sum, { w, h }) => sum + (w + BETWEEN) * (h + BETWEEN), 0)),
    ...drawn.map(({ w }) => w),
  );
  const places: Record<string, Place> = {};
  let [x, y, rowHeight] = [0, 0, 0];
  for (const part of drawn) {
    if (x > 0 && x + part.w > widest) {
      y += rowHeight + BETWEEN;
      [x, rowHeight] = [0, 0];
    }
    for (const [id, place] of Object.entries(part.places))
      places[id] = { ...place, x: place.x + x, y: place.y + y };
    x += part.w + BETWEEN;
    rowHeight = Math.max(rowHeight, part.h);
  }
  return places;
}

function placesOfOne(
  root: ElkNode,
  model: SystemModel,
): { readonly places: Record<string, Place>; readonly w: number; readonly h: number } {
  const zones = new Set(model.zones.map((zone) => zone.id));
  const places: Record<string, Place> = {};
  const visit = (node: ElkNode, x: number, y: number) => {
    const here = { x: Math.round(x + (node.x ?? 0)), y: Math.round(y + (node.y ?? 0)) };
    if (!zones.has(node.id)) places[node.id] = here;
    else if ((node.children ?? []).length === 0)
      places[node.id] = {
        ...here,
        w: Math.round(node.width ?? ZONE_LEAST.w),
        h: Math.round(node.height ?? ZONE_LEAST.h),
      };
    for (const child of node.children ?? []) visit(child, here.x, here.y);
  };
  const offsets = folded(root.children ?? []);
  let [w, h] = [0, 0];
  for (const child of root.children ?? []) {
    const offset = offsets.get(child.id) ?? { dx: 0, dy: 0 };
    visit(child, offset.dx, offset.dy);
    w = Math.max(w, (child.x ?? 0) + offset.dx + (child.width ?? 0));
    h = Math.max(h, (child.y ?? 0) + offset.dy + (child.height ?? 0));
  }
  return { places, w: Math.round(w), h: Math.round(h) };
}

// A screen is about this much wider than high; layers in one direction make strips that are six times wider.
const SCREEN = 1.7;
const BETWEEN = 88;

/**
 * Breaks a strip into rows, as text is broken into lines: what stands at the same height of the layers stays together. The
 * rows are chosen so that the drawing is largest on a screen.
 */
function folded(nodes: readonly ElkNode[]): Map<string, { dx: number; dy: number }> {
  const boxes = nodes
    .map((node) => ({ id: node.id, x: node.x ?? 0, y: node.y ?? 0, w: node.width ?? 0, h: node.height ?? 0 }))
    .sort((a, b) => a.x - b.x || a.y - b.y);
  const columns: { ids: string[]; left: number; right: number; top: number; bottom: number }[] = [];
  for (const box of boxes) {
    const last = columns.at(-1);
    if (last && box.x < last.right) {
      last.ids.push(box.id);
      last.right = Math.max(last.right, box.x + box.w);
      last.top = Math.min(last.top, box.y);
      last.bottom = Math.max(last.bottom, box.y + box.h);
    } else
      columns.push({ ids: [box.id], left: box.x, right: box.x + box.w, top: box.y, bottom: box.y + box.h });
  }
  let best = rowsOf(columns, Number.POSITIVE_INFINITY);
  for (const until of columns) {
    const rows = rowsOf(columns, until.right - (columns[0]?.left ?? 0));
    if (largeness(rows) > largeness(best) * 1.05) best = rows;
  }
  return best.offsets;
}

function rowsOf(
  columns: readonly { ids: string[]; left: number; right: number; top: number; bottom: number }[],
  widest: number,
): { offsets: Map<string, { dx: number; dy: number }>; w: number; h: number } {
  const offsets = new Map<string, { dx: number; dy: number }>();
  const isOneRow = widest === Number.POSITIVE_INFINITY;
  let [x, y, w, rowHeight] = [0, 0, 0, 0];
  for (const column of columns) {
    const width = column.right - column.left;
    if (x > 0 && x + width > widest + 1) {
      y += rowHeight + BETWEEN;
      [x, rowHeight] = [0, 0];
    }
    for (const id of column.ids)
      offsets.set(id, isOneRow ? { dx: 0, dy: 0 } : { dx: x - column.left, dy: y - column.top });
    x += width + BETWEEN;
    w = Math.max(w, x - BETWEEN);
    rowHeight = Math.max(rowHeight, column.bottom - column.top);
  }
  return { offsets, w, h: y + rowHeight };
}

const largeness = ({ w, h }: { w: number; h: number }) =>
  Math.min(SCREEN / Math.max(w, 1), 1 / Math.max(h, 1));

/**
 * Puts fresh places together with those that stay. What is pinned does not move; the rest of its zone moves along with it,
 * and what would lie on something pinned makes room downwards.
 */
export function aroundPins(model: SystemModel, before: Layout, fresh: Layout): Layout {
  const pinned = (id: string) => before[id]?.pinned === true;
  const next: Record<string, Place> = {};
  const shifts = new Map<string, { dx: number; dy: number; n: number }>();
  for (const element of model.elements) {
    const was = before[element.id];
    const now = fresh[element.id];
    if (!pinned(element.id) || !was || !now) continue;
    const sum = shifts.get(element.zone) ?? { dx: 0, dy: 0, n: 0 };
    shifts.set(element.zone, { dx: sum.dx + was.x - now.x, dy: sum.dy + was.y - now.y, n: sum.n + 1 });
  }
  const taken: Rect[] = [];
  for (const element of model.elements) {
    const was = before[element.id];
    if (!pinned(element.id) || !was) continue;
    next[element.id] = was;
    taken.push({ x: was.x, y: was.y, ...elementSize(model, element.id) });
  }
  for (const element of model.elements) {
    const now = fresh[element.id];
    if (!now || next[element.id] !== undefined) continue;
    const sum = shifts.get(element.zone);
    const size = elementSize(model, element.id);
    const rect = {
      x: now.x + (sum ? Math.round(sum.dx / sum.n) : 0),
      y: now.y + (sum ? Math.round(sum.dy / sum.n) : 0),
      ...size,
    };
    for (let tries = 0; tries < 400; tries += 1) {
      const hit = taken.find((one) => overlaps(one, rect, 16));
      if (!hit) break;
      rect.y = hit.y + hit.h + 24;
    }
    taken.push(rect);
    next[element.id] = { x: rect.x, y: rect.y };
  }
  for (const zone of model.zones) {
    const was = before[zone.id];
    if (pinned(zone.id) && was) next[zone.id] = was;
    else if (fresh[zone.id]) next[zone.id] = fresh[zone.id] as Place;
  }
  for (const note of model.notes) if (before[note.id]) next[note.id] = before[note.id] as Place;
  return next;
}
