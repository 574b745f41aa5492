// The endurance run in short: `npm run soak -- --what units` is the long one.
import { expect, it } from 'vitest';
import { endureUnit } from './soak.ts';

it('a unit comes back from kill -9 with its records, its trail and a version that was good', {
  timeout: 120_000,
}, async () => {
  const run = await endureUnit({ root: process.cwd(), rounds: 5, seed: 4 });
  expect(run).toMatchObject({ lost: [], notBootable: [], trail: [], rounds: 5 });
  expect(run.recoveryMs).toHaveLength(5);
});
