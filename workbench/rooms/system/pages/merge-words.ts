// What a conflict says, and the model after somebody chose. Pure.
import type { mergeModels } from '../merge.ts';
import type { ModelPart, SystemModel } from '../metamodel.ts';
import { partOf } from './editing/edit-model.ts';
import { MODEL_FIELDS } from './model-fields.ts';

type Conflict = ReturnType<typeof mergeModels>['conflicts'][number];

/** `answers.flow.auth-source` → `answer to flow.auth-source`; an empty field is the whole object. */
export function fieldWords(field: string): string {
  if (field === '') return 'the whole of it';
  for (const prefix of ['answers.', 'elementDefaults.'])
    if (field.startsWith(prefix)) return `answer to ${field.slice(prefix.length)}`;
  for (const fields of Object.values(MODEL_FIELDS)) {
    const known = fields.find((one) => one.name === field);
    if (known) return known.label.toLowerCase();
  }
  return field;
}

export function valueWords(value: unknown, name: (id: string) => string): string {
  if (value === undefined || value === null) return 'deleted';
  if (value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((one) => (typeof one === 'string' ? name(one) : JSON.stringify(one))).join(', ');
  if (typeof value === 'object') {
    const { value: said, evidence, by, title } = value as Record<string, unknown>;
    if (said === 'yes' || said === 'no')
      return [said, evidence, by].filter((part) => typeof part === 'string' && part !== '').join(' · ');
    if (typeof title === 'string') return title;
    return JSON.stringify(value);
  }
  return typeof value === 'string' ? name(value) : String(value);
}

/** The merged model with what was chosen in each conflict. */
export function choose(
  merged: SystemModel,
  conflicts: readonly Conflict[],
  choices: Readonly<Record<string, 'mine' | 'theirs'>>,
): SystemModel {
  let model = merged;
  for (const conflict of conflicts) {
    const side = choices[conflict.path];
    if (side !== undefined) model = setChoice(model, conflict, conflict[side]);
  }
  return model;
}

function setChoice(model: SystemModel, { id, field, path }: Conflict, value: unknown): SystemModel {
  const part = partOf(model, id) ?? (/^\$\.(\w+)/.exec(path)?.[1] as ModelPart | undefined);
  if (id === '' || part === undefined || !Array.isArray(model[part])) {
    return field === '' || field in model === false ? model : { ...model, [field]: value };
  }
  const list = model[part] as { id: string }[];
  if (field === '') {
    const without = list.filter((one) => one.id !== id);
    if (value === undefined || value === null) return { ...model, [part]: without };
    const at = list.findIndex((one) => one.id === id);
    const object = value as { id: string };
    return {
      ...model,
      [part]: at < 0 ? [...list, object] : list.map((one) => (one.id === id ? object : one)),
    };
  }
  const [, record, key] = /^(answers|elementDefaults)\.(.+)$/.exec(field) ?? [];
  return {
    ...model,
    [part]: list.map((one) => {
      if (one.id !== id) return one;
      if (record === undefined || key === undefined) return { ...one, [field]: value };
      const answers = { ...(one as unknown as Record<string, Record<string, unknown>>)[record] };
      if (value === undefined || value === null) delete answers[key];
      else answers[key] = value;
      return { ...one, [record]: answers };
    }),
  };
}
