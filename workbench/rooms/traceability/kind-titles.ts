// What the kinds of the thread are called, one and many.
import type { Traced } from './trace.ts';

export const KIND_TITLES: Readonly<Record<Traced, readonly [one: string, many: string]>> = {
  harm: ['Harm', 'Harms'],
  threat: ['Threat', 'Threats'],
  risk: ['Risk', 'Risks'],
  requirement: ['Requirement', 'Requirements'],
  control: ['Control', 'Controls'],
  verification: ['Verification', 'Verifications'],
  result: ['Result', 'Results'],
};
