// Where units' trails stood when they were last verified here: a unit that has nothing new says the same again, and no signature has to be checked twice.

/** As many as a gateway has channels; of the least recently heard nothing is kept. */
const MOST = 12_000;

export class VerifiedTrails {
  readonly #most: number;
  /** By unit, what was verified under what, in one text. */
  readonly #known = new Map<string, string>();

  constructor(most = MOST) {
    this.#most = most;
  }

  /** `under`: the unit's keys, and what was known as signed. */
  holds(unitId: string, checkpoint: string, under: readonly (string | null)[]): boolean {
    return this.#known.get(unitId) === textOf(checkpoint, under);
  }

  keep(unitId: string, checkpoint: string, under: readonly (string | null)[]): void {
    this.#known.delete(unitId);
    this.#known.set(unitId, textOf(checkpoint, under));
    if (this.#known.size <= this.#most) return;
    const [oldest] = this.#known.keys();
    this.#known.delete(oldest as string);
  }
}

const textOf = (checkpoint: string, under: readonly (string | null)[]) => [...under, checkpoint].join(' ');
