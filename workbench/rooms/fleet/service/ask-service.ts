// Asking for a service session, and ending one from here.
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Principal } from '../../../kernel/people/roles.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { refuseFleet } from '../errors.ts';
import { SERVICE_ROLES } from '../fleet-roles.ts';
import { noteUnits, readUnit, type UnitRow } from '../units.ts';

export interface NewService {
  readonly why: string;
  readonly verbs: readonly string[];
  readonly minutes: number;
}

/** The unit is asked with its next report. Refuses `fleet.wrong-state`, `fleet.service-open`. */
export async function askService(
  { records }: Kernel,
  principal: Principal,
  unit: UnitRow,
  { why, verbs, minutes }: NewService,
): Promise<string> {
  if (unit.state !== 'enrolled')
    throw refuseFleet('fleet.wrong-state', `${unit.serial} is ${unit.state}.`, { at: unit.serial });
  return records.write(principal, async (work) => {
    // One after the other: two people who ask at once are not both told that they may.
    await work.db.selectFrom('unit').select('id').where('id', '=', unit.id).forNoKeyUpdate().execute();
    const live = await work.db
      .selectFrom('service_request')
      .select('id')
      .where('unit_id', '=', unit.id)
      .where('state', 'in', ['requested', 'open'])
      .executeTakeFirst();
    if (live)
      throw refuseFleet('fleet.service-open', `A session waits or runs on ${unit.serial}.`, {
        at: unit.serial,
      });
    const id = work.newId();
    await work.db
      .insertInto('service_request')
      .values({
        id,
        unit_id: unit.id,
        state: 'requested',
        why,
        verbs: JSON.stringify(verbs),
        minutes,
        asked_at: work.now,
        asked_by: principal.personId,
        asked_by_name: principal.name,
        engineer: engineerOf(principal.name),
        challenge: null,
        request: null,
      })
      .execute();
    await noteUnits(work, unit.productId, 'fleet.service-asked', {
      serial: unit.serial,
      session: id,
      why,
      verbs: [...verbs],
      minutes,
    });
    return id;
  });
}

/** `person:noor-service`: the subject that the engineer's capability token has. */
export function engineerOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `person:${slug === '' ? 'engineer' : slug}`;
}

/** The unit is told with its next report. Refuses `fleet.no-unit` for a session that the person may not see, `fleet.wrong-state` for an ended one. */
export async function endService(kernel: Kernel, principal: Principal, id: string): Promise<void> {
  const row = await kernel.db
    .selectFrom('service_request')
    .innerJoin('unit', 'unit.id', 'service_request.unit_id')
    .select('unit.serial')
    .where('service_request.id', '=', id)
    .executeTakeFirst();
  const unit = await readUnit(kernel, principal, row?.serial ?? id);
  requireRole(principal, SERVICE_ROLES, unit.productId, 'end service sessions');
  await kernel.records.write(principal, async (work) => {
    const ended = await work.db
      .updateTable('service_request')
      .set({ state: 'ended', ended_at: work.now, ended_because: `ended by ${principal.name}` })
      .where('id', '=', id)
      .where('state', 'in', ['requested', 'open'])
      .returning('id')
      .executeTakeFirst();
    if (!ended) throw refuseFleet('fleet.wrong-state', 'The session has ended already.', { at: unit.serial });
    await noteUnits(work, unit.productId, 'fleet.service-ended', { serial: unit.serial, session: id });
  });
}
