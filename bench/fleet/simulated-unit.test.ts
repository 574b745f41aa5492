import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import { expect, it } from 'vitest';
import { SimulatedUnit } from './simulated-unit.ts';

const word = (version: number, sha256: string | null) => ({
  director: {
    [`${version}.targets.json`]: JSON.stringify({
      signed: {
        version,
        targets: sha256 === null ? {} : { file: { hashes: { sha256 }, custom: { version: '4.2.0' } } },
      },
    }),
  },
});

it('stages what it is directed to and runs it; one that fails stays at what it ran', async () => {
  const { key } = await generateSoftwareKey();
  for (const fails of [false, true]) {
    const unit = new SimulatedUnit('L4-0001', key, fails);
    expect(await unit.report(0, 1)).toMatchObject({ director: 0, report: { update: null } });
    unit.hear(word(1, null));
    expect(await unit.report(0, 2)).toMatchObject({ director: 1, report: { update: null } });
    const sha256 = 'a'.repeat(64);
    unit.hear(word(2, sha256));
    expect(await unit.report(0, 3)).toMatchObject({ director: 2, report: { update: { step: 'staged' } } });
    unit.hear({ director: null });
    expect(await unit.report(0, 4)).toMatchObject({
      report: fails
        ? { version: '4.1.0', update: { sha256, step: 'failed', code: 'update.health-failed' } }
        : { version: '4.2.0', sha256, update: { step: 'confirmed', code: null } },
    });
  }
});
