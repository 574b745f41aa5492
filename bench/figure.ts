// One measured figure, with the goal that it is held against.

export interface Figure {
  readonly what: string;
  /** Size at which it was measured, in words: `1,000 revisions`. */
  readonly size: string;
  readonly value: number;
  /** The same at twice the size; how it grows. */
  readonly twice?: number;
  readonly unit: 'ms' | 's' | '/s' | 'kB' | 'MB' | 'MB/s' | '%';
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

export function isMet({ value, goal }: Figure): boolean | null {
  if (!goal) return null;
  return 'atMost' in goal ? value <= goal.atMost : value >= goal.atLeast;
}

export function shown(value: number, unit: Figure['unit']): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}

export function rowOf(figure: Figure): string[] {
  const { what, size, value, twice, unit, goal } = figure;
  const met = isMet(figure);
  const wanted = goal
    ? 'atMost' in goal
      ? `≤ ${shown(goal.atMost, unit)}`
      : `≥ ${shown(goal.atLeast, unit)}`
    : '';
  return [
    what,
    size,
    shown(value, unit),
    twice === undefined ? '' : shown(twice, unit),
    wanted,
    met === null ? '' : met ? 'met' : 'MISSED',
  ];
}

export async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { ms: performance.now() - began, result };
}
