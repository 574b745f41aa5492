// What a drawing says without words: what lies in a box, which side of a curve, which flow crosses it.
import type { Layout, ProposedZone } from './contract.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly w: number;
  readonly h: number;
}

export const centre = (box: Box): Point => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });
const holds = (box: Box, point: Point) =>
  point.x >= box.x && point.x <= box.x + box.w && point.y >= box.y && point.y <= box.y + box.h;

/** The smallest box around the middle of another one, which it is not itself. */
export function innermost<T extends Box>(inner: Box, boxes: readonly T[]): T | undefined {
  const middle = centre(inner);
  const area = inner.w * inner.h;
  return boxes
    .filter((box) => box !== inner && holds(box, middle) && box.w * box.h > area)
    .sort((left, right) => left.w * left.h - right.w * right.h)[0];
}

/** Elements on the closed side of a curve, else on the smaller side of the line through its ends. */
export function proposeZone(
  given: {
    readonly id: string;
    readonly title: string;
    readonly points: readonly Point[];
    readonly place: string;
  },
  nodes: ReadonlyMap<string, Point>,
  flows: readonly { readonly id: string; readonly points: readonly Point[] }[],
): ProposedZone {
  const { points } = given;
  const inside = [...nodes].filter(([, point]) => isInside(point, points)).map(([id]) => id);
  const elements = inside.length > 0 && inside.length < nodes.size ? inside : smallerSide(points, nodes);
  const crossedBy = flows.filter((flow) => crosses(flow.points, points)).map((flow) => flow.id);
  return { ...given, elements, crossedBy };
}

function smallerSide(points: readonly Point[], nodes: ReadonlyMap<string, Point>): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const left: string[] = [];
  const right: string[] = [];
  for (const [id, point] of nodes) (side(first, last, point) > 0 ? left : right).push(id);
  const smaller = left.length <= right.length ? left : right;
  return smaller.length > 0 ? smaller : [];
}

const side = (from: Point, to: Point, point: Point) =>
  (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x);

function isInside(point: Point, ring: readonly Point[]): boolean {
  let inside = false;
  for (const [at, here] of ring.entries()) {
    const before = ring[(at + ring.length - 1) % ring.length] as Point;
    if (here.y > point.y === before.y > point.y) continue;
    const x = ((before.x - here.x) * (point.y - here.y)) / (before.y - here.y) + here.x;
    if (point.x < x) inside = !inside;
  }
  return inside;
}

export function crosses(one: readonly Point[], other: readonly Point[]): boolean {
  return pairs(one).some(([a, b]) =>
    pairs(other).some(([c, d]) => side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0),
  );
}

const pairs = (points: readonly Point[]): [Point, Point][] =>
  points.slice(1).map((point, at) => [points[at] as Point, point]);

/** Middles of what has a place. */
export function middles(layout: Layout, ids: readonly string[]): Map<string, Point> {
  return new Map(
    ids.flatMap((id) => {
      const placed = layout[id];
      return placed ? [[id, centre({ x: placed.x, y: placed.y, w: placed.w ?? 0, h: placed.h ?? 0 })]] : [];
    }),
  );
}
