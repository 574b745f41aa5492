// The public face of the room: attackers, threats, rule packs, and the results of rules for a model.
import type { Kernel, Room } from '../../kernel/kernel.ts';
import { checkPack } from './check-pack.ts';
import { followThreat } from './follow-decisions.ts';
import { registerJobs } from './jobs.ts';
import { threatTables } from './migration.ts';
import { attacker, rulePack, threat } from './model.ts';

export type * from './evaluate/contract.ts';
export { compileRules } from './evaluate/evaluate.ts';
export { joinPacks, RulePack as RulePackSchema, readRulePack } from './evaluate/rule-pack.ts';
export { SHIPPED_EDITION, shippedPack } from './evaluate/shipped-pack.ts';
export { type Evaluated, evaluateModel } from './evaluate-model.ts';
export { attacker, threat } from './model.ts';
export { type ModelRecord, readModel } from './read-model.ts';
export { type WaitingDifference, waitingDifferences, waitingWords } from './waiting-differences.ts';

function registerGuards(kernel: Kernel): void {
  kernel.records.addGuard(rulePack.kind, checkPack);
  kernel.records.addReaction(threat.kind, followThreat);
}

export const room: Room = {
  name: 'threats',
  kinds: [attacker, threat, rulePack],
  migrations: [threatTables],
  api: async (kernel) => (await import('./api.ts')).threatsApi(kernel),
  jobs: registerJobs,
  guards: registerGuards,
};
