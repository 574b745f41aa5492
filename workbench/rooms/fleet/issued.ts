// What Ward certified and which tokens it issued: everything that may have to be taken back, and until when it could be used.
import { X509Certificate } from 'node:crypto';
import { MOST_LIFETIME_MS } from '@ward/device/rights/roles.ts';
import { MOST_POSTDATED_MS } from '@ward/device/rights/token.ts';
import { sql } from 'kysely';
import type { Tx, Unit } from '../../kernel/records/records.ts';
import type { RevocationKind } from './revocable.ts';

export interface IssuedTo {
  readonly role: 'unit' | 'console' | 'service' | 'issuer';
  /** As the certificate names it. */
  readonly holder: string;
  readonly unitId: string | null;
}

/** In the transaction that issues it: a certificate that is not written here is not given out. */
export async function keepCertificate(
  { db, now }: Unit,
  certificate: Uint8Array,
  { role, holder, unitId }: IssuedTo,
): Promise<void> {
  const { serialNumber, validTo } = new X509Certificate(certificate);
  const row = { serial: serialNumber.toLowerCase(), role, holder, unit_id: unitId };
  await db
    .insertInto('fleet_certificate')
    .values({ ...row, issued_at: now, ends_at: new Date(validTo) })
    .execute();
}

/** What units show and Ward does not know was issued after the copy from which Ward was put back: it can be taken back like the rest. */
export async function keepShown(
  { db, now }: Unit,
  shown: readonly { serial: string; notAfter: number; holder: string; unitId: string }[],
): Promise<void> {
  await db
    .insertInto('fleet_certificate')
    .values(
      shown.map(({ serial, notAfter, holder, unitId }) => ({
        ...{ serial, role: 'unit' as const, holder, unit_id: unitId },
        ...{ issued_at: now, ends_at: new Date(notAfter) },
      })),
    )
    .onConflict((conflict) => conflict.column('serial').doNothing())
    .execute();
}

/** Serial numbers of all certificates of a unit that have not ended yet. */
export async function certificatesOf({ db, now }: Unit, unitId: string) {
  return db
    .selectFrom('fleet_certificate')
    .select(['serial', 'ends_at'])
    .where('unit_id', '=', unitId)
    .where('ends_at', '>', now)
    .orderBy('issued_at')
    .execute();
}

/** How many of its certificates have neither ended nor been taken back. */
export async function certificatesBelieved({ db, now }: Unit, unitId: string): Promise<number> {
  const { rows } = await sql<{ many: number }>`select count(*)::int as many from fleet_certificate c
    where unit_id = ${unitId} and ends_at > ${now.toISOString()}::timestamptz
      and not exists (select 1 from fleet_revocation r where r.kind = 'certificate' and r.value = c.serial)`.execute(
    db,
  );
  return rows[0]?.many ?? 0;
}

/** Issued by a clinic or a Ward that kept no list: nothing that an issuing CA signed outlives it, no token the longest that a role may have. */
const UNKNOWN_CERTIFICATE_MS = 10 * 365 * 86_400_000;
const UNKNOWN_TOKEN_MS = MOST_POSTDATED_MS + Math.max(...Object.values(MOST_LIFETIME_MS));

/** From when it cannot be used anyhow; null for what never ends. */
export async function endOf(db: Tx, now: Date, kind: RevocationKind, value: string): Promise<Date | null> {
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);
  switch (kind) {
    case 'certificate': {
      const known = await db
        .selectFrom('fleet_certificate')
        .select('ends_at')
        .where('serial', '=', value)
        .executeTakeFirst();
      return known?.ends_at ?? after(UNKNOWN_CERTIFICATE_MS);
    }
    case 'token': {
      const known = await db
        .selectFrom('fleet_token')
        .select('ends_at')
        .where('jti', '=', value)
        .executeTakeFirst();
      return known?.ends_at ?? after(UNKNOWN_TOKEN_MS);
    }
    case 'person':
      return null;
    default:
      return kind satisfies never;
  }
}
