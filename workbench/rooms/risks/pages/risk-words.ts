// What lists and panels say of levels. Pure.
import type { RiskPolicy } from '../../products/policy.ts';
import type { RiskRow } from '../contract.ts';
import type { Rated } from '../judge.ts';

export const VIEWS = [
  { id: 'before', title: 'Before controls' },
  { id: 'claimed', title: 'After, as claimed' },
  { id: 'after', title: 'After, verified' },
] as const;
export type ViewId = (typeof VIEWS)[number]['id'];

export const VERDICTS = [
  { id: 'safety', title: 'Safety' },
  { id: 'privacy', title: 'Privacy' },
] as const;
export type VerdictId = (typeof VERDICTS)[number]['id'];

type Names = Pick<RiskPolicy, 'severities' | 'exploitabilities'>;

/** `4 High`, or `not judged (2 to 4)` while answers are open. */
export function exploitabilityWord({ level, least, most }: Rated['exploitability'], policy: Names): string {
  if (level === null) return `not judged (${least} to ${most})`;
  return `${level} ${policy.exploitabilities[level - 1]?.title ?? ''}`.trim();
}

export function severityWord({ severity, row }: Pick<Rated, 'severity' | 'row'>, policy: Names): string {
  if (severity === null) return 'not judged';
  if (severity === 0) return 'none';
  const name = `${severity} ${policy.severities[severity - 1]?.title ?? ''}`.trim();
  return row !== null && row > severity ? `${name}, judged as ${row}: many patients` : name;
}

/** `5-3`: the cell that a risk stands in; null where it stands in none. */
export function cellOf(rated: Pick<Rated, 'row' | 'exploitability'> | undefined): string | null {
  if (!rated?.row || rated.exploitability.level === null) return null;
  return `${rated.row}-${rated.exploitability.level}`;
}

export function ratedOf(row: RiskRow, verdict: VerdictId, view: ViewId): Rated | undefined {
  return row.judgement?.[verdict][view] as Rated | undefined;
}

export interface CellCounts {
  readonly byCell: ReadonlyMap<string, number>;
  readonly notJudged: number;
  /** Nothing is lost: judged, and in no cell. */
  readonly none: number;
}

export function countCells(rows: readonly RiskRow[], verdict: VerdictId, view: ViewId): CellCounts {
  const byCell = new Map<string, number>();
  let [notJudged, none] = [0, 0];
  for (const row of rows) {
    const rated = ratedOf(row, verdict, view);
    const cell = cellOf(rated);
    if (cell !== null) byCell.set(cell, (byCell.get(cell) ?? 0) + 1);
    else if (rated?.row === 0) none += 1;
    else notJudged += 1;
  }
  return { byCell, notJudged, none };
}
