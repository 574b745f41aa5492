// The static repository over HTTP, for those who have no other static server. Everybody may read it: what it holds is signed, not secret.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { access, answersFile, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { refuseFleet } from '../errors.ts';
import { findRepository } from './repository-place.ts';

const tags = ['fleet'];
const open = access({ who: 'anyone' });
const BYTES = 'application/octet-stream';
/** No name that climbs out of the folder: no slash, and not only dots. */
const Name = z.string().regex(/^(?!\.+$)[A-Za-z0-9._-]{1,200}$/);

export function repositoryApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/repository/metadata/{file}',
        tags,
        ...open,
        request: { params: z.object({ file: Name }) },
        responses: answersFile(BYTES, 'Signed metadata of the manufacturer (TUF)'),
      }),
      async (c) => serve(kernel, ['metadata', c.req.valid('param').file]),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/repository/targets/{family}/{version}/{file}',
        tags,
        ...open,
        request: { params: z.object({ family: Name, version: Name, file: Name }) },
        responses: answersFile(BYTES, 'A target: the bytes of an update'),
      }),
      async (c) => {
        const { family, version, file } = c.req.valid('param');
        return serve(kernel, ['targets', family, version, file]);
      },
    );
}

async function serve(kernel: Kernel, path: readonly string[]): Promise<never> {
  const folder = await findRepository(kernel.db);
  const place = folder === null ? null : join(folder, ...path);
  const size =
    place === null
      ? null
      : await stat(place).then(
          (found) => (found.isFile() ? found.size : null),
          () => null,
        );
  if (place === null || size === null)
    throw refuseFleet('fleet.no-file', `The repository has no ${path.join('/').slice(0, 200)}.`);
  return new Response(Readable.toWeb(createReadStream(place)) as ReadableStream, {
    headers: { 'content-type': BYTES, 'content-length': String(size) },
  }) as never;
}
