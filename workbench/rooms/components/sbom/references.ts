// The references of one document: each names one component, and every component gets one.

import { quoted, refuseSbom } from './errors.ts';
import type { Reading } from './reading.ts';

export class References {
  readonly #owners = new Map<string, { at: string; content: unknown }>();
  readonly #others = new Set<string>();

  constructor(readonly reading: Reading) {}

  /** The component's reference: its own, else one made from its place. Refuses `sbom.duplicate-ref`. */
  claim(given: string | null | undefined, at: string, content: unknown): string {
    const ref = this.#read(given, at) ?? this.#made(at);
    const owner = this.#owners.get(ref);
    if (owner !== undefined) {
      throw refuseSbom(
        'sbom.duplicate-ref',
        `${at} and ${owner.at} both have the reference ${quoted(ref)}, and they are different components.`,
        { at, detail: { first: owner.at, second: at } },
      );
    }
    this.#owners.set(ref, { at, content });
    return ref;
  }

  /** True when the very same component stood before under this reference; it is then listed once, with a note. */
  isRepetition(given: string | null | undefined, at: string, content: unknown): boolean {
    if (!given) return false;
    const owner = this.#owners.get(given);
    if (owner === undefined || JSON.stringify(owner.content) !== JSON.stringify(content)) return false;
    this.reading.deviates(
      at,
      `The component ${quoted(given)} is a repetition of ${owner.at} with the same content; it is kept once.`,
    );
    return true;
  }

  /** An element that is no component (service, file, document). */
  knowOther(ref: string): void {
    this.#others.add(ref);
  }

  kindOf(ref: string): 'component' | 'other' | 'unknown' {
    if (this.#owners.has(ref)) return 'component';
    return this.#others.has(ref) ? 'other' : 'unknown';
  }

  #read(given: string | null | undefined, at: string): string | null {
    if (given === '')
      this.reading.deviates(at, 'The reference is empty; Ward made one from the place in the file.');
    return this.reading.text(given, at);
  }

  // A later component may claim a made reference as its own; it is then refused as a duplicate, never mixed up.
  #made(at: string): string {
    return `ward:${at}`;
  }
}
