// The public face of the room: findings, assessments, VEX.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { checkAssessment, checkFinding, followAssessment } from './decide-finding.ts';
import { vulnerabilityTables } from './migration.ts';
import { assessment, finding } from './model.ts';
import { registerNotices } from './notices.ts';
import { reconsiderAdvisories, reconsiderRelease } from './reconsider.ts';
import { reopenDue } from './reopen-due.ts';

export { assessment, finding } from './model.ts';
export { listFindings } from './read-findings.ts';

function registerJobs(kernel: Kernel): void {
  kernel.jobs.task('reconsider-advisories', async (payload) => {
    await reconsiderAdvisories(kernel, payload.advisories as number[], (payload.ids ?? []) as string[]);
  });
  kernel.jobs.task('reconsider-release', async (payload) => {
    await reconsiderRelease(kernel, payload.release as string);
  });
  kernel.jobs.task('reopen-due', () => reopenDue(kernel).then(() => undefined));
  kernel.jobs.schedule('7 * * * *', 'reopen-due');
  // One after the other: two at once would look at the same decision.
  kernel.jobs.on('matches.changed', 'reconsider-advisories', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('sbom.imported', 'reconsider-release', () => ({ queue: 'reconsider' }));
}

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
  notices: registerNotices,
  guards: registerGuards,
};
