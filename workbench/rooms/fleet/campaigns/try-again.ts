// A person has a unit try again what failed on it: the unit itself refuses it until the director raises the number of the attempt.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import type { Principal } from '../../../kernel/people/roles.ts';
import { findAndLock } from '../../../kernel/records/read.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import { refuseFleet } from '../errors.ts';
import { MOST_ATTEMPTS, RETRY_STATES } from './next-step.ts';
import { requireFree } from './start-campaign.ts';

/** Gives the number of the attempt. Refuses `fleet.wrong-state`, `fleet.no-unit`, `fleet.other-campaign`. */
export function tryAgain(
  kernel: Kernel,
  principal: Principal,
  { id, key, productId }: Pick<WardRecord, 'id' | 'key' | 'productId'>,
  { serial, why }: { readonly serial: string; readonly why: string },
): Promise<number> {
  return kernel.records.write(principal, async (work) => {
    const campaign = await findAndLock(work.db, id);
    if (!campaign || !RETRY_STATES.includes(campaign.state))
      throw refuseFleet('fleet.wrong-state', `${key} is ${campaign?.state ?? 'gone'}.`, {
        at: key,
        remedy: 'Start a new campaign for the same update: its units try again what failed on them.',
      });
    const { rows } = await sql<{ id: string; step: string; state: string; sha256: string }>`
      select u.id, c.step, u.state, t.sha256 from campaign_unit c join unit u on u.id = c.unit_id
        join campaign_target t on t.campaign_id = c.campaign_id
      where c.campaign_id = ${id} and u.serial = ${serial.toUpperCase()} for update of c`.execute(work.db);
    const [unit] = rows;
    if (!unit)
      throw refuseFleet('fleet.no-unit', `${serial.slice(0, 40)} is not in ${key}.`, {
        at: serial.slice(0, 40),
      });
    if (unit.step !== 'failed' || unit.state !== 'enrolled')
      throw refuseFleet(
        'fleet.wrong-state',
        `The update has not failed on ${serial}, or the unit reports no more.`,
        {
          at: serial,
          remedy: 'Only an enrolled unit on which the update failed is told to try again.',
        },
      );
    await requireFree(work.db, campaign, [unit.id]);
    const raised = await work.db
      .insertInto('unit_attempt')
      .values({ unit_id: unit.id, sha256: unit.sha256, attempt: 2, raised_at: work.now })
      .onConflict((conflict) =>
        conflict
          .columns(['unit_id', 'sha256'])
          .doUpdateSet({ attempt: sql`unit_attempt.attempt + 1`, raised_at: work.now })
          .where('unit_attempt.attempt', '<', MOST_ATTEMPTS),
      )
      .returning('attempt')
      .executeTakeFirst();
    if (!raised)
      throw refuseFleet('fleet.wrong-state', `${serial} tried it ${MOST_ATTEMPTS} times.`, { at: serial });
    const { attempt } = raised;
    await work.db
      .updateTable('campaign_unit')
      .set({ step: 'offered', detail: null, changed_at: work.now })
      .where('campaign_id', '=', id)
      .where('unit_id', '=', unit.id)
      .execute();
    await work.commit([
      {
        type: 'note',
        action: 'fleet.tried-again',
        productId,
        record: id,
        content: { serial: serial.toUpperCase(), sha256: unit.sha256, attempt, why },
      },
    ]);
    return attempt;
  });
}
