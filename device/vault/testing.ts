// A vault with its keys and its audit log on one disk, as a unit has them: for tests, attacks and the report of power cuts.

import { decodeEntry, eventOf } from '../audit/entry.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { AuditLog } from '../audit/log.ts';
import { openTestLog } from '../audit/testing.ts';
import { HandClock } from '../clock.ts';
import type { SimulatedDisk } from '../disk/simulated-disk.ts';
import { rememberAnchor } from './anchor.ts';
import { FileKeys } from './file-keys.ts';
import { readNames } from './names.ts';
import type { Access } from './purposes.ts';
import type { PatientRecord, TreatmentRecord } from './record.ts';
import { Vault, type VaultOptions } from './vault.ts';

export interface TestUnit {
  readonly vault: Vault;
  readonly log: AuditLog;
  /** What the audit log holds, newest last. */
  readonly events: () => Promise<readonly AuditEvent[]>;
}

/** Opens audit log and vault of a unit on this disk. */
export async function openTestUnit(
  disk: SimulatedDisk,
  options: Partial<VaultOptions> = {},
): Promise<TestUnit> {
  const unit = options.unit ?? 'L4-0007';
  const { remember, anchor, carry } = rememberAnchor();
  const { log } = await openTestLog(disk, { remember, carry, unit });
  let ids = 0;
  const vault = await Vault.open({
    disk,
    unit,
    keys: new FileKeys(disk),
    clock: new HandClock(),
    audit: log,
    anchor: anchor(),
    names: () => readNames(log),
    newId: () => `r-${log.head.sequence}-${++ids}`,
    ...options,
  });
  return { vault, log, events: () => eventsOf(log) };
}

export async function eventsOf(log: AuditLog): Promise<readonly AuditEvent[]> {
  const { lines } = await log.read(1, 10_000);
  return lines.flatMap((line) => {
    const entry = decodeEntry(line);
    return entry === null ? [] : [eventOf(entry)];
  });
}

export const accessAs = (role: string, purpose: string, more: Partial<Access> = {}): Access => ({
  who: `person:${role}`,
  role,
  purpose,
  channel: 'local',
  ...more,
});
export const treating = accessAs('clinician', 'treatment');

export const treatment = (more: Partial<TreatmentRecord> = {}): TreatmentRecord => ({
  kind: 'treatment',
  eye: 'left',
  mode: 'single',
  wavelengthNanoMetre: 532,
  powerMilliWatt: 200,
  spotMicroMetre: 100,
  pulseMilliSecond: 20,
  pulses: 120,
  totalEnergyMilliJoule: 480,
  startedAt: '2026-11-26T08:00:00.000Z',
  endedAt: '2026-11-26T08:12:00.000Z',
  performedBy: 'person:amira',
  outcome: 'completed',
  software: '4.2.0',
  indication: 'proliferative diabetic retinopathy',
  note: null,
  ...more,
});

export const person = (more: Partial<PatientRecord> = {}): PatientRecord => ({
  kind: 'patient',
  family: 'Sample',
  given: 'Sam',
  birthDate: '1961-02-03',
  gender: 'unknown',
  hospitalNumber: 'H-1001',
  ...more,
});

/** A patient with a name and one treatment; gives the treatment's id. */
export async function admit(vault: Vault, patient: string): Promise<string> {
  await vault.write(treating, patient, person());
  return (await vault.write(treating, patient, treatment({ note: `of ${patient}` }))).record;
}
