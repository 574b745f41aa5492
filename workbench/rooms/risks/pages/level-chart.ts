// A risk's level over its judgements as points of a drawing: steps, since a level holds until somebody judges anew. Pure.

export interface LevelPoint {
  readonly at: string;
  readonly level: number | null;
}

export interface LevelLine {
  readonly path: string;
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly level: number;
    readonly at: string;
  }[];
}

/** Left to right by order, bottom to top by level 1 to 5; where nothing was judged the line has a gap. */
export function levelLine(points: readonly LevelPoint[], width: number, height: number): LevelLine {
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const dots: { x: number; y: number; level: number; at: string }[] = [];
  const path: string[] = [];
  let before: { x: number; y: number } | null = null;
  for (const [index, { at, level }] of points.entries()) {
    if (level === null) {
      before = null;
      continue;
    }
    const x = Math.round(index * step * 10) / 10;
    const y = Math.round((height - ((level - 1) / 4) * height) * 10) / 10;
    path.push(before === null ? `M${x} ${y}` : `L${x} ${before.y} L${x} ${y}`);
    dots.push({ x, y, level, at });
    before = { x, y };
  }
  return { path: path.join(' '), dots };
}
