// For server and pages: emergency accesses of one unit are counted so far; more are told as one more than this.
export const MOST_COUNTED = 1_000;
