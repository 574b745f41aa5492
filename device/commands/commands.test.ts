import { describe, expect, it } from 'vitest';
import { makeLaserScene, SAMPLE_PATIENT, SAMPLE_PREPARATION } from '../../laser/machine/scene.ts';
import type { MemoryAudit } from '../audit/event.ts';

describe('a command from console to laser and back', () => {
  it('is signed, checked, done, recorded and answered by a receipt', async () => {
    const scene = await makeLaserScene();
    const clinician = await scene.connect();

    const { receipt } = await scene.prepare(clinician);

    expect(receipt).toMatchObject({ outcome: 'done', code: null, state: 'prepared', unit: 'L4-0007' });
    expect(scene.laser.now.safety.setting?.parameters).toEqual(SAMPLE_PREPARATION.parameters);
    expect(scene.laser.patientOnDisplay).toEqual(SAMPLE_PATIENT);
    expect((scene.audit as MemoryAudit).events.map(({ what }) => what)).toEqual([
      'session.opened',
      'command.accepted',
    ]);
    expect(JSON.stringify((scene.audit as MemoryAudit).events)).not.toContain('Ferrara');
  });
});
