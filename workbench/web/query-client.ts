// How answers are kept: fresh for half a minute, asked again when the ledger grows; refusals are not retried.
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ProblemError } from './client.ts';

const RETRIES = 2;

let signedOut: () => void = () => undefined;

/** Called when the server no longer knows the session: it has ended, or was ended elsewhere. */
export function onSignedOut(react: () => void): void {
  signedOut = react;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ProblemError && error.code === 'http.not-signed-in') signedOut();
    },
  }),
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
