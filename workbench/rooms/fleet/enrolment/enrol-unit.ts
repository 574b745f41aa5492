// Enrolment of a unit by a one-time code, and taking it back. What is kept of a code cannot be used by whoever reads the database.

import { X509Certificate } from 'node:crypto';
import {
  answerEnrolment,
  beginEnrolment,
  type EnrolmentAnswer,
  enrolmentUnit,
  type PendingEnrolment,
} from '@ward/device/identity/enrolment.ts';
import { makeEnrolmentCode } from '@ward/device/identity/enrolment-code.ts';
import { p256Jwk, sha256Base64url } from '@ward/device/identity/key.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { type Principal, SYSTEM } from '../../../kernel/people/roles.ts';
import { MAKER_ID, requireAuthority } from '../authority.ts';
import { refuseFleet } from '../errors.ts';
import { certificatesOf, keepCertificate } from '../issued.ts';
import { addIfRoom } from '../revocations.ts';
import { noteUnits, type UnitRow } from '../units.ts';

/** A unit renews its certificate long before (at two thirds); one that was away this long needs a new code. */
export const UNIT_DAYS = 398;

const sealPlace = (unitId: string) => `unit-code:${unitId}`;

/** A new code in place of the one before, shown once. Refuses `fleet.no-authority`, `fleet.wrong-state`. */
export async function makeCode(
  kernel: Kernel,
  principal: Principal,
  unit: UnitRow,
): Promise<{ code: string; endsAt: Date }> {
  await requireAuthority(kernel);
  if (unit.state === 'enrolled' || unit.state === 'retired')
    throw refuseFleet('fleet.wrong-state', `${unit.serial} is ${unit.state}.`, { at: unit.serial });
  const code = makeEnrolmentCode();
  return kernel.records.write(principal, async (work) => {
    const pending = beginEnrolment({ unit: unit.serial, code, now: work.now.getTime() });
    const endsAt = new Date(pending.expiresAt);
    const row = {
      pending: kernel.vault.seal(Buffer.from(JSON.stringify(pending)), sealPlace(unit.id)),
      made_at: work.now,
      made_by: principal.personId,
      ends_at: endsAt,
      attempts: 0,
      used_at: null,
    };
    await work.db
      .insertInto('unit_code')
      .values({ unit_id: unit.id, ...row })
      .onConflict((conflict) => conflict.column('unit_id').doUpdateSet(row))
      .execute();
    await noteUnits(work, unit.productId, 'fleet.code-made', {
      serial: unit.serial,
      endsAt: endsAt.toISOString(),
    });
    return { code, endsAt };
  });
}

/**
 * Answers what a unit posted. Refuses `fleet.enrolment-refused` with the reason's code, which says nothing about units that are not expected: a
 * stranger learns no serial numbers here. A wrong attempt is counted before it is answered.
 */
export async function enrolUnit(kernel: Kernel, message: unknown): Promise<EnrolmentAnswer> {
  const authority = await requireAuthority(kernel);
  const serial = unitOf(message);
  const outcome = await kernel.records.write(SYSTEM, async (work) => {
    const row = await work.db
      .selectFrom('unit')
      .innerJoin('unit_code', 'unit_code.unit_id', 'unit.id')
      .select(['unit.id', 'unit.product_id', 'unit.clinic', 'unit_code.pending'])
      .where('unit.serial', '=', serial)
      .forUpdate('unit_code')
      .executeTakeFirst();
    if (!row) return 'identity.code-wrong';
    const pending = JSON.parse(
      kernel.vault.open(row.pending, sealPlace(row.id)).toString(),
    ) as PendingEnrolment;
    const judged = await answerEnrolment({
      request: message,
      pending,
      issuing: authority.issuing,
      anchors: {
        roots: [authority.root],
        issuers: [MAKER_ID, ...(row.clinic === '' ? [] : [`clinic:${row.clinic}`])],
      },
      now: work.now.getTime(),
      days: UNIT_DAYS,
    });
    await work.db
      .updateTable('unit_code')
      .set({
        pending: kernel.vault.seal(Buffer.from(JSON.stringify(judged.pending)), sealPlace(row.id)),
        attempts: ATTEMPTS - judged.pending.attemptsLeft,
        ...(judged.kind === 'answered' ? { used_at: work.now } : {}),
      })
      .where('unit_id', '=', row.id)
      .execute();
    if (judged.kind === 'refused') {
      await noteUnits(work, row.product_id, 'fleet.enrolment-refused', { serial, code: judged.refusal.code });
      return judged.refusal.code;
    }
    if (judged.issued) {
      const to = { role: 'unit', holder: serial, unitId: row.id } as const;
      await keepCertificate(work, judged.issued.certificate, to);
      await work.db
        .updateTable('unit')
        .set({ ...ofCertificate(judged.issued.certificate), state: 'enrolled', enrolled_at: work.now })
        .where('id', '=', row.id)
        .execute();
      await noteUnits(work, row.product_id, 'fleet.unit-enrolled', {
        serial,
        certificate: judged.issued.serial,
      });
    }
    return judged.answer;
  });
  if (typeof outcome !== 'string') return outcome;
  throw refuseFleet('fleet.enrolment-refused', 'The enrolment was refused.', { detail: { reason: outcome } });
}

const ATTEMPTS = 5;

function unitOf(message: unknown): string {
  try {
    return enrolmentUnit(message);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw refuseFleet('fleet.enrolment-refused', 'The message cannot be read.', {
      detail: { reason: error.code },
    });
  }
}

/** What is kept of a unit's certificate, from its DER. */
export function ofCertificate(der: Uint8Array) {
  const certificate = new X509Certificate(der);
  const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
  return {
    certificate: Buffer.from(der).toString('base64'),
    certificate_serial: certificate.serialNumber.toLowerCase(),
    certificate_ends_at: new Date(certificate.validTo),
    key_thumbprint: sha256Base64url(spki),
    public_key: JSON.stringify(p256Jwk(spki)),
  };
}

/**
 * None of the unit's certificates is believed any longer, neither the newest nor any before that has not ended. Gives false when the list is full: then
 * the gateway refuses the unit, and consoles are told as soon as there is room (`listWaiting`). Refuses `fleet.wrong-state` when it is not enrolled.
 */
export async function revokeUnit(
  kernel: Kernel,
  principal: Principal,
  unit: UnitRow,
  why: string,
): Promise<boolean> {
  return kernel.records.write(principal, async (work) => {
    const row = await work.db
      .updateTable('unit')
      .set({ state: 'revoked' })
      .where('id', '=', unit.id)
      .where('state', '=', 'enrolled')
      .returning('id')
      .executeTakeFirst();
    if (!row) throw refuseFleet('fleet.wrong-state', `${unit.serial} is not enrolled.`, { at: unit.serial });
    const issued = await certificatesOf(work, unit.id);
    const listed = await addIfRoom(
      work,
      issued.map(({ serial, ends_at }) => ({ kind: 'certificate', value: serial, endsAt: ends_at })),
      why,
    );
    await noteUnits(work, unit.productId, 'fleet.unit-revoked', {
      serial: unit.serial,
      certificates: issued.map(({ serial }) => serial),
      why,
      listed,
    });
    return listed;
  });
}
