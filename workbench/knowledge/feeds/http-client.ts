// Fetches what feeds offer: http and https only, no redirect to another scheme, with bounds on time, size and redirects,
// conditional where the server allows it. What comes back is data of others and goes to a file or a bounded text.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, fetch, ProxyAgent } from 'undici';
import { isWardError, type WardError } from '../../kernel/errors.ts';
import { refuseFeed } from './errors.ts';
import { guardInnerNetwork, type InnerNetworkGuard, type Resolve } from './inner-network.ts';

export interface HttpLimits {
  /** For one answer as a whole. */
  readonly totalMs: number;
  /** Without a single byte. */
  readonly idleMs: number;
  readonly maxBytes: number;
  readonly maxTextBytes: number;
  readonly maxRedirects: number;
  /** Attempts in one run where the server is busy or broken. */
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
}

/** How Ward names itself to those who serve feeds. */
const AGENT = 'Ward (security life cycle workbench)';

export const defaultHttpLimits: HttpLimits = {
  totalMs: 30 * 60_000,
  idleMs: 60_000,
  // OSV's archive of npm had about 300 MB, NVD's largest year 40 MB (2026-11).
  maxBytes: 4 * 1024 ** 3,
  maxTextBytes: 64 * 1024 ** 2,
  maxRedirects: 5,
  attempts: 4,
  firstWaitMs: 2_000,
  maxWaitMs: 90_000,
};

/** What the server said of a file, to ask the next time whether it has changed. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface Fetched {
  readonly validators: Validators;
  readonly bytes: number;
  readonly sha256: string;
  readonly sha512: string;
}

export interface HttpOptions {
  readonly limits?: Partial<HttpLimits>;
  readonly signal?: AbortSignal;
  /** Of Ward's run, for counting and for the page. */
  readonly onBytes?: (bytes: number) => void;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly proxy?: string | null;
  /** The address that people gave: from a public one nothing leads into the inner network. A proxy keeps its own rules. */
  readonly start?: string;
  readonly resolve?: Resolve;
}

/** The proxy of the environment; WARD_PROXY before HTTPS_PROXY. Never shown: it may hold a password. */
export function proxyOf(environment: NodeJS.ProcessEnv): string | null {
  return environment.WARD_PROXY || environment.HTTPS_PROXY || environment.https_proxy || null;
}

/** A feed's address; refuses `feed.wrong-address`. */
export function feedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    text.length > 2_000
  )
    throw refuseFeed(
      'feed.wrong-address',
      'The address is no http or https address, or it holds a user name.',
      {
        at: 'url',
      },
    );
  return url;
}

export class HttpClient {
  readonly limits: HttpLimits;
  readonly #dispatcher: Dispatcher | null;
  readonly #guard: InnerNetworkGuard | null;

  constructor(readonly options: HttpOptions = {}) {
    this.limits = { ...defaultHttpLimits, ...options.limits };
    this.#guard =
      options.proxy || options.start === undefined ? null : guardInnerNetwork(options.start, options.resolve);
    if (options.proxy) this.#dispatcher = new ProxyAgent(options.proxy);
    else this.#dispatcher = this.#guard ? new Agent({ connect: { lookup: this.#guard.lookup } }) : null;
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  /**
   * Into the file; null when the server says that nothing has changed. Leaves no part of a file behind. What is then read whole
   * is given a bound of its own.
   */
  async download(
    url: string,
    file: string,
    known: Validators = {},
    headers: Readonly<Record<string, string>> = {},
    maxBytes = this.limits.maxBytes,
  ): Promise<Fetched | null> {
    return this.#withRetries(async () => {
      const conditional: Record<string, string> = { ...headers };
      if (known.etag) conditional['if-none-match'] = known.etag;
      if (known.lastModified) conditional['if-modified-since'] = known.lastModified;
      const most = Math.min(maxBytes, this.limits.maxBytes);
      return this.#ask(url, conditional, most, async (response, body) => {
        if (response.status === 304) return null;
        const sums = [createHash('sha256'), createHash('sha512')] as const;
        let bytes = 0;
        const counted = async function* () {
          for await (const chunk of body) {
            bytes += chunk.length;
            for (const sum of sums) sum.update(chunk);
            yield chunk;
          }
        };
        try {
          await pipeline(Readable.from(counted()), createWriteStream(file, { mode: 0o600 }));
        } catch (error) {
          await rm(file, { force: true });
          throw error;
        }
        const etag = response.headers.get('etag');
        const lastModified = response.headers.get('last-modified');
        return {
          validators: { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) },
          bytes,
          sha256: sums[0].digest('hex'),
          sha512: sums[1].digest('hex'),
        };
      });
    });
  }

  /** A text of bounded size; null when it is not there (404, 410). */
  async text(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string | null> {
    try {
      return await this.#withRetries(() =>
        this.#ask(url, headers, this.limits.maxTextBytes, async (_response, body) => {
          const parts: Uint8Array[] = [];
          for await (const chunk of body) parts.push(chunk);
          return Buffer.concat(parts).toString('utf8');
        }),
      );
    } catch (error) {
      if (isWardError(error) && error.code === 'feed.not-there') return null;
      throw error;
    }
  }

  /** JSON of bounded size; refuses `feed.not-there` and `feed.wrong-content`. */
  async json(url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const text = await this.text(url, headers);
    if (text === null) throw refuseFeed('feed.not-there', `${shown(url)} is not there.`, { at: shown(url) });
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw refuseFeed('feed.wrong-content', `${shown(url)} is no JSON; it starts with ${startOf(text)}.`, {
        at: shown(url),
      });
    }
  }

  async pause(ms: number): Promise<void> {
    await (this.options.sleep ?? sleep)(ms, this.options.signal);
  }

  /** Busy and broken servers are asked again, with longer and longer waits, or when they say so. */
  async #withRetries<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!isWardError(error) || attempt >= this.limits.attempts) throw error;
        const { retryAfterMs, again } = (error.detail ?? {}) as { retryAfterMs?: number; again?: boolean };
        if (!again) throw error;
        const wait = retryAfterMs ?? this.limits.firstWaitMs * 2 ** (attempt - 1);
        // A server that asks for hours is asked at the feed's next turn.
        if (wait > this.limits.maxWaitMs) throw error;
        await this.pause(wait);
        this.options.signal?.throwIfAborted();
      }
    }
  }

  async #ask<T>(
    address: string,
    headers: Readonly<Record<string, string>>,
    maxBytes: number,
    take: (response: Awaited<ReturnType<typeof fetch>>, body: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const at = shown(address);
    const stop = new AbortController();
    const onAbort = () => stop.abort(this.options.signal?.reason);
    this.options.signal?.addEventListener('abort', onAbort);
    const late = () =>
      stop.abort(
        refuseFeed('feed.timed-out', `${at} took too long to answer.`, { at, detail: { again: true } }),
      );
    const total = setTimeout(late, this.limits.totalMs);
    let idle = setTimeout(late, this.limits.idleMs);
    const alive = () => {
      clearTimeout(idle);
      idle = setTimeout(late, this.limits.idleMs);
    };
    try {
      this.options.signal?.throwIfAborted();
      const response = await this.#follow(address, headers, stop.signal);
      alive();
      if (response.status !== 304) this.#judge(response, at);
      return await take(response, this.#bounded(response, maxBytes, at, alive));
    } catch (error) {
      throw this.options.signal?.aborted ? this.options.signal.reason : explain(error, stop.signal, at);
    } finally {
      clearTimeout(total);
      clearTimeout(idle);
      this.options.signal?.removeEventListener('abort', onAbort);
      stop.abort();
    }
  }

  async #follow(address: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) {
    let url = feedUrl(address);
    const first = url;
    for (let redirects = 0; ; redirects += 1) {
      await this.#guard?.check(url);
      const response = await fetch(url, {
        headers: {
          'user-agent': AGENT,
          accept: '*/*',
          // A key is for the host it was given for.
          ...(url.host === first.host ? headers : {}),
        },
        redirect: 'manual',
        signal,
        ...(this.#dispatcher ? { dispatcher: this.#dispatcher } : {}),
      });
      const location = response.headers.get('location');
      if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel();
      const at = shown(address);
      if (redirects >= this.limits.maxRedirects)
        throw refuseFeed(
          'feed.redirect-refused',
          `${at} leads on more than ${this.limits.maxRedirects} times.`,
          { at },
        );
      const next = URL.canParse(location, url) ? new URL(location, url) : null;
      if (next === null || next.protocol !== first.protocol || next.username !== '')
        throw refuseFeed(
          'feed.redirect-refused',
          `${at} leads to an address of another kind (${next?.protocol ?? 'none'}).`,
          { at },
        );
      url = next;
    }
  }

  #judge(response: Awaited<ReturnType<typeof fetch>>, at: string): void {
    const { status } = response;
    if (status >= 200 && status < 300) return;
    const retryAfterMs = retryAfter(response.headers.get('retry-after'));
    const again = { again: true, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
    if (status === 404 || status === 410)
      throw refuseFeed('feed.not-there', `${at} answers ${status}: it is not there.`, { at });
    if (status === 429 || status === 503 || (status === 403 && retryAfterMs !== null))
      throw refuseFeed('feed.rate-limited', `${at} answers ${status}: it asks to wait.`, {
        at,
        detail: again,
      });
    if (status >= 500)
      throw refuseFeed('feed.server-broken', `${at} answers ${status}.`, { at, detail: again });
    throw refuseFeed('feed.refused', `${at} answers ${status}.`, { at, detail: { status } });
  }

  async *#bounded(
    response: Awaited<ReturnType<typeof fetch>>,
    maxBytes: number,
    at: string,
    alive: () => void,
  ): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      alive();
      bytes += chunk.length;
      this.options.onBytes?.(chunk.length);
      if (bytes > maxBytes)
        throw refuseFeed('feed.too-large', `${at} sends more than ${Math.floor(maxBytes / 1024 ** 2)} MiB.`, {
          at,
        });
      yield chunk;
    }
  }
}

/** Without query and user: keys may stand there. */
export function shown(address: string): string {
  return URL.canParse(address)
    ? `${new URL(address).origin}${new URL(address).pathname}`.slice(0, 300)
    : 'the address';
}

function explain(error: unknown, signal: AbortSignal, at: string): unknown {
  if (isWardError(error)) return error;
  if (signal.aborted && isWardError(signal.reason)) return signal.reason as WardError;
  const { message, cause } = error as { message?: unknown; cause?: { code?: string; message?: string } };
  if (isWardError(cause)) return cause;
  const why = cause?.code ?? cause?.message ?? message;
  const detail = { again: true };
  if (message === 'fetch failed' && !/^UND_ERR_(?:SOCKET|BODY)|ECONNRESET/.test(String(why)))
    return refuseFeed('feed.unreachable', `${at} cannot be reached (${String(why).slice(0, 100)}).`, {
      at,
      detail,
    });
  if (error instanceof Error && (message === 'terminated' || message === 'fetch failed' || cause))
    return refuseFeed('feed.broken-off', `${at} ended in the middle (${String(why).slice(0, 100)}).`, {
      at,
      detail,
    });
  return error;
}

/** Seconds or a date; null where the server does not say. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,7}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function startOf(text: string): string {
  return JSON.stringify(text.trimStart().slice(0, 20));
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
