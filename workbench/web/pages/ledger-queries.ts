// What the audit page asks.
import { infiniteQueryOptions } from '@tanstack/react-query';
import type { LedgerApi } from '../../kernel/ledger/api.ts';
import type { LedgerPage } from '../../kernel/records/contract.ts';
import { client } from '../client.ts';

const ledgerClient = client<LedgerApi>();

export type LedgerRow = LedgerPage['items'][number];
export interface LedgerWanted {
  readonly actor?: string;
  readonly action?: string;
  readonly product?: string;
  readonly record?: string;
  readonly from?: string;
  readonly to?: string;
}

async function entriesPage(wanted: LedgerWanted, before: number | null, limit: string) {
  const query = { ...wanted, limit, ...(before === null ? {} : { before: String(before) }) };
  return (await ledgerClient.ledger.$get({ query })).json();
}

export function ledgerQuery(wanted: LedgerWanted) {
  return infiniteQueryOptions({
    queryKey: ['ledger', wanted],
    queryFn: ({ pageParam }) => entriesPage(wanted, pageParam, '200'),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
}

// The table's export is for looking at; the whole ledger has its own, which streams.
const EXPORT_PAGES = 200;

export async function allEntries(wanted: LedgerWanted): Promise<readonly LedgerRow[]> {
  const all: LedgerRow[] = [];
  let before: number | null = null;
  for (let page = 0; page < EXPORT_PAGES; page += 1) {
    const answer: LedgerPage = await entriesPage(wanted, before, '500');
    all.push(...answer.items);
    before = answer.next;
    if (before === null) break;
  }
  return all;
}
