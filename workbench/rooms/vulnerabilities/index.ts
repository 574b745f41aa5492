// The public face of the room: findings, assessments, VEX.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { SIGNALS_CHANGED } from '../../knowledge/store/store-signals.ts';
import { checkAssessment, checkFinding, followAssessment } from './decide-finding.ts';
import { followSupport, SUPPORTS } from './follow-controls.ts';
import { triageTables, vulnerabilityTables } from './migration.ts';
import { assessment, finding } from './model.ts';
import { reconsiderAdvisories, reconsiderRelease } from './reconsider.ts';
import { reopenDue } from './reopen-due.ts';

export { listFindings } from './list-findings.ts';
export { assessment, finding } from './model.ts';

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
  // Exploitation that became known ends decisions, as a changed range does.
  kernel.jobs.task('reconsider-signals', async (payload) => {
    await reconsiderAdvisories(kernel, [], payload.ids as string[]);
  });
  kernel.jobs.on(SIGNALS_CHANGED, 'reconsider-signals', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('release.rematched', 'reconsider-release', () => ({ queue: 'reconsider' }));
  kernel.jobs.on('sbom.imported', 'reconsider-release', () => ({ queue: 'reconsider' }));
}

function registerGuards(kernel: Kernel): void {
  kernel.records.addGuard(assessment.kind, checkAssessment);
  kernel.records.addGuard(finding.kind, checkFinding);
  kernel.records.addReaction(assessment.kind, followAssessment(kernel));
  for (const kind of SUPPORTS) kernel.records.addReaction(kind, followSupport(kernel));
}

export const room: Room = {
  name: 'vulnerabilities',
  kinds: [finding, assessment],
  migrations: [vulnerabilityTables, triageTables],
  api: async (kernel) => (await import('./api.ts')).vulnerabilitiesApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
