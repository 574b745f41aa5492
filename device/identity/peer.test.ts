import { describe, expect, it } from 'vitest';
import { readPeer } from './peer.ts';
import { NO_REVOCATIONS } from './revocations.ts';
import { makeTestCa } from './test-ca.ts';

describe('readPeer', () => {
  it('reads the role, id and key of a holder', async () => {
    const ca = await makeTestCa();
    const unit = await ca.issue('unit', 'L4-0007');

    const peer = readPeer(unit.chain, { anchors: ca.anchors, now: Date.now(), revocations: NO_REVOCATIONS });

    expect(peer).toMatchObject({ role: 'unit', id: 'L4-0007', name: 'unit:L4-0007', serial: unit.serial });
    expect(peer.thumbprint).toBe(unit.key.thumbprint);
    expect(peer.notAfter).toBe(unit.notAfter);
  });
});
