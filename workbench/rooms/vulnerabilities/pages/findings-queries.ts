// What pages ask about findings.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { FindingView, VulnerabilitiesApi } from '../api.ts';

const api = client<VulnerabilitiesApi>();

export const FINDING_ORDERS = ['severity', 'vulnerability', 'component', 'first-seen'] as const;
export type FindingOrder = (typeof FINDING_ORDERS)[number];

export interface FindingsWanted {
  readonly release?: string | undefined;
  readonly product?: string | undefined;
  /** One or several, separated by commas. */
  readonly level?: string | undefined;
  readonly state?: string | undefined;
  readonly outcome?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: FindingOrder | undefined;
}

async function findingsPage(wanted: FindingsWanted, cursor: string | null, limit = '200') {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, limit, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  return (await api.findings.$get({ query: query as never })).json();
}

export function findingsQuery(wanted: FindingsWanted) {
  return infiniteQueryOptions({
    queryKey: ['findings', wanted],
    queryFn: ({ pageParam }) => findingsPage(wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** Counts only: by level over all that fits, and how many of them are undecided. */
export function findingCountsQuery(wanted: FindingsWanted) {
  return queryOptions({
    queryKey: ['findings', 'counts', wanted],
    queryFn: async () => {
      const { total, byLevel, undecided } = await findingsPage(wanted, null, '1');
      return { total, byLevel, undecided };
    },
    placeholderData: (before) => before,
  });
}

// An export ends somewhere even when the server never says so.
const EXPORT_PAGES = 400;

export async function allFindings(wanted: FindingsWanted): Promise<readonly FindingView[]> {
  const all: FindingView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof findingsPage>> = await findingsPage(wanted, cursor, '500');
    all.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return all;
}

export interface FindingPlace {
  readonly release: string;
  readonly vulnerability: string;
  readonly place: string;
}

export function findingQuery(at: FindingPlace) {
  return queryOptions({
    queryKey: ['findings', 'one', at],
    queryFn: async () => (await api.findings.detail.$get({ query: at })).json(),
  });
}

/** `seen` is the print of the evidence that stood on the screen; a judgement about other facts is refused. */
export async function sendAssessment(at: FindingPlace, body: Record<string, unknown>, seen: string) {
  return (await api.findings.assess.$post({ json: { ...at, body, seen } })).json();
}
