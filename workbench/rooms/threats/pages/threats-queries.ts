// What the pages of the room ask.
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../../web/client.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { ThreatsApi } from '../api.ts';
import type { AnswerChange } from '../set-answers.ts';

const api = client<ThreatsApi>();
const model = api['system-models'][':key'];

export const runsQuery = queryOptions({
  queryKey: ['threats', 'runs'],
  queryFn: async () => (await (await api['threat-runs'].$get()).json()).items,
});

export function questionsQuery(key: string) {
  return queryOptions({
    queryKey: ['threats', key, 'questions'],
    queryFn: async () => (await model.questions.$get({ param: { key } })).json(),
  });
}

export function threatsQuery(key: string) {
  return queryOptions({
    queryKey: ['threats', key, 'results'],
    queryFn: async () => (await model.threats.$get({ param: { key } })).json(),
  });
}

export function differenceQuery(key: string) {
  return queryOptions({
    queryKey: ['threats', key, 'difference'],
    queryFn: async () => (await model.threats.difference.$get({ param: { key } })).json(),
  });
}

export function detailQuery(key: string, rule: string, target: string) {
  return queryOptions({
    queryKey: ['threats', key, 'detail', rule, target],
    queryFn: async () =>
      (await model.threats.detail.$get({ param: { key }, query: { rule, target } })).json(),
  });
}

export function previewQuery(key: string, packs: readonly string[]) {
  return queryOptions({
    queryKey: ['threats', key, 'preview', packs],
    queryFn: async () =>
      (await model.threats.preview.$get({ param: { key }, query: { packs: packs.join(',') } })).json(),
  });
}

export async function sendAnswers(key: string, seenRevision: number, changes: readonly AnswerChange[]) {
  const json = { seenRevision, changes: changes.map((change) => ({ ...change })) };
  return (await model.answers.$post({ param: { key }, json })).json();
}

export async function acceptChanges(
  key: string,
  seen: { readonly revision: number; readonly rules: string },
  items: readonly { readonly rule: string; readonly target: string }[] | null,
) {
  const json = {
    ...seen,
    ...(items === null ? {} : { items: items.map(({ rule, target }) => ({ rule, target })) }),
  };
  return (await model.threats.accept.$post({ param: { key }, json })).json();
}

export async function confirmThreat(key: string, revision: number, reason: string) {
  return (await api.threats[':key'].confirm.$post({ param: { key }, json: { revision, reason } })).json();
}

export const packsQuery = queryOptions({
  queryKey: ['threats', 'packs'],
  queryFn: async () => (await (await api['rule-packs'].$get()).json()).items,
});

export function packQuery(pack: string) {
  return queryOptions({
    queryKey: ['threats', 'packs', pack],
    queryFn: async () => (await api['rule-packs'][':pack'].$get({ param: { pack } })).json(),
  });
}

export function chosenPacksQuery(product: string) {
  return queryOptions({
    queryKey: ['threats', 'chosen', product],
    queryFn: async () => (await api.products[':key']['rule-packs'].$get({ param: { key: product } })).json(),
  });
}

export async function choosePacks(product: string, packs: readonly string[]) {
  return (
    await api.products[':key']['rule-packs'].$put({ param: { key: product }, json: { packs: [...packs] } })
  ).json();
}

/** Results, questions, differences and records all change with an answer, an acceptance, a rule. */
export async function refreshThreats(): Promise<void> {
  await Promise.all([queryClient.invalidateQueries({ queryKey: ['threats'] }), refreshRecords()]);
}
