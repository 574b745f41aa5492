// Who is signed in, and what that person may do: the same pure rules as on the server.
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { PeopleApi } from '../kernel/people/api.ts';
import type { Me } from '../kernel/people/contract.ts';
import type { Principal, Role } from '../kernel/people/roles.ts';
import { holdsRole } from '../kernel/people/roles.ts';
import type { KindView } from '../kernel/records/contract.ts';
import { client } from './client.ts';
import { queryClient } from './query-client.ts';

export const peopleClient = client<PeopleApi>();

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => (await (await peopleClient.session.$get()).json()).person,
  staleTime: 60_000,
});

export const firstRunQuery = queryOptions({
  queryKey: ['first-run'],
  queryFn: async () => (await peopleClient['first-run'].$get()).json(),
});

/** The signed-in person; pages inside the shell always have one. */
export function useMe(): Me {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('This page is for people who are signed in.');
  return data;
}

export function principalOf(me: Me): Principal {
  return {
    via: me.via,
    personId: me.id,
    name: me.name,
    grants: me.roles,
    scopes: me.scopes as Principal['scopes'],
    tokenProductId: null,
  };
}

/** Whether the person may create records of this kind for this product (or for the organisation). */
export function mayCreate(me: Me, kind: KindView, productId: string | null): boolean {
  if (kind.machineMade) return false;
  return holdsRole(principalOf(me), kind.createRoles as readonly Role[], productId);
}

export function hasRole(me: Me, roles: readonly Role[], productId: string | null = null): boolean {
  return holdsRole(principalOf(me), roles, productId);
}

/** After signing in or out nothing of the person before may stay on the screen. */
export async function forgetEverything(): Promise<void> {
  queryClient.clear();
  await queryClient.prefetchQuery(sessionQuery);
}
