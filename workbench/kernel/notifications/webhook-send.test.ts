import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { isPublicAddress } from '../public-address.ts';
import { postWebhook } from './webhook-send.ts';

it.each([
  ['93.184.216.34', true],
  ['2606:2800:220:1:248:1893:25c8:1946', true],
  ['127.0.0.1', false],
  ['10.0.0.1', false],
  ['172.16.0.1', false],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['169.254.169.254', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['224.0.0.1', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['nonsense', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

const post = (url: string, allowPrivate: boolean, limitMs = 10_000) =>
  postWebhook({ url, headers: {}, body: '{}', allowPrivate, limitMs });

it('looks where a name leads before it connects', async () => {
  // Resolves to this machine on every system.
  expect(await post('https://localhost:1/', false)).toMatchObject({
    ok: false,
    words: expect.stringContaining('inner address'),
  });
});

it('gives up when the answer does not end in time', async () => {
  const server = createServer((_request, response) => void response.writeHead(200).write('slow'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const answer = await post(`http://127.0.0.1:${port}/`, true, 200);

  server.closeAllConnections();
  server.close();
  expect(answer).toEqual({ ok: false, words: 'No whole answer within 0.2 s.' });
});

it('says in words that nothing listens', async () => {
  expect(await post('http://127.0.0.1:1/', true)).toMatchObject({
    ok: false,
    words: expect.stringContaining('listens'),
  });
});
