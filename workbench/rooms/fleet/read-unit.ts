// One unit with everything that is known of it.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { holdsRole, type Principal } from '../../kernel/people/roles.ts';
import { requireReadable } from '../../kernel/records/decide.ts';
import { findRecord } from '../../kernel/records/read.ts';
import { listBreaks } from './audit/read-breaks.ts';
import type { UnitStep } from './campaigns/next-step.ts';
import type { UnitDetail } from './contract.ts';
import { listEmergencies } from './emergencies/read-emergencies.ts';
import { FLEET_ROLES, REVIEW_ROLES, SERVICE_ROLES, TRAIL_ROLES } from './fleet-roles.ts';
import { presentUnit } from './present-unit.ts';
import { listServices } from './service/read-services.ts';
import { readUnit } from './units.ts';

/** Refuses `fleet.no-unit`. */
export async function readUnitDetail(
  kernel: Kernel,
  principal: Principal,
  serial: string,
): Promise<UnitDetail> {
  const { db, people, now } = kernel;
  const unit = await readUnit(kernel, principal, serial);
  const [row, code, campaigns, services, product, emergencies, breaks] = await Promise.all([
    db
      .selectFrom('unit')
      .select(['registered_at', 'registered_by', 'enrolled_at', 'key_thumbprint', 'audit_claim'])
      .where('id', '=', unit.id)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom('unit_code')
      .select(['ends_at', 'attempts'])
      .where('unit_id', '=', unit.id)
      .where('used_at', 'is', null)
      .where('ends_at', '>', now())
      .executeTakeFirst(),
    sql<{ key: string; title: string; step: UnitStep; changed_at: Date; detail: string | null }>`
      select r.key, r.title, c.step, c.changed_at, c.detail from campaign_unit c join record r on r.id = c.campaign_id
      where c.unit_id = ${unit.id} order by c.changed_at desc limit 50`.execute(db),
    listServices(db, unit.id),
    findRecord(db, unit.productId),
    listEmergencies(db, { unitId: unit.id }),
    listBreaks(db, unit.id),
  ]);
  const { id, key, title } = requireReadable(product, principal, unit.productId);
  const names = await people.find(row.registered_by === null ? [] : [row.registered_by]);
  return {
    ...presentUnit(unit, now()),
    id: unit.id,
    product: { id, key, title },
    registeredAt: row.registered_at.toISOString(),
    registeredBy: row.registered_by === null ? null : (names.get(row.registered_by)?.name ?? null),
    enrolledAt: row.enrolled_at?.toISOString() ?? null,
    keyThumbprint: row.key_thumbprint,
    code: code ? { endsAt: code.ends_at.toISOString(), attempts: code.attempts } : null,
    campaigns: campaigns.rows.map(({ changed_at, ...one }) => ({
      ...one,
      changedAt: changed_at.toISOString(),
    })),
    services,
    breaks,
    claim: row.audit_claim && { sequence: row.audit_claim.sequence, at: row.audit_claim.at },
    mayClose: holdsRole(principal, TRAIL_ROLES, unit.productId),
    emergencies,
    mayReview: holdsRole(principal, REVIEW_ROLES, unit.productId),
    mayChange: holdsRole(principal, FLEET_ROLES, unit.productId),
    mayService: holdsRole(principal, SERVICE_ROLES, unit.productId),
  };
}
