import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Goes to a path inside Ward, with search parameters; done when the page is there. */
export function useGo(): (
  to: string,
  search?: Readonly<Record<string, string | undefined>>,
) => Promise<void> {
  const navigate = useNavigate();
  return useCallback((to, search) => navigate({ to, search: (search ?? {}) as never }), [navigate]);
}
