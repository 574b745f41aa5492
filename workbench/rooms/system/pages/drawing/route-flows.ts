// The lines of flows between rectangles: orthogonal, with rounded corners, side by side where several join the same two. Pure.
import type { Flow } from '../../metamodel.ts';
import type { Rect } from './scene.ts';

export interface Routed {
  readonly id: string;
  /** SVG path. */
  readonly path: string;
  /** Where the label stands. */
  readonly x: number;
  readonly y: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}
type Side = 'left' | 'right' | 'top' | 'bottom';
interface End extends Point {
  readonly side: Side;
}

const LANE = 22;
const STUB = 16;
const CORNER = 6;
const LOOSE = 90;

/** Loose ends run out to the left (no beginning) or to the right (no end). Flows with no known end at all are not drawn. */
export function routeFlows(
  flows: readonly Pick<Flow, 'id' | 'from' | 'to'>[],
  rects: ReadonlyMap<string, Rect>,
): Routed[] {
  const lanes = new Map<string, number>();
  const count = new Map<string, number>();
  for (const flow of flows) count.set(pair(flow), (count.get(pair(flow)) ?? 0) + 1);
  const routed: Routed[] = [];
  for (const flow of flows) {
    const key = pair(flow);
    const lane = lanes.get(key) ?? 0;
    lanes.set(key, lane + 1);
    // Symmetric about the middle: 0, then -1 and +1, …
    const shift = (lane - ((count.get(key) ?? 1) - 1) / 2) * LANE;
    const from = rects.get(flow.from);
    const to = rects.get(flow.to);
    if (!from && !to) continue;
    const points =
      from && to
        ? flow.from === flow.to
          ? loop(from, lane)
          : between(from, to, shift)
        : loose(from ?? null, to ?? null, shift);
    routed.push({ id: flow.id, path: rounded(points), ...middle(points) });
  }
  return routed;
}

const pair = (flow: Pick<Flow, 'from' | 'to'>) =>
  flow.from < flow.to ? `${flow.from} ${flow.to}` : `${flow.to} ${flow.from}`;

function between(a: Rect, b: Rect, shift: number): Point[] {
  const ca = centre(a);
  const cb = centre(b);
  const gapX = Math.max(b.x - (a.x + a.w), a.x - (b.x + b.w));
  const gapY = Math.max(b.y - (a.y + a.h), a.y - (b.y + b.h));
  const sideways = gapX >= gapY;
  if (gapX < 8 && gapY < 8) return [ca, cb];
  const start = sideways
    ? end(a, cb.x > ca.x ? 'right' : 'left', shift)
    : end(a, cb.y > ca.y ? 'bottom' : 'top', shift);
  const finish = sideways
    ? end(b, cb.x > ca.x ? 'left' : 'right', shift)
    : end(b, cb.y > ca.y ? 'top' : 'bottom', shift);
  if (sideways) {
    if (Math.abs(start.y - finish.y) < 2) return [start, { x: finish.x, y: start.y }];
    const x = (start.x + finish.x) / 2 + bounded(shift, Math.abs(finish.x - start.x) / 2 - STUB);
    return [start, { x, y: start.y }, { x, y: finish.y }, finish];
  }
  if (Math.abs(start.x - finish.x) < 2) return [start, { x: start.x, y: finish.y }];
  const y = (start.y + finish.y) / 2 + bounded(shift, Math.abs(finish.y - start.y) / 2 - STUB);
  return [start, { x: start.x, y }, { x: finish.x, y }, finish];
}

function loop(rect: Rect, lane: number): Point[] {
  const out = 24 + lane * 14;
  const x = rect.x + rect.w;
  return [
    { x, y: rect.y + rect.h * 0.35 },
    { x: x + out, y: rect.y + rect.h * 0.35 },
    { x: x + out, y: rect.y - 14 },
    { x: x - 30, y: rect.y - 14 },
    { x: x - 30, y: rect.y },
  ];
}

function loose(from: Rect | null, to: Rect | null, shift: number): Point[] {
  if (from) {
    const start = end(from, 'right', shift);
    return [start, { x: start.x + LOOSE, y: start.y }];
  }
  const finish = end(to as Rect, 'left', shift);
  return [{ x: finish.x - LOOSE, y: finish.y }, finish];
}

function end(rect: Rect, side: Side, shift: number): End {
  const c = centre(rect);
  const room = (side === 'left' || side === 'right' ? rect.h : rect.w) / 2 - 8;
  const off = bounded(shift, room);
  switch (side) {
    case 'left':
      return { side, x: rect.x, y: c.y + off };
    case 'right':
      return { side, x: rect.x + rect.w, y: c.y + off };
    case 'top':
      return { side, x: c.x + off, y: rect.y };
    case 'bottom':
      return { side, x: c.x + off, y: rect.y + rect.h };
    default:
      return side satisfies never;
  }
}

const centre = (rect: Rect): Point => ({ x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 });
const bounded = (value: number, most: number) =>
  Math.max(-Math.max(0, most), Math.min(Math.max(0, most), value));

function rounded(points: readonly Point[]): string {
  const first = points[0] as Point;
  let path = `M${at(first)}`;
  for (let n = 1; n < points.length - 1; n += 1) {
    const before = points[n - 1] as Point;
    const here = points[n] as Point;
    const after = points[n + 1] as Point;
    const r = Math.min(CORNER, distance(before, here) / 2, distance(here, after) / 2);
    path += `L${at(towards(here, before, r))}Q${at(here)} ${at(towards(here, after, r))}`;
  }
  return `${path}L${at(points.at(-1) as Point)}`;
}

/** The middle of the way, along it. */
function middle(points: readonly Point[]): Point {
  let left = points.slice(1).reduce((sum, point, n) => sum + distance(points[n] as Point, point), 0) / 2;
  for (let n = 1; n < points.length; n += 1) {
    const a = points[n - 1] as Point;
    const b = points[n] as Point;
    const long = distance(a, b);
    if (left <= long) return towards(a, b, left);
    left -= long;
  }
  return points[0] as Point;
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
function towards(from: Point, to: Point, by: number): Point {
  const long = distance(from, to);
  if (long === 0) return from;
  return { x: from.x + ((to.x - from.x) * by) / long, y: from.y + ((to.y - from.y) * by) / long };
}
const at = (point: Point) => `${Math.round(point.x * 10) / 10} ${Math.round(point.y * 10) / 10}`;
