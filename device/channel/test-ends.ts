// Ends of channels for tests and attacks: real sockets, a real small CA, and raw TLS clients that do what ours never would.
import { connect as netConnect, type Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { z } from 'zod';
import { MemoryAudit } from '../audit/event.ts';
import { systemClock } from '../clock.ts';
import type { PeerRole } from '../identity/names.ts';
import { NO_REVOCATIONS, type Revocations } from '../identity/revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from '../identity/test-ca.ts';
import { type Channel, codeIn, handle } from './channel.ts';
import { type ConnectOptions, connect } from './connect.ts';
import { FrameReader } from './frames.ts';
import { type Listener, type ListenOptions, listen } from './listen.ts';
import { ALPN, type Endpoint, secureContext } from './tls.ts';

export interface Ends {
  readonly ca: TestCa;
  readonly listener: Listener;
  readonly audit: MemoryAudit;
  /** Requests that a handler of the unit saw. */
  readonly heard: unknown[];
  revocations: Revocations;
  now: () => number;
  /** Calls as a holder of the unit's CA. */
  call(role: PeerRole, id: string, options?: Partial<ConnectOptions>): Promise<Channel>;
  /** A raw TLS client with a holder's certificate, or another. */
  raw(holder: Pick<TestHolder, 'key' | 'chain'> | null, options?: ConnectionOptions): TLSSocket;
  plain(): Socket;
  /** The codes of refusals in the audit log, when all are written. */
  codes(): Promise<(string | null)[]>;
  close(): Promise<void>;
}

/** A listening unit `L4-0007` (or another role) that echoes `status`. */
export async function openEnds(
  options: Partial<ListenOptions> & { role?: PeerRole; id?: string } = {},
): Promise<Ends> {
  const { role = 'unit', id = 'L4-0007', ...rest } = options;
  const ca = await makeTestCa();
  const audit = new MemoryAudit();
  const heard: unknown[] = [];
  const holder = await ca.issue(role, id);
  const listener = await listen({
    endpoint: endpointOf(ca, role, holder),
    host: '127.0.0.1',
    port: 0,
    audit,
    clock: systemClock,
    now: () => ends.now(),
    revocations: () => ends.revocations,
    handlers: {
      status: handle(z.strictObject({ text: z.string() }), async ({ text }) => {
        heard.push(text);
        return { echo: text };
      }),
    },
    ...rest,
  });
  const open: { close(): void }[] = [];
  const ends: Ends = {
    ca,
    listener,
    audit,
    heard,
    revocations: NO_REVOCATIONS,
    now: Date.now,
    call: async (callerRole, callerId, change = {}) => {
      const channel = await connect({
        endpoint: change.endpoint ?? endpointOf(ca, callerRole, await ca.issue(callerRole, callerId)),
        host: '127.0.0.1',
        port: listener.port,
        peer: { role, id },
        audit: new MemoryAudit(),
        clock: systemClock,
        now: Date.now,
        revocations: () => NO_REVOCATIONS,
        ...change,
      });
      open.push(channel);
      return channel;
    },
    raw: (shown, change = {}) => {
      const socket = tlsConnect({
        host: '127.0.0.1',
        port: listener.port,
        ALPNProtocols: [ALPN],
        rejectUnauthorized: false,
        ...(shown ? secureContext({ ...shown, role: 'console', anchors: ca.anchors }) : {}),
        ...change,
      });
      socket.on('error', () => undefined);
      open.push({ close: () => socket.destroy() });
      return socket;
    },
    plain: () => {
      const socket = netConnect(listener.port, '127.0.0.1');
      socket.on('error', () => undefined);
      open.push({ close: () => socket.destroy() });
      return socket;
    },
    codes: async () => {
      await listener.settled();
      return audit.events.map(({ code }) => code);
    },
    close: async () => {
      for (const each of open.splice(0)) each.close();
      await listener.close();
    },
  };
  return ends;
}

export function endpointOf(ca: TestCa, role: PeerRole, holder: Pick<TestHolder, 'key' | 'chain'>): Endpoint {
  return { role, key: holder.key, chain: holder.chain, anchors: ca.anchors };
}

/** How a raw connection ended: the code of the unit's parting word, or `cut` when there was none. */
export function ending(socket: TLSSocket): Promise<string> {
  const reader = new FrameReader(64 * 1024);
  let code = 'cut';
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.read(chunk)) if (frame.kind === 'bye') code = codeIn(frame.body);
    });
    socket.on('close', () => resolve(code));
    if (socket.destroyed) resolve(code);
  });
}

/** When the unit has admitted a raw connection. */
export function welcomed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('data', () => resolve());
    socket.once('close', () => reject(new Error('not welcomed')));
  });
}

/** Waits until something holds, at most fifteen seconds: machines that test are busy. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('did not come to be in fifteen seconds');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
