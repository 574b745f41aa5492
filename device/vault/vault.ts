// Patient data on the unit: who may, for which purpose, what they see, and a record of every access. The store below does the keeping.
//
// Every access, done or refused, is told to the audit log with the pseudonym and nothing else of the patient. Before data are given out the
// entry is durable. When the log cannot be written, requests from the network are refused; a person at the device goes on (and the log tells
// afterwards how many entries it missed).
import { z } from 'zod';
import { type AuditEvent, type AuditSink, auditEvent } from '../audit/event.ts';
import type { Clock } from '../clock.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { EmergencyLimit } from './emergency-limit.ts';
import { type ExportedRecord, type PatientBundle, patientBundle } from './fhir.ts';
import { type Access, type Action, denial, seesClass, viewFor } from './purposes.ts';
import {
  BreakGlassRecord,
  type PatientRecord,
  StoredRecord,
  type TreatmentRecord,
  VaultRecord,
} from './record.ts';
import { refuseVault } from './refusals.ts';
import { type Listed, RecordStore, type StoreOptions } from './store.ts';

export interface VaultOptions extends StoreOptions {
  readonly audit: AuditSink;
  /** Makes a new record id, e.g. a UUID. */
  readonly newId: () => string;
}

export interface VaultHealth {
  readonly state: 'whole' | 'damaged' | 'closed';
  readonly damagedRecords: number;
  readonly code: string | null;
}

export interface Written {
  readonly record: string;
  readonly version: number;
}

export interface ReadRecord {
  readonly record: string;
  readonly version: number;
  /** Only the fields that the purpose needs. */
  readonly fields: Partial<VaultRecord>;
}

export interface OpenedInEmergency {
  readonly records: readonly ReadRecord[];
  /** So many are kept: more than are given. */
  readonly treatments: number;
}

/** An emergency access that somebody has to look at, or has. */
export interface EmergencyAccess {
  readonly patient: string;
  readonly id: string;
  readonly access: BreakGlassRecord;
}

const MOST_LISTED = 1000;
/** Damaged records that are named in the audit log one by one. */
const MOST_NAMED = 100;
/** What gives patient data out. */
const GIVES_OUT: readonly Action[] = ['read', 'list', 'export'];

/** Of one treatment: each arming and the end write it whole, with all settings until then. */
const TREATMENT_BYTES = 4 * 1024 * 1024;

const Review = z.strictObject({ justified: z.boolean(), note: z.string().min(1).max(2000) });

export class Vault {
  readonly #kept: RecordStore | null;
  /** Why the store cannot be opened; null when it is. */
  readonly #closedBy: Refusal | null;
  readonly #audit: AuditSink;
  readonly #unit: string;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #emergencies: EmergencyLimit;

  private constructor(
    store: RecordStore | null,
    { audit, unit, clock, newId }: Pick<VaultOptions, 'audit' | 'unit' | 'clock' | 'newId'>,
    closedBy: Refusal | null = null,
  ) {
    this.#kept = store;
    this.#closedBy = closedBy;
    this.#audit = audit;
    this.#unit = unit;
    this.#clock = clock;
    this.#newId = newId;
    this.#emergencies = new EmergencyLimit(clock);
  }

  /**
   * Opens the store and tells the audit log what was found: `vault.recovered` (a torn tail was cut), `vault.restored` (a backup was put
   * back) and `vault.opened`; or `vault.refused` with the code of what is wrong, and the refusal.
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const { audit } = options;
    let store: RecordStore;
    try {
      store = await RecordStore.open(options);
    } catch (error) {
      if (isRefusal(error))
        await tolerate(
          audit.append(
            auditEvent({ what: 'vault.refused', outcome: 'failed', code: error.code, detail: error.detail }),
          ),
        );
      throw error;
    }
    const { recoveredBytes, restoredFrom, frames, strayBytes, fault } = store.opened;
    // Without an anchor nobody can say on the unit whether the store is the newest one.
    const detail = { ...store.anchor, frames, anchored: options.anchor !== null };
    const told: [string, AuditEvent['detail']][] = [['vault.opened', detail]];
    if (restoredFrom !== null) told.unshift(['vault.restored', { ...detail, acknowledged: restoredFrom }]);
    if (recoveredBytes > 0) told.unshift(['vault.recovered', { bytes: recoveredBytes }]);
    for (const [what, detail] of told)
      await tolerate(audit.append(auditEvent({ what, outcome: 'done', detail })));
    if (fault !== null) {
      const records = store.damaged.length;
      for (const { seq, name, code } of store.damaged.slice(0, MOST_NAMED))
        await tolerate(
          audit.append(
            auditEvent({
              ...{ what: 'vault.damaged', outcome: 'failed', code },
              on: name === null ? null : `patient:${name.patient}`,
              detail: { record: name?.record ?? null, version: name?.version ?? null, frame: seq },
            }),
          ),
        );
      const detail = { records, named: Math.min(records, MOST_NAMED), strayBytes };
      await tolerate(
        audit.append(auditEvent({ what: 'vault.damage-found', outcome: 'failed', code: fault, detail })),
      );
    }
    return new Vault(store, options);
  }

  /** Of a unit whose store cannot be opened: it starts all the same, and every access is refused as the opening was. */
  static closed(refusal: Refusal, options: Pick<VaultOptions, 'audit' | 'unit' | 'clock' | 'newId'>): Vault {
    return new Vault(null, options, refusal);
  }

  /** What a person has to know: whether everything that was kept is there. No patient data. */
  get health(): VaultHealth {
    if (this.#kept === null)
      return { state: 'closed', damagedRecords: 0, code: this.#closedBy?.code ?? null };
    const { fault } = this.#kept.opened;
    const damagedRecords = this.#kept.damaged.length;
    return { state: fault === null ? 'whole' : 'damaged', damagedRecords, code: fault };
  }

  get #store(): RecordStore {
    if (this.#kept === null) throw this.#closedBy;
    return this.#kept;
  }

  /** How many patients there are: a number for the unit's own status, no patient data. */
  get patientCount(): number {
    return this.#kept?.patients.length ?? 0;
  }

  /**
   * Stores a record, or a new version of one; durable when it resolves. Refuses what the store refuses, `vault.malformed`, and what role and
   * purpose do not permit. `audit.unwritable` (from the network only) leaves open whether it was stored: the log failed in between.
   */
  write(access: Access, patient: string, record: VaultRecord, id?: string): Promise<Written> {
    return this.#guarded(access, 'write', patient, id ?? null, async () => {
      const valid = VaultRecord.safeParse(record);
      if (!valid.success)
        throw refuseVault('vault.malformed', { at: valid.error.issues[0]?.path.join('.') ?? '' });
      const { kind } = valid.data;
      // One patient record each, so that a corrected name is a version and not a second person.
      const name = id ?? (kind === 'patient' ? 'patient' : this.#newId());
      const known = this.#store.classOf(patient, name);
      if (known !== null && known !== kind) throw refuseVault('vault.malformed', { at: 'kind' });
      if (id !== undefined && known === null && id !== 'patient') throw refuseVault('vault.no-such-record');
      const stored = await this.#store.put(patient, name, kind, encode(valid.data));
      const { version, ...anchor } = stored;
      await this.#tell(access, 'vault.written', patient, { record: name, version, ...anchor });
      return { record: name, version };
    });
  }

  /**
   * Whether records of a patient could be written now, asked before something is done that has to be recorded.
   * Refuses what role and purpose do not permit, `vault.restricted`, `vault.erased`, and `vault.full` when a long treatment would not find room; it
   * writes nothing down.
   */
  demandWritable(access: Access, patient: string): void {
    const denied = denial(access, 'write', this.#kept?.isRestricted(patient) === true);
    if (denied !== null) throw refuseVault(denied, { action: 'write' });
    if (this.#store.isErased(patient)) throw refuseVault('vault.erased');
    if (!this.#store.hasRoom(TREATMENT_BYTES)) throw refuseVault('vault.full', { before: 'treatment' });
  }

  /** The newest version of a record, or an earlier one, as far as the purpose needs it. */
  read(access: Access, patient: string, record: string, version?: number): Promise<ReadRecord> {
    return this.#guarded(access, 'read', patient, record, async () => {
      this.#mustExist(patient);
      const kind = this.#store.classOf(patient, record);
      if (kind === null) this.#store.refuseDamaged(patient, record);
      if (kind === null) throw refuseVault('vault.no-such-record');
      if (!seesClass(access.purpose, kind)) throw refuseVault('vault.purpose-not-permitted', { class: kind });
      await this.#breakGlass(access, patient, record);
      const found = await this.#load(patient, record, version);
      await this.#tell(access, 'vault.read', patient, { record, version: found.version });
      return { record, version: found.version, fields: viewFor(access.purpose, found.record) };
    });
  }

  /**
   * What is needed of a patient in an emergency: who they are and their newest treatments, under one reason, kept before anything is given out and
   * listed until somebody has reviewed it. With `goesOn`, reading on soon after belongs to the same emergency and is no new one.
   * Refuses `vault.reason-missing`, `vault.emergency-too-often` and what `read` refuses.
   */
  openInEmergency(access: Access, patient: string, most: number, goesOn = false): Promise<OpenedInEmergency> {
    return this.#guarded(access, 'read', patient, null, async () => {
      if (access.purpose !== 'break-glass')
        throw refuseVault('vault.purpose-not-permitted', { emergency: false });
      this.#mustExist(patient);
      if (goesOn && this.#emergencies.goesOn(access.who, patient))
        await this.#tell(access, 'vault.read', patient, { record: null, emergency: 'goes on' });
      else await this.#breakGlass(access, patient, null);
      const listed = this.#store.list(patient).filter((one) => seesClass(access.purpose, one.class));
      const treatments = listed.filter((one) => one.class === 'treatment').sort((a, b) => b.at - a.at);
      const records: ReadRecord[] = [];
      for (const { record } of [
        ...listed.filter((one) => one.class === 'patient'),
        ...treatments.slice(0, most),
      ]) {
        const found = await this.#load(patient, record);
        records.push({ record, version: found.version, fields: viewFor(access.purpose, found.record) });
      }
      return { records, treatments: treatments.length };
    });
  }

  /** Which records of a patient there are, of the classes that the purpose sees. */
  list(access: Access, patient: string): Promise<readonly Listed[]> {
    return this.#guarded(access, 'list', patient, null, async () => {
      this.#mustExist(patient);
      await this.#breakGlass(access, patient, null);
      const listed = this.#store.list(patient).filter((one) => seesClass(access.purpose, one.class));
      await this.#tell(access, 'vault.listed', patient, { records: listed.length });
      return listed;
    });
  }

  /**
   * What the laser did in its newest treatments, of all patients together: the fields that the purpose needs, in no order that tells whose
   * they are, without pseudonyms and record ids. Restricted persons are left out, and those of whom something is damaged. For the physicist, who asks about the laser.
   */
  listWithoutPatients(access: Access, most: number): Promise<readonly Partial<VaultRecord>[]> {
    return this.#guarded(access, 'list', null, null, async () => {
      // A purpose that is about a person names the person.
      if (seesClass(access.purpose, 'patient'))
        throw refuseVault('vault.purpose-not-permitted', { patient: null });
      const found = this.#store.patients.flatMap((patient) =>
        this.#store.isRestricted(patient) || this.#store.isDamaged(patient)
          ? []
          : this.#store
              .list(patient)
              .filter((one) => one.class === 'treatment' && seesClass(access.purpose, one.class))
              .map((one) => ({ patient, ...one })),
      );
      const newest = found.sort((a, b) => b.at - a.at).slice(0, Math.max(0, Math.min(most, MOST_LISTED)));
      const views: Partial<VaultRecord>[] = [];
      for (const { patient, record } of newest)
        views.push(viewFor(access.purpose, (await this.#load(patient, record)).record));
      await this.#tell(access, 'vault.listed', null, { records: views.length });
      return views.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    });
  }

  /** Everything of one patient as FHIR R4, for a request of access or portability; `request` is how the audit log names it. */
  exportPatient(access: Access, patient: string, request: string | null = null): Promise<PatientBundle> {
    return this.#guarded(access, 'export', patient, null, async () => {
      this.#mustExist(patient);
      let person: ExportedRecord<PatientRecord> | null = null;
      const treatments: ExportedRecord<TreatmentRecord>[] = [];
      for (const { record: id, class: kind } of this.#store.list(patient)) {
        if (kind === 'break-glass') continue;
        const { record, version } = await this.#load(patient, id);
        if (record.kind === 'patient') person = { id, version, record };
        else treatments.push({ id, version, record });
      }
      await this.#tell(access, 'vault.exported', patient, { records: treatments.length, request });
      return patientBundle(this.#unit, patient, this.#clock.wall(), person, treatments);
    });
  }

  /**
   * Erases a patient by destroying their key and every older generation of the key-encryption key: copies of the data and of older keyrings
   * stay unreadable. Whether a law asks that the record be kept is decided by the person before this (GDPR Art. 17(3)).
   */
  erase(access: Access, patient: string): Promise<void> {
    return this.#guarded(access, 'erase', patient, null, async () => {
      const anchor = await this.#store.erase(patient);
      await this.#tell(access, 'vault.erased', patient, { ...anchor });
    });
  }

  /** Erases everybody at once, before disposal or re-use of the unit. */
  eraseAll(access: Access): Promise<void> {
    return this.#guarded(access, 'erase', null, null, async () => {
      const patients = this.patientCount;
      const anchor = await this.#store.eraseAll();
      await this.#tell(access, 'vault.erased', null, { patients, ...anchor });
    });
  }

  restrict(access: Access, patient: string, restricted: boolean): Promise<void> {
    return this.#guarded(access, 'restrict', patient, null, async () => {
      this.#mustExist(patient);
      const anchor = await this.#store.restrict(patient, restricted);
      await this.#tell(access, 'vault.restricted', patient, { restricted, ...anchor });
    });
  }

  /** Renews the key-encryption key; no data are written. */
  rotate(access: Access): Promise<void> {
    return this.#guarded(access, 'rotate', null, null, async () => {
      const anchor = await this.#store.rotate();
      await this.#tell(access, 'vault.rotated', null, { ...anchor });
    });
  }

  /** Emergency accesses, those without a review first, each newest first: `most` of them behind the first `after`, and how many there are. */
  emergencyAccesses(
    access: Access,
    after = 0,
    most = MOST_LISTED,
  ): Promise<{ readonly all: number; readonly accesses: readonly EmergencyAccess[] }> {
    return this.#guarded(access, 'review', null, null, async () => {
      const kept = this.#store.patients.flatMap((patient) =>
        this.#store
          .list(patient)
          .filter((one) => one.class === 'break-glass')
          .map(({ record: id, version, at }) => ({ patient, id, at, isReviewed: version > 1 }))
          .reverse(),
      );
      // A review is the second version: nothing is opened to know their order.
      kept.sort((a, b) => Number(a.isReviewed) - Number(b.isReviewed) || b.at - a.at);
      const accesses: EmergencyAccess[] = [];
      for (const { patient, id } of kept.slice(after, after + most))
        accesses.push({ patient, id, access: await this.#emergency(patient, id) });
      await this.#tell(access, 'vault.listed', null, { emergencies: accesses.length });
      return { all: kept.length, accesses };
    });
  }

  /** Records what somebody found who looked at an emergency access; nobody reviews their own. */
  review(access: Access, patient: string, id: string, outcome: z.infer<typeof Review>): Promise<void> {
    return this.#guarded(access, 'review', patient, id, async () => {
      this.#mustExist(patient);
      const valid = Review.safeParse(outcome);
      if (!valid.success) throw refuseVault('vault.malformed', { at: 'review' });
      if (this.#store.classOf(patient, id) !== 'break-glass') throw refuseVault('vault.no-such-record');
      const before = await this.#emergency(patient, id);
      if (before.who === access.who) throw refuseVault('vault.purpose-not-permitted', { own: true });
      const review = { who: access.who, at: this.#clock.wall(), ...valid.data };
      const stored = await this.#store.put(patient, id, 'break-glass', encode({ ...before, review }));
      const { version: _version, ...anchor } = stored;
      const { justified } = valid.data;
      await this.#tell(access, 'vault.reviewed', patient, { record: id, justified, ...anchor });
    });
  }

  close(): Promise<void> {
    return this.#kept?.close() ?? Promise.resolve();
  }

  /** Decides by role and purpose, does it, and tells the audit log when it was refused. */
  async #guarded<Value>(
    access: Access,
    action: Action,
    patient: string | null,
    record: string | null,
    job: () => Promise<Value>,
  ): Promise<Value> {
    try {
      const denied = denial(access, action, patient !== null && this.#kept?.isRestricted(patient) === true);
      if (denied !== null) throw refuseVault(denied, { action });
      if (this.#closedBy !== null) throw this.#closedBy;
      // Far from the laser nobody sees that something is missing: what is left would pass for all there is.
      if (
        access.channel === 'remote' &&
        GIVES_OUT.includes(action) &&
        patient !== null &&
        this.#store.isDamaged(patient)
      )
        throw refuseVault('vault.damaged', { action });
      if (access.channel === 'remote' && !this.#audit.writable)
        // A failed log is asked again: it may have room by now.
        await this.#audit.append(event(access, 'vault.asked', 'done', null, this.#on(patient), { action }));
      return await job();
    } catch (error) {
      if (isRefusal(error)) await this.#tellRefused(access, action, patient, record, error);
      throw error;
    }
  }

  #mustExist(patient: string): void {
    if (this.#store.isErased(patient)) throw refuseVault('vault.erased');
    if (!this.#store.has(patient)) throw refuseVault('vault.no-such-patient');
  }

  /** Keeps the typed reason with the patient's data, to be reviewed, before anything is shown. Refuses `vault.emergency-too-often`. */
  async #breakGlass(access: Access, patient: string, record: string | null): Promise<void> {
    if (access.purpose !== 'break-glass') return;
    const { who, role, reason = '' } = access;
    if (!this.#emergencies.take(who, patient)) throw refuseVault('vault.emergency-too-often');
    const kept: BreakGlassRecord = {
      kind: 'break-glass',
      who,
      role,
      record,
      reason,
      at: this.#clock.wall(),
      review: null,
    };
    const id = this.#newId();
    let detail: AuditEvent['detail'];
    try {
      const { version: _version, ...anchor } = await this.#store.put(
        patient,
        id,
        'break-glass',
        encode(kept),
      );
      detail = { record, review: id, ...anchor };
    } catch (error) {
      // In an emergency a full disk hides nothing; the access stays in the audit log, the typed reason is lost.
      if (!isRefusal(error, 'vault.full') && !isRefusal(error, 'vault.unwritable')) throw error;
      detail = { record, review: null, reason: error.code };
    }
    await this.#tell(access, 'vault.opened-in-emergency', patient, detail);
  }

  async #load(patient: string, record: string, version?: number) {
    const found = await this.#store.get(patient, record, version);
    const valid = StoredRecord.safeParse(decode(found.content));
    if (!valid.success) throw refuseVault('vault.malformed', { stored: true });
    return { record: valid.data, version: found.version };
  }

  async #emergency(patient: string, id: string): Promise<BreakGlassRecord> {
    const valid = BreakGlassRecord.safeParse(decode((await this.#store.get(patient, id)).content));
    if (!valid.success) throw refuseVault('vault.malformed', { stored: true });
    return valid.data;
  }

  /** A pseudonym that is not known here may be a name that somebody typed: it does not go into the log. */
  #on(patient: string | null): string | null {
    if (patient === null) return null;
    return this.#kept?.has(patient) || this.#kept?.isErased(patient)
      ? `patient:${patient}`
      : 'patient:(unknown)';
  }

  /** Throws `audit.unwritable` for what came over the network; at the device work goes on. */
  async #tell(access: Access, what: string, patient: string | null, detail: AuditEvent['detail']) {
    const told = this.#audit.append(event(access, what, 'done', null, this.#on(patient), detail));
    await (access.channel === 'remote' ? told : tolerate(told));
  }

  async #tellRefused(
    access: Access,
    action: Action,
    patient: string | null,
    record: string | null,
    refusal: Refusal,
  ): Promise<void> {
    // The log itself cannot be written: nobody to tell.
    if (refusal.code === 'audit.unwritable') return;
    const known =
      patient !== null && record !== null && (this.#kept?.classOf(patient, record) ?? null) !== null;
    const detail = { action, record: known ? record : null, ...refusal.detail };
    await tolerate(
      this.#audit.append(event(access, 'vault.refused', 'refused', refusal.code, this.#on(patient), detail)),
    );
  }
}

function event(
  { who, role, purpose, channel }: Access,
  what: string,
  outcome: AuditEvent['outcome'],
  code: string | null,
  on: string | null,
  detail: AuditEvent['detail'],
): AuditEvent {
  return auditEvent({
    what,
    outcome,
    code,
    who,
    role,
    on,
    detail: { purpose: purpose.slice(0, 40), channel, ...detail },
  });
}

/** The audit log may be unable to take it; then it says itself how much it missed. */
async function tolerate(told: Promise<unknown>): Promise<void> {
  try {
    await told;
  } catch (error) {
    if (!isRefusal(error, 'audit.unwritable')) throw error;
  }
}

const encode = (record: VaultRecord | BreakGlassRecord): Uint8Array => Buffer.from(JSON.stringify(record));

function decode(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return null;
  }
}
