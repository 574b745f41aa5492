import { queryOptions } from '@tanstack/react-query';
import type { KnowledgeApi } from '../../../knowledge/api.ts';
import { client } from '../../../web/client.ts';

const api = client<KnowledgeApi>();

// While an import runs its counts grow without an entry in the ledger.
const RUNNING_MS = 2_000;

export const knowledgeQuery = queryOptions({
  queryKey: ['knowledge'],
  queryFn: async () => (await api.knowledge.$get()).json(),
  refetchInterval: (query) =>
    query.state.data?.runs.some((run) => run.status === 'running') ? RUNNING_MS : false,
});
