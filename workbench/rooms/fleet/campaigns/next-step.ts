// What a campaign does next: offer a wave, wait, halt, or end. Pure: from counts and times alone.

/** Where a unit stands in a campaign. `postponed` by the person at the device; `failed` came back to its last good version. */
export const UNIT_STEPS = ['waiting', 'offered', 'postponed', 'staged', 'confirmed', 'failed'] as const;
export type UnitStep = (typeof UNIT_STEPS)[number];

/** Of campaigns in which a unit may be told to try again: one that was halted stays so. */
export const RETRY_STATES: readonly string[] = ['running', 'paused', 'done'];

/** As units take it (`DirectedCustom`). */
export const MOST_ATTEMPTS = 1_000;

export interface WaveCount {
  readonly total: number;
  /** Not offered yet. */
  readonly waiting: number;
  readonly confirmed: number;
  readonly failed: number;
  /** When the last of its units came to an end; null while none has. */
  readonly lastEndAt: Date | null;
}

export interface HaltRule {
  readonly haltAfterFailures: number;
  readonly haltAtPercent: number | null;
  readonly nextWaveAfterHours: number;
}

export type CampaignStep =
  | { readonly kind: 'offer'; readonly wave: number }
  | { readonly kind: 'halt'; readonly wave: number; readonly reason: string }
  | { readonly kind: 'wait'; readonly wave: number; readonly until: Date | null }
  | { readonly kind: 'done' };

const HOUR = 3_600_000;

/**
 * One step from where the waves stand. Halting is looked at first and in every wave: a late failure of an earlier wave stops the later ones too.
 * A wave begins when every unit of the one before has ended and `nextWaveAfterHours` have passed since the last of them; an empty wave is passed over.
 */
export function nextStep(waves: readonly WaveCount[], rule: HaltRule, now: Date): CampaignStep {
  for (const [wave, count] of waves.entries()) {
    const reason = haltReason(count, rule);
    if (reason !== null) return { kind: 'halt', wave, reason: `Wave ${wave + 1}: ${reason}` };
  }
  let ended: Date | null = null;
  for (const [wave, count] of waves.entries()) {
    const { total, waiting, confirmed, failed, lastEndAt } = count;
    if (confirmed + failed < total) {
      if (waiting === 0) return { kind: 'wait', wave, until: null };
      const from: Date | null =
        ended === null ? null : new Date(ended.getTime() + rule.nextWaveAfterHours * HOUR);
      // Some units of it are offered already: it has begun.
      if (waiting < total || from === null || from <= now) return { kind: 'offer', wave };
      return { kind: 'wait', wave, until: from };
    }
    if (lastEndAt !== null && (ended === null || lastEndAt > ended)) ended = lastEndAt;
  }
  return { kind: 'done' };
}

function haltReason({ confirmed, failed }: WaveCount, rule: HaltRule): string | null {
  if (failed === 0) return null;
  const units = (many: number) => `${many} ${many === 1 ? 'unit' : 'units'}`;
  if (failed >= rule.haltAfterFailures)
    return `${units(failed)} failed, and the campaign halts after ${rule.haltAfterFailures}.`;
  const percent = Math.round((failed * 100) / (confirmed + failed));
  if (rule.haltAtPercent !== null && failed * 100 >= rule.haltAtPercent * (confirmed + failed))
    return `${percent} % of the ${units(confirmed + failed)} that answered failed, and the campaign halts at ${rule.haltAtPercent} %.`;
  return null;
}
