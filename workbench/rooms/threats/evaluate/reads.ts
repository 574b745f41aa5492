// One question of a rule to the facts of its target, and the record of those that one run of it asked.
import type { FactValue, TargetFacts } from './facts.ts';

/** A field (`f.crosses`), a word (`e.tag("updater")`) or an answer (`f.yes("flow.encrypted")`). */
export interface Read {
  readonly kind: 'field' | 'word' | 'answer';
  /** Name of the end on which it is asked (`src`), or empty: on the target itself. */
  readonly via: string;
  /** Field or method. */
  readonly name: string;
  /** The method's argument. */
  readonly word: string;
}

/** `undefined`: nobody answered. */
export type ReadValue = FactValue | undefined;

/** How results and differences name it: `crosses`, `tag updater`, `answer flow.encrypted`; with its end, `dst.inZone maker`. */
export function factName({ kind, via, name, word }: Read): string {
  const own = kind === 'field' ? name : kind === 'word' ? `${name} ${word}` : `answer ${word}`;
  return via === '' ? own : `${via}.${own}`;
}

export function holderOf(read: Read, target: TargetFacts): TargetFacts {
  return read.via === '' ? target : (target.ends[read.via] ?? target);
}

export function valueFor(read: Read, target: TargetFacts): ReadValue {
  const holder = holderOf(read, target);
  switch (read.kind) {
    case 'field':
      return holder.fields[read.name];
    case 'word':
      return holder.words[read.name]?.has(read.word) ?? false;
    case 'answer':
      return holder.answers.get(read.word)?.value;
  }
}

/** What one run read, each fact once, in the order of the first reading. */
export class Trace {
  readonly reads: Read[] = [];
  readonly values: ReadValue[] = [];
  readonly #seen = new Set<string>();

  constructor(readonly target: TargetFacts) {}

  read(read: Read): ReadValue {
    const value = valueFor(read, this.target);
    const name = factName(read);
    if (!this.#seen.has(name)) {
      this.#seen.add(name);
      this.reads.push(read);
      this.values.push(value);
    }
    return value;
  }
}
