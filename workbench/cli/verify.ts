// `ward verify EXPORT`: needs the file and, to be worth anything against a forger, the public key from elsewhere.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { defineErrors } from '../kernel/errors.ts';
import { verifyExport } from '../kernel/ledger/verify-export.ts';
import { type CommonOptions, EXIT, print } from './output.ts';

const refuse = defineErrors({
  'verify.unreadable': {
    status: 422,
    exit: 3,
    title: 'The file cannot be read',
    remedy: 'Give the path of an export from the audit page.',
  },
});

export async function verifyCommand(
  file: string,
  options: CommonOptions & { readonly key?: string },
): Promise<number> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw refuse('verify.unreadable', `${file} is not a file.`, { at: file });
  const key = options.key === undefined ? null : await keyOf(options.key);
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: 0, terminal: false });
  const verdict = await verifyExport(lines, key);
  const text = verdict.ok
    ? [
        `${file}: ${verdict.entries} entries, ${verdict.contents} contents, unchanged and in order.`,
        `Ledger ${verdict.origin}, signed with ${verdict.key}.`,
        verdict.keyFrom === 'file'
          ? 'The key came from the file itself: compare it with one that you got elsewhere, or give it with --key.'
          : 'The key is the one that you gave.',
      ].join('\n')
    : [
        `${file} does not verify:`,
        ...verdict.problems.map((problem) => `  line ${problem.line}: ${problem.message}`),
      ].join('\n');
  print(options, verdict, text);
  return verdict.ok ? EXIT.ok : EXIT.findings;
}

async function keyOf(given: string): Promise<string> {
  if (/^[^\s+]+\+[0-9a-f]{8}\+/.test(given)) return given;
  return (
    await readFile(given, 'utf8').catch(() => {
      throw refuse('verify.unreadable', `There is no key file ${given}.`, { at: given });
    })
  ).trim();
}
