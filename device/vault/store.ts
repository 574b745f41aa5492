// The encrypted store: an append-only file of frames, a keyring beside it, an index in memory. Knows nothing of roles and purposes.
//
// Files in its folder: `data` (frames, see `frame.ts`) and `keyring`. What both together cannot tell, a store put back whole from a copy,
// is told by its anchor, which the audit log keeps for it (`anchor.ts`).
// It is not compacted: what was erased or replaced stays as ciphertext, whose key is gone when it was erased. `mostBytes` bounds it.
import type { Clock } from '../clock.ts';
import { type Disk, type DiskFile, diskError, isDiskError } from '../disk/disk.ts';
import { Lane } from '../disk/lane.ts';
import type { Anchor } from './anchor.ts';
import {
  associatedData,
  decodeFrame,
  encodeFrame,
  encodeHead,
  type Frame,
  type FrameHead,
  firstMac,
  frameLength,
  hasMac,
  MAC_BYTES,
  MOST_CONTENT_BYTES,
  MOST_FRAME_BYTES,
  macOf,
  type RecordClass,
} from './frame.ts';
import type { KeyProvider } from './key-provider.ts';
import { contextOf, type Keyring, readKeyring, STORE_OWNER, writeKeyring } from './keyring.ts';
import { refuseVault } from './refusals.ts';
import { type Damage, type DamageCode, type Found, findFrames, padded, type RecordName } from './salvage.ts';
import { MOST_SEALS, newKey, seal, unseal } from './seal.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const MOST_GROUP = 512;
/** Keys of so many patients are kept unwrapped. */
const MOST_OPEN_KEYS = 1000;
const PSEUDONYM = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

export interface StoreOptions {
  readonly disk: Disk;
  readonly folder?: string;
  readonly unit: string;
  readonly keys: KeyProvider;
  readonly clock: Clock;
  /** Newest place that was acknowledged, from the audit log; null when it knows none. */
  readonly anchor: Anchor | null;
  /** Encryptions under one patient's key. */
  readonly mostSeals?: number;
  /** The data grow no larger; then it is as if the disk were full. */
  readonly mostBytes?: number;
  /** Of `mostBytes`, kept free of emergency accesses: what is treated is recorded when nobody keeps a reason any more. A quarter when absent. */
  readonly reservedBytes?: number;
  /**
   * Given: a damaged file is opened with what can be verified, and the rest is named (`damaged`), by what the audit log knows. Absent: a damaged file is
   * refused. Asked only when something is damaged.
   */
  readonly names?: () => Promise<ReadonlyMap<number, RecordName>>;
  /** Takes data that are older than the anchor: a backup that a person puts back. The keyring must be the newest all the same. */
  readonly restore?: boolean;
}

/** Where a version of a record stands. */
interface Place {
  readonly position: number;
  readonly length: number;
  readonly seq: number;
  readonly version: number;
  readonly class: RecordClass;
  readonly at: number;
}

export interface Stored extends Anchor {
  readonly version: number;
}

export interface Listed {
  readonly record: string;
  readonly class: RecordClass;
  readonly version: number;
  readonly at: number;
}

interface Waiting {
  readonly patient: string;
  readonly record: string;
  readonly class: RecordClass;
  readonly content: Uint8Array;
  readonly done: (stored: Stored) => void;
  readonly failed: (reason: unknown) => void;
}

/** What opening found and did. */
export interface Opened {
  /** Bytes of a torn tail that were cut. */
  readonly recoveredBytes: number;
  readonly restoredFrom: number | null;
  readonly frames: number;
  /** Bytes that belong to no frame, in a damaged file. */
  readonly strayBytes: number;
  /** What was found first in a damaged file; null for a whole one. */
  readonly fault: string | null;
}

type Options = Required<Omit<StoreOptions, 'names'>> & Pick<StoreOptions, 'names'>;

export class RecordStore {
  readonly #options: Options;
  readonly #file: DiskFile;
  readonly #macKey: Uint8Array;
  #keyring: Keyring;
  #size = 0;
  #seq = 0;
  #mac: Uint8Array;
  /** What the next frame hangs on, when it is not the newest one. */
  #link: Uint8Array | null = null;
  #dirty = false;
  readonly #index = new Map<string, Map<string, Place[]>>();
  /** How often a patient's key has encrypted, at most: attempts that failed count too. */
  readonly #seals = new Map<string, number>();
  readonly #openKeys = new Map<string, Uint8Array>();
  #waiting: Waiting[] = [];
  #scheduled = false;
  readonly #lane = new Lane();
  #opened: Opened = { recoveredBytes: 0, restoredFrom: null, frames: 0, strayBytes: 0, fault: null };
  #damaged: readonly Damage[] = [];

  private constructor(options: Options, file: DiskFile, keyring: Keyring, macKey: Uint8Array) {
    this.#options = options;
    this.#file = file;
    this.#keyring = keyring;
    this.#macKey = macKey;
    this.#mac = firstMac(macKey, options.unit);
  }

  /**
   * Opens and checks the whole store against its anchor; cuts a tail that was never acknowledged; destroys generations of keys that an
   * interrupted rotation or erasure left. Refuses, and changes nothing, when anything acknowledged is missing or changed and no `names` are given, and
   * always when the keys are not what they have to be.
   */
  static async open(options: StoreOptions): Promise<RecordStore> {
    const { mostBytes = 1024 * 1024 * 1024 } = options;
    const whole = {
      folder: 'vault',
      mostSeals: MOST_SEALS,
      restore: false,
      reservedBytes: mostBytes / 4,
      ...options,
      mostBytes,
    };
    const { disk, folder, unit, keys, anchor } = whole;
    let file: DiskFile | null = null;
    try {
      await disk.makeFolder(folder);
      file = await disk.open(`${folder}/data`, { create: true });
      const found =
        (await readKeyring(disk, `${folder}/keyring`, unit, keys)) ??
        (await firstKeyring(whole, file.size, anchor));
      if (anchor !== null && found.keyring.serial < anchor.keyring)
        throw refuseVault('vault.keyring-rolled-back', {
          serial: found.keyring.serial,
          expected: anchor.keyring,
        });
      const store = new RecordStore(whole, file, found.keyring, found.macKey);
      await store.#load();
      await store.#destroyOthers();
      return store;
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw isDiskError(error) ? refuseVault('vault.unreadable', { reason: error.code }, error) : error;
    }
  }

  /** What was acknowledged and cannot be verified any more. */
  get damaged(): readonly Damage[] {
    return this.#damaged;
  }

  /** Something of this patient is damaged; or of nobody knows whom, so that it may be theirs. */
  isDamaged(patient: string): boolean {
    return this.#damaged.some(({ name }) => name === null || name.patient === patient);
  }

  get opened(): Opened {
    return this.#opened;
  }

  /** The newest durable place: what the audit log keeps. */
  get anchor(): Anchor {
    return {
      sequence: this.#seq,
      head: Buffer.from(this.#mac).toString('hex'),
      keyring: this.#keyring.serial,
    };
  }

  get patients(): readonly string[] {
    return Object.keys(this.#keyring.patients);
  }

  /** Whether so many bytes more are within its own bound; the disk may be full all the same. */
  hasRoom(bytes: number): boolean {
    return this.#size + bytes <= this.#options.mostBytes;
  }

  isErased(patient: string): boolean {
    return Object.hasOwn(this.#keyring.erased, patient);
  }

  has(patient: string): boolean {
    return Object.hasOwn(this.#keyring.patients, patient);
  }

  isRestricted(patient: string): boolean {
    return this.has(patient) && this.#keyring.patients[patient]?.restricted === true;
  }

  /** Newest version of each record of a patient. */
  list(patient: string): readonly Listed[] {
    return [...(this.#index.get(patient) ?? [])].flatMap(([record, places]) =>
      places.slice(-1).map((place) => ({ record, class: place.class, version: place.version, at: place.at })),
    );
  }

  classOf(patient: string, record: string): RecordClass | null {
    return this.#index.get(patient)?.get(record)?.[0]?.class ?? null;
  }

  /**
   * Stores a new version, durable when it resolves; several at a time share one sync. Refuses `vault.erased`, `vault.oversized`,
   * `vault.malformed` (a name that is none), `vault.key-used-up`, `vault.full` and `vault.unwritable`: then nothing was stored.
   */
  put(patient: string, record: string, kind: RecordClass, content: Uint8Array): Promise<Stored> {
    if (!PSEUDONYM.test(patient) || !PSEUDONYM.test(record))
      return Promise.reject(refuseVault('vault.malformed', { names: false }));
    if (content.length > MOST_CONTENT_BYTES)
      return Promise.reject(refuseVault('vault.oversized', { bytes: content.length }));
    return new Promise((done, failed) => {
      this.#waiting.push({ patient, record, class: kind, content, done, failed });
      if (this.#scheduled) return;
      this.#scheduled = true;
      void this.#lane.run(() => this.#flush());
    });
  }

  /**
   * One version, the newest when none is named. Refuses `vault.no-such-record`, `vault.moved` (another frame stands there),
   * `vault.changed` (it does not open) and `vault.unreadable`.
   */
  async get(
    patient: string,
    record: string,
    version?: number,
  ): Promise<{ content: Uint8Array; version: number; at: number }> {
    const places = this.#index.get(patient)?.get(record) ?? [];
    const place = version === undefined ? places.at(-1) : places.find((one) => one.version === version);
    const damage = this.#damageOf(patient, record, version, place);
    if (damage) throw refuseVault(damage.code, { seq: damage.seq });
    if (!place) throw refuseVault('vault.no-such-record');
    let bytes: Uint8Array;
    try {
      bytes = await this.#file.read(place.position, place.length);
    } catch (error) {
      throw isDiskError(error) ? refuseVault('vault.unreadable', { reason: error.code }, error) : error;
    }
    const frame = decodeFrame(padded(bytes, place.length));
    if (!frame) throw refuseVault('vault.changed', { seq: place.seq });
    const { head } = frame;
    if (
      head.seq !== place.seq ||
      head.patient !== patient ||
      head.record !== record ||
      head.version !== place.version
    )
      throw refuseVault('vault.moved', { seq: place.seq, found: head.seq });
    const key = await this.#keyOf(patient);
    const content = unseal(key, frame.sealed, associatedData(this.#options.unit, frame.headBytes));
    if (content === null) throw refuseVault('vault.changed', { seq: place.seq });
    return { content, version: place.version, at: place.at };
  }

  /** A damaged version that was asked for, or that is newer than the newest which is left. */
  #damageOf(patient: string, record: string, version: number | undefined, place: Place | undefined) {
    return this.#damaged.find(({ name }) => {
      if (name === null) return place === undefined;
      if (name.patient !== patient || name.record !== record) return false;
      if (name.version === null) return true;
      return version === undefined ? name.version > (place?.version ?? 0) : name.version === version;
    });
  }

  /** Refuses a record of which nothing is left but its name among the damaged. */
  refuseDamaged(patient: string, record: string): void {
    const damage = this.#damageOf(patient, record, undefined, undefined);
    if (damage) throw refuseVault(damage.code, { seq: damage.seq });
  }

  /** The newest version that was ever given, damaged ones with it. */
  #newestVersion(patient: string, record: string): number {
    const known = this.#index.get(patient)?.get(record)?.at(-1)?.version ?? 0;
    return this.#damaged.reduce((newest, { name }) => {
      if (name?.patient !== patient || name.record !== record) return newest;
      return Math.max(newest, name.version ?? newest + 1);
    }, known);
  }

  /** A new generation of the key-encryption key: the small keys are wrapped anew, no data are written; the old one is destroyed. */
  rotate(): Promise<Anchor> {
    return this.#lane.run(() => this.#rewrap(this.#keyring));
  }

  /**
   * Destroys a patient's key: it is left out of the keyring, everybody else's is wrapped under a new generation, and the old generation
   * is destroyed, so that no older keyring opens any more. Durable when it resolves; when it throws, call it again: a start finishes it too.
   */
  erase(patient: string): Promise<Anchor> {
    return this.#lane.run(async () => {
      const { [patient]: gone, ...patients } = this.#keyring.patients;
      // Called again after a failure: only what is left of the old generations is to be destroyed.
      if (gone !== undefined) {
        const erased = { ...this.#keyring.erased, [patient]: this.#options.clock.wall() };
        await this.#replaceUnderNewGeneration({ ...this.#keyring, patients, erased });
        this.#openKeys.get(patient)?.fill(0);
        this.#openKeys.delete(patient);
        this.#index.delete(patient);
      } else if (!this.isErased(patient)) throw refuseVault('vault.no-such-patient');
      await this.#destroyOthers();
      return this.anchor;
    });
  }

  /** Destroys the keys of all patients, before disposal or re-use of the unit. Durable when it resolves. */
  eraseAll(): Promise<Anchor> {
    return this.#lane.run(async () => {
      const at = this.#options.clock.wall();
      const gone = Object.fromEntries(this.patients.map((patient) => [patient, at]));
      const erased = { ...this.#keyring.erased, ...gone };
      await this.#replaceUnderNewGeneration({ ...this.#keyring, patients: {}, erased });
      for (const key of this.#openKeys.values()) key.fill(0);
      this.#openKeys.clear();
      this.#index.clear();
      await this.#destroyOthers();
      return this.anchor;
    });
  }

  /** Marks a patient's data as restricted, or lifts it (GDPR Art. 18). */
  restrict(patient: string, restricted: boolean): Promise<Anchor> {
    return this.#lane.run(async () => {
      const entry = this.#keyring.patients[patient];
      if (!this.has(patient) || !entry) throw refuseVault('vault.no-such-patient');
      const patients = { ...this.#keyring.patients, [patient]: { ...entry, restricted } };
      await this.#replaceKeyring({ ...this.#keyring, patients });
      return this.anchor;
    });
  }

  /** Waits for what is under way, forgets the keys and closes the file. */
  async close(): Promise<void> {
    await this.#lane.run(async () => undefined);
    for (const key of this.#openKeys.values()) key.fill(0);
    this.#openKeys.clear();
    this.#macKey.fill(0);
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    this.#scheduled = false;
    while (this.#waiting.length > 0) {
      let bytes = 0;
      const group = this.#waiting.splice(0, MOST_GROUP).filter((one) => {
        const refused = this.#refusedFor(one, bytes);
        if (refused) one.failed(refused);
        else {
          this.#seals.set(one.patient, (this.#seals.get(one.patient) ?? 0) + 1);
          bytes += mostLengthOf(one.content);
        }
        return !refused;
      });
      try {
        const stored = await this.#append(group);
        for (const [index, { done }] of group.entries()) done(stored[index] as Stored);
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
  }

  /** `before`: bytes of the same group that stand before it. */
  #refusedFor({ patient, class: kind, content }: Waiting, before: number) {
    if (this.isErased(patient)) return refuseVault('vault.erased');
    if ((this.#seals.get(patient) ?? 0) >= this.#options.mostSeals) return refuseVault('vault.key-used-up');
    if (kind === 'break-glass' && !this.hasRoom(before + mostLengthOf(content) + this.#options.reservedBytes))
      return refuseVault('vault.full', { reserved: true });
    return null;
  }

  async #append(group: readonly Waiting[]): Promise<Stored[]> {
    if (group.length === 0) return [];
    await this.#addPatients(group.map(({ patient }) => patient));
    const frames: { bytes: Uint8Array; mac: Uint8Array; head: FrameHead }[] = [];
    const versions = new Map<string, number>();
    let before = this.#link ?? this.#mac;
    for (const { patient, record, class: kind, content } of group) {
      const name = `${patient} ${record}`;
      const version = (versions.get(name) ?? this.#newestVersion(patient, record)) + 1;
      versions.set(name, version);
      const head: FrameHead = {
        seq: this.#seq + 1 + frames.length,
        patient,
        record,
        version,
        class: this.classOf(patient, record) ?? kind,
        at: this.#options.clock.wall(),
      };
      const headBytes = encodeHead(head);
      const sealed = seal(await this.#keyOf(patient), content, associatedData(this.#options.unit, headBytes));
      const { bytes, mac } = encodeFrame(this.#macKey, before, headBytes, sealed);
      frames.push({ bytes, mac, head });
      before = mac;
    }
    await this.#write(Buffer.concat(frames.map(({ bytes }) => bytes)));
    this.#link = null;
    return frames.map(({ bytes, mac, head }) => {
      this.#place(head, this.#size, bytes.length);
      this.#size += bytes.length;
      this.#seq = head.seq;
      this.#mac = mac;
      return { ...this.anchor, version: head.version };
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#size + bytes.length > this.#options.mostBytes)
        throw diskError('ENOSPC', this.#options.folder);
      if (this.#dirty) {
        // Whole frames of a failed write must not stand behind a torn new one.
        await this.#file.truncate(this.#size);
        await this.#file.sync();
      }
      this.#dirty = true;
      await this.#file.write(this.#size, bytes);
      await this.#file.sync();
      this.#dirty = false;
    } catch (error) {
      // What was refused must not turn up after a restart; when this fails as well, the next write begins with it.
      await this.#file.truncate(this.#size).catch(() => undefined);
      throw writeRefusal(error);
    }
  }

  #place({ patient, record, seq, version, class: kind, at }: FrameHead, position: number, length: number) {
    const records = this.#index.get(patient) ?? new Map<string, Place[]>();
    this.#index.set(patient, records);
    const place = { position, length, seq, version, class: kind, at };
    const places = records.get(record);
    if (places) places.push(place);
    else records.set(record, [place]);
  }

  /** A key for each patient who has none yet; durable before anything is encrypted with it. */
  async #addPatients(named: readonly string[]): Promise<void> {
    const missing = [...new Set(named)].filter((patient) => !this.has(patient));
    if (missing.length === 0) return;
    const patients = { ...this.#keyring.patients };
    for (const patient of missing)
      patients[patient] = {
        key: await this.#wrap(this.#keyring.generation, newKey(), patient),
        restricted: false,
      };
    await this.#replaceKeyring({ ...this.#keyring, patients });
  }

  async #replaceKeyring(changed: Keyring): Promise<void> {
    const { disk, folder } = this.#options;
    const next = { ...changed, serial: this.#keyring.serial + 1 };
    try {
      await writeKeyring(disk, `${folder}/keyring`, next, this.#macKey);
    } catch (error) {
      throw writeRefusal(error);
    }
    this.#keyring = next;
  }

  async #rewrap(kept: Keyring): Promise<Anchor> {
    await this.#replaceUnderNewGeneration(kept);
    await this.#destroyOthers();
    return this.anchor;
  }

  async #replaceUnderNewGeneration(kept: Keyring): Promise<void> {
    const { keys } = this.#options;
    let generation: number;
    try {
      generation = await keys.newGeneration();
    } catch (error) {
      throw writeRefusal(error);
    }
    const store = await this.#wrap(generation, this.#macKey, STORE_OWNER);
    const patients: Keyring['patients'] = {};
    for (const [patient, { key, restricted }] of Object.entries(kept.patients)) {
      const plain = await this.#unwrap(key, patient);
      patients[patient] = { key: await this.#wrap(generation, plain, patient), restricted };
      plain.fill(0);
    }
    await this.#replaceKeyring({ ...kept, generation, store, patients });
  }

  /** Only the generation of the durable keyring stays: an older one opens old keyrings, a newer one was never used. */
  async #destroyOthers(): Promise<void> {
    const { keys } = this.#options;
    try {
      for (const generation of await keys.generations())
        if (generation !== this.#keyring.generation) await keys.destroyGeneration(generation);
    } catch (error) {
      throw writeRefusal(error);
    }
  }

  async #keyOf(patient: string): Promise<Uint8Array> {
    const open = this.#openKeys.get(patient);
    if (open) return open;
    const entry = this.#keyring.patients[patient];
    if (!this.has(patient) || !entry) throw refuseVault('vault.no-such-patient');
    const { generation } = this.#keyring;
    let key: Uint8Array;
    try {
      key = await this.#unwrap(entry.key, patient);
    } catch (error) {
      // A rotation meanwhile destroyed the generation.
      if (this.#keyring.generation !== generation) return this.#keyOf(patient);
      throw error;
    }
    if (this.#openKeys.size >= MOST_OPEN_KEYS) {
      const [oldest] = this.#openKeys.keys();
      this.#openKeys.delete(oldest as string);
    }
    // Erased while it was being unwrapped: it must not stay.
    if (!this.has(patient)) throw refuseVault('vault.erased');
    this.#openKeys.set(patient, key);
    return key;
  }

  async #wrap(generation: number, key: Uint8Array, owner: string): Promise<string> {
    const context = contextOf(this.#options.unit, generation, owner);
    return Buffer.from(await this.#options.keys.wrap(generation, key, context)).toString('base64');
  }

  #unwrap(wrapped: string, owner: string): Promise<Uint8Array> {
    const { generation } = this.#keyring;
    const context = contextOf(this.#options.unit, generation, owner);
    return this.#options.keys.unwrap(generation, Buffer.from(wrapped, 'base64'), context);
  }

  /** Reads all frames, checks their chain and that it goes through the anchor, and fills the index. */
  async #load(): Promise<void> {
    const { anchor, restore, names } = this.#options;
    const acknowledged = anchor?.sequence ?? 0;
    let fault: ReturnType<typeof refuseVault> | null = null;
    let frames = 0;
    for await (const found of this.#frames()) {
      const expected = this.#seq + 1;
      if (typeof found === 'string' || !hasMac(found, this.#macKey, this.#mac)) {
        fault = faultOf(found, expected);
        break;
      }
      const { head, bytes, mac } = found;
      if (head.seq === acknowledged && Buffer.from(mac).toString('hex') !== anchor?.head)
        throw refuseVault('vault.rolled-back', { seq: head.seq });
      this.#admit(head, bytes.length);
      this.#size += bytes.length;
      this.#seq = head.seq;
      this.#mac = new Uint8Array(mac);
      frames += 1;
    }
    const tail = this.#file.size - this.#size;
    // After a restore numbers were left out: the newest frame is the acknowledged one all the same.
    if (this.#seq < acknowledged && Buffer.from(this.#mac).toString('hex') === anchor?.head)
      this.#seq = acknowledged;
    const isMissing = this.#seq < acknowledged && !(restore && tail === 0);
    const isChanged = anchor === null && fault !== null && fault.detail.torn !== true;
    if (names && (isMissing || isChanged)) return this.#salvage(await names(), acknowledged, fault);
    if (isMissing)
      throw fault ?? refuseVault('vault.rolled-back', { seq: this.#seq, expected: acknowledged });
    const restoredFrom = this.#seq < acknowledged ? acknowledged : null;
    // Without an anchor a whole frame that does not hold cannot be told from an acknowledged one.
    if (isChanged) throw fault;
    if (tail > 0) {
      await this.#file.truncate(this.#size);
      await this.#file.sync();
    }
    // Sequence numbers that were given once are not given again after a restore.
    if (restoredFrom !== null) this.#seq = restoredFrom;
    this.#opened = { recoveredBytes: tail, restoredFrom, frames, strayBytes: 0, fault: null };
  }

  /**
   * Reads a damaged file: every frame that is proven, wherever it stands; what is missing among the acknowledged numbers is named. Nothing is cut but
   * a tail behind everything that was acknowledged, and new frames are written behind the file's end.
   */
  async #salvage(
    names: ReadonlyMap<number, RecordName>,
    acknowledged: number,
    fault: ReturnType<typeof refuseVault> | null,
  ): Promise<void> {
    const { anchor, unit } = this.#options;
    this.#index.clear();
    this.#seals.clear();
    const found = new Map<
      number,
      { readonly head: FrameHead; readonly position: number; readonly length: number }
    >();
    /** Numbers that a restore left out: the chain goes over them. */
    const leftOut = new Set<number>();
    const holes: { readonly before: number; readonly code: DamageCode }[] = [];
    let [end, stray, previous, last] = [0, 0, 0, 0];
    /** What the next frame may have been made with: of a frame that is proven by its seal alone, its own MAC or the one that it should have. */
    let macs: readonly Uint8Array[] = [firstMac(this.#macKey, unit)];
    let loose = false;
    let newestMac = new Uint8Array(firstMac(this.#macKey, unit));
    let proof = 'chain' as 'chain' | 'neighbour' | 'seal';
    const proven = async ({ frame, before }: Found): Promise<'whole' | 'but-its-mac' | null> => {
      if (macs.some((mac) => hasMac(frame, this.#macKey, mac))) proof = 'chain';
      else if (before.length === MAC_BYTES && hasMac(frame, this.#macKey, before)) proof = 'neighbour';
      else if (await this.#opens(frame)) proof = 'seal';
      else return null;
      return proof === 'seal' ? 'but-its-mac' : 'whole';
    };
    for await (const { frame, position, skipped } of findFrames(this.#file, proven)) {
      const { head, bytes, mac } = frame;
      const first = fault && holes.length === 0 && fault.code !== 'vault.rolled-back' ? fault.code : null;
      if (skipped > 0) holes.push({ before: head.seq, code: (first ?? 'vault.changed') as DamageCode });
      else if (proof !== 'chain' || loose)
        holes.push({ before: head.seq, code: (first ?? 'vault.deleted') as DamageCode });
      else for (let seq = previous + 1; seq < head.seq; seq += 1) leftOut.add(seq);
      // A MAC that nothing proves is no link over numbers that are missing.
      loose = proof === 'seal';
      const body = bytes.subarray(0, bytes.length - MAC_BYTES);
      macs =
        proof === 'seal'
          ? [mac, ...macs.slice(0, 2).map((before) => macOf(this.#macKey, before, body))]
          : [mac];
      stray += skipped;
      previous = head.seq;
      end = position + bytes.length;
      const isAnchor = (one: Uint8Array) => Buffer.from(one).toString('hex') === anchor?.head;
      // Another store that the same keys made: nothing of it can be told from what was acknowledged.
      if (head.seq === acknowledged && proof !== 'seal' && !isAnchor(mac))
        throw refuseVault('vault.rolled-back', { seq: head.seq });
      macs = head.seq === acknowledged && macs.some(isAnchor) ? macs.filter(isAnchor) : macs;
      if (found.has(head.seq)) continue;
      found.set(head.seq, { head, position, length: bytes.length });
      if (head.seq > last) [last, newestMac] = [head.seq, new Uint8Array(macs[0] as Uint8Array)];
    }
    const frames = [...found.values()].sort((one, other) => one.head.seq - other.head.seq);
    for (const { head, position, length } of frames) {
      // A patient who was erased has nothing that could be damaged.
      if (this.isErased(head.patient)) continue;
      if (!this.has(head.patient)) throw refuseVault('vault.keyring-rolled-back', { seq: head.seq });
      this.#seals.set(head.patient, (this.#seals.get(head.patient) ?? 0) + 1);
      this.#place(head, position, length);
    }
    const tail = Math.max(0, this.#file.size - end);
    const damaged: Damage[] = [];
    for (let seq = 1; seq <= Math.max(acknowledged, last); seq += 1) {
      if (found.has(seq) || leftOut.has(seq)) continue;
      const name = names.get(seq) ?? null;
      if (name && this.isErased(name.patient)) continue;
      const atEnd = fault?.code ?? 'vault.rolled-back';
      const code = holes.find(({ before }) => before > seq)?.code ?? holes.at(-1)?.code ?? atEnd;
      damaged.push({ seq, name, code: (seq > last ? atEnd : code) as DamageCode });
      // Its key has encrypted it all the same.
      if (name) this.#seals.set(name.patient, (this.#seals.get(name.patient) ?? 0) + 1);
    }
    this.#damaged = damaged;
    this.#seq = Math.max(acknowledged, last);
    this.#mac =
      last > acknowledged || anchor === null ? newestMac : new Uint8Array(Buffer.from(anchor.head, 'hex'));
    // What comes next hangs on nothing before it, so that no later start takes a hole for numbers that were left out.
    this.#link = damaged.length > 0 ? macOf(this.#macKey, this.#mac, Buffer.from('ward-vault-gap/1')) : null;
    // Behind the last acknowledged frame stands a write at most that nobody was told of.
    const cut = acknowledged > 0 && damaged.length === 0 ? tail : 0;
    if (cut > 0) {
      await this.#file.truncate(end);
      await this.#file.sync();
    }
    this.#size = this.#file.size;
    this.#opened = {
      ...{ recoveredBytes: cut, restoredFrom: null, frames: found.size },
      ...{ strayBytes: stray + tail - cut, fault: fault?.code ?? 'vault.rolled-back' },
    };
  }

  /** By its own seal, which binds the content to unit, patient, record, version and number. */
  async #opens({ head, headBytes, sealed }: Frame): Promise<boolean> {
    if (!this.has(head.patient)) return false;
    const content = unseal(
      await this.#keyOf(head.patient),
      sealed,
      associatedData(this.#options.unit, headBytes),
    );
    content?.fill(0);
    return content !== null;
  }

  #admit(head: FrameHead, length: number): void {
    if (this.isErased(head.patient)) return;
    if (!this.has(head.patient)) throw refuseVault('vault.keyring-rolled-back', { seq: head.seq });
    this.#seals.set(head.patient, (this.#seals.get(head.patient) ?? 0) + 1);
    this.#place(head, this.#size, length);
  }

  /** Frames one after the other; a word when what follows is none. */
  async *#frames(): AsyncGenerator<Frame | 'torn' | 'broken' | 'oversized'> {
    let position = 0;
    let buffer = new Uint8Array();
    const fill = async (least: number) => {
      if (buffer.length >= least) return;
      const more = await this.#file.read(position + buffer.length, Math.max(least, CHUNK_BYTES));
      buffer = Buffer.concat([buffer, more]);
    };
    while (position < this.#file.size) {
      await fill(MOST_FRAME_BYTES);
      const length = frameLength(buffer);
      if (length === 'oversized') return yield 'oversized';
      if (length === null || length > buffer.length) return yield 'torn';
      const frame = decodeFrame(buffer.subarray(0, length));
      // Blocks of zeros are what some file systems leave of a write that was cut off.
      if (frame === null) return yield buffer.every((byte) => byte === 0) ? 'torn' : 'broken';
      yield frame;
      position += length;
      buffer = buffer.subarray(length);
    }
  }
}

/** Of its frame. */
const mostLengthOf = (content: Uint8Array): number => content.length + MOST_FRAME_BYTES - MOST_CONTENT_BYTES;

function faultOf(found: Frame | 'torn' | 'broken' | 'oversized', expected: number) {
  if (found === 'torn') return refuseVault('vault.rolled-back', { expected, torn: true });
  if (found === 'oversized') return refuseVault('vault.oversized', { expected });
  if (found === 'broken') return refuseVault('vault.changed', { expected });
  if (found.head.seq > expected) return refuseVault('vault.deleted', { expected, found: found.head.seq });
  if (found.head.seq < expected) return refuseVault('vault.moved', { expected, found: found.head.seq });
  return refuseVault('vault.changed', { expected });
}

async function firstKeyring(
  { disk, folder, unit, keys }: Pick<Options, 'disk' | 'folder' | 'unit' | 'keys'>,
  size: number,
  anchor: Anchor | null,
): Promise<{ keyring: Keyring; macKey: Uint8Array }> {
  if (size > 0 || anchor !== null) throw refuseVault('vault.keyring-missing', { bytes: size });
  const macKey = newKey();
  const generation = await keys.newGeneration();
  const wrapped = await keys.wrap(generation, macKey, contextOf(unit, generation, STORE_OWNER));
  const store = Buffer.from(wrapped).toString('base64');
  const keyring: Keyring = { format: 1, unit, serial: 1, generation, store, patients: {}, erased: {} };
  // The names of the data file and of the folder become durable with that of the keyring.
  await writeKeyring(disk, `${folder}/keyring`, keyring, macKey);
  await disk.syncFolder('.');
  return { keyring, macKey };
}

function writeRefusal(error: unknown): unknown {
  if (!isDiskError(error)) return error;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? refuseVault('vault.full', { reason: error.code }, error)
    : refuseVault('vault.unwritable', { reason: error.code }, error);
}
