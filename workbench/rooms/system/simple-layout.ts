// A plain arrangement without a library: zones in zones, elements in rows inside, in the order of the model. The same model
// gives the same drawing; the drawing of the page has a better one (`pages/drawing/auto-layout.ts`).
import type { Layout, Placed } from './import/contract.ts';
import type { Element, SystemModel } from './metamodel.ts';

export const NODE = { w: 140, h: 60 } as const;
const GAP = { x: 60, y: 50 } as const;
const PAD = { x: 30, top: 46, bottom: 26 } as const;

interface Block {
  readonly w: number;
  readonly h: number;
  put(x: number, y: number): void;
}

/** Places of all zones and elements; what `given` knows stays as it is when it knows all of them. */
export function simpleLayout(model: SystemModel): Layout {
  const placed: Record<string, Placed> = {};
  const known = new Set(model.zones.map(({ id }) => id));
  const inner = group(model.zones, (zone) => (known.has(zone.parent) ? zone.parent : ''));
  const elements = group(model.elements, (element) => (known.has(element.zone) ? element.zone : ''));

  // Iterative, since zones may nest as deep as there are zones: from the innermost outward.
  const blocks = new Map<string, Block>();
  for (const id of innermostFirst(model, inner)) {
    const own = arrange([
      ...nodesOf(elements.get(id) ?? []),
      ...(inner.get(id) ?? []).map((zone) => blocks.get(zone.id) as Block),
    ]);
    const [w, h] = [Math.max(own.w, NODE.w) + 2 * PAD.x, Math.max(own.h, NODE.h) + PAD.top + PAD.bottom];
    blocks.set(id, {
      w,
      h,
      put(x, y) {
        placed[id] = { x, y, w, h };
        own.put(x + PAD.x, y + PAD.top);
      },
    });
  }
  arrange([
    ...nodesOf(elements.get('') ?? []),
    ...(inner.get('') ?? []).map((zone) => blocks.get(zone.id) as Block),
  ]).put(20, 20);
  return placed;

  function nodesOf(list: readonly Element[]): Block[] {
    return list.map(({ id }) => ({
      ...NODE,
      put(x: number, y: number) {
        placed[id] = { x, y, ...NODE };
      },
    }));
  }
}

/** Rows about as wide as they are high together. */
function arrange(blocks: readonly Block[]): Block {
  const area = blocks.reduce((sum, block) => sum + (block.w + GAP.x) * (block.h + GAP.y), 0);
  const widest = Math.max(0, ...blocks.map((block) => block.w));
  const width = Math.max(widest, Math.sqrt(area) * 1.3);
  const spots: { block: Block; x: number; y: number }[] = [];
  let [x, y, row, right] = [0, 0, 0, 0];
  for (const block of blocks) {
    if (x > 0 && x + block.w > width) [x, y, row] = [0, y + row + GAP.y, 0];
    spots.push({ block, x, y });
    right = Math.max(right, x + block.w);
    row = Math.max(row, block.h);
    x += block.w + GAP.x;
  }
  return {
    w: right,
    h: y + row,
    put(left, top) {
      for (const spot of spots) spot.block.put(left + spot.x, top + spot.y);
    },
  };
}

function innermostFirst(model: SystemModel, inner: ReadonlyMap<string, readonly { id: string }[]>): string[] {
  const order: string[] = [];
  const waiting = (inner.get('') ?? []).map(({ id }) => id);
  for (let at = 0; at < waiting.length && at <= model.zones.length; at += 1) {
    const id = waiting[at] as string;
    order.push(id);
    for (const zone of inner.get(id) ?? []) waiting.push(zone.id);
  }
  return order.reverse();
}

function group<T>(list: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const found = groups.get(key(item));
    if (found) found.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** The given places, or a simple arrangement where a zone or an element has none. */
export function layoutOf(model: SystemModel, given: Layout | undefined): Layout {
  const isWhole =
    given !== undefined && [...model.elements, ...model.zones].every(({ id }) => given[id] !== undefined);
  return isWhole ? given : simpleLayout(model);
}
