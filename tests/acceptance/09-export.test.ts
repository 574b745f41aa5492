// Check 9 of the design: what was imported comes out again, with what people completed; the original stays as it came.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { EXPORT_FORMATS } from '../../workbench/rooms/components/export/export-sbom.ts';
import { fullCycloneDx } from '../../workbench/rooms/components/export/samples.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import { readSbom } from '../../workbench/rooms/components/sbom/read-sbom.ts';
import { type House, openHouse } from '../setup/actors.ts';

let house: House;
let lead: Record<string, string>;
let release: WardRecord;
const get = (path: string) => house.app.request(path, { headers: lead });
const exported = async (of: WardRecord, format: string) =>
  (await get(`/api/releases/${of.key}/sbom?format=${format}`)).json();
const take = (of: WardRecord, text: string, part: string | null = null) =>
  importSbom(house.ward, house.actor('security-lead').principal!, {
    release: of.key,
    fileName: 'bom.json',
    part,
    bytes: Buffer.from(text),
  });

beforeAll(async () => {
  house = await openHouse();
  lead = await house.headersOf(house.actor('security-lead'));
  release = await house.record('release', { name: 'Pump 3.0', version: '3.0' });
  await take(release, fullCycloneDx);
});
afterAll(() => house.close());

describe('a CycloneDX 1.6 file that was imported', () => {
  it('comes out with its references, dependencies, hashes, licences, pedigree and nesting', async () => {
    const given = JSON.parse(fullCycloneDx);

    const written = await exported(release, 'cyclonedx-1.6');

    expect(written.components).toEqual(given.components);
    expect(written.dependencies).toEqual(given.dependencies);
    expect(written.compositions).toEqual(given.compositions);
  });

  it.each(EXPORT_FORMATS)('can be imported again from %s', async (format) => {
    const text = JSON.stringify(await exported(release, format));
    const other = await house.record('release', { name: `From ${format}`, version: '1' });

    const { components, warnings } = await take(other, text);

    expect(components).toBe(4);
    // The patch of the sample is longer than what is kept beside a component.
    expect(warnings.filter(({ message }) => !message.startsWith('Only the beginning'))).toEqual([]);
    expect(readSbom(Buffer.from(text), 'b.json', { strict: true }).components).toHaveLength(4);
  });

  it('is kept as it came, by its digest', async () => {
    const { items } = await (await get(`/api/releases/${release.key}/sboms`)).json();

    const bytes = Buffer.from(await (await get(`/api/sboms/${items[0].id}/original`)).arrayBuffer());

    expect(bytes.toString('utf8')).toBe(fullCycloneDx);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(items[0].hash);
  });

  it('keeps its serial number over exports, and its edition grows with a change', async () => {
    const [one, again] = [await exported(release, 'cyclonedx-1.6'), await exported(release, 'cyclonedx-1.7')];
    expect(again.serialNumber).toBe(one.serialNumber);
    expect(again.version).toBe(one.version);

    await take(release, fullCycloneDx, 'second part');

    const later = await exported(release, 'cyclonedx-1.6');
    expect(later.version).toBeGreaterThan(one.version);
    expect(later.components).toHaveLength(2 + JSON.parse(fullCycloneDx).components.length * 2);
  });

  it('is not written in a format that there is not', async () => {
    expect(await exported(release, 'swid')).toMatchObject({ code: 'http.invalid' });
  });
});
