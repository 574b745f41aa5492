// What pages ask about the requirements of a product.
import { queryOptions } from '@tanstack/react-query';
import { asProblem, client, ProblemError } from '../../../web/client.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { ImportView, RequirementsApi } from '../api.ts';

export const requirementsClient = client<RequirementsApi>();

export function checksQuery(product: string | undefined) {
  return queryOptions({
    queryKey: ['requirements', 'checks', product],
    queryFn: async () =>
      (await requirementsClient.requirements.checks.$get({ query: { product: product ?? '' } })).json(),
    enabled: product !== undefined,
  });
}

export function libraryQuery(product: string | undefined) {
  return queryOptions({
    queryKey: ['requirements', 'library', product],
    queryFn: async () =>
      (await requirementsClient.requirements.library.$get({ query: { product: product ?? '' } })).json(),
    enabled: product !== undefined,
  });
}

export const refreshRequirements = () => queryClient.invalidateQueries({ queryKey: ['requirements'] });

/** Without `confirm` the difference only. */
export async function sendRequirements(product: string, file: File, confirm?: string): Promise<ImportView> {
  const query = new URLSearchParams({ product, name: file.name, ...(confirm ? { confirm } : {}) });
  const answer = await fetch(`/api/requirements/upload?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
    credentials: 'same-origin',
  });
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return body as ImportView;
  throw new ProblemError(
    (body as ProblemError['problem'] | null) ?? asProblem(new Error('The server did not answer.')),
  );
}
