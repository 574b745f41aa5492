// What pages ask about people.
import { queryOptions } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { peopleClient } from './session.ts';

export type PersonRow = InferResponseType<typeof peopleClient.people.$get>['items'][number];
export type InvitationRow = InferResponseType<typeof peopleClient.invitations.$get>['items'][number];
export type TokenRow = InferResponseType<typeof peopleClient.tokens.$get>['items'][number];

// A house has hundreds of people, not hundreds of thousands; the list ends somewhere all the same.
const PAGES = 20;

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async () => {
    const all: PersonRow[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const query = { limit: '500', ...(cursor === null ? {} : { cursor }) };
      const answer: InferResponseType<typeof peopleClient.people.$get> = await (
        await peopleClient.people.$get({ query: query as never })
      ).json();
      all.push(...answer.items);
      cursor = answer.next;
      if (cursor === null) break;
    }
    return all;
  },
});

export const invitationsQuery = queryOptions({
  queryKey: ['people', 'invitations'],
  queryFn: async () => (await (await peopleClient.invitations.$get()).json()).items,
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async () => (await (await peopleClient.tokens.$get()).json()).items,
});

export const sessionsQuery = queryOptions({
  queryKey: ['me', 'sessions'],
  queryFn: async () => (await (await peopleClient.me.sessions.$get()).json()).items,
});

export const passkeysQuery = queryOptions({
  queryKey: ['me', 'passkeys'],
  queryFn: async () => (await (await peopleClient.me.passkeys.$get()).json()).items,
});

/** How people sign in at this Ward; as long as it runs. */
export const waysQuery = queryOptions({
  queryKey: ['ways'],
  queryFn: async () => (await peopleClient.session.ways.$get()).json(),
  staleTime: 300_000,
});
