// What a record of the vault holds.
import { z } from 'zod';

const Text = (most: number) => z.string().min(1).max(most);
/** An instant of the unit's wall clock. */
const Instant = z.iso.datetime();
const Positive = (most: number) => z.number().positive().max(most);

const MODE = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

/** One setting of a treatment, and what was given under it: a treatment may be adjusted halfway. */
export const SettingGiven = z.strictObject({
  mode: MODE,
  powerMilliWatt: Positive(5000),
  spotMicroMetre: Positive(5000),
  pulseMilliSecond: Positive(10_000),
  pulses: z.number().int().min(0).max(100_000),
  energyMilliJoule: z.number().min(0).max(10_000_000),
});
export type SettingGiven = z.infer<typeof SettingGiven>;
/** All of them fit into a record. */
export const MOST_SETTINGS = 200;

/** One photocoagulation as it was done: what was set, what was given, by whom, to which eye. */
export const TreatmentRecord = z.strictObject({
  kind: z.literal('treatment'),
  eye: z.enum(['left', 'right']),
  /** E.g. `single`, `repeat`, `pattern`. */
  mode: MODE,
  wavelengthNanoMetre: Positive(2000),
  /** With mode, spot and pulse: the setting that was armed last. */
  powerMilliWatt: Positive(5000),
  spotMicroMetre: Positive(5000),
  pulseMilliSecond: Positive(10_000),
  /** Pulses that were really given; 0 when the treatment was ended before the first. */
  pulses: z.number().int().min(0).max(100_000),
  totalEnergyMilliJoule: z.number().min(0).max(10_000_000),
  /** Each setting in the order in which they were armed. Absent in records from before it was kept: there the one above is all that is known. */
  settings: z.array(SettingGiven).max(MOST_SETTINGS).optional(),
  startedAt: Instant,
  endedAt: Instant,
  performedBy: Text(200),
  outcome: z.enum(['completed', 'stopped']),
  /** Versions of the unit's software and of the parameter table in force. */
  software: Text(100),
  indication: Text(500).nullable(),
  note: Text(4000).nullable(),
});
export type TreatmentRecord = z.infer<typeof TreatmentRecord>;

/** Who the pseudonym is. */
export const PatientRecord = z.strictObject({
  kind: z.literal('patient'),
  family: Text(200),
  given: Text(200),
  birthDate: z.iso.date(),
  gender: z.enum(['male', 'female', 'other', 'unknown']),
  /** The hospital's own number. */
  hospitalNumber: Text(100),
});
export type PatientRecord = z.infer<typeof PatientRecord>;

/** An emergency access, kept with the patient's data until somebody has reviewed it and after. */
export const BreakGlassRecord = z.strictObject({
  kind: z.literal('break-glass'),
  who: Text(300),
  role: Text(100),
  record: z.string().max(64).nullable(),
  /** As typed: may hold patient data, so it is kept here and not in the audit log. */
  reason: Text(2000),
  at: z.number(),
  review: z
    .strictObject({ who: Text(300), at: z.number(), justified: z.boolean(), note: Text(2000) })
    .nullable(),
});
export type BreakGlassRecord = z.infer<typeof BreakGlassRecord>;

export const VaultRecord = z.discriminatedUnion('kind', [TreatmentRecord, PatientRecord]);
export type VaultRecord = z.infer<typeof VaultRecord>;

/**
 * A record as it is read: whatever a later version of the software added goes along unread, so that a unit that returned to its last good version
 * still shows what was treated meanwhile.
 */
export const StoredRecord = z.discriminatedUnion('kind', [
  z.looseObject(TreatmentRecord.shape),
  z.looseObject(PatientRecord.shape),
]);
