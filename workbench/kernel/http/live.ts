// Live updates: one LISTEN connection a process, one event stream a browser. An event says that the ledger has grown.
import type { Handler } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import type { Kernel } from '../kernel.ts';
import type { Env } from './env.ts';

type Listener = (seq: number) => void;

export class ChangeFeed {
  readonly #listeners = new Set<Listener>();
  #client: PoolClient | null = null;
  #stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    this.#client = await this.pool.connect();
    this.#client.on('notification', (message) => {
      for (const listener of this.#listeners) listener(Number(message.payload));
    });
    this.#client.on('error', (error) => {
      this.log.warn({ error: error.message }, 'The connection for live updates was lost');
      this.#client?.release(true);
      this.#client = null;
      if (!this.#stopped) setTimeout(() => this.start().catch(() => undefined), 1_000).unref();
    });
    await this.#client.query('listen ward_change');
  }

  stop(): void {
    this.#stopped = true;
    this.#client?.release(true);
    this.#client = null;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const HEARTBEAT_MS = 25_000;
const MAX_STREAMS = 1_000;
let streams = 0;

export function streamChanges(kernel: Kernel & { readonly feed?: ChangeFeed }): Handler<Env> {
  return (c) =>
    streamSSE(c, async (stream) => {
      if (!kernel.feed || streams >= MAX_STREAMS) return;
      streams += 1;
      let wake: () => void = () => undefined;
      let latest = 0;
      const stop = kernel.feed.subscribe((seq) => {
        latest = seq;
        wake();
      });
      stream.onAbort(() => wake());
      try {
        await stream.writeSSE({ event: 'hello', data: '{}' });
        while (!stream.aborted) {
          const timer = setTimeout(() => wake(), HEARTBEAT_MS);
          if (latest === 0)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          clearTimeout(timer);
          if (stream.aborted) break;
          const seq = latest;
          latest = 0;
          await stream.writeSSE(
            seq > 0 ? { event: 'change', data: JSON.stringify({ seq }) } : { event: 'beat', data: '{}' },
          );
        }
      } finally {
        stop();
        streams -= 1;
      }
    });
}
