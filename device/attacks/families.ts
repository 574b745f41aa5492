// Every family of attacks; one line adds one.
import type { AttackFamily } from './attack.ts';

export const FAMILIES: readonly AttackFamily[] = [];
