import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KNOWLEDGE_TARGETS } from './knowledge-targets.ts';

describe.each(KNOWLEDGE_TARGETS.map((target) => [target.name, target] as const))(
  '%s',
  (_name, { seeds, run }) => {
    it('reads or refuses whatever is done to its seeds', async () => {
      for (const seed of seeds) await run(seed);
      const changed = fc
        .tuple(
          fc.constantFrom(...seeds),
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
          fc.nat(),
          fc.boolean(),
        )
        .map(([seed, edits, cut, doubled]) => {
          const out = Buffer.from(seed);
          for (const [at, byte] of edits) out[at % out.length] = byte;
          const short = cut % 3 === 0 ? out.subarray(0, cut % out.length) : out;
          return doubled ? Buffer.concat([short, out]) : short;
        });
      await fc.assert(
        fc.asyncProperty(changed, async (bytes) => {
          expect(await run(bytes)).toMatch(/^(read|[a-z]+\.[a-z-]+)$/);
        }),
        { numRuns: 150 },
      );
    });
  },
);
