// A certificate is renewed over the unit's channel when it is due, for the key of the channel. What was issued is given again: an answer may be lost.
import { X509Certificate } from 'node:crypto';
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import { readCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import type { Peer } from '@ward/device/identity/peer.ts';
import { renewalDue } from '@ward/device/identity/renewal.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import type { Authority } from '../authority.ts';
import { refuseGateway } from '../gateway/refusals.ts';
import { certificatesBelieved, keepCertificate } from '../issued.ts';
import { noteUnits } from '../units.ts';
import { ofCertificate, UNIT_DAYS } from './enrol-unit.ts';

const DAY_MS = 86_400_000;
/** The unit's own clock says when it is due (`renewalDue`), and may be ahead. */
const EARLY_MS = DAY_MS;
/** One that ends, one that follows it, and one more after Ward was put back from a copy that knows the second no longer. */
const MOST_CERTIFICATES = 3;

/**
 * Refuses `gateway.renewal-refused` when the unit is not enrolled with the key that asks, has `MOST_CERTIFICATES`, or the request does not prove that very key;
 * `gateway.renewal-not-due` before two thirds of the time of the certificate with which it asks.
 */
export async function renewUnit(
  kernel: Kernel,
  authority: Authority,
  peer: Peer,
  csr: Uint8Array,
): Promise<Uint8Array> {
  const refused = (why: string, cause?: unknown) =>
    refuseGateway('gateway.renewal-refused', { unit: peer.id, why }, cause);
  if ((await keyOf(csr, refused)) !== peer.thumbprint) throw refused('not the key of the channel');
  return kernel.records.write(SYSTEM, async (work) => {
    const unit = await work.db
      .selectFrom('unit')
      .select(['id', 'product_id', 'certificate'])
      .where('serial', '=', peer.id)
      .where('state', '=', 'enrolled')
      .where('key_thumbprint', '=', peer.thumbprint)
      .forUpdate()
      .executeTakeFirst();
    if (!unit) throw refused('not enrolled with this key');
    const now = work.now.getTime();
    if (now < peer.notAfter - (UNIT_DAYS * DAY_MS) / 3 - EARLY_MS)
      throw refuseGateway('gateway.renewal-not-due', { unit: peer.id, certificate: peer.serial });
    const newest = unit.certificate === null ? null : Buffer.from(unit.certificate, 'base64');
    if (newest && isNext(newest, peer, now)) return newest;
    if ((await certificatesBelieved(work, unit.id)) >= MOST_CERTIFICATES)
      throw refused('too many certificates');
    const issued = await issueCertificate(authority.issuing, {
      csr,
      role: 'unit',
      id: peer.id,
      now,
      days: UNIT_DAYS,
    });
    await keepCertificate(work, issued.certificate, { role: 'unit', holder: peer.id, unitId: unit.id });
    await work.db
      .updateTable('unit')
      .set(ofCertificate(issued.certificate))
      .where('id', '=', unit.id)
      .execute();
    await noteUnits(work, unit.product_id, 'fleet.certificate-renewed', {
      serial: peer.id,
      certificate: issued.serial,
    });
    return issued.certificate;
  });
}

/** Thumbprint of the key that a request proves. */
async function keyOf(csr: Uint8Array, refused: (why: string, cause: unknown) => Error): Promise<string> {
  try {
    return (await readCertificateRequest(csr)).thumbprint;
  } catch (error) {
    throw isRefusal(error) ? refused(error.code, error) : error;
  }
}

/** It follows the one that asks, and has most of its time left. */
const isNext = (newest: Uint8Array, peer: Peer, now: number): boolean =>
  new X509Certificate(newest).serialNumber.toLowerCase() !== peer.serial && !renewalDue([newest], now);
