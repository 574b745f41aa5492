// What pages ask about findings.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { asProblem, client } from '../../../web/client.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { FindingView, VulnerabilitiesApi } from '../api.ts';

const api = client<VulnerabilitiesApi>();

export const FINDING_ORDERS = [
  'severity',
  'priority',
  'exploitation',
  'due',
  'vulnerability',
  'component',
  'first-seen',
] as const;
export type FindingOrder = (typeof FINDING_ORDERS)[number];

export interface FindingsWanted {
  readonly release?: string | undefined;
  readonly product?: string | undefined;
  /** One or several, separated by commas. */
  readonly level?: string | undefined;
  readonly state?: string | undefined;
  readonly outcome?: string | undefined;
  readonly exploited?: string | undefined;
  /** Least probability, `0.1`. */
  readonly epss?: string | undefined;
  readonly fix?: string | undefined;
  readonly vulnerability?: string | undefined;
  readonly place?: string | undefined;
  readonly since?: string | undefined;
  readonly text?: string | undefined;
  readonly sort?: FindingOrder | undefined;
}

const asked = (query: object) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as never;

export type GroupedBy = 'vulnerability' | 'component';

export function groupsQuery(wanted: FindingsWanted, by: GroupedBy) {
  return infiniteQueryOptions({
    queryKey: ['findings', 'groups', by, wanted],
    queryFn: async ({ pageParam }) =>
      (
        await api.findings.groups.$get({
          query: asked({ ...wanted, by, limit: '200', cursor: pageParam ?? undefined }),
        })
      ).json(),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

/** One request takes a second or two; so a long list is sent in parts, and people see how far it is. */
const PART = 20;
/** Of assessments that are taken back; the server takes no more. */
const MOST_AT_ONCE = 1_000;

export interface ManyDone {
  readonly done: readonly string[];
  readonly refused: readonly {
    readonly at: string;
    readonly problem: { readonly detail: string; readonly remedy: string };
  }[];
}

export async function assessMany(
  places: readonly FindingPlace[],
  body: Record<string, unknown>,
  onProgress: (done: number) => void,
): Promise<ManyDone> {
  const outcome = { done: [] as string[], refused: [] as ManyDone['refused'][number][] };
  for (let at = 0; at < places.length; at += PART) {
    const items = places.slice(at, at + PART);
    try {
      const part = await (await api.findings['assess-many'].$post({ json: { items, body } })).json();
      outcome.done.push(...part.done);
      outcome.refused.push(...part.refused);
    } catch (error) {
      // Where a whole part is refused the answer is one refusal; what was written before it stands.
      const problem = asProblem(error);
      outcome.refused.push(
        ...items.map((one) => ({ at: `${one.vulnerability} at ${one.place} in ${one.release}`, problem })),
      );
    }
    onProgress(Math.min(at + PART, places.length));
  }
  return outcome;
}

/** Gives what was done, in words. */
export async function takeBackMany(assessments: readonly string[]): Promise<string> {
  const closed: string[] = [];
  const refused: ManyDone['refused'][number][] = [];
  for (let at = 0; at < assessments.length; at += MOST_AT_ONCE) {
    const part = assessments.slice(at, at + MOST_AT_ONCE);
    const answer = await (await api.findings['take-back'].$post({ json: { assessments: part } })).json();
    closed.push(...answer.closed);
    refused.push(...answer.refused);
  }
  const first = refused[0];
  const left = first ? ` ${refused.length} stay: ${first.problem.detail}` : '';
  return `${closed.length} assessments were taken back.${left}`;
}

export async function approveMany(
  items: readonly { readonly assessment: string; readonly revision: number }[],
  credential: { readonly password: string; readonly totp?: string },
): Promise<ManyDone> {
  return (await api.findings['approve-many'].$post({ json: { items: [...items], ...credential } })).json();
}

export function proposalsQuery(release: string) {
  return queryOptions({
    queryKey: ['findings', 'proposals', release],
    queryFn: async () =>
      (await (await api.releases[':release'].proposals.$get({ param: { release } })).json()).items,
  });
}

export async function takeOverMany(
  release: string,
  items: readonly { readonly vulnerability: string; readonly place: string; readonly from: string }[],
): Promise<ManyDone> {
  return (
    await api.releases[':release'].proposals.$post({ param: { release }, json: { items: [...items] } })
  ).json();
}

/** Findings, what waits for whom, and records all change with a decision. */
export async function refreshFindings(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['findings'] }),
    queryClient.invalidateQueries({ queryKey: ['today'] }),
    refreshRecords(),
  ]);
}

async function findingsPage(
  wanted: FindingsWanted,
  cursor: string | null,
  { limit, counts }: { readonly limit: string; readonly counts?: 'no' },
) {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, limit, counts, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  return (await api.findings.$get({ query: query as never })).json();
}

export function findingsQuery(wanted: FindingsWanted) {
  return infiniteQueryOptions({
    queryKey: ['findings', wanted],
    queryFn: ({ pageParam }) => findingsPage(wanted, pageParam, { limit: '200', counts: 'no' }),
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
      const { total, byLevel, undecided } = await findingsPage(wanted, null, { limit: '1' });
      if (total == null || byLevel == null || undecided == null)
        throw new Error('the answer holds no counts');
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
    const answer: Awaited<ReturnType<typeof findingsPage>> = await findingsPage(wanted, cursor, {
      limit: '500',
      counts: 'no',
    });
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
