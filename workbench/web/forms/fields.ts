// A kind's JSON Schema as fields of a form. Pure. What cannot be drawn as a field is edited as JSON, never lost.
// From the schema's `meta`: title, description (why it is asked), widget ('long', 'person', 'hidden'), enumTitles.

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type Body = { [key: string]: JsonValue };

interface FieldBase {
  readonly name: string;
  readonly label: string;
  /** Why it is asked, or how to fill it. */
  readonly help: string | null;
  readonly required: boolean;
  /** May be null. */
  readonly nullable: boolean;
  /** What an untouched form holds. */
  readonly initial: JsonValue | undefined;
}
export interface Option {
  readonly value: JsonValue;
  readonly title: string;
}
export type Field =
  | (FieldBase & {
      readonly kind: 'line' | 'long' | 'email' | 'address';
      readonly minLength: number;
      readonly maxLength: number | null;
      readonly pattern: string | null;
    })
  | (FieldBase & { readonly kind: 'day' | 'instant' | 'person' | 'flag' })
  | (FieldBase & {
      readonly kind: 'number';
      readonly whole: boolean;
      readonly min: number | null;
      readonly max: number | null;
    })
  | (FieldBase & { readonly kind: 'choice'; readonly options: readonly Option[] })
  | (FieldBase & { readonly kind: 'choices'; readonly options: readonly Option[] })
  | (FieldBase & { readonly kind: 'list'; readonly item: Field; readonly maxItems: number | null })
  | (FieldBase & { readonly kind: 'group'; readonly fields: readonly Field[] })
  /** One of several shapes, told apart by a fixed field. */
  | (FieldBase & {
      readonly kind: 'variant';
      readonly by: string;
      readonly shapes: readonly {
        readonly value: string;
        readonly title: string;
        readonly fields: readonly Field[];
      }[];
    })
  /** Names to values. */
  | (FieldBase & { readonly kind: 'table'; readonly item: Field })
  | (FieldBase & { readonly kind: 'json' });

export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly widget?: string;
  readonly enumTitles?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly default?: JsonValue;
}

/** Texts that may be longer than this get several lines. */
const ONE_LINE_MAX = 1_000;
// Schemas come from our own server, but a form must end all the same.
const DEPTH_MAX = 12;

/** The fields of an object schema, in the order in which the kind names them. */
export function fieldsOf(schema: Schema, depth = 0): readonly Field[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .filter(([, property]) => property.const === undefined && property.widget !== 'hidden')
    .map(([name, property]) => fieldOf(name, property, required.has(name), depth));
}

export function fieldOf(name: string, given: Schema, required: boolean, depth = 0): Field {
  const { schema, nullable } = withoutNull(given);
  const base: FieldBase = {
    name,
    label: given.title ?? schema.title ?? humanise(name),
    help: given.description ?? schema.description ?? null,
    required: required && given.default === undefined,
    nullable,
    initial: given.default ?? schema.default,
  };
  if (depth > DEPTH_MAX) return { ...base, kind: 'json' };
  const widget = given.widget ?? schema.widget;
  const options = optionsOf({ ...schema, enumTitles: given.enumTitles ?? schema.enumTitles });
  if (options) return { ...base, kind: 'choice', options };
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variantOf(base, variants, depth) ?? { ...base, kind: 'json' };
  switch (schema.type) {
    case 'string':
      return textOf(base, schema, widget);
    case 'boolean':
      return { ...base, kind: 'flag' };
    case 'integer':
    case 'number':
      return {
        ...base,
        kind: 'number',
        whole: schema.type === 'integer',
        // The safe integers that Zod names are no bound that a person has to know of.
        min: boundOf(schema.minimum),
        max: boundOf(schema.maximum),
      };
    case 'array':
      return listOf(base, schema, depth);
    case 'object': {
      if (schema.properties && Object.keys(schema.properties).length > 0)
        return { ...base, kind: 'group', fields: fieldsOf(schema, depth + 1) };
      if (typeof schema.additionalProperties === 'object')
        return {
          ...base,
          kind: 'table',
          item: fieldOf('value', schema.additionalProperties, true, depth + 1),
        };
      return { ...base, kind: 'json' };
    }
    default:
      return { ...base, kind: 'json' };
  }
}

function textOf(base: FieldBase, schema: Schema, widget: string | undefined): Field {
  if (schema.format === 'date') return { ...base, kind: 'day' };
  if (schema.format === 'date-time') return { ...base, kind: 'instant' };
  if (widget === 'person' || (base.name === 'person' && schema.format === 'uuid'))
    return { ...base, kind: 'person' };
  const maxLength = schema.maxLength ?? null;
  const long = widget === 'long' || maxLength === null || maxLength > ONE_LINE_MAX;
  const kind =
    schema.format === 'email' ? 'email' : schema.format === 'uri' ? 'address' : long ? 'long' : 'line';
  // An address that is free text without a bound is still one line.
  const oneLine = schema.format !== undefined && kind === 'long' ? 'line' : kind;
  return {
    ...base,
    kind: oneLine,
    minLength: schema.minLength ?? 0,
    maxLength,
    pattern: schema.format === undefined ? (schema.pattern ?? null) : null,
  };
}

function listOf(base: FieldBase, schema: Schema, depth: number): Field {
  if (typeof schema.items !== 'object' || schema.prefixItems) return { ...base, kind: 'json' };
  const options = optionsOf(schema.items);
  if (options && options.length <= 30) return { ...base, kind: 'choices', options };
  const item = fieldOf('item', schema.items, true, depth + 1);
  return { ...base, kind: 'list', item, maxItems: schema.maxItems ?? null };
}

function variantOf(base: FieldBase, variants: readonly Schema[], depth: number): Field | null {
  const by = Object.entries(variants[0]?.properties ?? {}).find(
    ([, property]) => typeof property.const === 'string',
  )?.[0];
  if (by === undefined) return null;
  const shapes = variants.flatMap((variant) => {
    const fixed = variant.properties?.[by];
    if (typeof fixed?.const !== 'string') return [];
    return {
      value: fixed.const,
      title: variant.title ?? fixed.title ?? humanise(fixed.const),
      fields: fieldsOf(variant, depth + 1),
    };
  });
  return shapes.length === variants.length ? { ...base, kind: 'variant', by, shapes } : null;
}

function withoutNull(schema: Schema): { readonly schema: Schema; readonly nullable: boolean } {
  if (Array.isArray(schema.type) && schema.type.includes('null')) {
    const types = schema.type.filter((type) => type !== 'null');
    return { schema: { ...schema, type: types.length === 1 ? (types[0] as string) : types }, nullable: true };
  }
  const branches = schema.anyOf ?? schema.oneOf;
  if (!branches?.some((branch) => branch.type === 'null')) return { schema, nullable: false };
  const rest = branches.filter((branch) => branch.type !== 'null');
  if (rest.length === 1) return { schema: rest[0] as Schema, nullable: true };
  return { schema: { ...schema, anyOf: rest, oneOf: undefined } as Schema, nullable: true };
}

function optionsOf(schema: Schema): readonly Option[] | null {
  const titled = (value: JsonValue, title?: string): Option => ({
    value,
    title: title ?? schema.enumTitles?.[String(value)] ?? humanise(String(value)),
  });
  if (schema.enum) return schema.enum.map((value) => titled(value));
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches?.every((branch) => branch.const !== undefined))
    return branches.map((branch) => titled(branch.const as JsonValue, branch.title));
  return null;
}

function boundOf(bound: number | undefined): number | null {
  return bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;
}

/** What a new form holds: defaults, empty text where text is asked, nothing where nothing is known. */
export function initialBody(fields: readonly Field[]): Body {
  const body: Body = {};
  for (const field of fields) {
    const value = initialValue(field);
    if (value !== undefined) body[field.name] = value;
  }
  return body;
}

export function initialValue(field: Field): JsonValue | undefined {
  if (field.initial !== undefined) return field.initial;
  if (field.nullable) return field.required ? null : undefined;
  if (!field.required) return undefined;
  switch (field.kind) {
    case 'group':
      return initialBody(field.fields);
    case 'list':
    case 'choices':
      return [];
    case 'table':
      return {};
    case 'flag':
      return false;
    case 'line':
    case 'long':
      return '';
    default:
      return undefined;
  }
}

/** `intendedUse` → `Intended use`; abbreviations keep their capitals: `CVSS`. */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .split(' ')
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
