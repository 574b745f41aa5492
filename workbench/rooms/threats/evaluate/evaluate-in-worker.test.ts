// The thread is bundled as the server's build does it, gives the same answers, and ends when its time is over.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import data from '../../../../example/risks.json' with { type: 'json' };
import { bundleServer, threads } from '../../../../scripts/parts/server-bundle.mjs';
import { SystemModel } from '../../system/index.ts';
import { runExamples } from '../run-examples.ts';
import { compileRules } from './evaluate.ts';
import { evaluateAside, runExamplesAside } from './evaluate-in-worker.ts';
import { shippedPack } from './shipped-pack.ts';

const folder = mkdtempSync(join(tmpdir(), 'ward-rules-'));
const thread = join(folder, 'evaluate-thread.mjs');
const model = SystemModel.parse(data.records.find(({ kind }) => kind === 'system-model')?.body);

beforeAll(async () => {
  const entries = { 'evaluate-thread': threads['evaluate-thread'] as string };
  await bundleServer({ entries, outdir: folder, root: resolve('.') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('rules in a thread', () => {
  it('say what they say here', async () => {
    const found = await evaluateAside(shippedPack(), model, { thread });

    expect(found).toEqual(compileRules(shippedPack()).evaluate(model));
  });

  it('are refused when their time is over, and the thread is ended', async () => {
    const forever = join(folder, 'forever.mjs');
    writeFileSync(forever, 'for (;;);');

    await expect(
      evaluateAside(shippedPack(), model, { thread: forever, deadlineMs: 300 }),
    ).rejects.toMatchObject({
      code: 'rules.time-limit',
      at: 'ward',
    });
  });

  it('are refused when they eat the memory of the thread', async () => {
    const hungry = join(folder, 'hungry.mjs');
    writeFileSync(hungry, 'const all = []; for (;;) all.push(new Array(1e6).fill({}));');

    await expect(
      evaluateAside(shippedPack(), model, { thread: hungry, heapMb: 32, deadlineMs: 60_000 }),
    ).rejects.toMatchObject({ code: 'rules.time-limit' });
  });

  it('are tried on their examples with the same outcome, and refused when that takes too long', async () => {
    const pack = shippedPack();
    const rule = pack.rules.find(({ appliesTo }) => appliesTo === 'element')?.id ?? '';
    const target = model.elements[0]?.id ?? '';
    const examples = [
      { rule, kind: 'positive' as const, target, model },
      { rule, kind: 'negative' as const, target, model: null },
    ];
    const forever = join(folder, 'for-ever.mjs');
    writeFileSync(forever, 'for (;;);');

    expect(await runExamplesAside(pack, examples, { thread })).toEqual(
      runExamples(pack, compileRules, examples),
    );
    await expect(
      runExamplesAside(pack, examples, { thread: forever, deadlineMs: 300 }),
    ).rejects.toMatchObject({ code: 'rules.time-limit' });
  });

  it('are evaluated here where there is no built thread', async () => {
    const found = await evaluateAside(shippedPack(), model, { thread: null });

    expect(found.counts.raised).toBeGreaterThan(0);
    expect(found).toEqual(compileRules(shippedPack()).evaluate(model));
  });

  it('end in a fault, not in silence, when the thread cannot start', async () => {
    await expect(evaluateAside(shippedPack(), model, { thread: join(folder, 'gone.mjs') })).rejects.toThrow();
  });
});
