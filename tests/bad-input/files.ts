// Bad files given to commands, and how each command ends: exit code 3 for bad input, a code, no trace of our insides.

import { gzipSync } from 'node:zlib';
import { run } from '../../workbench/cli/program.ts';

export interface BadFile {
  readonly where: string;
  readonly what: string;
  /** Arguments; `FILE` stands for the file's path. */
  readonly args: readonly string[];
  /** Null: there is no such file. */
  readonly content: string | Uint8Array | null;
  readonly exit: number;
  /** In the JSON on standard error; null where the command answers with findings. */
  readonly code: string | null;
}

const scan = (
  what: string,
  content: BadFile['content'],
  code: string,
  args = ['scan', 'FILE', '--json'],
): BadFile => ({
  where: 'ward scan',
  what,
  args,
  content,
  exit: 3,
  code,
});
const verify = (what: string, content: BadFile['content'], exit: number, code: string | null): BadFile => ({
  where: 'ward verify',
  what,
  args: ['verify', 'FILE', '--json'],
  content,
  exit,
  code,
});
const check = (what: string, content: BadFile['content'], code: string): BadFile => ({
  where: 'ward sbom check',
  what,
  args: ['sbom', 'check', 'FILE', '--json'],
  content,
  exit: 3,
  code,
});

const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] });

export const BAD_FILES: readonly BadFile[] = [
  scan('no file', null, 'scan.no-file'),
  scan('an empty file', '', 'sbom.empty'),
  scan('half an object', '{"bomFormat":', 'sbom.not-json'),
  scan('100,000 brackets deep', '['.repeat(100_000), 'sbom.too-deep'),
  scan('JSON of another kind', '{}', 'sbom.unknown-format'),
  {
    ...scan('a format that there is not', SBOM, 'scan.bad-option', ['scan', 'FILE', '--format', 'word']),
    exit: 2,
    code: null,
  },
  {
    ...scan('a level that there is not', SBOM, 'scan.bad-option', [
      'scan',
      'FILE',
      '--fail-on',
      'much',
      '--json',
    ]),
    exit: 2,
  },
  scan('a knowledge file that is none', SBOM, 'knowledge.not-a-file', [
    'scan',
    'FILE',
    '--knowledge',
    'FILE',
    '--json',
  ]),
  check('an empty file', '', 'sbom.empty'),
  check('a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0xff]), 'sbom.broken-encoding'),
  verify('no file', null, 3, 'verify.unreadable'),
  verify('an empty file', '', 1, null),
  verify('half an object', '{"format":', 1, null),
  verify('a line of 3 million letters', 'x'.repeat(3_000_000), 1, null),
  verify('numbers for a header', '1\n2\n3\n', 1, null),
  verify('a header that names __proto__', '{"__proto__":{"ok":true}}\n', 1, null),
];

/** For `restore`, which is called without its command so that it gets an empty database. */
export const BAD_BACKUPS: readonly {
  readonly what: string;
  readonly content: Uint8Array | null;
  readonly code: string;
}[] = [
  { what: 'no file', content: null, code: 'backup.cannot-read' },
  { what: 'an empty file', content: new Uint8Array(), code: 'backup.not-a-backup' },
  { what: 'text', content: Buffer.from('hello'), code: 'backup.not-a-backup' },
  { what: 'a gzip of text', content: gzipSync('hello'), code: 'backup.not-a-backup' },
  {
    what: 'an archive that is cut off',
    content: gzipSync('hello').subarray(0, 8),
    code: 'backup.not-a-backup',
  },
];

export interface Outcome {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process and keeps what it says. */
export async function command(args: readonly string[]): Promise<Outcome> {
  const said = { out: '', err: '' };
  const write = { out: process.stdout.write, err: process.stderr.write };
  process.stdout.write = ((text: string) => {
    said.out += text;
    return true;
  }) as typeof process.stdout.write;
  process.stderr.write = ((text: string) => {
    said.err += text;
    return true;
  }) as typeof process.stderr.write;
  try {
    return { exit: await run(args), ...said };
  } finally {
    process.stdout.write = write.out;
    process.stderr.write = write.err;
  }
}
