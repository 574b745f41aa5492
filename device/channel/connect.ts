// The calling end: a console or service laptop to a unit, a unit to the gateway.
import { connect as tlsConnect } from 'node:tls';
import type { PeerRole } from '../identity/names.ts';
import { type Peer, readPeer, refusePeer } from '../identity/peer.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { Channel, codeIn, farewell } from './channel.ts';
import { type Frame, FrameReader } from './frames.ts';
import { CHANNEL_LIMITS, TokenBucket } from './limits.ts';
import { type ChannelOptions, standing } from './listen.ts';
import { RefusalLog } from './refusal-log.ts';
import { refuseChannel } from './refusals.ts';
import { ALPN, checkAgreed, handshakeRefusal, secureContext, shownChain } from './tls.ts';

export interface ConnectOptions extends ChannelOptions {
  readonly host: string;
  readonly port: number;
  /** Who must be there; its id is any when absent. */
  readonly peer: { readonly role: PeerRole; readonly id?: string };
}

/**
 * Opens a channel and resolves when the other end has admitted this one. Rejects with a refusal: those of `readPeer`, `channel.wrong-peer`,
 * `channel.handshake-slow`, `channel.tls-failed` (also when nobody is there), `channel.refused` (its code in the detail).
 */
export async function connect(options: ConnectOptions): Promise<Channel> {
  const limits = { ...CHANNEL_LIMITS, ...options.limits };
  const log = new RefusalLog(options.audit, () => options.clock.monotonic());
  const { endpoint, now, revocations } = options;
  const socket = tlsConnect({
    ...secureContext(endpoint),
    host: options.host,
    port: options.port,
    ALPNProtocols: [ALPN],
    rejectUnauthorized: true,
    // Who is there is in the certificate's URI, judged below; names of hosts mean nothing here.
    checkServerIdentity: () => undefined,
  });

  return new Promise<Channel>((resolve, reject) => {
    const timer = setTimeout(() => fail(refuseChannel('channel.handshake-slow')), limits.handshakeMs);
    /** From here on the socket is the channel's, or nobody's; it keeps a listener for errors, which come before each close. */
    const settle = () => {
      clearTimeout(timer);
      socket.off('error', onError).off('close', onClose).off('secureConnect', onSecure).off('data', onData);
      socket.on('error', () => undefined);
    };
    const fail = (refusal: Refusal) => {
      settle();
      log.record(refusal, { who: options.peer.id ? `${options.peer.role}:${options.peer.id}` : null });
      farewell(socket, null);
      void log.settled().then(() => reject(refusal));
    };
    const attempt = (step: () => void) => {
      try {
        step();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        fail(error);
      }
    };

    const onError = (error: NodeJS.ErrnoException) => fail(handshakeRefusal(error.code, error));
    const onClose = () => fail(refuseChannel('channel.closed'));
    let admitted: { peer: Peer; reconsider: () => void } | null = null;
    const onSecure = () =>
      attempt(() => {
        checkAgreed(socket);
        const chain = shownChain(socket);
        const roles = [options.peer.role];
        const judge = () =>
          readPeer(chain, { anchors: endpoint.anchors, now: now(), revocations: revocations(), roles });
        const peer = judge();
        if (options.peer.id !== undefined && peer.id !== options.peer.id)
          throw refusePeer('channel.wrong-peer', { name: peer.name });
        admitted = { peer, reconsider: standing(peer, judge, now, revocations) };
      });

    // With TLS 1.3 the other end judges us after we have judged it: its welcome says that it has.
    const reader = new FrameReader(1024);
    const onData = (chunk: Buffer) =>
      attempt(() => {
        const first = reader.read(chunk).next();
        if (first.done || !admitted) return;
        const refusal = refusalOf(first.value);
        if (refusal) throw refusal;
        settle();
        const channel = new Channel({
          ...admitted,
          socket,
          self: endpoint.role,
          // Who opened the connection asks; it is asked nothing.
          handlers: {},
          fault: options.fault,
          limits,
          bucket: new TokenBucket(limits.burst, limits.framesPerSecond, () => options.clock.monotonic()),
          log,
        });
        // What came with the welcome in one piece is for the channel.
        const rest = chunk.subarray(reader.consumed);
        if (rest.length > 0) socket.unshift(rest);
        resolve(channel);
      });
    socket.on('error', onError).on('close', onClose).on('secureConnect', onSecure).on('data', onData);
  });
}

function refusalOf({ kind, body }: Frame): Refusal | null {
  if (kind === 'welcome') return null;
  if (kind === 'bye') return refuseChannel('channel.refused', { code: codeIn(body) });
  return refuseChannel('channel.malformed-frame', { kind });
}
