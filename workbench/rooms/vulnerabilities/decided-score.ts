// The score that stands for a finding in lists once somebody has approved one. Pure.
import type { Environment } from './model.ts';

export interface DecidedScore {
  readonly version: '3.1' | '4.0';
  readonly score: number;
  readonly vector: string;
}

/** The approved score in the device's context; 3.1 first, for which the questions are made. Null where there is none. */
export function decidedScore(state: string, body: Readonly<Record<string, unknown>>): DecidedScore | null {
  if (state !== 'approved') return null;
  const { scores = [] } = (body.environment as Environment | null | undefined) ?? {};
  return scores.find(({ version }) => version === '3.1') ?? scores[0] ?? null;
}
