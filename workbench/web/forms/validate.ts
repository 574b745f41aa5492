// Checks a form's values as they are typed, by the same schema that the server checks again. Pure.
import type { Body, Field, JsonValue } from './fields.ts';

/** Path of the field (`steps[2].text`) to what is wrong with it. */
export type Complaints = ReadonlyMap<string, string>;

export function validate(fields: readonly Field[], body: Body): Complaints {
  const complaints = new Map<string, string>();
  for (const field of fields) check(field, body[field.name], field.name, complaints);
  return complaints;
}

function check(
  field: Field,
  value: JsonValue | undefined,
  path: string,
  complaints: Map<string, string>,
): void {
  if (isEmpty(value)) {
    const minimum = 'minLength' in field ? field.minLength : 0;
    const needed =
      field.required && !field.nullable && (value === undefined || value === null || minimum > 0);
    if (needed || (minimum > 0 && value === '' && field.required))
      complaints.set(path, `${field.label} is needed.`);
    return;
  }
  switch (field.kind) {
    case 'line':
    case 'long':
    case 'email':
    case 'address':
      checkText(field, String(value), path, complaints);
      return;
    case 'day':
      if (!/^\d{4}-\d{2}-\d{2}$/.test(String(value)) || Number.isNaN(Date.parse(String(value))))
        complaints.set(path, 'Give a day as 2026-11-24.');
      return;
    case 'number':
      checkNumber(field, value as JsonValue, path, complaints);
      return;
    case 'group':
      for (const inner of field.fields)
        check(inner, (value as Body)[inner.name], `${path}.${inner.name}`, complaints);
      return;
    case 'variant': {
      const shape = field.shapes.find((known) => known.value === (value as Body)[field.by]);
      if (!shape) complaints.set(path, 'Choose one.');
      for (const inner of shape?.fields ?? [])
        check(inner, (value as Body)[inner.name], `${path}.${inner.name}`, complaints);
      return;
    }
    case 'list': {
      const items = value as JsonValue[];
      if (field.maxItems !== null && items.length > field.maxItems)
        complaints.set(path, `At most ${field.maxItems}.`);
      items.forEach((item, index) => {
        check(field.item, item, `${path}[${index}]`, complaints);
      });
      return;
    }
    case 'table':
      for (const [name, item] of Object.entries(value as Body))
        check(field.item, item, `${path}.${name}`, complaints);
      return;
    default:
      return;
  }
}

function checkText(
  field: Extract<Field, { minLength: number }>,
  text: string,
  path: string,
  complaints: Map<string, string>,
): void {
  if (field.minLength > 0 && text.trim().length < field.minLength)
    complaints.set(
      path,
      field.minLength === 1 ? `${field.label} is needed.` : `At least ${field.minLength} characters.`,
    );
  else if (field.maxLength !== null && text.length > field.maxLength)
    complaints.set(path, `${text.length} characters; at most ${field.maxLength}.`);
  else if (field.kind === 'line' && /[\r\n]/.test(text)) complaints.set(path, 'One line only.');
  else if (field.kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    complaints.set(path, 'Not an e-mail address.');
  else if (field.kind === 'address' && !URL.canParse(text)) complaints.set(path, 'Not a web address.');
  else if (field.pattern !== null && !fits(field.pattern, text))
    complaints.set(path, 'Not of the form that is asked for.');
}

function checkNumber(
  field: Extract<Field, { kind: 'number' }>,
  value: JsonValue,
  path: string,
  complaints: Map<string, string>,
): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) complaints.set(path, 'Not a number.');
  else if (field.whole && !Number.isInteger(value)) complaints.set(path, 'A whole number.');
  else if (field.min !== null && value < field.min) complaints.set(path, `At least ${field.min}.`);
  else if (field.max !== null && value > field.max) complaints.set(path, `At most ${field.max}.`);
}

/** A pattern that this browser cannot read is left to the server. */
function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

/** The server's paths (`$.body.steps[2].text`) as the form's (`steps[2].text`). */
export function complaintsOf(fields: readonly { path: string; message: string }[]): Complaints {
  return new Map(
    fields.map((field) => [field.path.replace(/^\$\.?/, '').replace(/^body\.?/, ''), field.message]),
  );
}
