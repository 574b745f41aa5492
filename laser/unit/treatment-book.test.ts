import { HandClock } from '@ward/device/clock.ts';
import type { Command } from '@ward/device/commands/unit.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { accessAs, admit, openTestUnit, treating } from '@ward/device/vault/testing.ts';
import { describe, expect, it } from 'vitest';
import { SAMPLE_PATIENT, SAMPLE_PREPARATION } from '../machine/scene.ts';
import { TreatmentBook } from './treatment-book.ts';

const ERASED = 'p-erased-0001';
const NEXT = 'p-next-00002';
const command = { grant: { person: 'person:amira' } } as Command;
const treatmentOf = (patient: string) => {
  const { eye, mode, parameters } = SAMPLE_PREPARATION;
  return { patient, eye, setting: { mode, parameters } };
};

const given = (pulses: number) => ({ pulses, energyMilliJoule: pulses * 4, settings: [] });

async function bookWithErased() {
  const { vault, log, events } = await openTestUnit(new SimulatedDisk());
  await admit(vault, ERASED);
  await vault.erase(accessAs('data-protection', 'erasure'), ERASED);
  const book = new TreatmentBook({
    ...{ vault, clock: new HandClock(1_790_000_000_000), audit: log, software: 'Lumen 400 4.1.0' },
    changed: () => undefined,
  });
  return { book, vault, events };
}

describe('the book of treatments', () => {
  it('refuses beforehand a patient of whom nothing may be written', async () => {
    const { book, vault } = await bookWithErased();
    expect(() => book.demand('person:amira', ERASED)).toThrow('vault.erased');
    await admit(vault, NEXT);
    expect(() => book.demand('person:amira', NEXT)).not.toThrow();
    await vault.restrict(accessAs('data-protection', 'restriction'), NEXT, true);
    expect(() => book.demand('person:amira', NEXT)).toThrow('vault.restricted');
  });

  it('is not held up for ever by a record that the vault will never take, and says that it is missing', async () => {
    const { book, vault, events } = await bookWithErased();
    book.prepared(command, treatmentOf(ERASED), SAMPLE_PATIENT);
    book.armed(treatmentOf(ERASED), given(0));
    book.ended(treatmentOf(ERASED), given(3));
    book.prepared(command, treatmentOf(NEXT), SAMPLE_PATIENT);
    book.armed(treatmentOf(NEXT), given(0));
    book.ended(treatmentOf(NEXT), given(40));
    await book.settled();

    expect(book.pending).toBe(false);
    const kept = await vault.list(treating, NEXT);
    expect(kept.filter((one) => one.class === 'treatment')).toHaveLength(1);
    expect(
      (await events()).filter(({ what }) => what === 'treatment.record-not-kept').map(({ code }) => code),
    ).toEqual(['vault.erased', 'vault.erased', 'vault.erased']);
  });
});
