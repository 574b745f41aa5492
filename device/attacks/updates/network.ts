// Attacks on the way between a unit and the repository.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../clock.ts';
import { httpFetch } from '../../updates/http-fetch.ts';
import type { Attack } from '../attack.ts';
import { endless, refused, scene } from './scene.ts';

export const attacks: readonly Attack[] = [
  {
    id: 'answer-with-software-without-end',
    has: 'the server of the files',
    wants: 'the disk of the unit full',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      world.server.answer = (path) => (path.startsWith('image/targets/') ? endless() : undefined);
      return refused(world, unit, () => unit.client.stage());
    },
  },
  {
    id: 'answer-with-metadata-without-end',
    has: 'the server of the files',
    wants: 'the memory of the unit full',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      world.server.answer = (path) => (path.endsWith('timestamp.json') ? endless() : undefined);
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'offer-a-root-larger-than-any',
    has: 'the server of the files',
    wants: 'the memory of the unit full before a signature is looked at',
    row: 'L5',
    refusal: 'update.endless-data',
    async run() {
      const { world, unit } = await scene();
      world.server.files.set('image/metadata/2.root.json', Buffer.alloc(600_000, '{'));
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'answer-a-byte-at-a-time',
    has: 'the server of the files (a real one, on this machine)',
    wants: 'the unit waiting for ever, so that it never updates',
    row: 'L5',
    refusal: 'update.slow-retrieval',
    async run() {
      const server = createServer((_request, response) => {
        response.writeHead(200, { 'content-length': '10000' });
        const timer = setInterval(() => response.write('{'), 20);
        response.on('close', () => clearInterval(timer));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const fetch = httpFetch();
        const { port } = server.address() as AddressInfo;
        const { world, unit } = await scene({
          clock: systemClock,
          pace: { minimumBytesPerSecond: 2048, windowMs: 300 },
          fetch: (url, limits) => fetch(url.replace('//at/', `//127.0.0.1:${port}/`), limits),
        });
        return await refused(world, unit, () => unit.client.check());
      } finally {
        server.closeAllConnections();
        server.close();
      }
    },
  },
  {
    id: 'cut-the-unit-off-its-updates',
    has: 'the network',
    wants: 'a unit that stops working, or that takes silence for good news',
    row: 'L5',
    refusal: 'update.unreachable',
    async run() {
      const fetch = httpFetch();
      const { world, unit } = await scene({
        clock: systemClock,
        // Nobody listens at port 1.
        fetch: (url, limits) => fetch(url.replace('//at/', '//127.0.0.1:1/'), limits),
      });
      return refused(world, unit, () => unit.client.check());
    },
  },
  {
    id: 'withhold-a-file',
    has: 'the network',
    wants: 'half an update',
    row: 'L5',
    refusal: 'update.missing',
    async run() {
      const { world, unit } = await scene();
      await unit.client.check();
      for (const path of world.server.files.keys())
        if (path.startsWith('image/targets/')) world.server.files.delete(path);
      return refused(world, unit, () => unit.client.stage());
    },
  },
];
