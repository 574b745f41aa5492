import { enrol } from '@ward/device/agent/enrol.ts';
import { verifyAudit } from '@ward/device/audit/verify.ts';
import { HandClock } from '@ward/device/clock.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { refuseIdentity } from '@ward/device/identity/refusals.ts';
import { describe, expect, it } from 'vitest';
import { EnrolmentCorner } from './enrolment-corner.ts';

const TRIED = { code: 'ABCD-EFGH-JKLM', workbenchUrl: 'http://127.0.0.1:9' };

describe('enrolment at the panel', () => {
  it('is one at a time, and none afterwards', async () => {
    let finish: () => void = () => undefined;
    let tries = 0;
    const corner = new EnrolmentCorner(() => {
      tries += 1;
      return new Promise<void>((done) => {
        finish = done;
      });
    });
    const first = corner.act(TRIED);
    expect(await corner.act(TRIED)).toMatchObject({ did: false, says: expect.stringMatching(/under way/) });
    finish();
    expect(await first).toEqual({ did: true, says: null });
    await corner.enrolled;
    expect(await corner.act(TRIED)).toMatchObject({ did: false, says: expect.stringMatching(/is enrolled/) });
    expect(tries).toBe(1);
  });

  it('may be tried again after a refusal', async () => {
    let tries = 0;
    const corner = new EnrolmentCorner(async () => {
      tries += 1;
      if (tries === 1) throw refuseIdentity('identity.code-malformed');
    });
    expect((await corner.act(TRIED)).did).toBe(false);
    expect((await corner.act(TRIED)).did).toBe(true);
  });

  it('leaves a log that hangs together, however often the button is pressed', async () => {
    const disk = new SimulatedDisk();
    const corner = new EnrolmentCorner((tried) =>
      enrol({ disk, clock: new HandClock(), unit: 'L4-0007', ...tried }),
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => corner.act(TRIED)));
    expect(answers.filter(({ says }) => says?.includes('under way'))).toHaveLength(3);
    const log = await disk.read('audit/log', 1_000_000);
    expect(log).not.toBeNull();
    const found = await verifyAudit(log as Uint8Array, [], { unit: 'L4-0007' });
    expect(found.findings.filter(({ code }) => code !== 'audit.unsigned')).toEqual([]);
  });
});
