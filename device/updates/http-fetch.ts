// The network as a `Fetch`: node:https (node:http for a repository on the unit's own network: what is fetched is signed anyway).
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import type { Fetch } from './fetch.ts';
import { refuseUpdate } from './refusals.ts';

/** TLS options as the channel gives them: `ca`, `cert`, `key`; TLS 1.3 unless told otherwise. */
export type HttpFetchOptions = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'minVersion' | 'servername'>;

const IDLE_MS = 15_000;

/**
 * Follows no redirects and asks for no compression, so that the bytes counted are the bytes sent. Refuses `update.missing` for 404 and 403
 * (an object store answers 403 for what it does not have), `update.unreachable` for any other status than 200.
 */
export function httpFetch(options: HttpFetchOptions = {}): Fetch {
  return async function* fetch(url, { deadline }) {
    const address = new URL(url);
    if (address.protocol !== 'https:' && address.protocol !== 'http:')
      throw refuseUpdate('update.unreachable', { protocol: address.protocol });
    const stop = AbortSignal.timeout(Math.min(Math.ceil(deadline) + 1000, 2 ** 31 - 1));
    const headers = { accept: '*/*', 'accept-encoding': 'identity' };
    const request =
      address.protocol === 'https:'
        ? requestHttps(address, { minVersion: 'TLSv1.3', ...options, headers, signal: stop })
        : requestHttp(address, { headers, signal: stop });
    // A caller that gave up cannot interrupt a wait for the next byte; this does.
    request.setTimeout(IDLE_MS, () => request.destroy());
    try {
      const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        request.once('error', reject);
        request.end();
      });
      // An error that comes after the iteration ended has nobody else to listen.
      request.on('error', () => undefined);
      if (response.statusCode === 404 || response.statusCode === 403)
        throw refuseUpdate('update.missing', { url: address.pathname });
      if (response.statusCode !== 200)
        throw refuseUpdate('update.unreachable', { status: response.statusCode ?? 0 });
      for await (const piece of response) yield piece as Uint8Array;
    } finally {
      request.destroy();
    }
  };
}
