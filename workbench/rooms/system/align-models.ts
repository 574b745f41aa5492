// Two files of one system from different tools have ids of their own. What stands in the same part with the same name (a flow
// also between the same ends) is the same thing, where that name is there once on each side. Pure.
import { type ModelPart, PARTS, type SystemModel } from './metamodel.ts';
import { byId, type ModelObject, nameOf, objectsOf } from './model-fields.ts';

/** `model` with the ids of `like` wherever both have the same thing; a reference follows its object. */
export function alignModel(model: SystemModel, like: SystemModel): SystemModel {
  const renamed = new Map<string, string>();
  const taken = new Set(
    PARTS.filter((part) => part !== 'harms').flatMap((part) => objectsOf(model, part).map(({ id }) => id)),
  );
  // Elements before flows: the ends of a flow are part of what it is.
  const order: ModelPart[] = [...PARTS.filter((part) => part !== 'flows' && part !== 'harms'), 'flows'];
  for (const part of order) {
    const known = byId(objectsOf(like, part));
    const theirs = byName(objectsOf(like, part), (object) => keyOf(part, object, new Map()));
    const ours = byName(objectsOf(model, part), (object) => keyOf(part, object, renamed));
    for (const [key, object] of ours) {
      const same = theirs.get(key);
      if (!object || !same || known.has(object.id) || taken.has(same.id)) continue;
      renamed.set(object.id, same.id);
    }
  }
  return renamed.size === 0 ? model : rename(model, renamed);
}

function keyOf(part: ModelPart, object: ModelObject, renamed: ReadonlyMap<string, string>): string {
  const end = (id: unknown) => renamed.get(String(id)) ?? String(id);
  const ends = part === 'flows' || part === 'conduits' ? ` ${end(object.from)} ${end(object.to)}` : '';
  return `${nameOf(object).toLowerCase()}${ends}`;
}

/** Null where a key stands twice. */
function byName(
  objects: readonly ModelObject[],
  key: (object: ModelObject) => string,
): Map<string, ModelObject | null> {
  const found = new Map<string, ModelObject | null>();
  for (const object of objects) found.set(key(object), found.has(key(object)) ? null : object);
  return found;
}

/** Fields that hold ids of the model; harms have the ids of the safety file. */
const REFERENCES = new Set([
  'parent',
  'zone',
  'element',
  'from',
  'to',
  'startedBy',
  'flows',
  'holds',
  'via',
  'carries',
  'realisedBy',
  'entries',
  'assumptions',
  'targets',
  'steps',
]);

function rename(model: SystemModel, renamed: ReadonlyMap<string, string>): SystemModel {
  const at = (id: unknown) => (typeof id === 'string' ? (renamed.get(id) ?? id) : id);
  const next: Record<string, unknown> = { ...model };
  for (const part of PARTS)
    next[part] = objectsOf(model, part).map((object) =>
      Object.fromEntries(
        Object.entries(object).map(([field, value]) => {
          if (field === 'id' && part !== 'harms') return [field, at(value)];
          if (!REFERENCES.has(field)) return [field, value];
          return [field, Array.isArray(value) ? value.map(at) : at(value)];
        }),
      ),
    );
  return next as SystemModel;
}
