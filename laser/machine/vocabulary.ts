// What can be asked of the laser from remote: the verbs of any device, and treatment. None arms, emits or raises emission.
import { z } from 'zod';
import { checkParameters } from '../../device/commands/parameter-table.ts';
import {
  DEVICE_VERBS,
  defineVocabulary,
  Pseudonym,
  type VerbDefinition,
} from '../../device/commands/vocabulary.ts';
import { MODES, PARAMETER_TABLE } from './parameter-table.ts';

const nothing = z.strictObject({});

/** Whole numbers with their unit in the name; which range they may have is the parameter table's. */
export const LaserParameters = z.strictObject({
  powerMilliWatt: z.int(),
  pulseMilliSecond: z.int(),
  spotMicroMetre: z.int(),
  repeatHertz: z.int(),
  pulses: z.int(),
  treatmentSecond: z.int(),
});
export type LaserParameters = z.infer<typeof LaserParameters>;

const setting = { mode: z.enum(MODES), parameters: LaserParameters };
export const PrepareBody = z.strictObject({
  patient: Pseudonym,
  eye: z.enum(['left', 'right']),
  ...setting,
});
export type PrepareBody = z.infer<typeof PrepareBody>;
export const AdjustBody = z.strictObject({ patient: Pseudonym, ...setting });
export type AdjustBody = z.infer<typeof AdjustBody>;

/** What the person at the device compares with the patient in the chair. */
export const PatientData = z.strictObject({
  name: z.string().min(1).max(200),
  bornOn: z.iso.date(),
  recordNumber: z.string().min(1).max(64),
  note: z.string().max(2_000).optional(),
});
export type PatientData = z.infer<typeof PatientData>;

const bounds = (body: AdjustBody) => checkParameters(PARAMETER_TABLE, body.mode, body.parameters);

export const TREATMENT_VERBS = {
  'treatment.prepare': {
    does: 'lays parameters and patient ready; a person at the device confirms both',
    effect: 'prepares',
    body: PrepareBody,
    sealed: PatientData,
    bounds,
  },
  'treatment.adjust': {
    does: 'lays other parameters ready while not armed; they have to be confirmed anew',
    effect: 'prepares',
    body: AdjustBody,
    bounds,
  },
  'treatment.end': { does: 'ends the treatment', effect: 'lowers', body: nothing },
  'treatment.status': { does: 'tells how far the treatment is', effect: 'reads', body: nothing },
} as const satisfies Record<string, VerbDefinition>;

export const LASER_VOCABULARY = defineVocabulary(DEVICE_VERBS, TREATMENT_VERBS);

export type RemoteVerb = keyof typeof DEVICE_VERBS | keyof typeof TREATMENT_VERBS;
export const REMOTE_VERBS = [...LASER_VOCABULARY.keys()] as readonly RemoteVerb[];
