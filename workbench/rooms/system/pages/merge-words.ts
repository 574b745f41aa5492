// What a conflict says. Pure.
import { MODEL_FIELDS } from './model-fields.ts';

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

/** `name` gives the title of an id. */
export function valueWords(value: unknown, name: (id: string) => string): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value))
    return value.length === 0
      ? 'none'
      : value.map((one) => (typeof one === 'string' ? name(one) : JSON.stringify(one))).join(', ');
  if (typeof value === 'object') {
    const { value: said, evidence, by, title } = value as Record<string, unknown>;
    if (said === 'yes' || said === 'no')
      return [said, evidence, by].filter((part) => typeof part === 'string' && part !== '').join(' · ');
    return typeof title === 'string' ? title : JSON.stringify(value);
  }
  return typeof value === 'string' ? name(value) : String(value);
}
