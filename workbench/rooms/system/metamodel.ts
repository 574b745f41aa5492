// The language of a system model: what an element, a flow, a zone, an answer is (IEC 81001-5-1 5.3 and 7.1; IEC 62443-3-2
// zones and conduits; FDA premarket guidance, architecture views). Pure: the same file runs in server, command and browser.
import { z } from 'zod';
import { line, text, title } from '../../kernel/records/kind.ts';

export const ELEMENT_KINDS = ['actor', 'external', 'process', 'store', 'hardware'] as const;
export const ZONE_KINDS = [
  'internet',
  'hospital',
  'home',
  'room',
  'device',
  'safety',
  'maker',
  'build',
  'supplier',
  'other',
] as const;
export const INTERFACE_KINDS = [
  'ethernet',
  'wifi',
  'bluetooth',
  'cellular',
  'nfc',
  'usb',
  'serial',
  'debug',
  'media',
  'touch-ui',
  'service-door',
  'other',
] as const;
/** FDA asks for every interface, also the unused ones. */
export const INTERFACE_STATES = ['not stated', 'open', 'covered', 'disabled', 'removed'] as const;
export const ASSET_KINDS = [
  'command',
  'parameters',
  'patient-data',
  'credential',
  'key',
  'software',
  'config',
  'calibration',
  'audit',
  'telemetry',
  'other',
] as const;
/** Where an attacker can begin; `entries.ts` of the room assurance says which places each one opens. */
export const ACCESS_KINDS = [
  'internet',
  'adjacent-network',
  'physical',
  'user-account',
  'service-account',
  'fleet',
  'build',
  'supplier',
] as const;
export const ATTACKER_ORIGINS = [
  'outsider',
  'insider',
  'service',
  'supplier',
  'nation state',
  'reseller',
] as const;
/** States of the system: the view of use cases asks for one in each. */
export const USE_CASE_STATES = [
  'power-up',
  'treatment',
  'alarm',
  'service',
  'update',
  'export',
  'decommission',
  'emergency',
] as const;
export const USE_CASE_KINDS = ['use', ...USE_CASE_STATES, 'other'] as const;

/** Bounds of one model: what a file may hold before it is refused. */
export const MODEL_LIMITS = {
  zones: 500,
  conduits: 1_000,
  elements: 10_000,
  interfaces: 10_000,
  flows: 20_000,
  assets: 2_000,
  safetyFunctions: 500,
  harms: 1_000,
  attackers: 100,
  environments: 100,
  assumptions: 1_000,
  useCases: 500,
  notes: 1_000,
} as const;

/** One id space for all objects of a model: the target of a threat is an id and nothing else. */
export const ModelId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/,
    'an id has up to 80 letters, digits, dots, dashes, colons or underscores',
  );

/** A reference that may be missing: the gap is shown as work. */
const IdOrNone = z
  .string()
  .max(80)
  .regex(/^([A-Za-z0-9][A-Za-z0-9._:-]*)?$/, 'the id of an object of the model, or nothing');
const DayOrNone = z
  .string()
  .max(10)
  .regex(/^(\d{4}-\d{2}-\d{2})?$/, 'a day such as 2027-03-31, or nothing')
  .refine((day) => day === '' || !Number.isNaN(Date.parse(day)), 'a day of the calendar');

/**
 * An answer to a security question. There is no entry where nobody answered: *not answered* is never *no*.
 * `origin`: who or what gave it. `by` is a person's name at the time, `at` an instant (ISO 8601); both empty in files.
 */
export const Answer = z.object({
  value: z.enum(['yes', 'no']),
  origin: z.enum(['person', 'import', 'template', 'evidence']).default('person'),
  by: line(200).default(''),
  at: line(40).default(''),
  evidence: line(1_000).default(''),
  note: text(2_000).default(''),
});
export type Answer = z.infer<typeof Answer>;
export const QuestionKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'a question key looks like `flow.auth-source`');
export const Answers = z
  .record(QuestionKey, Answer)
  .refine((answers) => Object.keys(answers).length <= 500, 'at most 500 answers at one place')
  .default({});
export type Answers = z.infer<typeof Answers>;

const Ids = (max = 500) => z.array(ModelId).max(max).default([]);
const Words = z.array(line(80).min(1)).max(100).default([]);
const common = {
  id: ModelId,
  title: title(),
  description: text(8_000).default(''),
};

export const Zone = z.object({
  ...common,
  kind: z.enum(ZONE_KINDS).default('other'),
  /** 0: nobody vouches for it (the internet) to 5: the safety side of the device. */
  trust: z.int().min(0).max(5).default(2),
  /** Id of the zone around it, or empty. */
  parent: IdOrNone.default(''),
  /** What the customer has to do in it. */
  duties: text(4_000).default(''),
  answers: Answers,
  /** Answers for every element of the zone that has none of its own. */
  elementDefaults: Answers,
});
/** IEC 62443-3-2: what joins two zones. */
export const Conduit = z.object({
  ...common,
  from: ModelId,
  to: ModelId,
  flows: Ids(2_000),
});
export const Element = z.object({
  ...common,
  kind: z.enum(ELEMENT_KINDS),
  /** Word of the type library: `gateway`, `agent`, `database`. */
  type: line(80).default(''),
  /** Id of its zone, or empty: shown as a gap. */
  zone: IdOrNone.default(''),
  tech: Words,
  tags: Words,
  /** Ids of data assets at rest here. */
  holds: Ids(),
  /** A safety function is realised in it, or it acts on the patient. */
  safety: z.boolean().default(false),
  /** Known components (SBOM) that run in it, by package URL without version, CPE or name. */
  contains: z.array(line(400).min(1)).max(5_000).default([]),
  outOfScope: z.boolean().default(false),
  answers: Answers,
});
export const Interface = z.object({
  ...common,
  kind: z.enum(INTERFACE_KINDS).default('other'),
  element: ModelId,
  state: z.enum(INTERFACE_STATES).default('not stated'),
  answers: Answers,
});
export const Flow = z.object({
  ...common,
  /** Ids of elements; empty is an end that hangs loose (an import may bring one), shown as a gap. */
  from: IdOrNone.default(''),
  to: IdOrNone.default(''),
  /** Interfaces that it goes over. */
  via: Ids(20),
  protocol: Words,
  /** Ids of data assets. */
  carries: Ids(),
  ports: line(200).default(''),
  frequency: line(200).default(''),
  answers: Answers,
});
const Need = z.int().min(0).max(4).default(0);
export const Asset = z.object({
  ...common,
  kind: z.enum(ASSET_KINDS).default('other'),
  /** Need of protection, 0 none to 4 highest. */
  confidentiality: Need,
  integrity: Need,
  availability: Need,
  personal: z.boolean().default(false),
  retention: line(200).default(''),
});
export const SafetyFunction = z.object({
  ...common,
  /** Ids of elements. */
  realisedBy: Ids(),
  /** Ids of harms: of `harms` here or of the safety file (`sourceId` of a harm record). */
  harms: z.array(line(120).min(1)).max(500).default([]),
  safeState: line(500).default(''),
  answers: Answers,
});
/** A copy from the safety file (ISO 14971), so that a model can be judged alone. */
export const ModelHarm = z.object({
  id: line(120).min(1),
  title: title(),
  /** 1 negligible to 5 catastrophic. */
  severity: z.int().min(1).max(5),
  source: line(500).default(''),
});
export const Attacker = z.object({
  ...common,
  origin: z.enum(ATTACKER_ORIGINS).default('outsider'),
  /** 1 beginner to 5 everything that money can buy. */
  skill: z.int().min(1).max(5).default(3),
  access: z.array(z.enum(ACCESS_KINDS)).max(20).default([]),
  /** Places beyond those that `access` opens: zones, elements, interfaces, flows. */
  entries: Ids(),
  motive: line(500).default(''),
});
export const Environment = z.object({
  ...common,
  controlledBy: line(300).default(''),
  assumptions: Ids(),
});
export const Assumption = z.object({
  ...common,
  owner: line(200).default(''),
  validUntil: DayOrNone.default(''),
  targets: Ids(),
});
export const UseCase = z.object({
  ...common,
  kind: z.enum(USE_CASE_KINDS).default('use'),
  startedBy: IdOrNone.default(''),
  /** Flows in order. */
  steps: Ids(200),
  onFailure: text(2_000).default(''),
});

const many = <T extends z.ZodType>(item: T, max: number, title: string) =>
  z.array(item).max(max).default([]).meta({ title });

/** The parts of a model that hold objects with an id. */
export const modelParts = {
  zones: many(Zone, MODEL_LIMITS.zones, 'Zones'),
  conduits: many(Conduit, MODEL_LIMITS.conduits, 'Conduits'),
  elements: many(Element, MODEL_LIMITS.elements, 'Elements'),
  interfaces: many(Interface, MODEL_LIMITS.interfaces, 'Interfaces'),
  flows: many(Flow, MODEL_LIMITS.flows, 'Flows'),
  assets: many(Asset, MODEL_LIMITS.assets, 'Data assets'),
  safetyFunctions: many(SafetyFunction, MODEL_LIMITS.safetyFunctions, 'Safety functions'),
  harms: many(ModelHarm, MODEL_LIMITS.harms, 'Harms'),
  attackers: many(Attacker, MODEL_LIMITS.attackers, 'Attackers'),
  environments: many(Environment, MODEL_LIMITS.environments, 'Use environments'),
  assumptions: many(Assumption, MODEL_LIMITS.assumptions, 'Assumptions'),
  useCases: many(UseCase, MODEL_LIMITS.useCases, 'Use cases'),
  /** Text of a drawing that belongs to no element. */
  notes: many(z.object({ id: ModelId, text: text(4_000) }), MODEL_LIMITS.notes, 'Notes'),
} as const;

/** The whole model, as a record's body holds it and a file writes it (`format: ward-system-model/1`). */
export const SystemModel = z.object({
  title: title().meta({ title: 'Title' }),
  description: text().default('').meta({ title: 'Description', widget: 'long' }),
  version: line(80).default('').meta({ title: 'Version' }),
  intendedUse: text(4_000).default('').meta({ title: 'Intended use', widget: 'long' }),
  ...modelParts,
});

export type SystemModel = z.infer<typeof SystemModel>;
export type Zone = z.infer<typeof Zone>;
export type Conduit = z.infer<typeof Conduit>;
export type Element = z.infer<typeof Element>;
export type Interface = z.infer<typeof Interface>;
export type Flow = z.infer<typeof Flow>;
export type Asset = z.infer<typeof Asset>;
export type SafetyFunction = z.infer<typeof SafetyFunction>;
export type ModelHarm = z.infer<typeof ModelHarm>;
export type Attacker = z.infer<typeof Attacker>;
export type Assumption = z.infer<typeof Assumption>;
export type UseCase = z.infer<typeof UseCase>;

/** The parts whose objects share one id space and can be answered for, threatened or cut. */
export const PARTS = Object.keys(modelParts) as readonly (keyof typeof modelParts)[];
export type ModelPart = (typeof PARTS)[number];

export const MODEL_FORMAT = 'ward-system-model/1';
