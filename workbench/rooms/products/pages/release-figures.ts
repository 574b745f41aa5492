// What the overview of a release shows of later rooms: how much of it is watched, and what waits to be decided.
import { queryOptions } from '@tanstack/react-query';
import { fetchJson } from '../../../web/client.ts';

/** The part of `GET /api/releases/{release}/sboms` that is shown; that room stands later in the order, so no types of it. */
export interface ReleaseCoverage {
  readonly coverage: { readonly total: number; readonly watched: number };
}
/** The part of `GET /api/findings` that is shown. */
export interface UndecidedFindings {
  readonly undecided: number;
  readonly byLevel: Readonly<Record<string, number>>;
}

export function coverageQuery(release: string) {
  return queryOptions({
    queryKey: ['sboms', release, 'coverage'],
    queryFn: () => fetchJson<ReleaseCoverage>(`/releases/${encodeURIComponent(release)}/sboms`),
  });
}

export function undecidedQuery(filter: { readonly release?: string; readonly product?: string }) {
  const search = new URLSearchParams({ ...filter, state: 'undecided', limit: '1' });
  return queryOptions({
    queryKey: ['findings', 'undecided', filter],
    queryFn: () => fetchJson<UndecidedFindings>(`/findings?${search}`),
  });
}
