// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { attacker, threat } from './model.ts';

export type * from './evaluate/contract.ts';
export { compileRules } from './evaluate/evaluate.ts';
export { joinPacks, RulePack as RulePackSchema, readRulePack } from './evaluate/rule-pack.ts';
export { SHIPPED_EDITION, shippedPack, shippedRequirements } from './evaluate/shipped-pack.ts';
export { attacker, threat } from './model.ts';

export const room: Room = { name: 'threats', kinds: [attacker, threat] };
