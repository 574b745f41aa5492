import { describe, expect, it } from 'vitest';
import { family as commands } from './commands.ts';
import { family as service } from './service.ts';

describe.each([commands, service])('attacks: $title', ({ attacks }) => {
  it.each(attacks)('$id', async ({ run, refusal }) => {
    const outcome = await run();
    expect(outcome.refusal).toBe(refusal);
    expect(outcome.audit.map(({ code }) => code)).toContain(refusal);
  });
});
