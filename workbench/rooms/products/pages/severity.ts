// Levels of severity in their order, in words. Pure. A level that is not known looks like a question, never like none.

export interface Level {
  readonly id: string;
  readonly title: string;
}

/** Worst first. */
export const LEVELS: readonly Level[] = [
  { id: 'critical', title: 'Critical' },
  { id: 'high', title: 'High' },
  { id: 'medium', title: 'Medium' },
  { id: 'low', title: 'Low' },
  { id: 'none', title: 'None' },
  { id: 'unknown', title: 'Not scored' },
];

export function levelTitle(id: string): string {
  return LEVELS.find((level) => level.id === id)?.title ?? 'Not scored';
}

export interface LevelCount {
  readonly level: Level;
  readonly count: number;
}

/** Counts worst first, without empty levels; counts of an unheard-of level stand with those that are not scored. */
export function levelCounts(byLevel: Readonly<Record<string, number>>): readonly LevelCount[] {
  const known = new Set(LEVELS.map((level) => level.id));
  let strange = 0;
  for (const [id, count] of Object.entries(byLevel)) if (!known.has(id)) strange += count;
  return LEVELS.map((level) => ({
    level,
    count: (byLevel[level.id] ?? 0) + (level.id === 'unknown' ? strange : 0),
  })).filter(({ count }) => count > 0);
}

/** `2 critical, 5 high`; `none` when there are none. */
export function levelWords(byLevel: Readonly<Record<string, number>>): string {
  const counts = levelCounts(byLevel);
  if (counts.length === 0) return 'none';
  return counts.map(({ level, count }) => `${count} ${level.title.toLowerCase()}`).join(', ');
}
