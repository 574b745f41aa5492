// Live updates: one LISTEN connection a process, one event stream a browser. An event says that the ledger has grown.
import type { Handler } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type HeldConnection, holdConnection } from '../database/held-connection.ts';
import type { Kernel } from '../kernel.ts';
import type { Env } from './env.ts';

type Listener = (seq: number) => void;

export class ChangeFeed {
  readonly #listeners = new Set<Listener>();
  #connection: HeldConnection | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly log: Logger,
  ) {}

  async start(): Promise<void> {
    this.#connection = await holdConnection(
      this.pool,
      async (client, again) => {
        client.on('notification', (message) => this.#tell(Number(message.payload)));
        await client.query('listen ward_change');
        if (!again) return;
        // What happened while the connection was lost was not heard.
        const { rows } = await client.query<{ seq: string }>(
          'select coalesce(max(seq), 0) as seq from ledger',
        );
        this.#tell(Number(rows[0]?.seq));
      },
      this.log,
    );
  }

  stop(): void {
    this.#connection?.stop();
    this.#connection = null;
  }

  #tell(seq: number): void {
    for (const listener of this.#listeners) listener(seq);
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
