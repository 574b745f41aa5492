import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from './entry.ts';
import type { AuditEvent } from './event.ts';
import { auditEvent } from './event.ts';
import { fhirAuditEvent, fhirBundle, fhirNdjson } from './fhir.ts';
import { r4Problems } from './r4-schema.ts';

const place = { sequence: 7, before: 'a'.repeat(64), at: Date.UTC(2026, 10, 26, 8), boot: 'b1' };

function resourceOf(event: AuditEvent, at = place.at) {
  const json = encodeEntry({ ...place, at }, event);
  return fhirAuditEvent('L4-0007', json, decodeEntry(json) as NonNullable<ReturnType<typeof decodeEntry>>);
}

it('says who read what for which purpose', () => {
  const resource = resourceOf(
    auditEvent({
      what: 'vault.read',
      outcome: 'done',
      who: 'person:amira',
      role: 'clinician',
      on: 'patient:p-1',
      detail: { purpose: 'treatment' },
    }),
  );

  expect(resource).toMatchObject({
    resourceType: 'AuditEvent',
    type: { code: '110110', display: 'Patient Record' },
    action: 'R',
    recorded: '2026-11-26T08:00:00.000Z',
    outcome: '0',
    purposeOfEvent: [{ text: 'treatment' }],
    agent: [
      { who: { identifier: { value: 'person:amira' } }, role: [{ text: 'clinician' }], requestor: true },
    ],
    source: { observer: { identifier: { value: 'L4-0007' } } },
    entity: [{ what: { identifier: { value: 'patient:p-1' } } }],
  });
});

it.each([
  ['unit.started', 'done', '110100', 'E', '0'],
  ['vault.exported', 'done', '110106', 'R', '0'],
  ['vault.erased', 'done', '110110', 'D', '0'],
  ['command.refused', 'refused', '110113', 'E', '4'],
  ['update.staged', 'failed', '110100', 'C', '8'],
  ['audit.damaged', 'failed', '110113', 'E', '8'],
] as const)('gives %s (%s) the type %s, action %s and outcome %s', (what, outcome, type, action, result) => {
  const resource = resourceOf(auditEvent({ what, outcome, code: outcome === 'done' ? null : 'a.b' }));
  expect([resource.type.code, resource.action, resource.outcome]).toEqual([type, action, result]);
});

it('has what R4 requires, and no empty or null value, whatever the entry says', () => {
  const text = fc.string({ maxLength: 30, unit: 'binary' });
  const events = fc.record({
    what: fc.constantFrom('vault.read', 'x.y', 'unit.started'),
    outcome: fc.constantFrom('done' as const, 'refused' as const, 'failed' as const),
    code: fc.option(fc.constant('a.b')),
    who: fc.option(text),
    role: fc.option(text),
    on: fc.option(text),
    detail: fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null))),
  });
  fc.assert(
    fc.property(events, fc.double(), (event, at) => {
      const json = encodeEntry({ ...place, at: Number.isFinite(at) ? at : 0 }, event);
      const entry = decodeEntry(json);
      if (entry === null) throw new Error(json);
      const resource = fhirAuditEvent('L4-0007', json, entry);
      expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
      expect(resource.recorded).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(resource.agent.every(({ requestor }) => typeof requestor === 'boolean')).toBe(true);
      expect(emptyPlaces(resource)).toEqual([]);
    }),
  );
});

it('comes as one Bundle or one resource a line', () => {
  const resources = ['a.done', 'b.done'].map((what) => resourceOf(auditEvent({ what, outcome: 'done' })));

  expect(fhirBundle(resources)).toMatchObject({ resourceType: 'Bundle', type: 'collection' });
  expect(fhirBundle(resources).entry.map(({ resource }) => resource)).toEqual(resources);
  const lines = fhirNdjson(resources).split('\n');
  expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual(resources);
});

/** FHIR allows neither null nor empty strings, arrays or objects (json.html, "no empty"). */
function emptyPlaces(value: unknown, at = ''): string[] {
  if (value === null || value === undefined || value === '') return [at];
  if (Array.isArray(value))
    return value.length === 0 ? [at] : value.flatMap((item, index) => emptyPlaces(item, `${at}[${index}]`));
  if (typeof value === 'object') {
    const fields = Object.entries(value);
    return fields.length === 0 ? [at] : fields.flatMap(([name, item]) => emptyPlaces(item, `${at}.${name}`));
  }
  return [];
}

it('is what the official schema of R4 allows, whatever happened', () => {
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));
  const event = fc.record({
    what: fc.oneof(
      fc.constantFrom('unit.started', 'vault.read', 'vault.erased', 'audit.damaged', 'command.refused'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }),
    ),
    outcome: fc.constantFrom('done' as const, 'refused' as const, 'failed' as const),
    code: fc.option(fc.string({ unit: 'binary', maxLength: 120 })),
    who: fc.option(fc.string({ unit: 'binary', maxLength: 400 })),
    role: fc.option(fc.string({ unit: 'binary', maxLength: 120 })),
    on: fc.option(fc.string({ unit: 'binary', maxLength: 400 })),
    detail: fc.dictionary(fc.oneof(fc.constant('purpose'), fc.string({ unit: 'binary' })), value, {
      maxKeys: 5,
    }),
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 3 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (events, at) => {
        const resources = events.map((one) => resourceOf(one, at));
        expect(r4Problems(fhirBundle(resources))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
