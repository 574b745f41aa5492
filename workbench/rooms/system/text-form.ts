// The text form of a system model (`format: ward-system-model/1`), in YAML or JSON: one canonical way to write it, so that a
// model can live beside the code and a change is seen in review. Pure.
import { stringify } from 'yaml';
import { z } from 'zod';
import { checkModel } from './check-model.ts';
import { refuseModel } from './errors.ts';
import { parseJsonText, parseYamlText, placeOfPath, TEXT_LIMITS } from './import/read-text.ts';
import { readOldForm } from './import/ward-first-form.ts';
import { Answer, MODEL_FORMAT, SystemModel } from './metamodel.ts';

export type TextNotation = 'yaml' | 'json';

type Json = Record<string, unknown>;

/**
 * The canonical text: fields in the order of the metamodel, answers by key, defaults left out, objects in the order of the
 * model (evaluation keeps it too). The same model gives the same bytes.
 *
 * @example
 * format: ward-system-model/1
 * title: Pump
 * elements:
 *   - id: e-app
 *     title: Application
 *     kind: process
 *     answers:
 *       authn.each-user: yes
 */
export function writeModelText(model: SystemModel, notation: TextNotation = 'yaml'): string {
  const value = { format: MODEL_FORMAT, ...(slim(SystemModel, model) as Json) };
  return notation === 'json'
    ? `${JSON.stringify(value, null, 2)}\n`
    : stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * The model of a text. Refuses `model.*` with file, line and path: not YAML or JSON, another format, an unknown key, a wrong
 * value, a reference that leads nowhere. Costs about a second per megabyte of YAML, 20 ms per megabyte of JSON.
 */
export function readModelText(text: string, fileName: string): SystemModel {
  if (text.length > TEXT_LIMITS.bytes)
    throw refuseModel('model.too-large', `${fileName} has more than ${TEXT_LIMITS.bytes / 1024 / 1024} MB.`, {
      at: fileName,
    });
  const value = /^[\s\uFEFF]*[{[]/.test(text)
    ? parseJsonText(text, fileName)
    : parseYamlText(text, fileName).value;
  return modelOfValue(value, fileName, () => {
    // Only a refused file is read a second time, for its lines; JSON is YAML too.
    if (text.length > TEXT_LIMITS.yamlBytes / 4) return null;
    const { document, lines } = parseYamlText(text, fileName);
    return (path) => placeOfPath(document, lines, path);
  });
}

/** The same for a value that is parsed already; `linesOf` gives a function from path to line and column, if it can. */
export function modelOfValue(
  value: unknown,
  fileName: string,
  linesOf: () => ((path: readonly (string | number)[]) => string) | null = () => null,
): SystemModel {
  const problems = new Problems(fileName, linesOf);
  const format = isJson(value) ? value.format : undefined;
  if (!isJson(value) || typeof format !== 'string' || !format.startsWith('ward-system-model/'))
    throw refuseModel(
      'model.unknown-format',
      `${fileName} does not begin with \`format: ${MODEL_FORMAT}\`.`,
      {
        at: `${fileName}:1:1`,
      },
    );
  if (format === 'ward-system-model/0.1') return readOldForm(value, fileName);
  if (format !== MODEL_FORMAT)
    throw refuseModel(
      'model.unsupported-version',
      `${fileName} is ${format.slice(0, 60)}; Ward reads ${MODEL_FORMAT}.`,
      {
        at: `${fileName}:1:1`,
      },
    );
  const { format: _, ...body } = value;
  findUnknownKeys(SystemModel, body, [], problems);
  const parsed = SystemModel.safeParse(widen(SystemModel, body));
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.add(issue.path.filter(isStep), issue.message);
  else
    for (const { level, path, message } of checkModel(parsed.data))
      if (level === 'refused') problems.add(stepsOf(path), message);
  problems.refuse();
  return parsed.data as SystemModel;
}

/** JSON Schema of the text form, as published in docs/schemas. */
export function textFormSchema(): Json {
  const schema = z.toJSONSchema(SystemModel, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (jsonSchema.type === 'object' && jsonSchema.properties) jsonSchema.additionalProperties = false;
      if (zodSchema !== Answer) return;
      // `key: yes` says all that most answers carry. YAML 1.1 tools make a boolean of it.
      const whole = { ...jsonSchema };
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Json)[key];
      jsonSchema.anyOf = [{ enum: ['yes', 'no', true, false] }, whole];
    },
  }) as Json;
  const { properties, required, ...rest } = schema as { properties: Json; required?: string[] };
  return {
    ...rest,
    title: 'Ward system model',
    description: 'Text form of a system model, in YAML or JSON. A key that is left out has its default.',
    properties: { format: { const: MODEL_FORMAT }, ...properties },
    required: ['format', ...(required ?? [])],
  };
}

// What follows walks the schema beside the value, so that a new field of the metamodel needs nothing here.

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isStep = (step: PropertyKey): step is string | number => typeof step !== 'symbol';

/** `$.flows[3].to` as `['flows', 3, 'to']`. */
function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map((part) => part[1] ?? Number(part[2]));
}

function inner(schema: unknown): unknown {
  return schema instanceof z.ZodDefault ? inner(schema.unwrap()) : schema;
}

/** Without what equals its default; objects in the order of the schema, records by key. */
function slim(schema: unknown, value: unknown): unknown {
  const bare = inner(schema);
  if (bare === Answer) return slimAnswer(value as Answer);
  if (bare instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => slim(bare.element, item));
  if (bare instanceof z.ZodRecord && isJson(value)) {
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, slim(bare.valueType, value[key])]));
  }
  if (bare instanceof z.ZodObject && isJson(value)) return slimObject(bare, value);
  return value;
}

function slimObject(schema: z.ZodObject, value: Json): Json {
  const kept: Json = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const given = value[key];
    if (given === undefined) continue;
    if (field instanceof z.ZodDefault && isSame(given, field.def.defaultValue)) continue;
    kept[key] = slim(field, given);
  }
  return kept;
}

function slimAnswer(answer: Answer): unknown {
  const kept = slimObject(Answer, answer);
  return Object.keys(kept).length === 1 ? answer.value : kept;
}

const isSame = (left: unknown, right: unknown) =>
  left === right || (typeof left === 'object' && JSON.stringify(left) === JSON.stringify(right));

/** `key: yes` as a whole answer. Anything that is no such word stays, and the schema refuses it by its place. */
function widen(schema: unknown, value: unknown): unknown {
  const bare = inner(schema);
  if (bare === Answer) {
    if (value === true || value === 'yes') return { value: 'yes' };
    if (value === false || value === 'no') return { value: 'no' };
    return value;
  }
  if (bare instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => widen(bare.element, item));
  if (bare instanceof z.ZodRecord && isJson(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, widen(bare.valueType, item)]));
  if (bare instanceof z.ZodObject && isJson(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, widen(bare.shape[key], item)]),
    );
  return value;
}

function findUnknownKeys(
  schema: unknown,
  value: unknown,
  path: readonly (string | number)[],
  found: Problems,
): void {
  const bare = inner(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value))
    for (const [at, item] of value.entries()) findUnknownKeys(bare.element, item, [...path, at], found);
  if (bare instanceof z.ZodRecord && isJson(value))
    for (const [key, item] of Object.entries(value))
      findUnknownKeys(bare.valueType, item, [...path, key], found);
  if (!(bare instanceof z.ZodObject) || !isJson(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (Object.hasOwn(bare.shape, key)) findUnknownKeys(bare.shape[key], item, [...path, key], found);
    else
      found.add(
        [...path, key],
        `The key ${key.slice(0, 80)} is not known here; known are ${Object.keys(bare.shape).join(', ')}.`,
      );
  }
}

/** One problem of a file: where, and what is wrong. */
export interface TextProblem {
  readonly path: string;
  /** `file:line:column`, or the file where lines cannot be told. */
  readonly at: string;
  readonly message: string;
}

const MOST_PROBLEMS = 50;

class Problems {
  readonly #list: { path: readonly (string | number)[]; message: string }[] = [];

  constructor(
    readonly fileName: string,
    readonly linesOf: () => ((path: readonly (string | number)[]) => string) | null,
  ) {}

  add(path: readonly (string | number)[], message: string): void {
    this.#list.push({ path, message });
  }

  refuse(): void {
    const [first] = this.#list;
    if (!first) return;
    const lineOf = this.linesOf();
    const problems = this.#list.slice(0, MOST_PROBLEMS).map(
      ({ path, message }): TextProblem => ({
        path: `$${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step.slice(0, 80)}`)).join('')}`,
        at: lineOf ? `${this.fileName}:${lineOf(path)}` : this.fileName,
        message,
      }),
    );
    const more =
      this.#list.length > 1 ? ` ${this.#list.length - 1} more problems are named in the detail.` : '';
    throw refuseModel('model.wrong-shape', `${problems[0]?.path}: ${first.message}${more}`, {
      at: problems[0]?.at as string,
      detail: { problems },
    });
  }
}
