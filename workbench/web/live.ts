// Live updates: when the ledger grows, what is on the screen is asked again, quietly. Without the stream pages stay
// as they are until they are opened again.
import type { QueryClient } from '@tanstack/react-query';
import { announce } from './design/announcer.ts';

// A burst of changes (an import) is one refresh.
const QUIET_MS = 600;
// Browsers retry a broken stream by themselves; one that the server refuses is asked for again after this long.
const AGAIN_MS = 30_000;
/** Query keys that change without the ledger or must not move under the reader. */
const STILL = new Set(['session', 'kinds', 'first-run']);

/** Starts listening; the function it gives back stops it. */
export function followChanges(queries: QueryClient): () => void {
  let stopped = false;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let seen = 0;

  const refresh = () => {
    const before = visibleData(queries);
    void queries
      .invalidateQueries({
        predicate: (query) => !STILL.has(String(query.queryKey[0])),
        refetchType: 'active',
      })
      .then(() => {
        if (!stopped && visibleData(queries) !== before) announce('This page was updated.');
      });
  };
  const open = () => {
    source = new EventSource('/api/live');
    source.addEventListener('change', (event) => {
      const seq = seqOf((event as MessageEvent<string>).data);
      if (seq <= seen) return;
      seen = seq;
      clearTimeout(timer);
      timer = setTimeout(refresh, QUIET_MS);
    });
    // Notices have no number of their own.
    source.addEventListener('notice', () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, QUIET_MS);
    });
    source.addEventListener('error', () => {
      if (source?.readyState !== EventSource.CLOSED || stopped) return;
      again = setTimeout(open, AGAIN_MS);
    });
  };

  if (typeof EventSource !== 'undefined') open();
  return () => {
    stopped = true;
    source?.close();
    clearTimeout(timer);
    clearTimeout(again);
  };
}

/** Query keeps the same object when an answer is equal, so identity tells whether anything on screen moved. */
function visibleData(queries: QueryClient): number {
  let latest = 0;
  for (const query of queries.getQueryCache().findAll({ type: 'active' })) {
    latest = (latest * 31 + identityOf(query.state.data)) % 1_000_003;
  }
  return latest;
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;
function identityOf(data: unknown): number {
  if (typeof data !== 'object' || data === null) return 0;
  let identity = identities.get(data);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(data, identity);
  }
  return identity;
}

function seqOf(data: string): number {
  try {
    const seq: unknown = (JSON.parse(data) as { seq?: unknown }).seq;
    return typeof seq === 'number' ? seq : 0;
  } catch {
    return 0;
  }
}
