import { queryOptions } from '@tanstack/react-query';
import type { KnowledgeApi } from '../../../knowledge/api.ts';
import { client } from '../../../web/client.ts';

export const knowledgeClient = client<KnowledgeApi>();

// While an import runs its counts grow without an entry in the ledger.
const RUNNING_MS = 2_000;
const WAITING_MS = 15_000;

export const knowledgeQuery = queryOptions({
  queryKey: ['knowledge'],
  queryFn: async () => (await knowledgeClient.knowledge.$get()).json(),
  refetchInterval: (query) =>
    query.state.data?.runs.some((run) => run.status === 'running') ? RUNNING_MS : false,
});

export const feedsQuery = queryOptions({
  queryKey: ['knowledge-feeds'],
  queryFn: async () => (await knowledgeClient.knowledge.feeds.$get()).json(),
  // A feed that was just asked for waits for the worker: looked at more often until it has begun and ended.
  refetchInterval: (query) =>
    query.state.data?.feeds.some((feed) => feed.running !== null) ? RUNNING_MS : WAITING_MS,
});
