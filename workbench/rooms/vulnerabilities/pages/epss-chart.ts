// The curve of a forecast as points of a drawing. Pure: what is drawn can be tested without a screen.

export interface CurvePoint {
  readonly day: string | null;
  readonly score: number;
}

export interface Chart {
  /** Upper end of the scale, 0 to 1. */
  readonly top: number;
  readonly line: string;
  readonly dots: readonly { readonly x: number; readonly y: number }[];
}

/** Ends of the scale that read well; a curve near nought is not drawn as a flat line. */
const TOPS = [0.01, 0.05, 0.1, 0.25, 0.5, 1];
const DAY_MS = 86_400_000;

/**
 * Lays the points, the oldest first, into a box: left to right by day, where one has no day a day after the one before;
 * bottom to top from nought to `top`. Null for less than two points, which make no curve.
 */
export function chartOf(points: readonly CurvePoint[], width: number, height: number): Chart | null {
  if (points.length < 2) return null;
  const highest = Math.max(...points.map((point) => point.score));
  const top = TOPS.find((end) => end >= highest) ?? 1;
  const days: number[] = [];
  for (const { day } of points) {
    const before = days.at(-1);
    days.push(day === null ? (before === undefined ? 0 : before + 1) : Date.parse(day) / DAY_MS);
  }
  const first = days[0]!;
  const span = Math.max(1, days.at(-1)! - first);
  const dots = points.map((point, index) => ({
    x: round(((days[index]! - first) / span) * width),
    y: round(height - (point.score / top) * height),
  }));
  return { top, dots, line: dots.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join(' ') };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** `0.0234` as `2.3 %`; small ones keep a digit that says something. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value === 0 || value >= 0.1 ? value.toFixed(1) : value.toPrecision(1)} %`;
}
