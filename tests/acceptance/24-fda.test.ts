// Check 24 of the design: supplier, level of support and end of support for every component, or why not; who lacks them is named.
// And what people complete: apart from the SBOM, kept over the next one, matched like a new identity.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { runImport } from '../../workbench/knowledge/run-import.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { ADVISORY, VULNERABILITY } from '../rights/requests.ts';
import { type House, openHouse } from '../setup/actors.ts';
import { writeTemporary } from '../setup/temporary.ts';

let house: House;
let lead: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  await house.ward.jobs.start(1);
  lead = await house.headersOf(house.actor('security-lead'));
});
afterAll(() => house.close());

const ask = async (path: string, body?: object) => {
  const response = await house.app.request(path, {
    headers: { ...lead, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  return response.json();
};
let serial = 0;
const bomOf = (...components: object[]) =>
  Buffer.from(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      metadata: {
        timestamp: '2026-11-24T09:30:00Z',
        authors: [{ name: 'Build Team' }],
        component: { type: 'device', 'bom-ref': 'p', name: 'Pump', version: '1' },
      },
      components: components.map((one, n) => ({
        type: 'library',
        'bom-ref': `c${n}`,
        version: '1.0.0',
        ...one,
      })),
      dependencies: [{ ref: 'p', dependsOn: components.map((_, n) => `c${n}`) }],
      compositions: [{ aggregate: 'complete', assemblies: ['p'] }],
    }),
  );
const releaseWith = async (...components: object[]): Promise<WardRecord> => {
  serial += 1;
  const release = await house.record('release', { name: `Release ${serial}`, version: `1.${serial}` });
  await take(release, ...components);
  return release;
};
const take = (release: WardRecord, ...components: object[]) =>
  importSbom(house.ward, house.actor('security-lead').principal!, {
    release: release.key,
    fileName: 'bom.json',
    part: null,
    bytes: bomOf(...components),
  });
const qualityOf = (release: WardRecord) => ask(`/api/releases/${release.key}/sbom-quality?open=all`);
const fdaOf = async (release: WardRecord) =>
  (await qualityOf(release)).complete.find((one: { set: string }) => one.set === 'fda');
const complete = async (release: WardRecord, name: string, fields: object, more: object = {}) => {
  const { items } = await qualityOf(release);
  const components = items
    .filter((one: { name: string }) => one.name === name)
    .map((one: { id: string }) => one.id);
  return ask(`/api/releases/${release.key}/supplements`, {
    components,
    fields,
    reason: 'Told by the maker',
    ...more,
  });
};
const named = (name: string) => ({ name, purl: `pkg:generic/${name}@1.0.0` });

describe('a component without supplier, support or a reason', () => {
  it('keeps the SBOM from being complete and is named, until it is completed', async () => {
    const release = await releaseWith(named('tls'), { ...named('rtos'), supplier: { name: 'Acme' } });
    expect(await fdaOf(release)).toMatchObject({ complete: false, components: 2 });
    expect((await fdaOf(release)).first).toContainEqual({
      component: 'tls 1.0.0',
      rule: 'supplier-is-named',
    });

    await complete(release, 'tls', {
      supplier: 'Tls Project',
      supportLevel: 'actively-maintained',
      endOfSupport: '2030-06-30',
    });
    expect(await fdaOf(release)).toMatchObject({ complete: false, components: 1 });
    await complete(release, 'rtos', { justification: 'Acme does not publish its dates.' });

    expect(await fdaOf(release)).toMatchObject({ complete: true, open: 0 });
  });

  it('goes out with what was completed, in the fields of each format', async () => {
    const release = await releaseWith(named('zlib'));
    await complete(release, 'zlib', {
      supplier: 'Zlib',
      supportLevel: 'no-longer-maintained',
      endOfSupport: '2027-01-31',
    });

    const of = (format: string) => ask(`/api/releases/${release.key}/sbom?format=${format}`);
    const [cycloneDx, spdx, spdx3] = [await of('cyclonedx-1.7'), await of('spdx-2.3'), await of('spdx-3.0')];

    expect(cycloneDx.components[0].supplier).toEqual({ name: 'Zlib' });
    expect(cycloneDx.components[0].properties).toEqual(
      expect.arrayContaining([
        { name: 'ward:support:level', value: 'no-longer-maintained' },
        { name: 'cdx:lifecycle:milestone:endOfSupport', value: '2027-01-31' },
      ]),
    );
    expect(spdx.packages[1]).toMatchObject({
      supplier: 'Organization: Zlib',
      validUntilDate: '2027-01-31T00:00:00Z',
    });
    expect(spdx3['@graph']).toContainEqual(
      expect.objectContaining({
        name: 'zlib',
        supportLevel: ['endOfSupport'],
        validUntilTime: '2027-01-31T00:00:00Z',
      }),
    );
  });
});

describe('what people completed', () => {
  it('survives the next SBOM of the product, and leaves the original alone', async () => {
    const release = await releaseWith(named('curl'));
    await complete(release, 'curl', { supplier: 'The curl project' }, { holdsFor: 'every-version' });

    await take(release, { ...named('curl'), version: '1.0.1', purl: 'pkg:generic/curl@1.0.1' });

    const { items } = await ask(`/api/releases/${release.key}/components`);
    expect(items[0]).toMatchObject({
      version: '1.0.1',
      supplier: 'The curl project',
      supplemented: ['supplier'],
    });
    const stored = await house.ward.db
      .selectFrom('component')
      .select('supplier')
      .where('name', '=', 'curl')
      .execute();
    expect(stored.map(({ supplier }) => supplier)).toEqual([null, null]);
  });

  it('is matched when it is an identity, and no more when it is taken back', async () => {
    const path = await writeTemporary('advisory.json', ADVISORY);
    await runImport(house.ward, { paths: [path], source: 'test', actorId: null });
    const release = await releaseWith({ name: 'lefthand' });
    const flaws = async () => {
      await house.ward.jobs.drain();
      return (await ask(`/api/findings?release=${release.key}`)).items.map(
        (one: { vulnerability: string }) => one.vulnerability,
      );
    };
    expect(await flaws()).toEqual([]);

    await complete(release, 'lefthand', { purl: 'pkg:npm/left-hand@1.0.0' });
    expect(await flaws()).toEqual([VULNERABILITY]);

    await take(release, { name: 'lefthand' }, named('another'));
    expect(await flaws()).toEqual([VULNERABILITY]);

    await complete(release, 'lefthand', { purl: null });
    expect(await flaws()).toEqual([]);
  });

  it('says who, when and why, also in the ledger', async () => {
    const release = await releaseWith(named('expat'));
    await complete(release, 'expat', { licence: 'MIT' });

    const { items } = await ask(`/api/releases/${release.key}/supplements`);

    expect(items[0]).toMatchObject({
      place: expect.stringContaining('expat'),
      version: '1.0.0',
      fields: { licence: 'MIT' },
      reason: 'Told by the maker',
      madeBy: { name: 'security-lead' },
    });
    const notes = await house.ward.db
      .selectFrom('ledger')
      .selectAll()
      .orderBy('seq', 'desc')
      .limit(3)
      .execute();
    expect(JSON.stringify(notes)).toContain('component.supplemented');
  });

  it('refuses a component of another release, and an identity that cannot be read', async () => {
    const release = await releaseWith(named('png'));
    const other = await house.record('release', { name: 'Empty', version: '1' });
    const { items } = await qualityOf(release);
    const body = { components: [items[0].id], fields: { supplier: 'x' }, reason: 'because' };

    expect(await ask(`/api/releases/${other.key}/supplements`, body)).toMatchObject({
      status: 422,
      code: 'supplement.no-component',
    });
    expect(await complete(release, 'png', { purl: 'png@1' })).toMatchObject({
      status: 422,
      code: 'supplement.not-readable',
    });
    expect(await complete(release, 'png', { cpe: 'png:1' })).toMatchObject({
      code: 'supplement.not-readable',
    });
  });
});
