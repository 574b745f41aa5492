import { nothingKnown, verifyBatch } from '@ward/device/audit/verify.ts';
import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import { expect, it } from 'vitest';
import { Trail } from './trail.ts';

it('is believed by the workbench as a real one is, upload after upload', async () => {
  const { key } = await generateSoftwareKey();
  const trail = new Trail('L4-0001', key);
  let known = nothingKnown('L4-0001');
  for (const [events, lines, signedTo] of [
    [2, 3, 2],
    [0, 0, 2],
    [1, 2, 4],
  ] as const) {
    const upload = await trail.upload(events, 1_000);
    const verdict = await verifyBatch({ unit: 'L4-0001', ...upload }, known, [{ ...key.jwk }]);
    expect(verdict).toMatchObject({ whole: true, known: { signedTo } });
    expect(upload.lines).toHaveLength(lines);
    known = verdict.known;
  }
});
