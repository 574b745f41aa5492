// One Ward per data folder: `ward.lock` says which process holds it and where its pages are.
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { refuse } from '../errors.ts';
import { asDataRefusal, isFileError } from './file-errors.ts';
import { processIdentity, processSpace } from './processes.ts';

const Holder = z.object({
  pid: z.number().int().positive(),
  /** What tells this process from a later one with the same number. */
  identity: z.string().max(200),
  /** Machine, boot and process namespace in which the number means something. */
  space: z.string().max(300),
  startedAt: z.string().max(40),
  url: z.string().max(2_000).optional(),
});
type Holder = z.infer<typeof Holder>;

/** A holder on another machine or in another container is taken as alive while it touched the lock this recently. */
const freshMs = 20_000;
const touchEveryMs = 5_000;

export interface FolderLock {
  /** Writes the address of the running Ward into the lock, for the message to a second start. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock or refuses with `data.in-use`, which names the holder's process and address. */
export async function lockFolder(path: string): Promise<FolderLock> {
  const holder: Holder = {
    pid: process.pid,
    identity: processIdentity(process.pid) ?? '',
    space: processSpace(),
    startedAt: new Date().toISOString(),
  };
  try {
    await take(path, holder);
  } catch (error) {
    throw asDataRefusal(error, path);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, touchEveryMs);
  touching.unref();

  return {
    async announce(url) {
      await replace(path, { ...holder, url });
    },
    async release() {
      clearInterval(touching);
      await rm(path, { force: true });
    },
  };
}

async function take(path: string, holder: Holder): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (await createWhole(path, holder)) return;
    const found = await readHolder(path);
    if (found && (await isHeld(path, found))) throw inUse(path, found);
    await clearStale(path);
  }
  throw refuse('data.in-use', 'Several starts on this data folder are getting in each other’s way.', {
    at: path,
  });
}

/** Creates the lock with its whole content at once; false when there is one. */
async function createWhole(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600, flush: true });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isFileError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(path: string, holder: Holder): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 });
  await rename(draft, path);
}

/** Removes a lock whose holder is gone. Only one start at a time does so, and it looks once more before it does. */
async function clearStale(path: string): Promise<void> {
  const guard = `${path}.clearing`;
  try {
    await (await open(guard, 'wx', 0o600)).close();
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error;
    const age = await stat(guard).then(
      (info) => Date.now() - info.mtimeMs,
      () => 0,
    );
    if (age > freshMs) await rm(guard, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return;
  }
  try {
    const found = await readHolder(path);
    if (!found || !(await isHeld(path, found))) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return Holder.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (isFileError(error, 'EACCES', 'EPERM')) throw error;
    return undefined; // gone meanwhile, or not written by Ward
  }
}

async function isHeld(path: string, holder: Holder): Promise<boolean> {
  if (holder.space === processSpace()) return processIdentity(holder.pid) === holder.identity;
  const touched = await stat(path).then(
    (info) => info.mtimeMs,
    () => 0,
  );
  return Date.now() - touched < freshMs;
}

function inUse(path: string, holder: Holder) {
  const where = holder.url ? ` at ${holder.url}` : '';
  const elsewhere = holder.space === processSpace() ? '' : ' on another machine or in another container';
  return refuse(
    'data.in-use',
    `Ward already runs on this data folder${where}${elsewhere} (process ${holder.pid}, since ${holder.startedAt}).`,
    {
      at: path,
      detail: { pid: holder.pid, startedAt: holder.startedAt, ...(holder.url ? { url: holder.url } : {}) },
    },
  );
}
