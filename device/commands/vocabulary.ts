// The closed list of what can be asked of a unit from remote. A verb reads, prepares, lowers or serves: there is no effect by which a verb
// could arm, emit or raise emission, so none can be written down.
import { z } from 'zod';
import type { Violation } from './parameter-table.ts';

export type VerbEffect =
  /** Changes nothing on the unit. */
  | 'reads'
  /** Lays something ready that has no effect before a person at the device confirms it. */
  | 'prepares'
  /** Makes less: pauses, ends, stops. */
  | 'lowers'
  /** Within a service session that a person at the device consented to. */
  | 'serves';

export interface VerbDefinition {
  /** One line for the manual. */
  readonly does: string;
  readonly effect: VerbEffect;
  readonly body: z.ZodType;
  /** Schema of the patient data that comes sealed with the command; absent when none may come. */
  readonly sealed?: z.ZodType;
  /** Answers with patient data, so the command has to bring a key (`answerTo`) to seal them to. */
  readonly answersSealed?: true;
  /** The first bound of the parameter table that the body does not keep. */
  readonly bounds?: (body: never) => Violation | null;
  /** Done even when it cannot be recorded. Only what lowers may have it. */
  readonly evenUnrecorded?: true;
}

export type Vocabulary = ReadonlyMap<string, VerbDefinition>;

const VERB = /^[a-z]+(\.[a-z]+(-[a-z]+)*)?$/;

/** Joins lists of verbs. Throws (a fault of the program) on a name given twice, or on one that is done unrecorded without lowering. */
export function defineVocabulary(...lists: readonly Readonly<Record<string, VerbDefinition>>[]): Vocabulary {
  const vocabulary = new Map<string, VerbDefinition>();
  for (const [verb, definition] of lists.flatMap((list) => Object.entries(list))) {
    if (!VERB.test(verb)) throw new Error(`${verb} is no name of a verb`);
    if (vocabulary.has(verb)) throw new Error(`verb ${verb} is defined twice`);
    if (definition.evenUnrecorded && definition.effect !== 'lowers')
      throw new Error(`verb ${verb} would be done unrecorded and does not lower`);
    vocabulary.set(verb, Object.freeze(definition));
  }
  return vocabulary;
}

const nothing = z.strictObject({});
/** Name of a patient on the wire and in logs: made on the unit, means nothing elsewhere. */
export const Pseudonym = z.string().regex(/^p-[0-9a-z]{8,32}$/);
/** Fits a sealed command in any script. */
export const MOST_REASON_CHARACTERS = 500;
/** So many were given already: what is read may take several answers. */
const After = z.int().min(0).max(1_000_000);
const page = { after: z.int().min(0).max(1e12), most: z.int().min(1).max(500) };

/** The verbs that any unit has. A device adds its own treatment. */
export const DEVICE_VERBS = {
  'unit.status': { does: 'tells state, versions and what is open', effect: 'reads', body: nothing },
  stop: { does: 'stops at once; always', effect: 'lowers', body: nothing, evenUnrecorded: true },
  'record.read': {
    does: "reads a patient's record for a purpose",
    effect: 'reads',
    body: z.strictObject({
      patient: Pseudonym,
      purpose: z.enum(['treatment', 'follow-up', 'quality']),
      view: z.enum(['treatment', 'summary', 'whole']),
      after: After.optional(),
    }),
    answersSealed: true,
  },
  'record.export': {
    does: "gives a patient's whole record as FHIR R4, for a request of access or portability, or to the clinic's own record",
    effect: 'reads',
    body: z.strictObject({
      patient: Pseudonym,
      purpose: z.enum(['access-request', 'portability', 'care-transfer']),
      /** What the request is called where it was received; stands in the audit log. */
      request: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
      after: After,
    }),
    answersSealed: true,
  },
  'record.break-glass': {
    does: 'shows what is needed of a patient in an emergency; the reason goes along sealed and is reviewed later',
    effect: 'reads',
    body: z.strictObject({ patient: Pseudonym, after: After.optional() }),
    // As typed: may hold patient data. Whether it is a reason is the vault's to say.
    sealed: z.strictObject({ reason: z.string().max(MOST_REASON_CHARACTERS) }),
    answersSealed: true,
  },
  'record.break-glass-reasons': {
    does: 'tells for which reasons patient data were opened in emergencies, for who reviews that',
    effect: 'reads',
    body: z.strictObject({ after: After }),
    answersSealed: true,
  },
  'update.check': {
    does: 'asks the unit to look for an update now; it installs nothing',
    effect: 'prepares',
    body: nothing,
  },
  'service.open': {
    does: 'shows a request for a service session at the device',
    effect: 'prepares',
    body: z.strictObject({ request: z.string().min(1).max(4_096) }),
  },
  'service.read-logs': { does: 'reads log lines', effect: 'serves', body: z.strictObject(page) },
  'service.self-test': { does: 'runs the self test', effect: 'serves', body: nothing },
  'service.diagnostics': {
    does: 'reads diagnostics without patient data',
    effect: 'serves',
    body: nothing,
  },
  'calibration.propose': {
    does: 'proposes values that a person at the device confirms',
    effect: 'serves',
    body: z.strictObject({
      item: z.enum(['power-scale', 'power-offset', 'spot-scale']),
      partsPerThousand: z.int().min(-50).max(50),
    }),
  },
  'service.end': { does: 'ends the service session', effect: 'lowers', body: nothing },
} as const satisfies Record<string, VerbDefinition>;
