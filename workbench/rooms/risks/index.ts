// The public face of the room: harms of the safety file, risks and their judgement.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { checkRisk } from './check-risk.ts';
import { registerJobs } from './jobs.ts';
import { riskTables } from './migration.ts';
import { harm, risk } from './model.ts';
import { followRisk } from './store-judgement.ts';

export { flaggedRisks } from './flagged-risks.ts';
export { harm, risk } from './model.ts';

function registerGuards(kernel: Kernel): void {
  kernel.records.addGuard(risk.kind, checkRisk);
  kernel.records.addReaction(risk.kind, followRisk);
}

export const room: Room = {
  name: 'risks',
  kinds: [harm, risk],
  migrations: [riskTables],
  api: async (kernel) => (await import('./api.ts')).risksApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
