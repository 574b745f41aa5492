import { describe, expect, it } from 'vitest';
import { latestRun, type Outcome, type Proving, type Run, verdictOf } from './verdict.ts';

const run = (number: number, ranOn: string, outcome: Outcome = 'pass'): Run => ({ number, ranOn, outcome });
const proof = (outcome: Outcome | null, more: Partial<Proving> = {}): Proving => ({
  approved: true,
  isThroughRequirement: false,
  outcome,
  ...more,
});
const draft = { approved: false };
const through = { isThroughRequirement: true };

describe('the latest result', () => {
  it.each([
    ['is the one that ran last, whenever it was recorded', [run(2, '2026-11-01'), run(1, '2026-11-02')], 1],
    ['of one day is the one recorded last', [run(2, '2026-11-01'), run(3, '2026-11-01')], 3],
    ['may say that it was not run', [run(1, '2026-11-01'), run(2, '2026-11-02', 'not run')], 2],
    ['of none is none', [], undefined],
  ])('%s', (_what, runs, number) => {
    expect(latestRun(runs)?.number).toBe(number);
  });
});

describe('the verdict', () => {
  it.each<[string, Proving[], string]>([
    ['of no verification is not a pass', [], 'not run'],
    ['is passed when all passed', [proof('pass'), proof('pass')], 'passed'],
    ['is failed when one failed', [proof('pass'), proof('fail')], 'failed'],
    ['is not passed while one has no result', [proof('pass'), proof(null)], 'not run'],
    ['is not passed while one was not run', [proof('pass'), proof('not run')], 'not run'],
    ['does not look at drafts', [proof('pass'), proof('fail', draft), proof(null, draft)], 'passed'],
    ['of drafts alone is not a pass', [proof('pass', draft)], 'not run'],
    ['rests on the requirement where nothing verifies it itself', [proof('pass', through)], 'passed'],
    ['rests on its own where there are some', [proof('pass'), proof(null, through)], 'passed'],
    ['is not carried by the requirement against its own', [proof(null), proof('pass', through)], 'not run'],
    ['falls with the requirement', [proof('pass'), proof('fail', through)], 'failed'],
  ])('%s', (_what, proofs, verdict) => {
    expect(verdictOf(proofs)).toBe(verdict);
  });
});
