// How answers are kept: fresh for half a minute, asked again when the ledger grows; refusals are not retried.
import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './client.ts';

const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < RETRIES && !isFinal(error),
    },
    mutations: { retry: false },
  },
});

/** The server has decided; asking again gives the same answer. */
function isFinal(error: unknown): boolean {
  return error instanceof ProblemError && error.status >= 400 && error.status < 500;
}
