// What pages ask about risks and the safety file.
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import { sendFile } from '../../components/pages/send-file.ts';
import type { RisksApi } from '../api.ts';
import type { HarmImportView, PreviewView } from '../contract.ts';
import type { Mapping } from '../safety-file/mapping.ts';

const api = client<RisksApi>();

export const risksQuery = (product: string) =>
  queryOptions({
    queryKey: ['risks', product],
    queryFn: async () => (await api.risks.$get({ query: { product } })).json(),
  });

export const riskQuery = (key: string) =>
  queryOptions({
    queryKey: ['risks', 'one', key],
    queryFn: async () => (await api.risks[':key'].$get({ param: { key } })).json(),
  });

export const riskFileQuery = (product: string) =>
  queryOptions({
    queryKey: ['risks', 'file', product],
    queryFn: async () => (await api['risk-file'].$get({ query: { product } })).json(),
  });

export const proposalQuery = (from: string) =>
  queryOptions({
    queryKey: ['risks', 'proposal', from],
    queryFn: async () => (await api.risks.proposal.$get({ query: { from } as never })).json(),
  });

export async function refreshRisks(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: ['risks'] }), refreshRecords()]);
}

interface FileOf {
  readonly product: string;
  readonly file: File;
}

const query = (values: Readonly<Record<string, string | undefined>>) =>
  new URLSearchParams(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();

export async function previewHarms({ product, file }: FileOf): Promise<PreviewView> {
  const [answer] = await sendFile({
    path: `/harms/preview?${query({ product, name: file.name.slice(0, 300) })}`,
    file,
  });
  return answer as PreviewView;
}

/** Without `seen` the difference only. */
export async function importHarms(
  { product, file }: FileOf,
  mapping: Mapping,
  seen: string | null,
): Promise<HarmImportView> {
  const map = JSON.stringify(mapping);
  const how = seen === null ? { dryRun: '1' } : { seen };
  const [answer] = await sendFile({
    path: `/harms/import?${query({ product, name: file.name.slice(0, 300), map, ...how })}`,
    file,
  });
  return answer as HarmImportView;
}
