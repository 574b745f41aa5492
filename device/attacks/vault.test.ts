import { expect, it } from 'vitest';
import { family } from './vault.ts';

it.each(family.attacks)('$id fails with $refusal', async ({ refusal, run }) => {
  const outcome = await run();
  expect(outcome.refusal).toBe(refusal);
  expect(outcome.audit.some(({ code }) => code === refusal)).toBe(true);
});
