// What pages ask about the fleet.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { FleetApi } from '../api.ts';
import type { TrailApi } from '../audit/api.ts';
import type { EmergenciesApi } from '../emergencies/api.ts';
import type { EnrolmentApi } from '../enrolment/api.ts';
import type { ServiceApi } from '../service/api.ts';
import type { TakenBackApi } from '../taken-back/api.ts';

export const fleetClient = client<FleetApi>();
export const enrolmentClient = client<EnrolmentApi>();
export const serviceClient = client<ServiceApi>();
export const trailClient = client<TrailApi>();
export const takenBackClient = client<TakenBackApi>();
export const emergenciesClient = client<EmergenciesApi>();

/** Units report without the ledger, so these pages look again by themselves. */
const EVERY = 5_000;

export interface UnitsWanted {
  readonly product: string;
  readonly text?: string | undefined;
  readonly state?: string | undefined;
  readonly release?: string | undefined;
  readonly attention?: string | undefined;
}

async function unitsPage(wanted: UnitsWanted, after: string | null, limit = '200') {
  const query = Object.fromEntries(
    Object.entries({ ...wanted, after: after ?? undefined, limit }).filter(([, value]) => value),
  );
  return (await fleetClient.fleet.units.$get({ query: query as never })).json();
}

export function unitsQuery(wanted: UnitsWanted) {
  return infiniteQueryOptions({
    queryKey: ['fleet', 'units', wanted],
    queryFn: ({ pageParam }) => unitsPage(wanted, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
    enabled: wanted.product !== '',
    refetchInterval: EVERY,
  });
}

// An export ends somewhere even when the server never says so.
const EXPORT_PAGES = 400;

export async function allUnits(wanted: UnitsWanted) {
  const all: Awaited<ReturnType<typeof unitsPage>>['items'] = [];
  let after: string | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: Awaited<ReturnType<typeof unitsPage>> = await unitsPage(wanted, after, '500');
    all.push(...answer.items);
    after = answer.next;
    if (after === null) break;
  }
  return all;
}

export function unitQuery(serial: string) {
  return queryOptions({
    queryKey: ['fleet', 'unit', serial],
    queryFn: async () => (await fleetClient.fleet.units[':serial'].$get({ param: { serial } })).json(),
    refetchInterval: EVERY,
  });
}

export function auditQuery(serial: string, outcome: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['fleet', 'audit', serial, outcome],
    queryFn: async ({ pageParam }) =>
      (
        await fleetClient.fleet.units[':serial'].audit.$get({
          param: { serial },
          query: {
            ...(pageParam === null ? {} : { before: pageParam }),
            ...(outcome === undefined ? {} : { outcome: outcome as 'done' }),
          },
        })
      ).json(),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
    refetchInterval: EVERY,
  });
}

export function emergenciesQuery(product: string) {
  return queryOptions({
    queryKey: ['fleet', 'emergencies', product],
    queryFn: async () => (await emergenciesClient.fleet.emergencies.$get({ query: { product } })).json(),
    enabled: product !== '',
    refetchInterval: EVERY,
  });
}

export function campaignQuery(key: string) {
  return queryOptions({
    queryKey: ['fleet', 'campaign', key],
    queryFn: async () => (await fleetClient.fleet.campaigns[':key'].$get({ param: { key } })).json(),
    refetchInterval: EVERY,
  });
}

export const takenBackQuery = infiniteQueryOptions({
  queryKey: ['fleet', 'taken-back'],
  queryFn: async ({ pageParam }) =>
    (
      await takenBackClient.fleet['taken-back'].$get({
        query: pageParam === null ? {} : { before: pageParam },
      })
    ).json(),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export const issuedQuery = queryOptions({
  queryKey: ['fleet', 'issued'],
  queryFn: async () => (await takenBackClient.fleet.issued.$get()).json(),
  refetchInterval: 30_000,
});

export const refreshFleet = () => queryClient.invalidateQueries({ queryKey: ['fleet'] });
