// The installation's own secrets: made once, kept in one file that only its user can read.
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { defineErrors } from './errors.ts';
import { newSigningKey } from './ledger/note.ts';

const refuse = defineErrors({
  'secrets.unreadable': {
    status: 503,
    exit: 4,
    title: 'The secrets cannot be read',
    remedy: 'Restore the secrets file from a backup; without it sessions and signatures cannot go on.',
  },
});

const Secrets = z.object({
  /** Signs session cookies and encrypts TOTP secrets. */
  session: z.string().min(32).max(500),
  /** Ed25519 private key of the ledger, PKCS#8 PEM. */
  ledgerKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----').max(1_000),
});
export type Secrets = z.infer<typeof Secrets>;

/** Reads the file, or makes it with mode 0600 when there is none. Two processes that start at once agree on one. */
export async function loadSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw refuse('secrets.unreadable', `The secrets file cannot be read (${error.code}).`, {
      at: file,
      cause: error,
    });
  });
  if (text === null) return makeSecrets(file);
  try {
    return Secrets.parse(JSON.parse(text));
  } catch (cause) {
    // The cause may quote the content: it is left out of the message and of the log.
    throw refuse('secrets.unreadable', 'The secrets file is damaged.', {
      at: file,
      cause: (cause as Error).name,
    });
  }
}

async function makeSecrets(file: string): Promise<Secrets> {
  const secrets: Secrets = { session: randomBytes(32).toString('base64url'), ledgerKey: newSigningKey() };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // link() fails when the file is there already: the first process wins, the other reads what it wrote.
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return loadSecrets(file);
  } finally {
    await rm(temporary, { force: true });
  }
  return secrets;
}
