import { expect, it } from 'vitest';
import { family } from './rights.ts';

it.each(family.attacks.map((attack) => [attack.id, attack] as const))('%s', async (_id, attack) => {
  const { refusal, audit } = await attack.run();

  expect(refusal).toBe(attack.refusal);
  expect(audit.map(({ code }) => code)).toContain(attack.refusal);
  expect(audit.filter(({ what }) => what === 'rights.granted')).toEqual([]);
});
