import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BootRecord,
  type BootState,
  beginTrial,
  chooseSlot,
  confirmTrial,
  emptySlot,
  failTrial,
  fillSlot,
  MOST_ATTEMPTS,
  otherSlot,
  type Slot,
  type SlotRecord,
} from './boot-record.ts';

const content = (version: string, more: Partial<SlotRecord> = {}): SlotRecord => ({
  ...{ version, releaseCounter: 1, releaseKey: 'REL-1', length: 1, sha256: 'f'.repeat(64) },
  ...{ state: 'confirmed', attempt: 1, code: null, ...more },
});
const record = (more: Partial<BootRecord> = {}): BootRecord => ({
  ...{
    sequence: 1,
    counter: 1,
    active: 'A',
    trial: null,
    slots: { A: content('1.0.0'), B: null },
    untold: [],
  },
  ...more,
});

/** As the executor does it: answers every question about bytes. */
function decide(state: BootState, truth: Readonly<Record<Slot, 'right' | 'wrong'>>) {
  const bytes = { ...state.bytes };
  for (let asked = 0; asked < 3; asked += 1) {
    const choice = chooseSlot({ ...state, bytes });
    if (choice.kind !== 'verify') return choice;
    bytes[choice.slot] = truth[choice.slot];
  }
  throw new Error('it asks again and again');
}
const unknown = { A: 'unknown', B: 'unknown' } as const;
const right = { A: 'right', B: 'right' } as const;

describe('which slot is started', () => {
  it('the confirmed one, and nothing is written', () => {
    const before = record();

    expect(decide({ record: before, counter: 1, bytes: unknown }, right)).toEqual({
      ...{ kind: 'boot', slot: 'A', trial: false, record: before },
    });
  });

  it('not what was staged but not switched to', () => {
    const staged = fillSlot(record(), 'B', content('2.0.0', { state: 'staged' }));

    expect(decide({ record: staged, counter: 1, bytes: unknown }, right)).toMatchObject({ slot: 'A' });
  });

  it('the one on trial three times, then the confirmed one', () => {
    let now = beginTrial(fillSlot(record(), 'B', content('2.0.0', { state: 'staged' })), 'B');
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
      const choice = decide({ record: now, counter: 1, bytes: unknown }, right);
      expect(choice).toMatchObject({ slot: 'B', trial: true, record: { trial: { attempts: attempt } } });
      now = choice.record;
    }
    const last = decide({ record: now, counter: 1, bytes: unknown }, right);

    expect(last).toMatchObject({ slot: 'A', trial: false });
    expect(last.record.slots.B).toMatchObject({ state: 'failed', code: 'update.crash-loop' });
  });

  it('after a confirmation the new one, and the old one only when the new one is damaged and the counter allows it', () => {
    const trial = beginTrial(fillSlot(record(), 'B', content('2.0.0', { state: 'staged' })), 'B');
    const confirmed = confirmTrial(trial);

    expect(decide({ record: confirmed, counter: 1, bytes: unknown }, right)).toMatchObject({ slot: 'B' });
    const damaged = { A: 'right', B: 'wrong' } as const;
    expect(decide({ record: confirmed, counter: 1, bytes: unknown }, damaged)).toMatchObject({ slot: 'A' });
    expect(decide({ record: confirmed, counter: 2, bytes: unknown }, right)).toMatchObject({ kind: 'stop' });
  });

  it('none whose bytes are not right', () => {
    const nothing = { A: 'wrong', B: 'wrong' } as const;

    expect(decide({ record: record(), counter: 1, bytes: unknown }, nothing)).toMatchObject({ kind: 'stop' });
  });

  it('whatever the record says: right bytes, a counter that is high enough, confirmed or on trial', () => {
    const slot = fc.constantFrom<Slot>('A', 'B');
    const state = fc.constantFrom<SlotRecord['state']>('staged', 'confirmed', 'failed');
    const some = fc.option(
      fc.record({ state, releaseCounter: fc.nat(3) }).map((more) => content('1.0.0', more)),
      { nil: null },
    );
    const truth = fc.constantFrom('right', 'wrong') as fc.Arbitrary<'right' | 'wrong'>;
    fc.assert(
      fc.property(
        fc.record({
          active: slot,
          counter: fc.nat(3),
          trial: fc.option(fc.record({ slot, attempts: fc.nat(5) }), { nil: null }),
          slots: fc.record({ A: some, B: some }),
          truth: fc.record({ A: truth, B: truth }),
        }),
        ({ counter, truth: bytes, ...more }) => {
          const before = record(more);
          const choice = decide({ record: before, counter, bytes: unknown }, bytes);
          if (choice.kind === 'stop') {
            for (const one of ['A', 'B'] as const) {
              const found = before.slots[one];
              expect(
                found?.state === 'confirmed' && bytes[one] === 'right' && found.releaseCounter >= counter,
              ).toBe(false);
            }
            return;
          }
          const chosen = choice.record.slots[choice.slot] as SlotRecord;
          expect(bytes[choice.slot]).toBe('right');
          expect(chosen.releaseCounter).toBeGreaterThanOrEqual(counter);
          expect(chosen.state).toBe(choice.trial ? 'staged' : 'confirmed');
          if (choice.trial) expect(choice.record.trial?.attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
          else expect(choice.record.active).toBe(choice.slot);
        },
      ),
    );
  });
});

describe('any order of acts', () => {
  it('leaves a confirmed slot that is never overwritten', () => {
    const act = fc.constantFrom('stage', 'switch', 'boot', 'confirm', 'fail');
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        let now = record();
        let version = 1;
        for (const what of acts) {
          const inactive = otherSlot(now.active);
          const staged = now.slots[inactive]?.state === 'staged';
          if (what === 'stage' && !now.trial) {
            version += 1;
            now = fillSlot(
              emptySlot(now, inactive),
              inactive,
              content(`${version}.0.0`, { state: 'staged' }),
            );
          } else if (what === 'switch' && !now.trial && staged) now = beginTrial(now, inactive);
          else if (what === 'boot')
            now = decide({ record: now, counter: now.counter, bytes: unknown }, right).record;
          else if (what === 'confirm') now = confirmTrial(now);
          else if (what === 'fail') now = failTrial(now, 'update.health-failed');
          expect(now.slots[now.active]?.state).toBe('confirmed');
          if (now.trial) expect(now.trial.slot).not.toBe(now.active);
        }
      }),
    );
  });
});
