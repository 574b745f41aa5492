// How the fields of a model's objects compare: as they stand, as a set, or answer by answer. One table for difference and merge.
import { type Answers, type ModelPart, modelParts, PARTS, type SystemModel } from './metamodel.ts';

export type ModelObject = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly title?: string;
};

/** Lists whose order says something; all others are sets. */
const ORDERED = new Set(['useCases.steps']);
const ANSWER_FIELDS = new Set(['answers', 'elementDefaults']);
export const MODEL_FIELDS = ['title', 'description', 'version', 'intendedUse'] as const;

export type FieldKind = 'plain' | 'set' | 'answers';

export function fieldKind(part: ModelPart, field: string, value: unknown): FieldKind {
  if (ANSWER_FIELDS.has(field)) return 'answers';
  return Array.isArray(value) && !ORDERED.has(`${part}.${field}`) ? 'set' : 'plain';
}

export function fieldsOf(part: ModelPart): readonly string[] {
  const shape = (modelParts[part].unwrap().element as { readonly shape: Record<string, unknown> }).shape;
  return Object.keys(shape).filter((field) => field !== 'id');
}

export const objectsOf = (model: SystemModel, part: ModelPart) => model[part] as readonly ModelObject[];
export const byId = (objects: readonly ModelObject[]) =>
  new Map(objects.map((object) => [object.id, object]));
export const nameOf = (object: ModelObject) => object.title ?? object.id;
export const answersIn = (object: ModelObject | undefined, field: string) =>
  (object?.[field] ?? {}) as Answers;
export const wordsIn = (value: unknown) => (Array.isArray(value) ? (value as readonly string[]) : []);

export function isSameValue(kind: FieldKind, left: unknown, right: unknown): boolean {
  if (kind !== 'set') return JSON.stringify(left) === JSON.stringify(right);
  const [one, other] = [new Set(wordsIn(left)), new Set(wordsIn(right))];
  return one.size === other.size && [...one].every((word) => other.has(word));
}

export { PARTS };
