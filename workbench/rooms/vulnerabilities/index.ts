// The public face of the room: findings, assessments, VEX.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { checkAssessment, checkFinding, followAssessment } from './decide-finding.ts';
import { registerJobs } from './jobs.ts';
import { vulnerabilityTables } from './migration.ts';
import { assessment, finding } from './model.ts';

export { assessment, finding } from './model.ts';
export { listFindings } from './read-findings.ts';

function registerGuards(kernel: Kernel): void {
  kernel.records.addGuard(assessment.kind, checkAssessment);
  kernel.records.addGuard(finding.kind, checkFinding);
  kernel.records.addReaction(assessment.kind, followAssessment(kernel));
}

export const room: Room = {
  name: 'vulnerabilities',
  kinds: [finding, assessment],
  migrations: [vulnerabilityTables],
  api: async (kernel) => (await import('./api.ts')).vulnerabilitiesApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
