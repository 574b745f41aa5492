import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from './canonical.ts';
import type { LedgerEntry } from './entry.ts';
import { entryHash, GENESIS } from './entry.ts';
import { exportLines } from './export.ts';
import { newSigningKey, noteSigner, noteVerifier, openNote, signNote } from './note.ts';
import { verifyExport } from './verify-export.ts';

const signer = noteSigner('ward-test', newSigningKey());
const origin = 'ward-ledger/test';

function chain(contents: readonly unknown[]) {
  let previous = GENESIS;
  return contents.map((content, index) => {
    const bare = {
      seq: index + 1,
      at: '2026-11-24T08:00:00.000Z',
      actor: null,
      action: 'record.edited',
      record: null,
      revision: index,
      product: null,
      content: contentHash(content),
      previous,
    };
    const entry: LedgerEntry = { ...bare, hash: entryHash(bare) };
    previous = entry.hash;
    return { entry, content };
  });
}

async function exported(contents: readonly unknown[]): Promise<string> {
  const lines: string[] = [];
  for await (const line of exportLines(chain(contents), origin, '2026-11-24T09:00:00.000Z', signer))
    lines.push(line);
  return `${lines.join('\n')}\n`;
}

const check = (file: string | Buffer, key: string | null = signer.verifierKey) =>
  verifyExport(file.toString().replace(/\n$/, '').split('\n'), key);

const body = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((k) => k.isWellFormed()),
  fc.jsonValue({ maxDepth: 2 }),
);
const bodies = fc.array(body, { minLength: 2, maxLength: 6 });

describe('a ledger export', () => {
  it('verifies as it was written, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (contents) => {
        const verdict = await check(await exported(contents));
        expect(verdict.problems).toEqual([]);
        expect(verdict).toMatchObject({ ok: true, entries: contents.length, keyFrom: 'reader' });
      }),
      { numRuns: 60 },
    );
  });

  it('shows every change of one byte, at every place', async () => {
    const file = Buffer.from(await exported([{ title: 'Ä laser', n: 1.5 }, { deep: [null, true] }]));
    const missed: number[] = [];
    for (let place = 0; place < file.length - 1; place += 1) {
      for (const flip of [0x01, 0x20, 0x80]) {
        const changed = Buffer.from(file);
        changed[place] = (changed[place] as number) ^ flip;
        if ((await check(changed)).ok) missed.push(place);
      }
    }
    expect(missed).toEqual([]);
  });

  it('shows every deletion, insertion, doubling and exchange of lines', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, fc.nat(), fc.nat(), async (contents, a, b) => {
        const lines = (await exported(contents)).trimEnd().split('\n');
        const i = a % lines.length;
        const j = b % lines.length;
        const without = lines.filter((_, index) => index !== i);
        expect((await check(without.join('\n'))).ok).toBe(false);
        const doubled = [...lines.slice(0, i + 1), ...lines.slice(i)];
        expect((await check(doubled.join('\n'))).ok).toBe(false);
        if (i !== j) {
          const swapped = [...lines];
          [swapped[i], swapped[j]] = [lines[j] as string, lines[i] as string];
          expect((await check(swapped.join('\n'))).ok).toBe(false);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('shows a chain that was computed anew by someone without the key', async () => {
    const forger = noteSigner('ward-test', newSigningKey());
    const lines: string[] = [];
    for await (const line of exportLines(
      chain([{ forged: true }]),
      origin,
      '2026-11-24T09:00:00.000Z',
      forger,
    ))
      lines.push(line);

    const verdict = await verifyExport(lines, signer.verifierKey);

    expect(verdict.problems.map((problem) => problem.code)).toContain('wrong-key');
    expect((await verifyExport(lines, null)).keyFrom).toBe('file');
  });

  it('lets contents be left out and still holds the chain', async () => {
    const items = chain([{ a: 1 }, { b: 2 }]).map((item, i) => (i === 0 ? { entry: item.entry } : item));
    const lines: string[] = [];
    for await (const line of exportLines(items, origin, '2026-11-24T09:00:00.000Z', signer)) lines.push(line);
    expect(await verifyExport(lines, signer.verifierKey)).toMatchObject({
      ok: true,
      entries: 2,
      contents: 1,
    });
  });

  it('refuses an empty file and a file of something else', async () => {
    expect((await verifyExport([], null)).ok).toBe(false);
    expect((await check('{"bomFormat":"CycloneDX"}', null)).problems[0]?.code).toBe('not-an-export');
  });
});

describe('a signed note', () => {
  it('opens with its own verifier key only', () => {
    const note = signNote('hello\n', signer);
    const verifier = noteVerifier(signer.verifierKey);
    expect(verifier && openNote(note, verifier)).toBe('hello\n');
    const other = noteVerifier(noteSigner('ward-test', newSigningKey()).verifierKey);
    expect(other && openNote(note, other)).toBeNull();
  });

  it('refuses a verifier key whose id does not fit', () => {
    expect(noteVerifier(signer.verifierKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeNull();
  });
});
