// One open channel: requests and their answers over a TLS socket whose other end was judged already. It never lets the other end
// cost more than its limits, and ends with a code when it tries.
import type { TLSSocket } from 'node:tls';
import type { z } from 'zod';
import type { PeerRole } from '../identity/names.ts';
import type { Peer } from '../identity/peer.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { encodeFrame, type Frame, FrameReader } from './frames.ts';
import type { ChannelLimits, TokenBucket } from './limits.ts';
import { type FrameKind, type KindTo, maySend } from './may-speak.ts';
import type { RefusalLog } from './refusal-log.ts';
import { refuseChannel } from './refusals.ts';

export interface Handler {
  readonly schema: z.ZodType;
  /** Throws a refusal that it has recorded; the other end gets its code. */
  readonly answer: (body: unknown, channel: Channel) => Promise<unknown>;
}
export type Handlers = Readonly<Partial<Record<FrameKind, Handler>>>;
/** Of an end that this role listens at: one for each kind that somebody may send to it, and no other. */
export type HandlersOf<Role extends PeerRole> = Readonly<Record<KindTo<Role>, Handler>>;

/** A handler whose body was checked: `handle(Command, async (command, channel) => receipt)`. */
export function handle<T>(
  schema: z.ZodType<T>,
  answer: (body: T, channel: Channel) => Promise<unknown>,
): Handler {
  return { schema, answer: answer as Handler['answer'] };
}

/** RFC 9266 (`tls-exporter`): binds what is signed end to end to this connection. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
/** How long a parting word may take. */
const FAREWELL_MS = 500;

export interface ChannelParts {
  readonly socket: TLSSocket;
  readonly self: PeerRole;
  readonly peer: Peer;
  readonly handlers: Handlers;
  readonly limits: ChannelLimits;
  readonly bucket: TokenBucket;
  readonly log: RefusalLog;
  /** Throws a refusal when the peer is no longer admitted; asked before each request of it is heard. */
  readonly reconsider: () => void;
  /** Told of an error of a handler that is no refusal: a fault of the program, for its own log. */
  readonly fault?: ((error: unknown, kind: string) => void) | undefined;
}

interface Waiting {
  resolve(body: unknown): void;
  reject(refusal: Refusal): void;
  readonly timer: NodeJS.Timeout;
}

export class Channel {
  readonly peer: Peer;
  /** 32 bytes that only the two ends of this connection know. */
  readonly exporter: Uint8Array;
  /** Resolves when the channel is over: to the code for which this end or the other ended it, or null. */
  readonly closed: Promise<string | null>;

  readonly #parts: ChannelParts;
  readonly #reader: FrameReader;
  readonly #waiting = new Map<number, Waiting>();
  readonly #queue: Frame[] = [];
  readonly #answering = new Set<number>();
  #nextId = 1;
  #over = false;
  #frameTimer: NodeJS.Timeout | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #resolveClosed!: (code: string | null) => void;

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.peer = parts.peer;
    this.exporter = parts.socket.exportKeyingMaterial(32, EXPORTER_LABEL, Buffer.alloc(0));
    this.#reader = new FrameReader(parts.limits.mostFrameBytes);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    parts.socket.on('data', (chunk: Buffer) => this.#hear(chunk));
    parts.socket.on('error', () => undefined);
    parts.socket.on('close', () => this.#finish(null));
    this.#watchIdle();
  }

  /** As commands and renewals name the connection that they belong to. */
  get binding(): { readonly exporter: string; readonly peerThumbprint: string } {
    const exporter = Buffer.from(this.exporter).toString('base64url');
    return { exporter, peerThumbprint: this.peer.thumbprint };
  }

  get open(): boolean {
    return !this.#over;
  }

  /**
   * The other end's answer. Refuses `channel.refused` (its code in the detail), `channel.no-answer`, `channel.closed`,
   * `channel.oversized-frame`; after `no-answer` the other end may have done it or not.
   */
  async request(
    kind: FrameKind,
    body: unknown,
    { deadlineMs = this.#parts.limits.answerMs } = {},
  ): Promise<unknown> {
    if (this.#over) throw refuseChannel('channel.closed', { kind });
    const id = this.#nextId;
    this.#nextId = (this.#nextId % 0xffff_ffff) + 1;
    const frame = encodeFrame({ kind, id, body }, this.#parts.limits.mostSentBytes);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(refuseChannel('channel.no-answer', { kind, deadlineMs }));
      }, deadlineMs);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#write(frame);
    });
  }

  /** Asks the `reconsider` of the parts now, and ends the channel when the peer is no longer admitted. */
  reconsider(): void {
    try {
      this.#parts.reconsider();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#endFor(error);
    }
  }

  close(): void {
    this.#end(null);
  }

  #hear(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const frame of this.#reader.read(chunk)) {
        this.#watchIdle();
        this.#unwatchFrame();
        // An answer that is waited for was paid by its request.
        const awaited = (frame.kind === 'answer' || frame.kind === 'refusal') && this.#waiting.has(frame.id);
        if (!awaited && !this.#parts.bucket.take()) throw refuseChannel('channel.flood');
        this.#sort(frame);
        if (this.#over) return;
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#endFor(error);
      return;
    }
    this.#work();
  }

  /** Answers go to who waits for them, requests into the queue. */
  #sort(frame: Frame): void {
    switch (frame.kind) {
      case 'answer':
      case 'refusal': {
        const waiting = this.#waiting.get(frame.id);
        // An answer that came too late, or to nothing.
        if (!waiting) return;
        this.#waiting.delete(frame.id);
        clearTimeout(waiting.timer);
        if (frame.kind === 'answer') waiting.resolve(frame.body);
        else waiting.reject(refuseChannel('channel.refused', { code: codeIn(frame.body) }));
        return;
      }
      case 'bye':
        this.#end(null, codeIn(frame.body));
        return;
      default:
        this.#queue.push(frame);
    }
  }

  /** Takes requests from the queue while there is room; what does not fit stays unread on the socket. */
  #work(): void {
    const { socket, limits } = this.#parts;
    while (!this.#over && this.#queue.length > 0 && this.#answering.size < limits.mostInFlight) {
      const frame = this.#queue.shift() as Frame;
      if (this.#answering.has(frame.id)) {
        this.#endFor(refuseChannel('channel.malformed-frame', { id: frame.id }));
        return;
      }
      this.#answering.add(frame.id);
      void this.#answer(frame).finally(() => {
        this.#answering.delete(frame.id);
        this.#watchIdle();
        this.#work();
      });
    }
    if (this.#over) return;
    if (this.#queue.length > 0) socket.pause();
    else if (socket.isPaused()) socket.resume();
    this.#watchFrame();
  }

  async #answer(frame: Frame): Promise<void> {
    try {
      this.#parts.reconsider();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.#endFor(error);
    }
    try {
      const body = await this.#handlerOf(frame).answer(this.#bodyOf(frame), this);
      this.#send({ kind: 'answer', id: frame.id, body });
    } catch (error) {
      if (!isRefusal(error)) this.#parts.fault?.(error, frame.kind);
      const refusal = isRefusal(error) ? error : refuseChannel('channel.fault', { kind: frame.kind }, error);
      // Refusals of a handler are recorded by the part that refused.
      if (isOwn(refusal)) this.#record(refusal);
      this.#send({ kind: 'refusal', id: frame.id, body: { code: refusal.code } });
    }
  }

  #handlerOf(frame: Frame): Handler {
    const { peer, self, handlers } = this.#parts;
    if (!maySend(peer.role, self, frame.kind))
      throw refuseChannel('channel.kind-not-allowed', { kind: frame.kind });
    const handler = handlers[frame.kind];
    if (!handler) throw refuseChannel('channel.kind-unknown', { kind: frame.kind });
    return handler;
  }

  #bodyOf(frame: Frame): unknown {
    const handler = this.#parts.handlers[frame.kind as FrameKind] as Handler;
    const body = handler.schema.safeParse(frame.body);
    if (body.success) return body.data;
    const at = body.error.issues[0]?.path.map(String).join('.').slice(0, 100) ?? '';
    throw refuseChannel('channel.body-malformed', { kind: frame.kind, at }, body.error);
  }

  #send(frame: Frame): void {
    if (this.#over) return;
    let bytes: Buffer;
    try {
      bytes = encodeFrame(frame, this.#parts.limits.mostSentBytes);
    } catch (error) {
      const fault = refuseChannel('channel.fault', { kind: frame.kind }, error);
      this.#record(fault);
      bytes = encodeFrame({ kind: 'refusal', id: frame.id, body: { code: fault.code } }, 1024);
    }
    this.#write(bytes);
  }

  #write(bytes: Buffer): void {
    const { socket, limits } = this.#parts;
    // One frame may always be on its way, however large frames may be here.
    const fits = socket.writableLength + bytes.length <= Math.max(limits.mostUnsentBytes, bytes.length);
    if (fits) socket.write(bytes);
    else this.#endFor(refuseChannel('channel.slow', { unsent: socket.writableLength }));
  }

  /** One timer from a frame's first byte until it is whole; each further byte does not prolong it. It rests while this end does not read. */
  #watchFrame(): void {
    if (!this.#reader.partial || this.#parts.socket.isPaused()) this.#unwatchFrame();
    else {
      const { frameMs } = this.#parts.limits;
      this.#frameTimer ??= setTimeout(
        () => this.#endFor(refuseChannel('channel.slow', { frameMs })),
        frameMs,
      );
    }
  }

  #unwatchFrame(): void {
    if (this.#frameTimer) clearTimeout(this.#frameTimer);
    this.#frameTimer = null;
  }

  /** A whole frame came, or its answer went: the time of idleness begins anew. */
  #watchIdle(): void {
    if (this.#over) return;
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    const { idleMs } = this.#parts.limits;
    this.#idleTimer = setTimeout(() => {
      // Who waits for an answer of ours is not idle.
      if (this.#answering.size > 0) this.#watchIdle();
      else this.#endFor(refuseChannel('channel.idle', { idleMs }));
    }, idleMs);
  }

  #endFor(refusal: Refusal): void {
    if (this.#over) return;
    this.#record(refusal);
    this.#end(refusal.code);
  }

  #record(refusal: Refusal): void {
    this.#parts.log.record(refusal, { who: this.peer.name, role: this.peer.role });
  }

  /** `code` is told to the other end; `theirs` is what it told us. */
  #end(code: string | null, theirs: string | null = null): void {
    if (this.#over) return;
    const { socket } = this.#parts;
    farewell(socket, code);
    this.#finish(code ?? theirs);
  }

  #finish(code: string | null): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of [this.#frameTimer, this.#idleTimer]) if (timer) clearTimeout(timer);
    for (const { timer, reject } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(refuseChannel('channel.closed', code ? { code } : {}));
    }
    this.#waiting.clear();
    this.#queue.length = 0;
    this.#resolveClosed(code);
  }
}

/** Says why (the code, nothing else) and closes, at the latest after half a second. */
export function farewell(socket: TLSSocket, code: string | null): void {
  // What still arrives is thrown away: a paused socket would never see the other end close.
  socket.removeAllListeners('data');
  socket.resume();
  if (code) socket.end(encodeFrame({ kind: 'bye', id: 0, body: { code } }, 1024));
  else socket.end();
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS);
  socket.once('close', () => clearTimeout(timer));
}

/** The code of a `refusal` or `bye` body: short and of the shape of codes, or nothing is believed of it. */
export function codeIn(body: unknown): string {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : null;
  return typeof code === 'string' && /^[a-z-]{1,32}\.[a-z-]{1,48}$/.test(code) ? code : 'channel.refused';
}

const isOwn = (refusal: Refusal) => refusal.code.startsWith('channel.');
