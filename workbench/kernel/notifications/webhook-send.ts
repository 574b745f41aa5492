// One POST to an address that a person gave: never into the inner network, no redirects, bounded in time and answer. The
// name is resolved here and the connection goes to the very address that was checked (no second look-up to lie to).
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '../public-address.ts';
import { refuseNotification } from './errors.ts';

const LIMIT_MS = 10_000;
const ANSWER_MAX = 64 * 1_024;

/** Refuses `webhook.address`: not http(s), with a user in it, or plain http without `allowPrivate`. */
export function checkWebhookUrl(text: string, allowPrivate: boolean): URL {
  const refuse = (why: string) => refuseNotification('webhook.address', why, { at: '$.url' });
  if (!URL.canParse(text)) throw refuse('This is no address.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse('The address must start with https://.');
  if (url.username !== '' || url.password !== '')
    throw refuse('User and password do not belong into the address.');
  if (url.protocol === 'http:' && !allowPrivate)
    throw refuse('The address must start with https://, so that nobody reads on the way.');
  const host = hostOf(url);
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host))
    throw refuse(`${host} is an inner address.`);
  return url;
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

export interface WebhookAnswer {
  readonly ok: boolean;
  /** For people: `204`, or what went wrong. */
  readonly words: string;
}

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  readonly limitMs?: number;
}

/** Never throws for what the other side does. */
export async function postWebhook(post: WebhookPost): Promise<WebhookAnswer> {
  try {
    const url = checkWebhookUrl(post.url, post.allowPrivate);
    const addresses = await resolve(hostOf(url));
    const [address] = addresses;
    // One inner address among them is enough to refuse: the name is not to be trusted.
    const inner = addresses.find((one) => !isPublicAddress(one));
    if (address === undefined) return { ok: false, words: 'The name of the host is not known.' };
    if (inner !== undefined && !post.allowPrivate)
      return { ok: false, words: `The host stands at ${inner}, an inner address. Nothing was sent.` };
    return await send(url, address, post);
  } catch (error) {
    return { ok: false, words: wordsOf(error) };
  }
}

async function resolve(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const timer = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('The name was not resolved in time.')), LIMIT_MS).unref(),
  );
  const found = await Promise.race([lookup(host, { all: true }), timer]);
  return found.map((one) => one.address);
}

function send(url: URL, address: string, post: WebhookPost): Promise<WebhookAnswer> {
  const limitMs = post.limitMs ?? LIMIT_MS;
  const family = isIP(address);
  return new Promise((resolve) => {
    const ask = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = ask(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(post.body),
        'user-agent': 'Ward-Webhook/1',
        connection: 'close',
        ...post.headers,
      },
      lookup: (_host, options, done) =>
        options.all ? done(null, [{ address, family }]) : done(null, address, family),
    });
    const end = (answer: WebhookAnswer) => {
      clearTimeout(timer);
      request.destroy();
      resolve(answer);
    };
    const timer = setTimeout(
      () => end({ ok: false, words: `No whole answer within ${limitMs / 1_000} s.` }),
      limitMs,
    );
    request.on('error', (error) => end({ ok: false, words: wordsOf(error) }));
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const answer = answerOf(status);
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        // The status is what counts; nobody reads the rest.
        if (size > ANSWER_MAX) end(answer);
      });
      response.on('end', () => end(answer));
      response.on('error', () => end(answer));
    });
    request.end(post.body);
  });
}

function answerOf(status: number): WebhookAnswer {
  if (status >= 200 && status < 300) return { ok: true, words: String(status) };
  if (status >= 300 && status < 400)
    return {
      ok: false,
      words: `Answered ${status}, a redirect, which is not followed. Give the final address.`,
    };
  return { ok: false, words: `Answered ${status}.` };
}

function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The name of the host is not known. Check the address.';
    case 'ECONNREFUSED':
      return 'Nothing listens at this address.';
    default:
      return (message ?? 'Unknown failure.').replace(/[\p{Cc}]+/gu, ' ').slice(0, 300);
  }
}
