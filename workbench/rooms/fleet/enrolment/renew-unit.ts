// A unit's certificate is renewed over its channel: the old key speaks, the new request may be for a new key.
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import type { Peer } from '@ward/device/identity/peer.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { SYSTEM } from '../../../kernel/people/roles.ts';
import type { Authority } from '../authority.ts';
import { keepCertificate } from '../issued.ts';
import { noteUnits } from '../units.ts';
import { ofCertificate, UNIT_DAYS } from './enrol-unit.ts';

/** Null when the unit is not enrolled with the key that asks, or the request is not proven. */
export async function renewUnit(
  kernel: Kernel,
  authority: Authority,
  peer: Peer,
  csr: Uint8Array,
): Promise<Uint8Array | null> {
  return kernel.records.write(SYSTEM, async (work) => {
    const unit = await work.db
      .selectFrom('unit')
      .select(['id', 'product_id', 'key_thumbprint', 'public_key'])
      .where('serial', '=', peer.id)
      .where('state', '=', 'enrolled')
      .where((is) =>
        is.or([is('key_thumbprint', '=', peer.thumbprint), is('thumbprint_before', '=', peer.thumbprint)]),
      )
      .forUpdate()
      .executeTakeFirst();
    if (!unit) return null;
    try {
      const now = work.now.getTime();
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
        .set({
          ...ofCertificate(issued.certificate),
          // The answer may be lost on its way: the key that asks stays good until the new one was seen.
          ...(unit.key_thumbprint === peer.thumbprint
            ? {
                thumbprint_before: unit.key_thumbprint,
                public_key_before: JSON.stringify(unit.public_key),
              }
            : {}),
        })
        .where('id', '=', unit.id)
        .execute();
      await noteUnits(work, unit.product_id, 'fleet.certificate-renewed', {
        serial: peer.id,
        certificate: issued.serial,
      });
      return issued.certificate;
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  });
}
