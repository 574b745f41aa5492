// The listening end: a unit for its consoles and service laptops, the gateway for its units. A peer is judged after the handshake and before
// anything that it says is read; what it may say is in `may-speak.ts`.
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { AuditSink } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import { type Peer, readPeer } from '../identity/peer.ts';
import type { Revocations } from '../identity/revocations.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { Channel, farewell, type Handlers } from './channel.ts';
import { encodeFrame } from './frames.ts';
import { CHANNEL_LIMITS, type ChannelLimits, TokenBucket } from './limits.ts';
import { MAY_CONNECT } from './may-speak.ts';
import { RefusalLog } from './refusal-log.ts';
import { refuseChannel } from './refusals.ts';
import { ALPN, checkAgreed, type Endpoint, handshakeRefusal, secureContext, shownChain } from './tls.ts';

export interface ChannelOptions {
  readonly endpoint: Endpoint;
  readonly audit: AuditSink;
  readonly clock: Clock;
  /** Milliseconds since 1970 for certificates: `TrustedTime.now` on a unit. */
  readonly now: () => number;
  /** What is known to be taken back now. */
  readonly revocations: () => Pick<Revocations, 'certificates'>;
  readonly limits?: Partial<ChannelLimits>;
  /** Told of an error of a handler that is no refusal: a fault of the program. The other end learns `channel.fault`. */
  readonly fault?: (error: unknown, kind: string) => void;
}

export interface ListenOptions extends ChannelOptions {
  readonly handlers: Handlers;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly onChannel?: (channel: Channel) => void;
}

export interface Listener {
  readonly port: number;
  readonly channels: ReadonlySet<Channel>;
  /** Judges every open channel again: to be called when a revocation list was taken in. */
  reconsider(): void;
  /** Shows another certificate from the next connection on: after a renewal. */
  renew(endpoint: Endpoint): void;
  /** When every refusal so far is in the audit log. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Listens. Rejects with the system's error when the port is taken. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const limits = { ...CHANNEL_LIMITS, ...options.limits };
  const log = new RefusalLog(options.audit, () => options.clock.monotonic());
  const channels = new Set<Channel>();
  const handshakes = new Set<Socket>();
  const sockets = new Set<Socket>();
  /** Open channels of each peer, by name. */
  const perPeer = new Map<string, number>();
  const buckets = new Map<string, TokenBucket>();
  let sweepAt = 2 * limits.mostConnections;
  const self = options.endpoint.role;
  const roles = MAY_CONNECT[self] ?? [];

  const server = createServer({
    ...secureContext(options.endpoint),
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: [ALPN],
    handshakeTimeout: limits.handshakeMs,
  });
  // Beyond this the system closes at once; room for parting words is in it.
  server.maxConnections = limits.mostConnections + 2 * limits.mostHandshakes;
  server.on('drop', (data) =>
    log.record(refuseChannel('channel.too-many'), { from: data?.remoteAddress ?? null }),
  );

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    handshakes.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      handshakes.delete(socket);
    });
    if (handshakes.size <= limits.mostHandshakes) return;
    const [oldest] = handshakes;
    if (!oldest) return;
    handshakes.delete(oldest);
    log.record(refuseChannel('channel.too-many', { handshakes: limits.mostHandshakes }), {
      from: oldest.remoteAddress ?? null,
    });
    oldest.destroy();
  });

  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    // With `rejectUnauthorized` node:tls destroys the socket and leaves the reason on it.
    const code = (socket.authorizationError as unknown as string | undefined) ?? error.code;
    log.record(handshakeRefusal(code, error), { from: socket.remoteAddress ?? null });
    socket.destroy();
  });

  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => undefined);
    for (const raw of handshakes)
      if (raw.remotePort === socket.remotePort && raw.remoteAddress === socket.remoteAddress)
        handshakes.delete(raw);
    const refuse = (refusal: Refusal, who: string | null = null) => {
      log.record(refusal, { who, from: socket.remoteAddress ?? null });
      farewell(socket, refusal.code);
    };
    try {
      checkAgreed(socket);
      const chain = shownChain(socket);
      const judge = () =>
        readPeer(chain, {
          anchors: options.endpoint.anchors,
          now: options.now(),
          revocations: options.revocations(),
          roles,
        });
      const peer = judge();
      const ofPeer = perPeer.get(peer.name) ?? 0;
      if (ofPeer >= limits.mostConnectionsPerPeer)
        return refuse(refuseChannel('channel.too-many', { connections: ofPeer }), peer.name);
      if (channels.size >= limits.mostConnections)
        return refuse(refuseChannel('channel.too-many', { connections: channels.size }), peer.name);
      const channel = new Channel({
        socket,
        self,
        peer,
        handlers: options.handlers,
        limits,
        bucket: bucketOf(peer.name),
        log,
        reconsider: standing(peer, judge, options.now, options.revocations),
        fault: options.fault,
      });
      channels.add(channel);
      perPeer.set(peer.name, ofPeer + 1);
      void channel.closed.then(() => {
        channels.delete(channel);
        const left = (perPeer.get(peer.name) ?? 1) - 1;
        if (left > 0) perPeer.set(peer.name, left);
        else perPeer.delete(peer.name);
      });
      socket.write(encodeFrame({ kind: 'welcome', id: 0, body: { version: 1 } }, 1024));
      options.onChannel?.(channel);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refuse(error);
    }
  });

  /** One for all connections of a peer, also those that it opens again. Full ones say nothing and are thrown away, now and then. */
  function bucketOf(name: string): TokenBucket {
    if (buckets.size >= sweepAt) {
      for (const [key, bucket] of buckets) if (bucket.full) buckets.delete(key);
      sweepAt = Math.max(2 * limits.mostConnections, 2 * buckets.size);
    }
    const bucket =
      buckets.get(name) ??
      new TokenBucket(limits.burst, limits.framesPerSecond, () => options.clock.monotonic());
    buckets.set(name, bucket);
    return bucket;
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    channels,
    reconsider: () => {
      for (const channel of channels) channel.reconsider();
    },
    renew: (endpoint) => server.setSecureContext(secureContext(endpoint)),
    settled: () => log.settled(),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const channel of channels) channel.close();
      for (const socket of handshakes) socket.destroy();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, 1000);
      await closed;
      clearTimeout(timer);
      await log.settled();
    },
  };
}

/**
 * The quick question before each request: has time passed the certificate's end, or has the knowledge of what was taken back changed? Only then
 * the chain is judged anew.
 */
export function standing(
  peer: Pick<Peer, 'notAfter'>,
  judge: () => Pick<Peer, 'notAfter'>,
  now: () => number,
  revocations: () => Pick<Revocations, 'certificates'>,
): () => void {
  let known = revocations().certificates;
  let { notAfter } = peer;
  return () => {
    if (now() <= notAfter && revocations().certificates === known) return;
    known = revocations().certificates;
    ({ notAfter } = judge());
  };
}
