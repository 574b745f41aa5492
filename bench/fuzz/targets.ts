// Every fuzz target; a new list is one line here.
import { KNOWLEDGE_TARGETS } from './knowledge-targets.ts';
import { sbomTargets } from './sbom-targets.ts';
import { vexTargets } from './vex-targets.ts';

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Gives the outcome, `read` or the code of a refusal; throws or rejects only for a fault of Ward. */
  run(bytes: Uint8Array): string | Promise<string>;
}

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...sbomTargets,
  ...vexTargets,
  ...KNOWLEDGE_TARGETS.map((target) => ({ ...target, name: `knowledge: ${target.name}` })),
];
