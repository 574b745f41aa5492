// A patient's records as a Bundle of HL7 FHIR R4 (4.0.1): Patient, and for each treatment a Procedure (required: status, subject) and an
// Observation of what was set and given (required: status, code). Units are UCUM. Names of our own have the system `urn:ward:laser`; no
// terminology is guessed.
import { fhirText } from '../audit/fhir.ts';
import type { PatientRecord, SettingGiven, TreatmentRecord } from './record.ts';

export interface ExportedRecord<Kind> {
  readonly id: string;
  readonly version: number;
  readonly record: Kind;
}

const OWN = 'urn:ward:laser';
const UCUM = 'http://unitsofmeasure.org';

const coded = (code: string, text: string) => ({ coding: [{ system: OWN, code, display: text }], text });

function patientResource(pseudonym: string, patient: ExportedRecord<PatientRecord> | null) {
  const identifier = [{ system: 'urn:ward:pseudonym', value: pseudonym }];
  if (patient === null) return { resourceType: 'Patient' as const, id: idOf(pseudonym), identifier };
  const { family, given, birthDate, gender, hospitalNumber } = patient.record;
  return {
    resourceType: 'Patient' as const,
    id: idOf(pseudonym),
    meta: { versionId: String(patient.version) },
    identifier: [...identifier, { system: 'urn:ward:hospital-number', value: fhirText(hospitalNumber) }],
    name: [{ use: 'official', family: fhirText(family), given: [fhirText(given)] }],
    gender,
    birthDate,
  };
}

function procedureResource(
  unit: string,
  pseudonym: string,
  { id, version, record }: ExportedRecord<TreatmentRecord>,
) {
  return {
    resourceType: 'Procedure' as const,
    id: idOf(id),
    meta: { versionId: String(version) },
    status: record.outcome === 'completed' ? ('completed' as const) : ('stopped' as const),
    code: coded('retinal-photocoagulation', 'Retinal laser photocoagulation'),
    subject: { reference: urn('Patient', pseudonym) },
    performedPeriod: { start: record.startedAt, end: record.endedAt },
    performer: [
      { actor: { display: fhirText(record.performedBy) }, onBehalfOf: { display: `Laser ${unit}` } },
    ],
    bodySite: [coded(`${record.eye}-eye`, `${record.eye === 'left' ? 'Left' : 'Right'} eye`)],
    ...(record.indication === null ? {} : { reasonCode: [{ text: fhirText(record.indication) }] }),
    ...(record.note === null ? {} : { note: [{ text: fhirText(record.note) }] }),
  };
}

const quantity = (code: string, text: string, value: number, unit: string) => ({
  code: coded(code, text),
  valueQuantity: { value, unit, system: UCUM, code: unit },
});

function observationResource(
  unit: string,
  pseudonym: string,
  { id, version, record }: ExportedRecord<TreatmentRecord>,
) {
  return {
    resourceType: 'Observation' as const,
    id: `${idOf(id).slice(0, 55)}.emission`,
    meta: { versionId: String(version) },
    status: 'final' as const,
    partOf: [{ reference: urn('Procedure', id) }],
    code: coded('laser-emission', 'Laser emission as set and given'),
    subject: { reference: urn('Patient', pseudonym) },
    effectivePeriod: { start: record.startedAt, end: record.endedAt },
    device: { display: fhirText(`${unit}, software ${record.software}`) },
    ...((record.settings?.length ?? 0) < 2
      ? {}
      : {
          // Above all settings stands the last one; each is a resource of its own.
          note: [
            {
              text: 'Adjusted during the treatment: mode, power, spot and duration are of the last setting.',
            },
          ],
          hasMember: record.settings?.map((_, at) => ({ reference: urn('Observation', settingId(id, at)) })),
        }),
    component: [
      { code: coded('mode', 'Mode'), valueString: record.mode },
      quantity('wavelength', 'Wavelength', record.wavelengthNanoMetre, 'nm'),
      quantity('power', 'Power', record.powerMilliWatt, 'mW'),
      quantity('spot', 'Spot diameter', record.spotMicroMetre, 'um'),
      quantity('pulse-duration', 'Duration of a pulse', record.pulseMilliSecond, 'ms'),
      quantity('pulses', 'Pulses given', record.pulses, '1'),
      quantity('total-energy', 'Total energy given', record.totalEnergyMilliJoule, 'mJ'),
    ],
  };
}

/** Of a treatment that was adjusted halfway: what was given under each setting, as a member of the observation of the whole. */
function settingResources(
  unit: string,
  pseudonym: string,
  { id, version, record }: ExportedRecord<TreatmentRecord>,
) {
  const settings = record.settings ?? [];
  if (settings.length < 2) return [];
  return settings.map((given, at) => ({
    resourceType: 'Observation' as const,
    id: settingId(id, at),
    meta: { versionId: String(version) },
    status: 'final' as const,
    partOf: [{ reference: urn('Procedure', id) }],
    code: coded('laser-emission-of-setting', `Laser emission under setting ${at + 1} of ${settings.length}`),
    subject: { reference: urn('Patient', pseudonym) },
    // When a setting was changed is not kept: within the treatment.
    effectivePeriod: { start: record.startedAt, end: record.endedAt },
    device: { display: fhirText(`${unit}, software ${record.software}`) },
    component: settingComponents(given),
  }));
}

const settingComponents = (given: SettingGiven) => [
  { code: coded('mode', 'Mode'), valueString: given.mode },
  quantity('power', 'Power', given.powerMilliWatt, 'mW'),
  quantity('spot', 'Spot diameter', given.spotMicroMetre, 'um'),
  quantity('pulse-duration', 'Duration of a pulse', given.pulseMilliSecond, 'ms'),
  quantity('pulses', 'Pulses given', given.pulses, '1'),
  quantity('total-energy', 'Total energy given', given.energyMilliJoule, 'mJ'),
];

const settingId = (id: string, at: number) => `${idOf(id).slice(0, 50)}.setting-${at + 1}`;

/** A Bundle of type collection with everything that is known of one patient. */
export function patientBundle(
  unit: string,
  pseudonym: string,
  at: number,
  patient: ExportedRecord<PatientRecord> | null,
  treatments: readonly ExportedRecord<TreatmentRecord>[],
) {
  const resources = [
    { fullUrl: urn('Patient', pseudonym), resource: patientResource(pseudonym, patient) },
    ...treatments.flatMap((treatment) => [
      { fullUrl: urn('Procedure', treatment.id), resource: procedureResource(unit, pseudonym, treatment) },
      {
        fullUrl: urn('Observation', treatment.id),
        resource: observationResource(unit, pseudonym, treatment),
      },
      ...settingResources(unit, pseudonym, treatment).map((resource) => ({
        fullUrl: urn('Observation', resource.id),
        resource,
      })),
    ]),
  ];
  return {
    resourceType: 'Bundle' as const,
    type: 'collection' as const,
    timestamp: new Date(at).toISOString(),
    entry: resources,
  };
}
export type PatientBundle = ReturnType<typeof patientBundle>;

const urn = (kind: string, id: string) => `urn:ward:${kind}:${id}`;
/** An id is at most 64 characters of [A-Za-z0-9.-]. */
const idOf = (name: string) => name.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 64);
