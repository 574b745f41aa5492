// A disk in memory that forgets like a real one: what was not synced may be lost, kept, or kept in part when the power fails.
// A test runs the same work once for each step, cuts the power there, and looks at what a restart finds.
import { type Disk, type DiskFile, diskError } from './disk.ts';

/** Thrown at the step where the power fails; everything after it throws it too, until `restart`. */
export class PowerLost extends Error {
  constructor(step: number, what: string) {
    super(`power lost at step ${step}: ${what}`);
    this.name = 'PowerLost';
  }
}

/** What becomes of writes and names that were not synced when the power failed. */
export type Aftermath = 'lost' | 'kept' | 'torn';
export const AFTERMATHS: readonly Aftermath[] = ['lost', 'kept', 'torn'];

interface Inode {
  /** As a running program sees it. */
  now: Uint8Array;
  /** As it is on the platters. */
  durable: Uint8Array;
}

export interface Step {
  readonly number: number;
  /** E.g. `write audit/log 120`, `sync audit/log`, `rename a.new a`. */
  readonly what: string;
}

export class SimulatedDisk implements Disk {
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #steps: Step[] = [];
  #cutAt: number | null = null;
  #aftermath: Aftermath = 'lost';
  #off = false;
  #mostBytes = Number.POSITIVE_INFINITY;
  readonly #atStep: Set<(step: Step) => void> = new Set();

  /** Every step that changes something, in order, since the last `restart`. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** The power fails in the middle of step `step` (from 1, counted since the last `restart`). */
  cutPowerAt(step: number, aftermath: Aftermath): void {
    this.#cutAt = step;
    this.#aftermath = aftermath;
  }

  /** Power comes back: what was not durable is gone (or kept, or torn, as the cut said). Counts steps from 1 again. */
  restart(): void {
    if (!this.#off) this.#fall(this.#aftermath);
    this.#off = false;
    this.#cutAt = null;
    this.#steps = [];
  }

  /** Writes that make the files larger than this together fail with ENOSPC. */
  limit(bytes: number): void {
    this.#mostBytes = bytes;
  }

  /** Called before each step, e.g. to look at the state of the program there. */
  watch(watcher: (step: Step) => void): void {
    this.#atStep.add(watcher);
  }

  /** What an attacker with the disk in hand sees and changes: durable and at once. */
  peek(path: string): Uint8Array | null {
    return this.#names.get(path)?.now.slice() ?? null;
  }
  poke(path: string, bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.#names.delete(path);
      this.#durableNames.delete(path);
      return;
    }
    const inode = { now: bytes.slice(), durable: bytes.slice() };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }
  /** All paths, sorted. */
  paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }
  /** The whole disk as it is now, for a copy that is put back later. */
  image(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#names].map(([path, { now }]) => [path, now.slice()]));
  }
  putBack(image: ReadonlyMap<string, Uint8Array>): void {
    this.#names = new Map();
    this.#durableNames = new Map();
    for (const [path, bytes] of image) this.poke(path, bytes);
  }

  async open(path: string, { create = false } = {}): Promise<DiskFile> {
    this.#alive();
    if (!this.#names.has(path)) {
      if (!create) throw diskError('ENOENT', path);
      this.#step(`create ${path}`, () => undefined);
      this.#names.set(path, { now: new Uint8Array(), durable: new Uint8Array() });
    }
    const inode = this.#names.get(path) as Inode;
    const alive = () => this.#alive();
    return {
      get size() {
        return inode.now.length;
      },
      read: async (position, length) => {
        alive();
        return inode.now.slice(position, position + Math.max(0, length));
      },
      write: async (position, bytes) => {
        const grown = Math.max(inode.now.length, position + bytes.length);
        if (this.#used() - inode.now.length + grown > this.#mostBytes) throw diskError('ENOSPC', path);
        const after = new Uint8Array(grown);
        after.set(inode.now);
        // Half of a write that the power cut has reached the platters, when it is torn.
        this.#step(`write ${path} ${bytes.length}`, (aftermath) => {
          if (aftermath === 'lost') return;
          const part = aftermath === 'kept' ? bytes : bytes.subarray(0, bytes.length >> 1);
          after.set(part, position);
          inode.now = after.slice(0, Math.max(inode.now.length, position + part.length));
        });
        after.set(bytes, position);
        inode.now = after;
      },
      truncate: async (size) => {
        this.#step(`truncate ${path} ${size}`, (aftermath) => {
          if (aftermath === 'kept') inode.now = inode.now.slice(0, size);
        });
        const after = new Uint8Array(size);
        after.set(inode.now.subarray(0, size));
        inode.now = after;
      },
      sync: async () => {
        this.#step(`sync ${path}`, () => undefined);
        inode.durable = inode.now.slice();
      },
      close: async () => undefined,
    };
  }

  async read(path: string, most: number): Promise<Uint8Array | null> {
    this.#alive();
    const inode = this.#names.get(path);
    if (!inode) return null;
    if (inode.now.length > most) throw diskError('EFBIG', path);
    return inode.now.slice();
  }

  async rename(from: string, to: string): Promise<void> {
    this.#alive();
    const inode = this.#names.get(from);
    if (!inode) throw diskError('ENOENT', from);
    this.#step(`rename ${from} ${to}`, (aftermath) => {
      if (aftermath === 'kept') this.#move(from, to, inode);
    });
    this.#move(from, to, inode);
  }

  async remove(path: string): Promise<void> {
    this.#alive();
    if (!this.#names.has(path)) return;
    this.#step(`remove ${path}`, (aftermath) => {
      if (aftermath === 'kept') this.#names.delete(path);
    });
    this.#names.delete(path);
  }

  async list(folder: string): Promise<readonly string[]> {
    this.#alive();
    const start = folder === '.' ? '' : `${folder}/`;
    const names = [...this.#names.keys()]
      .filter((path) => path.startsWith(start))
      .map((path) => path.slice(start.length).split('/')[0] as string);
    return [...new Set(names)].sort();
  }

  async makeFolder(): Promise<void> {
    this.#alive();
  }

  async syncFolder(folder: string): Promise<void> {
    this.#step(`sync folder ${folder}`, () => undefined);
    const inFolder = (path: string) =>
      (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.') === folder;
    for (const path of this.#durableNames.keys())
      if (inFolder(path) && !this.#names.has(path)) this.#durableNames.delete(path);
    for (const [path, inode] of this.#names) if (inFolder(path)) this.#durableNames.set(path, inode);
  }

  #move(from: string, to: string, inode: Inode): void {
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  #used(): number {
    return [...this.#names.values()].reduce((sum, { now }) => sum + now.length, 0);
  }

  #alive(): void {
    if (this.#off) throw new PowerLost(this.#steps.length, 'the unit is off');
  }

  /** Counts a step; where the power is cut, `half` says what of it may have happened. */
  #step(what: string, half: (aftermath: Aftermath) => void): void {
    this.#alive();
    const step = { number: this.#steps.length + 1, what };
    this.#steps.push(step);
    for (const watcher of this.#atStep) watcher(step);
    if (this.#cutAt !== step.number) return;
    half(this.#aftermath);
    this.#fall(this.#aftermath);
    this.#off = true;
    throw new PowerLost(step.number, what);
  }

  /** Lost: only what is durable. Kept: the cache reached the platters after all. Torn: content did, but half of each unsynced tail. */
  #fall(aftermath: Aftermath): void {
    if (aftermath === 'lost') {
      this.#names = new Map(this.#durableNames);
      for (const inode of new Set(this.#names.values())) inode.now = inode.durable.slice();
    } else {
      if (aftermath === 'torn')
        for (const inode of new Set(this.#names.values())) {
          const extra = inode.now.length - inode.durable.length;
          if (extra > 1) inode.now = inode.now.slice(0, inode.durable.length + (extra >> 1));
        }
      for (const inode of new Set(this.#names.values())) inode.durable = inode.now.slice();
    }
    this.#durableNames = new Map(this.#names);
  }
}
