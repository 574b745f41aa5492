// The thread is bundled as the server's build does it, and gives the same answers as the reader itself.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleServer, threads } from '../../../../scripts/parts/server-bundle.mjs';
import { readSbom } from './read-sbom.ts';
import { readSbomAside } from './read-sbom-aside.ts';

const folder = mkdtempSync(join(tmpdir(), 'ward-thread-'));
const thread = join(folder, 'sbom-thread.mjs');

beforeAll(async () => {
  await bundleServer({ entries: threads, outdir: folder, root: resolve('.') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const large = (count: number, more: object = {}) =>
  new TextEncoder().encode(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: Array.from({ length: count }, (_, index) => ({
        'bom-ref': `c${index}`,
        type: 'library',
        name: `part ${index}`,
        description: 'x'.repeat(100),
        ...more,
      })),
    }),
  );

describe('a large SBOM', () => {
  it('is read in a thread as it would be here, while this thread goes on', async () => {
    const bytes = large(20_000);
    expect(bytes.length).toBeGreaterThan(1024 * 1024);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 5);

    const sbom = await readSbomAside(bytes, 'bom.json', {}, thread);
    clearInterval(timer);

    expect(sbom).toEqual(readSbom(bytes, 'bom.json'));
    expect(ticks).toBeGreaterThan(2);
    expect(bytes.length).toBeGreaterThan(0);
  });

  it('is refused in a thread as it would be here', async () => {
    const bytes = large(20_000, { type: 'nothing' });

    await expect(readSbomAside(bytes, 'bom.json', {}, thread)).rejects.toMatchObject({
      name: 'WardError',
      code: 'sbom.wrong-value',
      status: 422,
      at: '$.components[0].type',
      remedy: expect.stringMatching(/\.$/),
    });
  });

  it('that is packed is read in a thread when much may come out of it', async () => {
    const bytes = gzipSync(large(20_000), { level: 0 });

    expect((await readSbomAside(bytes, 'bom.json.gz', {}, thread)).components).toHaveLength(20_000);
  });

  it('is read here where there is no built thread', async () => {
    expect((await readSbomAside(large(20_000), 'bom.json', {}, null)).components).toHaveLength(20_000);
  });

  it('ends in a fault, not in silence, when the thread cannot start', async () => {
    await expect(readSbomAside(large(20_000), 'bom.json', {}, join(folder, 'gone.mjs'))).rejects.toThrow();
  });
});
