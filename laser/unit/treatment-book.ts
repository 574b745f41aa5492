// Treatments into the vault: the patient when one is prepared, the treatment when it is armed and again when it ends, so that a loss of power in
// between leaves a record too. What the vault cannot take now is kept and tried again, and the display says so; what it will never take is told in the
// audit log and holds up nothing after it.
import { type AuditSink, auditEvent } from '@ward/device/audit/event.ts';
import type { Clock } from '@ward/device/clock.ts';
import type { Command } from '@ward/device/commands/unit.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Access } from '@ward/device/vault/purposes.ts';
import { MOST_SETTINGS, type PatientRecord, type TreatmentRecord } from '@ward/device/vault/record.ts';
import type { Vault } from '@ward/device/vault/vault.ts';
import type { Treatment } from '../machine/control-computer.ts';
import type { PatientData } from '../machine/vocabulary.ts';
import type { Delivered } from './emission.ts';

const WAVELENGTH_NANOMETRE = 532;
const AGAIN_MS = 5_000;
/** What becomes no other by waiting: what the record is, and whose. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  ...['vault.malformed', 'vault.oversized', 'vault.erased', 'vault.restricted', 'vault.key-used-up'],
  ...['vault.role-not-permitted', 'vault.purpose-not-permitted', 'vault.no-such-record'],
]);

/** Nobody was written down under this pseudonym, or what was cannot be read any more. */
const UNKNOWN: ReadonlySet<string> = new Set([
  ...['vault.no-such-patient', 'vault.no-such-record', 'vault.changed', 'vault.moved'],
  ...['vault.deleted', 'vault.oversized', 'vault.rolled-back'],
]);

interface Begun {
  readonly startedAt: string;
  readonly by: string;
  /** Of the vault; null until the first write was acknowledged. */
  id: string | null;
}

export class TreatmentBook {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #audit: AuditSink;
  readonly #software: string;
  readonly #changed: () => void;
  #by = 'local';
  #begun: Begun | null = null;
  #writing: Promise<void> = Promise.resolve();
  #pending = 0;
  #closed = false;

  constructor(parts: {
    vault: Vault;
    clock: Clock;
    audit: AuditSink;
    software: string;
    changed: () => void;
  }) {
    this.#vault = parts.vault;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
    this.#software = parts.software;
    this.#changed = parts.changed;
  }

  /** Something is not durable yet. */
  get pending(): boolean {
    return this.#pending > 0;
  }

  /** Refuses a patient of whom nothing may be written: nobody is treated without a record. */
  demand(person: string, patient: string): void {
    this.#vault.demandWritable(treating(person), patient);
  }

  prepared(command: Command, treatment: Treatment, person: PatientData): void {
    this.#by = command.grant.person;
    const access = treating(command.grant.person);
    this.#later(async () => {
      const record = patientRecord(person);
      const known = await this.#vault.read(access, treatment.patient, 'patient').catch((error) => {
        // Also when the one that was kept is damaged: then it is written anew, as a version after it.
        if (isRefusal(error) && UNKNOWN.has(error.code)) return null;
        throw error;
      });
      if (known && JSON.stringify(known.fields) === JSON.stringify(record)) return;
      await this.#vault.write(access, treatment.patient, record, 'patient');
    });
  }

  /** The laser was armed for the first time, or with another setting than before: what was given until now is kept at once. */
  armed(treatment: Treatment, delivered: Delivered): void {
    this.#begun ??= { startedAt: new Date(this.#clock.wall()).toISOString(), by: this.#by, id: null };
    const begun = this.#begun;
    this.#later(() => this.#write(begun, treatment, delivered, 'begun'));
  }

  ended(treatment: Treatment, delivered: Delivered): void {
    const begun = this.#begun;
    this.#begun = null;
    // Never armed: nothing was done to anybody.
    if (!begun) return;
    this.#later(() => this.#write(begun, treatment, delivered, null));
  }

  /** When everything so far is durable or was given up at the end. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
  }

  async #write(
    begun: Begun,
    { patient, eye, setting }: Treatment,
    { pulses, energyMilliJoule, settings }: Delivered,
    note: string | null,
  ): Promise<void> {
    // What was laid ready after the last arming was never in force.
    const last = settings.at(-1) ?? { setting, pulses: 0 };
    const { mode, parameters } = last.setting;
    const { powerMilliWatt, spotMicroMetre, pulseMilliSecond } = parameters;
    const cut = settings.length - MOST_SETTINGS;
    const record: TreatmentRecord = {
      kind: 'treatment',
      ...{ eye, mode, wavelengthNanoMetre: WAVELENGTH_NANOMETRE },
      ...{ powerMilliWatt, spotMicroMetre, pulseMilliSecond, pulses },
      totalEnergyMilliJoule: energyMilliJoule,
      settings: settings.slice(-MOST_SETTINGS).map((one) => ({
        mode: one.setting.mode,
        powerMilliWatt: one.setting.parameters.powerMilliWatt,
        spotMicroMetre: one.setting.parameters.spotMicroMetre,
        pulseMilliSecond: one.setting.parameters.pulseMilliSecond,
        ...{ pulses: one.pulses, energyMilliJoule: one.energyMilliJoule },
      })),
      startedAt: begun.startedAt,
      endedAt: new Date(this.#clock.wall()).toISOString(),
      performedBy: begun.by,
      // Of the last setting: an adjustment begins to count anew.
      outcome: last.pulses >= parameters.pulses ? 'completed' : 'stopped',
      software: this.#software,
      indication: null,
      note: note ?? (cut > 0 ? `The first ${cut} settings are in the totals only.` : null),
    };
    const written = await this.#vault.write(treating(begun.by), patient, record, begun.id ?? undefined);
    begun.id = written.record;
  }

  async #notKept(code: string): Promise<void> {
    await this.#audit
      .append(auditEvent({ what: 'treatment.record-not-kept', outcome: 'failed', code }))
      .catch((error) => console.error('the audit log does not have it either:', error));
  }

  /** One after the other; again and again until the vault takes it. */
  #later(job: () => Promise<void>): void {
    this.#pending += 1;
    this.#writing = this.#writing.then(async () => {
      while (true) {
        try {
          await job();
          break;
        } catch (error) {
          if (!isRefusal(error) || this.#closed || FOR_GOOD.has(error.code)) {
            console.error('a treatment record was not kept:', error);
            await this.#notKept(isRefusal(error) ? error.code : 'vault.unwritable');
            break;
          }
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref());
        }
      }
      this.#pending -= 1;
      this.#changed();
    });
  }
}

const treating = (who: string): Access => ({
  who,
  role: 'clinician',
  purpose: 'treatment',
  channel: 'local',
});

function patientRecord({ name, bornOn, recordNumber }: PatientData): PatientRecord {
  const words = name.trim().split(/\s+/);
  const family = words.length > 1 ? words.slice(-1).join(' ') : name;
  const given = words.length > 1 ? words.slice(0, -1).join(' ') : name;
  return {
    kind: 'patient',
    family,
    given,
    birthDate: bornOn,
    gender: 'unknown',
    hospitalNumber: recordNumber,
  };
}
