import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Goes to a path inside Ward, with search parameters. */
export function useGo(): (to: string, search?: Readonly<Record<string, string | undefined>>) => void {
  const navigate = useNavigate();
  return useCallback(
    (to, search) => {
      void navigate({ to, search: (search ?? {}) as never });
    },
    [navigate],
  );
}
