import { afterEach, describe, expect, it, vi } from 'vitest';
import { recordsClient } from './client.ts';

afterEach(() => vi.unstubAllGlobals());

describe('what a page asks', () => {
  it('is asked where it is meant, whatever stands in the address of the page', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response('{}');
    });
    for (const key of ['REL-1', 'REL-1/..', 'A?b=1', 'A#b', '\0'])
      await recordsClient.records[':key'].$get({ param: { key } });
    expect(asked).toEqual([
      '/api/records/REL-1',
      '/api/records/REL-1%2F..',
      '/api/records/A%3Fb%3D1',
      '/api/records/A%23b',
      '/api/records/%00',
    ]);
  });
});
