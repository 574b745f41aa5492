// A unit in this process whose disk is full: nothing is done for remote any more, and a treatment that is under way goes on to its end.

import { afterEach, describe, expect, it } from 'vitest';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from './machine/scene.ts';
import { closeUnits, unitInHand } from './testing/unit-in-hand.ts';

afterEach(closeUnits);

describe('a unit whose disk is full', () => {
  it('refuses what comes from remote, stops when told to, and lets a treatment go on to its end', async () => {
    const { simulated, laser, link, agent } = await unitInHand();
    const parameters = { ...SAMPLE_PREPARATION.parameters, repeatHertz: 10, pulses: 5 };
    const prepare = { ...SAMPLE_PREPARATION, parameters };
    await link.ask({ verb: 'treatment.prepare', body: prepare, patientData: SAMPLE_PATIENT });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed', 'foot-a-down', 'foot-b-down'] as const)
      laser.local(input);
    expect(laser.state).toBe('emitting');

    simulated.limit(0);
    const refused = await link.ask({ verb: 'treatment.end', body: {} });
    expect(refused.receipt).toMatchObject({ outcome: 'refused', code: 'command.audit-unwritable' });
    expect(laser.state).toBe('emitting');
    await expect.poll(() => laser.state, { timeout: 5_000 }).toBe('ended');
    expect(laser.display()).toMatchObject({ energyMilliJoule: 20 });
    expect(laser.display().warnings.join(' ')).toContain('audit log cannot be written');
    expect(laser.display().sentences[1]).toContain('is being kept');

    simulated.limit(Number.MAX_SAFE_INTEGER);
    await expect.poll(() => laser.display().sentences[1], { timeout: 15_000 }).toContain('is kept');
    const events = (await agent.log.read(1, 1_000)).lines.map((line) => JSON.parse(line).what);
    expect(events).toContain('audit.resumed');
  });

  it('obeys a stop from remote though nothing can be written', async () => {
    const { simulated, laser, link } = await unitInHand();
    await link.ask({ verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT });
    for (const input of ['key-on', 'confirm-pressed', 'arm-pressed'] as const) laser.local(input);
    simulated.limit(0);
    const { receipt } = await link.ask({ verb: 'stop', body: {} });
    expect(receipt).toMatchObject({ outcome: 'done', state: 'paused', audit: null });
  });
});
