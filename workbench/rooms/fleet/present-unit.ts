// A unit as the API gives it.
import type { UnitStep } from './campaigns/next-step.ts';
import type { UnitView } from './contract.ts';
import { SILENT_AFTER_HOURS, type UnitRow } from './units.ts';

const HOUR = 3_600_000;

export function presentUnit(unit: UnitRow, now: Date): UnitView {
  const { audit, report } = unit;
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    serial: unit.serial,
    site: unit.site,
    hardwareId: unit.hardwareId,
    reportedHardwareId: report?.hardwareId ?? null,
    state: unit.state,
    lastSeenAt: iso(unit.lastSeenAt),
    silent: isSilent(unit, now),
    runs: unit.runsVersion === null ? null : { version: unit.runsVersion, release: unit.release },
    deviceState: report?.deviceState ?? null,
    slot: report?.slot ?? null,
    startedAt: iso(startOf(unit)),
    auditWritable: report?.auditWritable ?? null,
    vault: report?.vault ?? null,
    certificateEndsAt: iso(unit.certificateEndsAt),
    audit: {
      verdict: audit.problem !== null ? 'broken' : audit.verifiedAt === null ? 'nothing yet' : 'verified',
      lines: audit.sequence,
      verifiedAt: iso(audit.verifiedAt),
      problem: audit.problem,
      problemAt: iso(audit.problemAt),
      breaks: audit.breaks,
    },
    campaign: unit.campaign && { ...unit.campaign, step: unit.campaign.step as UnitStep },
    service: unit.service as UnitView['service'],
    toReview: unit.toReview,
  };
}

/** By the workbench's clock: a unit says how long, not since when. */
function startOf({ report, lastSeenAt }: UnitRow): Date | null {
  return report && lastSeenAt && new Date(lastSeenAt.getTime() - report.uptimeMs);
}

/** An enrolled unit that has not been heard of for two days: not known to be well. */
function isSilent({ state, lastSeenAt }: UnitRow, now: Date): boolean {
  if (state !== 'enrolled') return false;
  return lastSeenAt === null || now.getTime() - lastSeenAt.getTime() > SILENT_AFTER_HOURS * HOUR;
}
