// Files into the database: every record goes to the store of its format, batch by batch, each batch one transaction. Used
// by imports and by feeds; who calls keeps the place, so that a run that was killed goes on behind it.
import { isWardError, type WardError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { SYSTEM } from '../kernel/people/roles.ts';
import type { Unit } from '../kernel/records/records.ts';
import type { Advisory } from './advisory.ts';
import { ssvcOf } from './importers/cve5.ts';
import { readAdvisories } from './importers/read-advisory.ts';
import { type ReadItem, readRecords } from './importers/read-records.ts';
import { type EpssScore, readEpss } from './signals/epss.ts';
import { type KevEntry, readKev } from './signals/kev.ts';
import { type LifecycleProduct, readLifecycle } from './signals/lifecycle.ts';
import type { SsvcStatement } from './signals/ssvc.ts';
import { type BatchResult, importAdvisories } from './store/import-advisories.ts';
import { type SignalResult, storeEpss, storeKev, storeLifecycles, storeSsvc } from './store/store-signals.ts';

export interface RunProgress {
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly problems: number;
  /** Products of CSAF documents that nothing identifies. */
  readonly notMatched: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ImportState {
  readonly counts: Mutable<RunProgress>;
  readonly problems: { at: string; message: string }[];
  /** Behind the last record that is stored. */
  cursor: string | null;
}

export interface ImportFilesOptions {
  /** Number of the run: what it finds is told as one event, however many batches it takes. */
  readonly run: string;
  readonly paths: readonly string[];
  readonly source: string;
  readonly after?: string | null;
  readonly signal?: AbortSignal;
  /** Called after each batch, when all before `state.cursor` is stored. */
  readonly onBatch: (state: ImportState) => Promise<void>;
  /** A file that is damaged as a whole is thrown instead of counted: a feed must not half succeed. */
  readonly strict?: boolean;
}

const BATCH = 500;
// A score is three numbers, and each set is held against all that are known: a day goes in three sets.
const SIGNAL_BATCH = 100_000;
const MAX_CATALOGUE = 100_000;
const KEPT_PROBLEMS = 100;

export function newImportState(cursor: string | null = null): ImportState {
  const counts = { read: 0, added: 0, changed: 0, unchanged: 0, problems: 0, notMatched: 0 };
  return { counts: { ...counts, bytesRead: 0, bytesTotal: 0 }, problems: [], cursor };
}

/** Reads and stores all; a record that cannot be read is counted as a problem and does not stop the rest. */
export async function importFiles(
  kernel: Kernel,
  state: ImportState,
  options: ImportFilesOptions,
): Promise<void> {
  const intake = new Intake(kernel, state, options);
  const { counts } = state;
  const bytesBefore = { read: counts.bytesRead, total: counts.bytesTotal };
  const items = readRecords(options.paths, {
    ...(options.after ? { after: options.after } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
    onProgress: ({ bytesRead, bytesTotal }) => {
      counts.bytesRead = bytesBefore.read + bytesRead;
      counts.bytesTotal = bytesBefore.total + bytesTotal;
    },
  });
  try {
    for await (const item of items) await intake.take(item);
    await intake.end();
  } finally {
    // What is being stored when something breaks is stored whole, before the caller hears of it.
    await intake.settle();
  }
}

interface Placed<T> {
  readonly value: T;
  readonly place: string;
}

interface ReadBatch {
  readonly advisories: readonly Placed<Advisory>[];
  readonly statements: readonly SsvcStatement[];
  readonly scores: readonly Placed<EpssScore>[];
  readonly products: readonly Placed<LifecycleProduct>[];
  readonly place: string | null;
}

class Intake {
  readonly #advisories: Placed<Advisory>[] = [];
  readonly #scores: Placed<EpssScore>[] = [];
  readonly #products: Placed<LifecycleProduct>[] = [];
  readonly #statements: SsvcStatement[] = [];
  /** A catalogue counts as a whole: its entries are stored at the end of their file. */
  #catalogue: KevEntry[] = [];
  #catalogueFrom = '';
  #catalogueDamaged = false;
  #resumedInside: boolean;
  #place: string | null;
  /** The batch that is being stored while the next one is read. */
  #storing: Promise<void> = Promise.resolve();

  constructor(
    readonly kernel: Kernel,
    readonly state: ImportState,
    readonly options: ImportFilesOptions,
  ) {
    this.#place = state.cursor;
    this.#resumedInside = options.after !== undefined && options.after !== null;
  }

  async take(item: ReadItem): Promise<void> {
    if (item.kind === 'problem') {
      if (this.options.strict && !OF_ONE_RECORD.includes(item.problem.code)) throw item.problem;
      this.#report(item.problem.at ?? item.place, item.problem.message);
      return;
    }
    if (item.kind === 'file') {
      await this.#endCatalogue(item.problems === 0 && !this.#catalogueDamaged && !this.#resumedInside);
      this.#resumedInside = false;
      return;
    }
    // The file before was broken off: what it had of a catalogue counts, but nothing is taken out for it.
    if (this.#catalogueFrom !== '' && this.#catalogueFrom !== item.file) await this.#endCatalogue(false);
    this.state.counts.read += 1;
    try {
      this.#sort(item);
    } catch (error) {
      if (!isWardError(error)) throw error;
      if (item.format === 'kev') this.#catalogueDamaged = true;
      this.#report(`${item.place}${error.at ? ` ${error.at}` : ''}`, error.message);
    }
    // Inside a catalogue the place stands still, so that a run that is killed reads it again from its beginning.
    if (this.#catalogue.length === 0) this.#place = item.place;
    if (
      this.#advisories.length >= BATCH ||
      this.#products.length >= BATCH ||
      this.#scores.length >= SIGNAL_BATCH
    )
      await this.#flush();
  }

  async end(): Promise<void> {
    await this.#endCatalogue(false);
    await this.#flush();
    await this.#storing;
  }

  async settle(): Promise<void> {
    await this.#storing.catch(() => undefined);
  }

  #sort({ format, record, place, file }: Extract<ReadItem, { kind: 'record' }>): void {
    switch (format) {
      case 'osv':
      case 'nvd':
      case 'csaf':
      case 'cve5':
        for (const advisory of readAdvisories(record)) {
          this.state.counts.notMatched += advisory.csaf?.notMatched ?? 0;
          this.#advisories.push({ value: advisory, place });
        }
        if (format === 'cve5') this.#statements.push(...ssvcOf(record));
        return;
      case 'kev':
        this.#catalogueFrom = file;
        this.#catalogueDamaged ||= this.#catalogue.length >= MAX_CATALOGUE;
        if (this.#catalogue.length < MAX_CATALOGUE) this.#catalogue.push(readKev(record));
        return;
      case 'epss':
        this.#scores.push({ value: readEpss(record), place });
        return;
      case 'eol':
        this.#products.push({ value: readLifecycle(record), place });
        return;
    }
  }

  #report(at: string, message: string): void {
    this.state.counts.problems += 1;
    if (this.state.problems.length < KEPT_PROBLEMS) this.state.problems.push({ at, message });
  }

  async #endCatalogue(whole: boolean): Promise<void> {
    if (this.#catalogue.length === 0) {
      this.#catalogueFrom = '';
      return;
    }
    const entries = this.#catalogue;
    const from = this.#catalogueFrom;
    this.#catalogue = [];
    this.#catalogueFrom = '';
    this.#catalogueDamaged = false;
    await this.#storing;
    const { source } = this.options;
    const result = await this.#write((unit) => storeKev(unit, { entries, whole, source }));
    this.#count(result, from);
  }

  #count({ added, changed, unchanged, removed, doubt }: SignalResult, at: string): void {
    const { counts } = this.state;
    counts.added += added;
    counts.changed += changed + removed;
    counts.unchanged += unchanged;
    if (doubt !== null) this.#report(at, doubt);
  }

  #write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return this.kernel.records.write(SYSTEM, work);
  }

  /** Stores what was read, one batch after the other; comes back when the batch before is durable. */
  async #flush(): Promise<void> {
    await this.#storing;
    const batch = {
      advisories: this.#advisories.splice(0),
      statements: this.#statements.splice(0),
      scores: this.#scores.splice(0),
      products: this.#products.splice(0),
      place: this.#place,
    };
    this.#storing = this.#store(batch);
    // Whoever waits for it next is told; until then nobody does.
    this.#storing.catch(() => undefined);
  }

  async #store({ advisories, statements, scores, products, place }: ReadBatch): Promise<void> {
    const { counts } = this.state;
    await storeHalving(advisories, this.#onTooMuch, async (values) => {
      const result = await this.#write((unit) => storeAdvisories(unit, values, this.options.run));
      counts.added += result.added;
      counts.changed += result.changed;
      counts.unchanged += result.unchanged;
    });
    if (statements.length > 0) await this.#write((unit) => storeSsvc(unit, statements));
    await storeHalving(scores, this.#onTooMuch, async (values) =>
      this.#count(await this.#write((unit) => storeEpss(unit, values)), ''),
    );
    await storeHalving(products, this.#onTooMuch, async (values) =>
      this.#count(await this.#write((unit) => storeLifecycles(unit, values)), ''),
    );
    this.state.cursor = place;
    await this.options.onBatch(this.state);
  }

  readonly #onTooMuch = (place: string) => this.#report(place, 'The database cannot hold this record.');
}

/** A batch that the database refuses is halved until the one record that is at fault stands alone. */
async function storeHalving<T>(
  batch: readonly Placed<T>[],
  onFault: (place: string) => void,
  store: (values: readonly T[]) => Promise<void>,
): Promise<void> {
  if (batch.length === 0) return;
  try {
    await store(batch.map(({ value }) => value));
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (batch.length === 1) {
      onFault(batch[0]?.place ?? '');
      return;
    }
    const middle = batch.length >> 1;
    await storeHalving(batch.slice(0, middle), onFault, store);
    await storeHalving(batch.slice(middle), onFault, store);
  }
}

async function storeAdvisories(
  unit: Unit,
  advisories: readonly Advisory[],
  run: string,
): Promise<BatchResult> {
  const result = await importAdvisories(unit.db, advisories, unit.now);
  // All that changed, not only what matches otherwise now: a merged group or a worse score moves decisions too.
  if (result.changedIds.length > 0) {
    const payload = {
      advisories: [...result.changedIds],
      ids: [...result.touchedIds],
      run,
      at: unit.now.toISOString(),
    };
    await unit.emit({ type: 'matches.changed', payload });
  }
  return result;
}

/** SQLSTATE classes 22 (data exception) and 54 (limit exceeded): this input, not the database, is at fault. */
function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(22|54)/.test(code);
}

/** Problems of one record among many; all others are of the file as a whole. */
const OF_ONE_RECORD: readonly string[] = [
  'advisory.unknown-format',
  'advisory.too-large',
  'advisory.too-deep',
];

/**
 * Reads without storing: the first problem of a file as a whole, `'nothing'` without a record of these formats, else null. With
 * `each` a record of advisories that cannot be read is a problem too.
 */
export async function problemOfFiles(
  paths: readonly string[],
  formats: readonly string[],
  { signal, each = false }: { readonly signal?: AbortSignal; readonly each?: boolean } = {},
): Promise<WardError | 'nothing' | null> {
  let found = 0;
  for await (const item of readRecords(paths, signal ? { signal } : {})) {
    if (item.kind === 'problem' && (each || !OF_ONE_RECORD.includes(item.problem.code))) return item.problem;
    if (item.kind !== 'record' || !formats.includes(item.format)) continue;
    found += 1;
    if (!each) continue;
    try {
      readAdvisories(item.record);
    } catch (error) {
      if (!isWardError(error)) throw error;
      return error;
    }
  }
  return found === 0 ? 'nothing' : null;
}
