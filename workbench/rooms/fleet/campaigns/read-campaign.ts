// How far a campaign is: its waves, its units, and what it says for itself.
import { sql } from 'kysely';
import type { Kernel } from '../../../kernel/kernel.ts';
import { holdsRole, type Principal } from '../../../kernel/people/roles.ts';
import type { WardRecord } from '../../../kernel/records/record.ts';
import type { CampaignView } from '../contract.ts';
import { CAMPAIGN_ROLES } from '../fleet-roles.ts';
import { countWaves, ruleOf } from './advance-campaign.ts';
import { nextStep, RETRY_STATES, UNIT_STEPS, type UnitStep } from './next-step.ts';
import type { WaveText } from './plan-waves.ts';

const MOST_UNITS = 500;
/** Those that somebody has to look at come first. */
const ORDER: readonly UnitStep[] = ['failed', 'postponed', 'offered', 'staged', 'waiting', 'confirmed'];

export async function readCampaign(
  kernel: Kernel,
  principal: Principal,
  campaign: WardRecord,
): Promise<CampaignView> {
  const { db } = kernel;
  const [steps, units, target, said, waves] = await Promise.all([
    sql<{ wave: number; step: UnitStep; units: number }>`
      select wave, step, count(*)::int as units from campaign_unit where campaign_id = ${campaign.id}
      group by wave, step`.execute(db),
    sql<{ serial: string; wave: number; step: UnitStep; changed_at: Date; detail: string | null }>`
      select u.serial, c.wave, c.step, c.changed_at, c.detail from campaign_unit c join unit u on u.id = c.unit_id
      where c.campaign_id = ${campaign.id}
      order by array_position(${[...ORDER]}::text[], c.step), c.wave, u.serial limit ${MOST_UNITS}`.execute(
      db,
    ),
    sql<{ version: string; sha256: string; length: string; update: string | null }>`
      select t.version, t.sha256, t.length, r.key as update from campaign_target c
        join fleet_target t on t.sha256 = c.sha256 left join record r on r.id = t.update_id
      where c.campaign_id = ${campaign.id}`.execute(db),
    reasonOf(kernel, campaign),
    countWaves(db, campaign.id),
  ]);
  const names = (campaign.body.waves ?? []) as unknown as readonly WaveText[];
  const many = steps.rows.reduce((sum, row) => sum + row.units, 0);
  const [aim] = target.rows;
  const rule = ruleOf(campaign);
  return {
    key: campaign.key,
    title: campaign.title,
    state: campaign.state,
    target: aim ? { ...aim, length: Number(aim.length) } : null,
    rule,
    waves: names.map(({ name }, wave) => {
      const own = steps.rows.filter((row) => row.wave === wave);
      const of = (step: UnitStep) => own.find((row) => row.step === step)?.units ?? 0;
      return {
        name,
        total: own.reduce((sum, row) => sum + row.units, 0),
        steps: Object.fromEntries(UNIT_STEPS.map((step) => [step, of(step)])) as Record<UnitStep, number>,
      };
    }),
    says: campaign.state === 'running' ? waitsFor(nextStep(waves, rule, kernel.now())) : said,
    units: units.rows.map(({ changed_at, ...unit }) => ({ ...unit, changedAt: changed_at.toISOString() })),
    unitsLeftOut: Math.max(0, many - units.rows.length),
    mayTryAgain:
      RETRY_STATES.includes(campaign.state) && holdsRole(principal, CAMPAIGN_ROLES, campaign.productId),
  };
}

function waitsFor(step: ReturnType<typeof nextStep>): string | null {
  if (step.kind !== 'wait') return null;
  return step.until === null
    ? `Wave ${step.wave + 1} is offered; its units have not all answered.`
    : `Wave ${step.wave + 1} begins on ${step.until.toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
}

/** The reason of the last step of the record, which for a halt says what happened. */
async function reasonOf({ db }: Kernel, campaign: WardRecord): Promise<string | null> {
  if (campaign.state !== 'halted') return null;
  const { rows } = await sql<{ reason: string | null }>`
    select content->>'reason' as reason from ledger where record = ${campaign.id} and content ? 'transition'
    order by seq desc limit 1`.execute(db);
  return rows[0]?.reason ?? null;
}
