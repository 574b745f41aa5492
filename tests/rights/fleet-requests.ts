// Sensible requests for the routes of the fleet.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beginningOf, encodeEntry } from '@ward/device/audit/entry.ts';
import { auditEvent } from '@ward/device/audit/event.ts';
import { makeEnrolmentRequest } from '@ward/device/identity/enrolment.ts';
import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { findAuthority, makeAuthority } from '../../workbench/rooms/fleet/authority.ts';
import { makeCode } from '../../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { setRepository } from '../../workbench/rooms/fleet/repository/repository-place.ts';
import { askService } from '../../workbench/rooms/fleet/service/ask-service.ts';
import { readUnit, registerUnits } from '../../workbench/rooms/fleet/units.ts';
import { type House, PASSWORD } from '../setup/actors.ts';
import { temporaryFolder } from '../setup/temporary.ts';
import type { Prepare } from './requests.ts';

let serial = 0;

async function unit(house: House, state: 'expected' | 'enrolled' = 'expected'): Promise<string> {
  const { ward, product } = house;
  serial += 1;
  const name = `RIGHT-${serial}`;
  await registerUnits(ward, SYSTEM, product, [
    { serial: name, hardwareId: 'lumen-400', site: '', clinic: '' },
  ]);
  if (state === 'enrolled')
    await ward.db
      .updateTable('unit')
      .set({ state, certificate_serial: `0${serial}` })
      .where('serial', '=', name)
      .execute();
  return name;
}

/** Its only verified line tells of patient data that were opened in an emergency. */
async function unitWithEmergency(house: House): Promise<string> {
  const name = await unit(house, 'enrolled');
  const { id } = await readUnit(house.ward, SYSTEM, name);
  const what = 'vault.opened-in-emergency';
  const event = auditEvent({ what, outcome: 'done', who: 'person:amira', role: 'clinician' });
  const line = encodeEntry({ sequence: 1, before: beginningOf(name).hash, at: 0, boot: 'boot' }, event);
  await house.ward.db
    .insertInto('unit_audit')
    .values({ unit_id: id, sequence: 1, at: new Date(0), what, outcome: 'done', code: null, line })
    .execute();
  return name;
}

/** Its trail is broken, and it has signed where its log is. */
async function brokenUnit(house: House): Promise<string> {
  const name = await unit(house, 'enrolled');
  const { db } = house.ward;
  const { id } = await readUnit(house.ward, SYSTEM, name);
  const code = 'audit.truncated';
  await db
    .updateTable('unit')
    .set({
      audit_problem: code,
      audit_claim: JSON.stringify({ sequence: 3, hash: '3'.repeat(64), at: '2026-11-26T09:00:00.000Z' }),
    })
    .where('id', '=', id)
    .execute();
  const known = { part: 0, known_sequence: 9, known_hash: '9'.repeat(64) };
  await db
    .insertInto('unit_trail_break')
    .values({ unit_id: id, number: 1, code, found_at: new Date(), ...known })
    .execute();
  return name;
}

async function authority({ ward }: House): Promise<void> {
  if ((await findAuthority(ward)) === null)
    await makeAuthority(ward, SYSTEM, 'Rights', async () => undefined);
}

/** Two files where units look for them; what they hold is no matter here. */
async function repository({ ward }: House): Promise<void> {
  const folder = temporaryFolder();
  for (const path of ['metadata/timestamp.json', 'targets/lumen-400/4.2.0/app.mjs']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '{}');
  }
  await setRepository(ward.db, folder);
}

/** A campaign that has ended, with a unit on which it failed. */
async function failedUnit(house: House): Promise<{ key: string; name: string }> {
  const { db } = house.ward;
  const name = await unit(house, 'enrolled');
  const { id: unitId } = await db
    .selectFrom('unit')
    .select('id')
    .where('serial', '=', name)
    .executeTakeFirstOrThrow();
  const { id, key } = await house.record('campaign', { title: 'Update' });
  await db.updateTable('record').set({ state: 'done' }).where('id', '=', id).execute();
  const sha256 = String(serial).padStart(64, '0');
  const now = house.ward.now();
  const about = { path: `lumen-400/${serial}/app.mjs`, length: 1, version: '4.2.0', release_counter: 1 };
  await db
    .insertInto('fleet_target')
    .values({ sha256, ...about, hardware_ids: '["lumen-400"]', added_at: now })
    .execute();
  await db.insertInto('campaign_target').values({ campaign_id: id, sha256 }).execute();
  await db
    .insertInto('campaign_unit')
    .values({ campaign_id: id, unit_id: unitId, wave: 0, step: 'failed', changed_at: now })
    .execute();
  return { key, name };
}

const SERVICE = { why: 'Log of the last error', verbs: ['service.read-logs'], minutes: 30 };

export const FLEET_REQUESTS: Readonly<Record<string, Prepare>> = {
  'GET /api/fleet/units': ({ product }) => ({ path: `/api/fleet/units?product=${product.key}` }),
  'POST /api/fleet/units': ({ product }) => {
    serial += 1;
    return { body: { product: product.key, units: [{ serial: `NEW-${serial}`, hardwareId: 'lumen-400' }] } };
  },
  'GET /api/fleet/units/{serial}': async (house) => ({ path: `/api/fleet/units/${await unit(house)}` }),
  'GET /api/fleet/units/{serial}/audit': async (house) => ({
    path: `/api/fleet/units/${await unit(house)}/audit`,
  }),
  'GET /api/fleet/units/{serial}/audit/fhir': async (house) => ({
    path: `/api/fleet/units/${await unit(house)}/audit/fhir`,
  }),
  'GET /api/fleet/campaigns/{key}': async (house) => ({
    path: `/api/fleet/campaigns/${(await house.record('campaign', { title: 'Update' })).key}`,
  }),
  'GET /api/fleet/taken-back': () => ({}),
  'GET /api/fleet/issued': () => ({}),
  'POST /api/fleet/taken-back': () => {
    serial += 1;
    return { body: { kind: 'person', value: `person:p-${serial}`, why: 'Left.' } };
  },
  'POST /api/fleet/campaigns/{key}/units/{serial}/try-again': async (house) => {
    const { key, name } = await failedUnit(house);
    return { path: `/api/fleet/campaigns/${key}/units/${name}/try-again`, body: { why: 'Power was lost.' } };
  },
  'POST /api/fleet/units/{serial}/code': async (house) => {
    await authority(house);
    return { path: `/api/fleet/units/${await unit(house)}/code` };
  },
  'POST /api/fleet/units/{serial}/revoke': async (house) => ({
    path: `/api/fleet/units/${await unit(house, 'enrolled')}/revoke`,
    body: { why: 'Stolen.' },
  }),
  'POST /api/fleet/enrol': async (house) => {
    await authority(house);
    const name = await unit(house);
    const { code } = await makeCode(house.ward, SYSTEM, await readUnit(house.ward, SYSTEM, name));
    const { key } = await generateSoftwareKey();
    return { body: await makeEnrolmentRequest({ unit: name, key, code }) };
  },
  'GET /api/fleet/revocations': async (house) => {
    await authority(house);
    return {};
  },
  'GET /api/fleet/repository/metadata/{file}': async (house) => {
    await repository(house);
    return { path: '/api/fleet/repository/metadata/timestamp.json' };
  },
  'GET /api/fleet/repository/targets/{family}/{version}/{file}': async (house) => {
    await repository(house);
    return { path: '/api/fleet/repository/targets/lumen-400/4.2.0/app.mjs' };
  },
  'GET /api/fleet/emergencies': ({ product }) => ({ path: `/api/fleet/emergencies?product=${product.key}` }),
  'POST /api/fleet/units/{serial}/emergencies/{line}/review': async (house) => ({
    path: `/api/fleet/units/${await unitWithEmergency(house)}/emergencies/0-1/review`,
    body: { verdict: 'justified', reason: 'The reason was read at the clinic.' },
  }),
  'POST /api/fleet/units/{serial}/audit/breaks/{number}/close': async (house) => {
    await authority(house);
    return {
      path: `/api/fleet/units/${await brokenUnit(house)}/audit/breaks/1/close`,
      body: { reason: 'The disk was exchanged by service.', password: PASSWORD },
    };
  },
  'POST /api/fleet/units/{serial}/services': async (house) => ({
    path: `/api/fleet/units/${await unit(house, 'enrolled')}/services`,
    body: SERVICE,
  }),
  'POST /api/fleet/services/{id}/end': async (house) => {
    const { ward } = house;
    const name = await unit(house, 'enrolled');
    const id = await askService(ward, SYSTEM, await readUnit(ward, SYSTEM, name), SERVICE);
    return { path: `/api/fleet/services/${id}/end` };
  },
};
