// The wires to the front panel: a Unix socket in the unit's folder (owner only), no network port. One JSON object a line in both directions.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { onLines } from '../lines.ts';
import { BUTTONS, SWITCHES } from '../machine/local-input.ts';

const MOST_LINE = 4_096;
const MOST_CLIENTS = 16;

/** What a person's hand can do. Signals of the machine itself (`power-on`, `pulse-done`) are not among it. */
export const PanelRequest = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('press'),
    inputs: z
      .array(z.enum([...SWITCHES, ...BUTTONS]))
      .min(1)
      .max(4),
  }),
  z.strictObject({ do: z.literal('consent'), code: z.string().max(40) }),
  z.strictObject({ do: z.literal('postpone') }),
  z.strictObject({ do: z.literal('enrol'), code: z.string().max(100), workbenchUrl: z.url().max(2_000) }),
  z.strictObject({ do: z.literal('look') }),
  /** The display now and after each change. */
  z.strictObject({ do: z.literal('watch') }),
]);
export type PanelRequest = z.infer<typeof PanelRequest>;

export interface LocalSocket {
  /** Shows the display to whoever watches. */
  show(): void;
  close(): Promise<void>;
}

export interface LocalSocketParts {
  readonly path: string;
  readonly display: () => unknown;
  /** Gives whether it did anything, or a plain sentence why not. */
  readonly act: (request: PanelRequest) => Promise<{ readonly did: boolean; readonly says: string | null }>;
}

export async function openLocalSocket({ path, display, act }: LocalSocketParts): Promise<LocalSocket> {
  const watchers = new Set<Socket>();
  const clients = new Set<Socket>();
  const say = (socket: Socket, value: unknown) => {
    if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
  };
  const server: Server = createServer((socket) => {
    clients.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clients.delete(socket);
      watchers.delete(socket);
    });
    if (clients.size > MOST_CLIENTS) return socket.destroy();
    onLines(socket, MOST_LINE, async (line) => {
      const request = readRequest(line);
      if (!request) return say(socket, { did: false, says: 'This is no input of the panel.' });
      if (request.do === 'watch') {
        watchers.add(socket);
        return say(socket, { display: display() });
      }
      if (request.do === 'look') return say(socket, { display: display() });
      say(socket, await act(request));
    });
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    show: () => {
      if (watchers.size === 0) return;
      const shown = display();
      for (const socket of watchers) say(socket, { display: shown });
    },
    close: async () => {
      for (const socket of clients) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function readRequest(line: string): PanelRequest | null {
  try {
    const request = PanelRequest.safeParse(JSON.parse(line));
    return request.success ? request.data : null;
  } catch {
    return null;
  }
}
