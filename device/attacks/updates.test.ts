import { describe, expect, it } from 'vitest';
import { family } from './updates.ts';

describe('attacks on updates', () => {
  it.each(family.attacks.map((attack) => [attack.id, attack] as const))('%s fails', async (_id, attack) => {
    const { refusal, audit } = await attack.run();

    expect(refusal).toBe(attack.refusal);
    expect(audit.map(({ code }) => code)).toContain(attack.refusal);
  });
});
