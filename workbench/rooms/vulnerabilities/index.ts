// The public face of the room: findings, assessments, VEX.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { checkScores } from './check-scores.ts';
import { checkAssessment, checkFinding, followAssessment, followFinding } from './decide-finding.ts';
import { followSupport, SUPPORTS } from './follow-controls.ts';
import { registerJobs } from './jobs.ts';
import { toldTables, triageTables, vulnerabilityTables } from './migration.ts';
import { assessment, finding } from './model.ts';
import { followNames, NAMED_KINDS } from './vex/follow-names.ts';
import { vexTables } from './vex/migration.ts';

export { countContradicted, listFindings } from './list-findings.ts';
export { assessment, finding } from './model.ts';

function registerGuards(kernel: Kernel): void {
  kernel.records.addGuard(assessment.kind, checkAssessment);
  kernel.records.addGuard(assessment.kind, checkScores);
  kernel.records.addGuard(finding.kind, checkFinding);
  kernel.records.addReaction(assessment.kind, followAssessment(kernel));
  kernel.records.addReaction(finding.kind, followFinding);
  for (const kind of NAMED_KINDS) kernel.records.addReaction(kind, followNames);
  for (const kind of SUPPORTS) kernel.records.addReaction(kind, followSupport(kernel));
}

export const room: Room = {
  name: 'vulnerabilities',
  kinds: [finding, assessment],
  migrations: [vulnerabilityTables, triageTables, vexTables, toldTables],
  api: async (kernel) => (await import('./api.ts')).vulnerabilitiesApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
