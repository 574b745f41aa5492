// Every notation of an SBOM goes the whole way: uploaded into a release, stored with its details, and scanned.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samples } from '../workbench/rooms/components/sbom/samples.ts';
import { command } from './bad-input/files.ts';
import { type House, openHouse } from './setup/actors.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

let house: House;
let session: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  session = await house.headersOf(house.actor('security-lead'));
  await house.record('release', { name: 'The first release', version: '1.0' });
});
afterAll(() => house.close());

describe.each(Object.entries(samples))('%s', (notation, text) => {
  it('is imported with its parts, pins and details', async () => {
    const query = new URLSearchParams({ release: 'REL-1', name: 'bom', part: notation });
    const answer = await house.app.request(`/api/sboms/upload?${query}`, {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/octet-stream' },
      body: text,
    });

    expect(await answer.json()).toMatchObject({ warnings: [], unchanged: false });
    const parts = await house.ward.db
      .selectFrom('component')
      .innerJoin('sbom', 'sbom.id', 'component.sbom_id')
      .select([
        'component.name',
        'component.commit_id',
        'component.cpes',
        'component.not_watched',
        'component.detail',
      ])
      .where('sbom.part', '=', notation)
      .execute();
    const part = (name: string) => parts.find((found) => found.name === name);
    expect(part('boot')).toMatchObject({
      commit_id: '0123456789abcdef0123456789abcdef01234567',
      not_watched: null,
      detail: { repository: 'https://git.example/boot.git', hashes: [{ algorithm: 'SHA-256' }] },
    });
    expect(part('rtos')?.cpes.length).toBeGreaterThan(0);
    if (notation.startsWith('CycloneDX')) {
      expect(part('tls')?.detail).toMatchObject({
        evidence: { occurrences: [{ location: '/lib/tls.so' }] },
        properties: [{ name: 'ward:element', value: 'SWI-1' }, { value: '2030-06-30' }],
      });
    }
  });

  it('is scanned and checked from the command line', async () => {
    const path = await writeTemporary('bom.any', text);

    const checked = await command(['sbom', 'check', path, '--json', '--strict']);
    const scanned = await command(['scan', path, '--json', '--data', join(temporaryFolder(), 'none')]);

    expect(JSON.parse(checked.out)).toMatchObject({ subject: 'Pump', notWatched: expect.anything() });
    expect([checked.exit, scanned.exit]).toEqual([0, 0]);
    expect(scanned.out).toContain('tls');
  });
});

describe('ward sbom check --strict', () => {
  it('refuses what is otherwise a warning', async () => {
    const text = '{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"7","components":[]}';
    const path = await writeTemporary('bom.json', text);

    const lenient = await command(['sbom', 'check', path, '--json']);
    const strict = await command(['sbom', 'check', path, '--json', '--strict']);

    expect([lenient.exit, strict.exit]).toEqual([0, 3]);
    expect(JSON.parse(strict.err)).toMatchObject({
      error: { code: 'sbom.not-conformant', at: '$.serialNumber' },
    });
  });
});
