// The kinds that a running Ward knows: given once by the composition root, asked by everything else.
import { defineErrors } from '../errors.ts';
import type { KindDefinition } from './kind.ts';

const refuse = defineErrors({
  'kind.unknown': {
    status: 404,
    exit: 2,
    title: 'No such kind of record',
    remedy: 'Look at GET /api/kinds for the kinds that there are.',
  },
});

/** An ordered, read-only set of kinds. */
export interface Kinds {
  readonly all: readonly KindDefinition[];
  /** Throws `kind.unknown`. */
  get(kind: string): KindDefinition;
  find(kind: string): KindDefinition | undefined;
  byKeyPrefix(prefix: string): KindDefinition | undefined;
}

/**
 * Throws a plain Error when two kinds share a name or key prefix, or a link points to a kind that is not there.
 */
export function makeKinds(definitions: readonly KindDefinition[]): Kinds {
  const byName = new Map<string, KindDefinition>();
  const byKey = new Map<string, KindDefinition>();
  for (const definition of definitions) {
    if (byName.has(definition.kind)) throw new Error(`two kinds are called ${definition.kind}`);
    if (byKey.has(definition.key)) throw new Error(`two kinds have the key ${definition.key}`);
    byName.set(definition.kind, definition);
    byKey.set(definition.key, definition);
  }
  for (const definition of definitions) {
    for (const link of definition.links) {
      for (const target of link.to) {
        if (!byName.has(target)) throw new Error(`${definition.kind} —${link.type}→ ${target}: no such kind`);
      }
    }
  }
  return {
    all: definitions,
    get(kind) {
      const found = byName.get(kind);
      if (!found) throw refuse('kind.unknown', `There is no kind of record called "${kind}".`);
      return found;
    },
    find: (kind) => byName.get(kind),
    byKeyPrefix: (prefix) => byKey.get(prefix),
  };
}
