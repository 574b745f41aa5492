// What tests say in one release: of one verification by its latest result, and of what several verifications prove. Pure; how deep
// a defence is and where a thread breaks are told by the same answer.

export type Outcome = 'pass' | 'fail' | 'not run';

/** One result in the release. */
export interface Run {
  readonly outcome: Outcome;
  /** Day on which it ran; where nobody said, the day on which it was recorded. */
  readonly ranOn: string;
  readonly number: number;
}

/** The one that ran last: an older failure may have been repaired, an older pass may hold no longer. */
export function latestRun<Result extends Run>(runs: readonly Result[]): Result | undefined {
  let latest: Result | undefined;
  for (const run of runs) if (latest === undefined || isLater(run, latest)) latest = run;
  return latest;
}

const isLater = (one: Run, other: Run): boolean =>
  one.ranOn === other.ranOn ? one.number > other.number : one.ranOn > other.ranOn;

export type Verdict = 'passed' | 'failed' | 'not run';

/** A verification as a proof. */
export interface Proving {
  readonly approved: boolean;
  /** It verifies a requirement that demands what is to be proved, not that itself. */
  readonly isThroughRequirement: boolean;
  /** Of its latest result in the release; null: there is none. */
  readonly outcome: Outcome | null;
}

/**
 * Only what is approved proves anything. One failure fails. All that verify the thing itself have to pass; where there are none, all
 * that verify a requirement of it. What did not run is never a pass.
 */
export function verdictOf(proofs: readonly Proving[]): Verdict {
  const approved = proofs.filter((proof) => proof.approved);
  if (approved.some(({ outcome }) => outcome === 'fail')) return 'failed';
  const decisive = decisiveOf(approved);
  return decisive.length > 0 && decisive.every(({ outcome }) => outcome === 'pass') ? 'passed' : 'not run';
}

/** Those on which a pass rests. */
export function decisiveOf<Proof extends Proving>(proofs: readonly Proof[]): readonly Proof[] {
  const approved = proofs.filter((proof) => proof.approved);
  const own = approved.filter((proof) => !proof.isThroughRequirement);
  return own.length > 0 ? own : approved;
}
