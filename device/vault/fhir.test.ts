import fc from 'fast-check';
import { expect, it } from 'vitest';
import { r4Problems } from '../audit/r4-schema.ts';
import { patientBundle } from './fhir.ts';
import type { PatientRecord, TreatmentRecord } from './record.ts';

const text = (most: number) => fc.string({ minLength: 1, maxLength: most, unit: 'binary' });
const instant = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const setting = fc.record({
  mode: fc.constantFrom('single', 'repeat', 'pattern'),
  powerMilliWatt: fc.double({ min: 0.1, max: 5000, noNaN: true }),
  spotMicroMetre: fc.integer({ min: 1, max: 5000 }),
  pulseMilliSecond: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
  pulses: fc.nat(100_000),
  energyMilliJoule: fc.double({ min: 0, max: 1e7, noNaN: true }),
});
const treatment: fc.Arbitrary<TreatmentRecord> = fc
  .record({
    eye: fc.constantFrom('left' as const, 'right' as const),
    settings: fc.option(fc.array(setting, { maxLength: 4 }), { nil: undefined }),
    armed: setting,
    startedAt: instant,
    endedAt: instant,
    performedBy: text(200),
    outcome: fc.constantFrom('completed' as const, 'stopped' as const),
    indication: fc.option(text(500)),
    note: fc.option(text(400)),
  })
  .map(({ armed: { energyMilliJoule, ...armed }, settings, ...rest }) => ({
    ...{ kind: 'treatment' as const, wavelengthNanoMetre: 532, software: '4.1.0', ...armed, ...rest },
    totalEnergyMilliJoule: energyMilliJoule,
    ...(settings ? { settings } : {}),
  }));
const patient: fc.Arbitrary<PatientRecord> = fc.record({
  kind: fc.constant('patient' as const),
  family: text(200),
  given: text(200),
  birthDate: instant.map((at) => at.slice(0, 10)),
  gender: fc.constantFrom('male' as const, 'female' as const, 'other' as const, 'unknown' as const),
  hospitalNumber: text(100),
});

it('is what the official schema of R4 allows, whatever the records hold', () => {
  fc.assert(
    fc.property(fc.option(patient), fc.array(treatment, { maxLength: 3 }), (who, treatments) => {
      const bundle = patientBundle(
        'L4-0007',
        'p-1',
        Date.UTC(2026, 10, 26),
        who && { id: 'patient', version: 1, record: who },
        treatments.map((record, at) => ({ id: `treatment-${at}`, version: at + 1, record })),
      );
      expect(r4Problems(bundle)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
