// The dates of a release in words. Pure.
import type { BodyOf } from '../../../kernel/records/kind.ts';
import type { release } from '../model.ts';

export type ReleaseDates = Pick<
  Partial<BodyOf<typeof release>>,
  'plannedOn' | 'releasedOn' | 'endOfSupportOn' | 'endOfLifeOn'
>;

/** The date that matters next in this state; one that nobody gave is said to be missing. */
export function nextDate(state: string, dates: ReleaseDates): string {
  switch (state) {
    case 'planned':
      return dates.plannedOn ? `Planned on ${dates.plannedOn}` : 'No planned date';
    case 'released':
      return dates.endOfSupportOn ? `Support until ${dates.endOfSupportOn}` : 'End of support not set';
    case 'end-of-support':
      return dates.endOfLifeOn ? `End of life on ${dates.endOfLifeOn}` : 'End of life not set';
    default:
      return dates.endOfLifeOn ? `Ended on ${dates.endOfLifeOn}` : '';
  }
}
