// Live updates: one LISTEN connection a process, one event stream a browser. An event says that the ledger has grown.
import type { Handler } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type HeldConnection, holdConnection } from '../database/held-connection.ts';
import type { Kernel } from '../kernel.ts';
import type { Env } from './env.ts';

/** Null: notices were written or sent, of which the ledger knows nothing. */
type Listener = (seq: number | null) => void;

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
        client.on('notification', (message) =>
          this.#tell(message.channel === 'ward_notice' ? null : Number(message.payload)),
        );
        await client.query('listen ward_change; listen ward_notice');
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

  #tell(seq: number | null): void {
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
      let noticed = false;
      const stop = kernel.feed.subscribe((seq) => {
        if (seq === null) noticed = true;
        else latest = seq;
        wake();
      });
      stream.onAbort(() => wake());
      try {
        await stream.writeSSE({ event: 'hello', data: '{}' });
        while (!stream.aborted) {
          const timer = setTimeout(() => wake(), HEARTBEAT_MS);
          if (latest === 0 && !noticed)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          clearTimeout(timer);
          if (stream.aborted) break;
          const seq = latest;
          latest = 0;
          if (seq > 0) await stream.writeSSE({ event: 'change', data: JSON.stringify({ seq }) });
          else await stream.writeSSE({ event: noticed ? 'notice' : 'beat', data: '{}' });
          if (seq === 0) noticed = false;
        }
      } finally {
        stop();
        streams -= 1;
      }
    });
}
