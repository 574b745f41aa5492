// What the pages of the room ask the server.
import { queryOptions } from '@tanstack/react-query';
import { z } from 'zod';
import { client } from '../../../web/client.ts';
import type { LayoutApi } from '../layout-api.ts';
import type { LayoutChange } from '../layout-model.ts';

// The content policy allows no code made at run time; without this the schema library tries, and the browser reports it.
z.config({ jitless: true });

const layoutClient = client<LayoutApi>();

export function layoutQuery(key: string) {
  return queryOptions({
    queryKey: ['system-layout', key],
    queryFn: async () =>
      (await (await layoutClient['system-models'][':key'].layout.$get({ param: { key } })).json()).places,
  });
}

export async function putLayout(key: string, places: LayoutChange): Promise<void> {
  await layoutClient['system-models'][':key'].layout.$put({ param: { key }, json: { places } });
}
