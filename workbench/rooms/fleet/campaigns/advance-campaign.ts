// Moves a campaign on: the next wave is offered, or the campaign halts or ends, as its rule says.
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../../kernel/database/schema.ts';
import type { Kernel } from '../../../kernel/kernel.ts';

import { SYSTEM } from '../../../kernel/people/roles.ts';
import { moveBySystem } from '../../../kernel/records/operations.ts';
import { findAndLock } from '../../../kernel/records/read.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import { type HaltRule, nextStep, type WaveCount } from './next-step.ts';

/** Does nothing unless the campaign runs. Two workers at once take one step between them. */
export async function advanceCampaign(kernel: Kernel, id: string): Promise<void> {
  await kernel.records.write(SYSTEM, async (unit) => {
    const campaign = await findAndLock(unit.db, id);
    if (campaign?.kind !== 'campaign' || campaign.state !== 'running') return;
    const step = nextStep(await countWaves(unit.db, id), ruleOf(campaign), unit.now);
    switch (step.kind) {
      case 'offer':
        await unit.db
          .updateTable('campaign_unit')
          .set({ step: 'offered', changed_at: unit.now })
          .where('campaign_id', '=', id)
          .where('wave', '=', step.wave)
          .where('step', '=', 'waiting')
          .execute();
        return;
      case 'halt':
        return moveBySystem(kernel.records, unit, campaign, 'halt-by-rule', step.reason);
      case 'done':
        return moveBySystem(kernel.records, unit, campaign, 'finish', 'Every unit of it has ended.');
      case 'wait':
        return;
      default:
        return step satisfies never;
    }
  });
}

export async function countWaves(db: Kysely<Tables>, campaignId: string): Promise<readonly WaveCount[]> {
  const { rows } = await sql<{
    wave: number;
    total: number;
    waiting: number;
    confirmed: number;
    failed: number;
    ended: Date | null;
  }>`select wave, count(*)::int as total,
      count(*) filter (where step = 'waiting')::int as waiting,
      count(*) filter (where step = 'confirmed')::int as confirmed,
      count(*) filter (where step = 'failed')::int as failed,
      max(changed_at) filter (where step in ('confirmed', 'failed')) as ended
    from campaign_unit where campaign_id = ${campaignId} group by wave order by wave`.execute(db);
  const waves = new Array<WaveCount>((rows.at(-1)?.wave ?? -1) + 1).fill({
    total: 0,
    waiting: 0,
    confirmed: 0,
    failed: 0,
    lastEndAt: null,
  });
  for (const { wave, ended, ...count } of rows) waves[wave] = { ...count, lastEndAt: ended };
  return waves;
}

export function ruleOf({ body }: WardRecord): HaltRule {
  return {
    haltAfterFailures: typeof body.haltAfterFailures === 'number' ? body.haltAfterFailures : 1,
    haltAtPercent: typeof body.haltAtPercent === 'number' ? body.haltAtPercent : null,
    nextWaveAfterHours: typeof body.nextWaveAfterHours === 'number' ? body.nextWaveAfterHours : 24,
  };
}

/** Campaigns that run; for the schedule, since a wave begins by time alone. */
export async function runningCampaigns(kernel: Kernel): Promise<readonly string[]> {
  const rows = await kernel.db
    .selectFrom('record')
    .select('id')
    .where('kind', '=', 'campaign')
    .where('state', '=', 'running')
    .execute();
  return rows.map(({ id }) => id);
}
