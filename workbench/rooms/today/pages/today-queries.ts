import { queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import type { TodayApi } from '../api.ts';

const api = client<TodayApi>();

export const todayQuery = queryOptions({
  queryKey: ['today'],
  queryFn: async () => (await api.today.$get()).json(),
});
