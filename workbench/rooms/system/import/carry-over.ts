// A file that is imported again over a model of Ward: what people added there and the format cannot say stays. Pure.
import { checkModel } from '../check-model.ts';
import { type Answers, type ModelPart, PARTS, type SystemModel } from '../metamodel.ts';
import { type ModelObject, objectsOf } from '../model-fields.ts';

/** Parts of which most formats know nothing: kept whole where the file has none of them. */
const WARDS_OWN: readonly ModelPart[] = [
  'conduits',
  'interfaces',
  'assets',
  'safetyFunctions',
  'harms',
  'attackers',
  'environments',
  'assumptions',
  'useCases',
  'notes',
];

/** Fields of an element that a drawing seldom has; the file wins where it says something. */
const KEPT_FIELDS = [
  'type',
  'tech',
  'tags',
  'holds',
  'contains',
  'protocol',
  'carries',
  'via',
  'ports',
  'frequency',
  'duties',
  'description',
] as const;

/**
 * The imported model with answers, and what else `before` knows of the same ids, wherever the file says nothing. What the
 * file no longer has goes, and what hung on it with it.
 */
export function carryOver(before: SystemModel, imported: SystemModel): SystemModel {
  const parts: Partial<Record<ModelPart, ModelObject[]>> = {};
  for (const part of PARTS) {
    const old = new Map(objectsOf(before, part).map((object) => [object.id, object]));
    const now = objectsOf(imported, part);
    parts[part] =
      now.length === 0 && WARDS_OWN.includes(part)
        ? [...old.values()]
        : now.map((object) => withOld(object, old.get(object.id)));
  }
  const model = {
    ...imported,
    description: imported.description || before.description,
    version: imported.version || before.version,
    intendedUse: imported.intendedUse || before.intendedUse,
    ...parts,
  } as SystemModel;
  return withoutDangling(model);
}

function withOld(object: ModelObject, old: ModelObject | undefined): ModelObject {
  if (!old) return object;
  const merged: Record<string, unknown> = { ...object };
  for (const field of ['answers', 'elementDefaults'])
    if (field in object)
      merged[field] = { ...(old[field] as Answers | undefined), ...(object[field] as Answers) };
  for (const field of KEPT_FIELDS)
    if (isEmpty(object[field]) && !isEmpty(old[field])) merged[field] = old[field];
  if (old.safety === true) merged.safety = true;
  if ('zone' in object && object.zone === '' && old.zone !== '') merged.zone = old.zone;
  return merged as ModelObject;
}

const isEmpty = (value: unknown) =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** References to what is gone are taken out; an object that cannot be without them goes too. */
function withoutDangling(model: SystemModel): SystemModel {
  let left = structuredClone(model);
  for (let round = 0; round < PARTS.length; round += 1) {
    const wrong = checkModel(left).filter(({ code }) => code === 'dangling' || code === 'double-id');
    if (wrong.length === 0) return left;
    const gone = new Set<string>();
    for (const { path, code } of wrong) {
      const [, part = '', at = '', field = ''] = /^\$\.(\w+)\[(\d+)\]\.?(\w*)/.exec(path) ?? [];
      const object = (left[part as ModelPart] as Record<string, unknown>[])[Number(at)];
      if (!object) continue;
      const value = object[field];
      if (code === 'double-id' || (part === 'interfaces' && field === 'element') || part === 'conduits')
        gone.add(`${part} ${at}`);
      else if (Array.isArray(value)) object[field] = value.filter((id) => knows(left, id));
      else object[field] = '';
    }
    const next: Record<string, unknown> = { ...left };
    for (const part of PARTS)
      next[part] = (left[part] as unknown[]).filter((_, at) => !gone.has(`${part} ${at}`));
    left = next as SystemModel;
  }
  return left;
}

const knows = (model: SystemModel, id: unknown) =>
  PARTS.some((part) => objectsOf(model, part).some((object) => object.id === id));
