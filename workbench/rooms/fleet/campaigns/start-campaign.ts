// Starting a campaign: everything that it needs is checked before it is signed, and its units are fixed when it is.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';

import type { Change, WardRecord } from '../../../kernel/records/record.ts';
import type { Guard, Reaction, Tx, Unit } from '../../../kernel/records/records.ts';
import { refuseFleet } from '../errors.ts';
import { MOST_ATTEMPTS } from './next-step.ts';
import { planWaves, type WaveText } from './plan-waves.ts';

interface Ready {
  readonly sha256: string;
  readonly waves: readonly { readonly units: readonly string[] }[];
  readonly ids: ReadonlyMap<string, string>;
}

const starts = (change: Change): change is Extract<Change, { type: 'transition' }> =>
  change.type === 'transition' && change.transition === 'start';

/** Refuses `fleet.no-target`, `fleet.waves` and `fleet.other-campaign` before the signature is given. */
export const checkStart: Guard = async (tx, change) => {
  if (starts(change)) await readyToStart(tx, change.record);
};

export const followStart: Reaction<readonly (readonly [WardRecord, Ready])[]> = {
  concerns: starts,
  prepare: async (tx, changes) => {
    const ready: (readonly [WardRecord, Ready])[] = [];
    for (const change of changes)
      if (starts(change)) ready.push([change.record, await readyToStart(tx, change.record)]);
    return ready;
  },
  async follow(unit, _changes, all) {
    for (const [campaign, { sha256, waves, ids }] of all) {
      await unit.db
        .insertInto('campaign_target')
        .values({ campaign_id: campaign.id, sha256 })
        .onConflict((conflict) => conflict.column('campaign_id').doUpdateSet({ sha256 }))
        .execute();
      const rows = waves.flatMap(({ units }, wave) =>
        units.map((serial) => ({ unit: ids.get(serial) as string, wave })),
      );
      await sql`insert into campaign_unit (campaign_id, unit_id, wave, step, changed_at)
        select ${campaign.id}::uuid, u, w, 'waiting', ${unit.now.toISOString()}::timestamptz
        from unnest(${rows.map((row) => row.unit)}::uuid[], ${rows.map((row) => row.wave)}::int[]) as t (u, w)`.execute(
        unit.db,
      );
      await raiseAttempts(
        unit,
        sha256,
        rows.map((row) => row.unit),
      );
    }
  },
};

/** A campaign that is signed is a person's word to try again what failed before on some of its units. */
async function raiseAttempts({ db, now }: Unit, sha256: string, units: readonly string[]): Promise<void> {
  await sql`insert into unit_attempt (unit_id, sha256, attempt, raised_at)
    select distinct c.unit_id, t.sha256, 2, ${now.toISOString()}::timestamptz
    from campaign_unit c join campaign_target t on t.campaign_id = c.campaign_id
    where t.sha256 = ${sha256} and c.step = 'failed' and c.unit_id = any(${units}::uuid[])
    on conflict (unit_id, sha256) do update
      set attempt = least(unit_attempt.attempt + 1, ${MOST_ATTEMPTS}::int), raised_at = excluded.raised_at`.execute(
    db,
  );
}

async function readyToStart(tx: Tx, campaign: WardRecord): Promise<Ready> {
  const target = await targetOf(tx, campaign);
  const units = await tx
    .selectFrom('unit')
    .select(['id', 'serial'])
    .where('product_id', '=', campaign.productId as string)
    .where('state', '=', 'enrolled')
    .where(sql<boolean>`${target.hardware}::jsonb ? hardware_id`)
    .execute();
  const waves = (campaign.body.waves ?? []) as unknown as readonly WaveText[];
  if (waves.length === 0) throw refuseFleet('fleet.waves', `${campaign.key} has no wave.`, { at: '$.waves' });
  // By hash: no share is always the oldest units, or those of one clinic.
  const rank = (serial: string) => createHash('sha256').update(`${campaign.id} ${serial}`).digest('hex');
  const plan = planWaves(
    waves,
    units.map(({ serial }) => serial),
    rank,
  );
  if (plan.kind === 'problem')
    throw refuseFleet('fleet.waves', plan.message, { at: `$.waves[${plan.wave}].units` });
  const ids = new Map(units.map(({ serial, id }) => [serial, id]));
  const wanted = plan.waves.flatMap((wave) => wave.units);
  if (wanted.length === 0)
    throw refuseFleet('fleet.waves', `No enrolled unit of ${campaign.key} can take this update.`, {
      at: '$.waves',
    });
  await requireFree(
    tx,
    campaign,
    wanted.map((serial) => ids.get(serial) as string),
  );
  return { sha256: target.sha256, waves: plan.waves, ids };
}

async function targetOf(tx: Tx, campaign: WardRecord): Promise<{ sha256: string; hardware: string }> {
  const { rows } = await sql<{ sha256: string; hardware_ids: unknown; key: string; state: string }>`
    select t.sha256, t.hardware_ids, u.key, u.state
    from link l join record u on u.id = l.to_id
      join fleet_target t on t.sha256 in (select a->>'sha256' from jsonb_array_elements(u.body->'artefacts') a)
    where l.from_id = ${campaign.id} and l.type = 'deploys' and l.ended_at is null
    order by t.added_at desc limit 1`.execute(tx);
  const [target] = rows;
  if (!target)
    throw refuseFleet('fleet.no-target', `${campaign.key} deploys no update with a published artefact.`, {
      at: campaign.key,
    });
  if (target.state !== 'released')
    throw refuseFleet('fleet.no-target', `${target.key} is not released.`, {
      at: target.key,
      remedy: 'Have it verified and released first; then start the campaign.',
    });
  return { sha256: target.sha256, hardware: JSON.stringify(target.hardware_ids) };
}

/** Refuses `fleet.other-campaign`. */
export async function requireFree(
  tx: Tx,
  campaign: Pick<WardRecord, 'id'>,
  ids: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ serial: string; key: string }>`
    select u.serial, r.key from campaign_unit c join unit u on u.id = c.unit_id join record r on r.id = c.campaign_id
    where c.unit_id = any(${ids as string[]}::uuid[]) and c.campaign_id <> ${campaign.id}
      and r.state in ('running', 'paused') and c.step in ('waiting', 'offered', 'postponed', 'staged')
    limit 1`.execute(tx);
  const [busy] = rows;
  if (busy)
    throw refuseFleet('fleet.other-campaign', `${busy.serial} is in ${busy.key}, which has not ended.`, {
      at: busy.key,
    });
}
