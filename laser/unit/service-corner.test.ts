import { MemoryAudit } from '@ward/device/audit/event.ts';
import { HandClock } from '@ward/device/clock.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { generateSoftwareKey, type SigningKey } from '@ward/device/identity/key.ts';
import { signServiceRequest } from '@ward/device/service/request.ts';
import { describe, expect, it } from 'vitest';
import { ServiceCorner } from './service-corner.ts';

const ID = '5f9d6b1c-3f3e-4f0e-9d0b-2f6a1c9e7d10';

async function cornerWithMaker() {
  const { key } = await generateSoftwareKey();
  const corner = await ServiceCorner.open({
    ...{ unit: 'L4-0007', clock: new HandClock(), disk: new SimulatedDisk(), audit: new MemoryAudit() },
    inStandby: () => true,
    ended: () => undefined,
  });
  await corner.believe(key.jwk);
  return { corner, key };
}
const request = (key: SigningKey, more: object) =>
  signServiceRequest(
    {
      ...{ id: ID, unit: 'L4-0007', who: 'person:noor', why: 'Yearly check', verbs: ['service.self-test'] },
      ...{ minutes: 30, challenge: 'a'.repeat(43), ...more },
    },
    (bytes) => key.sign(bytes),
  );

describe('service at the laser, as the workbench is told of it', () => {
  it('says nothing of a request that the maker did not sign, whatever id it names', async () => {
    const { corner } = await cornerWithMaker();
    for (const id of ['-'.repeat(36), ID]) {
      const body = Buffer.from(JSON.stringify({ id })).toString('base64url');
      await expect(corner.request(`e30.${body}.AAAA`)).rejects.toMatchObject({ code: 'service.malformed' });
      expect(corner.report().service).toBeNull();
    }
  });

  it('says why it takes no request that the maker did sign', async () => {
    const { corner, key } = await cornerWithMaker();
    const long = await request(key, { minutes: 600 });
    await expect(corner.request(long)).rejects.toMatchObject({ code: 'service.too-long' });
    expect(corner.report().service).toEqual({ id: ID, state: 'refused', because: 'service.too-long' });
  });
});
