// Which requirements of the library the threats of a product call for, and by which threat records. Pure, so that the answer is the
// same wherever the results of the rules come from.
import { type LibraryEntry, library } from './library.ts';

/** A raised or open result of a rule, or a threat that a person found with the rule's name on it. */
export interface Call {
  readonly rule: string;
  readonly target: string;
  readonly state: 'raised' | 'open';
  /** Requirements of the library that the rule names. */
  readonly requirements: readonly string[];
  /** The record of this threat, where there is one: only then a link can be made. */
  readonly threat: { readonly id: string; readonly key: string; readonly title: string } | null;
}

export interface Proposal {
  readonly entry: LibraryEntry;
  readonly calls: readonly Call[];
  /** Places of the model at which a control would stand: the targets, each once. */
  readonly places: readonly string[];
  /** Key of the requirement that was made from the entry already. */
  readonly requirement: string | null;
}

/** One proposal for each entry, those that most threats call for first; the others follow in the order of the library. */
export function proposeRequirements(
  calls: readonly Call[],
  existing: readonly { readonly key: string; readonly source: string }[],
): Proposal[] {
  const made = new Map(existing.map(({ key, source }) => [source, key]));
  const byEntry = new Map<string, Call[]>();
  for (const call of calls) {
    for (const id of new Set(call.requirements)) {
      const known = byEntry.get(id);
      if (known) known.push(call);
      else byEntry.set(id, [call]);
    }
  }
  const weight = ({ calls: given }: Proposal) => given.filter(({ state }) => state === 'raised').length;
  return library.requirements
    .map((entry) => {
      const own = byEntry.get(entry.id) ?? [];
      return {
        entry,
        calls: own,
        places: [...new Set(own.map(({ target }) => target))].slice(0, 200),
        requirement: made.get(entry.id) ?? null,
      };
    })
    .sort((a, b) => weight(b) - weight(a) || b.calls.length - a.calls.length);
}
