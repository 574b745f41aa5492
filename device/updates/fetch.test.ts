import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { isRefusal } from '../refusal.ts';
import { bounded, DEFAULT_PACE, type Fetch, fetchWhole } from './fetch.ts';
import { httpFetch } from './http-fetch.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
}

const STRICT = { minimumBytesPerSecond: 1000, windowMs: 200 };

async function codeOf(
  fetch: Fetch,
  url: string,
  maxBytes = 100,
  deadline = 20_000,
  pace = DEFAULT_PACE,
): Promise<string> {
  try {
    return `${(await fetchWhole(fetch, url, { maxBytes, deadline }, systemClock, pace)).length} bytes`;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
}

describe('bytes from a server', () => {
  it.each([
    ['whole', 100, '100 bytes'],
    ['one too many', 101, 'update.endless-data'],
  ])('%s', async (_name, length, expected) => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(length)));

    expect(await codeOf(httpFetch(), url)).toBe(expected);
  });

  it.each([
    [404, 'update.missing'],
    [403, 'update.missing'],
    [500, 'update.unreachable'],
    [302, 'update.unreachable'],
  ])('status %i is %s', async (status, expected) => {
    const url = await serve((_request, response) => response.writeHead(status, { location: '/x' }).end('no'));

    expect(await codeOf(httpFetch(), url)).toBe(expected);
  });

  it('nobody there, a connection that breaks, and another protocol are unreachable', async () => {
    const broken = await serve((request) => request.socket.destroy());
    const half = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '50' });
      response.write('ten bytes ', () => request.socket.destroy());
    });

    expect(await codeOf(httpFetch(), 'http://127.0.0.1:1/file')).toBe('update.unreachable');
    expect(await codeOf(httpFetch(), broken)).toBe('update.unreachable');
    expect(await codeOf(httpFetch(), half)).toBe('update.unreachable');
    expect(await codeOf(httpFetch(), 'ftp://127.0.0.1/file')).toBe('update.unreachable');
  });

  it('a server that never answers, trickles, or goes on past the deadline is slow', async () => {
    const silent = await serve(() => undefined);
    const stalled = await serve((_request, response) => void response.writeHead(200).write('x'));
    const steady = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(100)), 10);
      response.on('close', () => clearInterval(timer));
    });

    expect(await codeOf(httpFetch(), silent, 100, 20_000, STRICT)).toBe('update.slow-retrieval');
    expect(await codeOf(httpFetch(), stalled, 100, 20_000, STRICT)).toBe('update.slow-retrieval');
    expect(await codeOf(httpFetch(), steady, 1e9, 500)).toBe('update.slow-retrieval');
  });

  it('the source is closed when it is given up', async () => {
    let closed = false;
    async function* source() {
      try {
        while (true) yield new Uint8Array(10);
      } finally {
        closed = true;
      }
    }
    const pieces = bounded(source(), { maxBytes: 15, deadline: 1000 }, systemClock);

    await expect(pieces.next()).resolves.toMatchObject({ done: false });
    await expect(pieces.next()).rejects.toMatchObject({ code: 'update.endless-data' });
    await Promise.resolve();
    expect(closed).toBe(true);
  });
});
