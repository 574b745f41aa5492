// Documents of a feed that could not be read although the feed itself answers: they are kept in its cursor and tried again at each
// run, while all others go on. Until they are read the feed is incomplete.
import { z } from 'zod';
import { isWardError } from '../../kernel/errors.ts';
import type { JsonObject } from '../../kernel/records/record.ts';

const LeftOut = z.object({
  /** The list of the feed that names it. */
  list: z.string(),
  /** Its id or address, as the list names it. */
  name: z.string(),
  since: z.string(),
  code: z.string(),
  message: z.string(),
});
export type LeftOut = z.infer<typeof LeftOut>;

/** More than this are no broken documents but a broken feed. */
const MOST = 200;
const IN_A_ROW = 10;

/** What may be wrong with one document while its neighbours are whole; all else concerns the server or the network. */
const OF_ONE_DOCUMENT: readonly string[] = [
  'feed.wrong-content',
  'feed.wrong-checksum',
  'feed.not-there',
  'feed.too-large',
  'feed.refused',
  'feed.redirect-refused',
  'feed.server-broken',
  'feed.wrong-address',
];

/** Of a cursor; the oldest first. */
export function leftOutOf(cursor: JsonObject): LeftOut[] {
  const parsed = z.array(LeftOut).safeParse(cursor.leftOut ?? []);
  return parsed.success ? parsed.data : [];
}

export class LeftOvers {
  readonly #items: Map<string, LeftOut>;
  #row = 0;

  constructor(
    cursor: JsonObject,
    readonly now: () => Date,
  ) {
    this.#items = new Map(leftOutOf(cursor).map((item) => [keyOf(item.list, item.name), item]));
  }

  has(list: string, name: string): boolean {
    return this.#items.has(keyOf(list, name));
  }

  /** Lists that the feed does not have any more are no longer waited for. */
  keepLists(lists: readonly string[]): void {
    for (const [key, item] of this.#items) if (!lists.includes(item.list)) this.#items.delete(key);
  }

  /** What a list does not name any more is no longer waited for. */
  keepOnly(list: string, names: readonly string[]): void {
    const known = new Set(names);
    for (const [key, item] of this.#items)
      if (item.list === list && !known.has(item.name)) this.#items.delete(key);
  }

  /**
   * Gives what the work gives, or undefined when the document is broken; it is then kept. Throws what concerns more than one
   * document: also when ten in a row that were whole or new are broken, or two hundred at all.
   */
  async attempt<T>(list: string, name: string, work: () => Promise<T>): Promise<T | undefined> {
    const key = keyOf(list, name);
    try {
      const done = await work();
      this.#items.delete(key);
      this.#row = 0;
      return done;
    } catch (error) {
      if (!isWardError(error) || !OF_ONE_DOCUMENT.includes(error.code)) throw error;
      const known = this.#items.get(key);
      if (!known) this.#row += 1;
      if (this.#row >= IN_A_ROW || (!known && this.#items.size >= MOST)) throw error;
      const since = known?.since ?? this.now().toISOString();
      const message = error.message.slice(0, 500);
      this.#items.set(key, { list, name, since, code: error.code, message });
      return undefined;
    }
  }

  /** For the cursor; the oldest first. */
  value(): JsonObject[] {
    const rank = ({ since, name }: LeftOut) => `${since} ${name}`;
    return [...this.#items.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  }
}

const keyOf = (list: string, name: string) => JSON.stringify([list, name]);
