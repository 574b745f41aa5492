// What pages ask about quality, licences and differences.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { ComponentsApi } from '../api.ts';
import type { QualityComponent } from '../sbom-out-api.ts';
import type { Supplement } from '../supplement.ts';

const api = client<ComponentsApi>();

export interface QualityWanted {
  readonly rule?: string | undefined;
  readonly text?: string | undefined;
  readonly open?: 'all' | 'open' | undefined;
}

async function qualityPage(release: string, wanted: QualityWanted, cursor: string | null) {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, cursor: cursor ?? undefined }).filter(([, value]) => value),
  );
  return (
    await api.releases[':release']['sbom-quality'].$get({ param: { release }, query: query as never })
  ).json();
}

export function qualityQuery(release: string, wanted: QualityWanted) {
  return infiniteQueryOptions({
    queryKey: ['sbom-quality', release, wanted],
    queryFn: ({ pageParam }) => qualityPage(release, wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

// An export ends somewhere even when the server never says so.
const EXPORT_PAGES = 1_000;

export async function allQuality(
  release: string,
  wanted: QualityWanted,
): Promise<readonly QualityComponent[]> {
  const all: QualityComponent[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof qualityPage>> = await qualityPage(release, wanted, cursor);
    all.push(...answer.items);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return all;
}

export function licencesQuery(release: string) {
  return queryOptions({
    queryKey: ['licences', release],
    queryFn: async () => (await api.releases[':release'].licences.$get({ param: { release } })).json(),
  });
}

export function sbomDiffQuery(release: string, against: string) {
  return queryOptions({
    queryKey: ['sbom-diff', release, against],
    queryFn: async () =>
      (await api.releases[':release']['sbom-diff'].$get({ param: { release }, query: { against } })).json(),
  });
}

export interface CompletionInput {
  readonly components: string[];
  readonly fields: { readonly [Field in keyof Supplement]?: Supplement[Field] | null };
  readonly holdsFor: 'version' | 'every-version';
  readonly reason: string;
}

export async function completeComponents(release: string, json: CompletionInput): Promise<number> {
  return (
    await (
      await api.releases[':release'].supplements.$post({ param: { release }, json: json as never })
    ).json()
  ).changed;
}
