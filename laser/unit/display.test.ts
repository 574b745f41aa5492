import { describe, expect, it } from 'vitest';
import { CONTROL_STATES, type ControlState } from '../machine/control-computer.ts';
import { LASER_AT_REST, type LaserState } from '../machine/laser-machine.ts';
import { type DisplayParts, displayOf } from './display.ts';

const NOTHING_ADJUSTED = { pulses: 3, energyMilliJoule: 12, settings: [] };

const parts = (state: ControlState, more: Partial<DisplayParts> = {}): DisplayParts => ({
  ...{ unit: 'L4-0007', version: '4.1.0', patient: null, delivered: NOTHING_ADJUSTED },
  laser: { ...LASER_AT_REST, control: { ...LASER_AT_REST.control, state } } satisfies LaserState,
  ...{
    recordPending: false,
    service: null,
    calibration: null,
    updateStaged: null,
    graceMinutes: 3,
    online: true,
  },
  ...{ auditWritable: true, auditProblem: false, notice: null },
  vault: { state: 'whole', damagedRecords: 0, code: null },
  ...more,
});

describe('the display', () => {
  it.each(CONTROL_STATES)('says in a sentence what %s is', (state) => {
    const { sentences } = displayOf(parts(state));
    expect(sentences.length).toBeGreaterThan(0);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it('tells a record that is not kept yet from one that is', () => {
    expect(displayOf(parts('ended', { recordPending: true })).sentences[1]).toContain('is being kept');
    expect(displayOf(parts('ended')).sentences[1]).toContain('is kept');
  });

  it('says what keeps a confirmed treatment from being armed', () => {
    expect(displayOf(parts('confirmed')).sentences).toContain('The key is off.');
  });

  it('asks a person for what needs one', () => {
    const shown = displayOf(parts('standby', { auditWritable: false, auditProblem: true, online: false }));
    expect(shown.warnings).toHaveLength(3);
  });

  it('shows a request for service with its code, and none of it during a treatment', () => {
    const service = {
      state: 'waiting',
      code: '12345678',
      why: 'drift',
      who: 'person:noor',
      minutes: 5,
    } as const;
    expect(displayOf(parts('standby', { service })).sentences.join(' ')).toContain('12345678');
    expect(displayOf(parts('emitting', { service })).sentences.join(' ')).not.toContain('12345678');
  });
});
