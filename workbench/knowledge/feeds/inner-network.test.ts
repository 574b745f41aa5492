import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from './http-client.ts';
import { guardInnerNetwork, type Resolve } from './inner-network.ts';

const NAMES: Readonly<Record<string, string>> = {
  'feeds.example': '93.184.216.34',
  'other.example': '93.184.216.35',
  'inner.example': '10.0.0.7',
  'mirror.example': '192.168.1.9',
};
const resolve: Resolve = async (host) => [{ address: NAMES[host] ?? '', family: 4 }];

describe('a feed that starts at', () => {
  it.each([
    ['a public name', 'https://feeds.example/x', 'http://127.0.0.1/', 'feed.redirect-refused'],
    ['a public name', 'https://feeds.example/x', 'http://[::1]/', 'feed.redirect-refused'],
    ['a public name', 'https://feeds.example/x', 'http://169.254.169.254/latest', 'feed.redirect-refused'],
    ['a public name', 'https://feeds.example/x', 'http://93.184.216.99/', null],
    ['an inner mirror', 'http://mirror.example/x', 'http://10.1.2.3/', null],
    ['an inner address', 'http://127.0.0.1:8080/x', 'http://127.0.0.2/', null],
  ])('%s and leads to %s %s', async (_what, start, to, code) => {
    const given = guardInnerNetwork(start, resolve).check(new URL(to));

    if (code === null) await expect(given).resolves.toBeUndefined();
    else await expect(given).rejects.toMatchObject({ code });
  });

  it.each([
    ['https://feeds.example/x', 'inner.example', 'feed.redirect-refused'],
    ['https://feeds.example/x', 'other.example', null],
    ['http://mirror.example/x', 'inner.example', null],
  ])('%s and connects to %s', async (start, host, code) => {
    const { lookup } = guardInnerNetwork(start, resolve);
    const found = new Promise((done) =>
      lookup(host, { all: true }, (error, addresses) => done(error ?? addresses)),
    );

    if (code === null) expect(await found).toEqual([{ address: NAMES[host], family: 4 }]);
    else expect(await found).toMatchObject({ code });
  });
});

describe('a server that redirects inwards', () => {
  let server: Server;
  let port = 0;
  let asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const to =
        request.url === '/by-name' ? 'http://inner.example/secret' : `http://127.0.0.1:${port}/secret`;
      if (request.url === '/secret') response.end('secret');
      else response.writeHead(302, { location: to }).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => server.close());

  it.each(['/by-name', '/by-address'])('is not followed: %s', async (path) => {
    asked = [];
    // The server stands on this machine for the first connection, and then says that it is a public one.
    let times = 0;
    const lying: Resolve = async (host) => {
      if (host !== 'feeds.example') return resolve(host);
      times += 1;
      return [{ address: times === 1 ? '127.0.0.1' : '93.184.216.34', family: 4 }];
    };
    const start = `http://feeds.example:${port}${path}`;
    const client = new HttpClient({ start, resolve: lying, limits: { attempts: 1 } });

    await expect(client.text(start)).rejects.toMatchObject({ code: 'feed.redirect-refused' });
    expect(asked).toEqual([path]);
    await client.close();
  });
});
