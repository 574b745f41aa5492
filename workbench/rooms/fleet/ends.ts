// What of the authority and of the repository ends when, and what is to be done before.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Kernel } from '../../kernel/kernel.ts';
import { findRepository } from './repository/repository-place.ts';

export interface End {
  readonly what: string;
  readonly endsAt: Date;
  readonly renew: string;
  /** Less than a fifth of its usual time is left. */
  readonly isSoon: boolean;
}

const DAY = 86_400_000;
const Signed = z.object({
  signed: z.object({
    version: z.number(),
    expires: z.string(),
    meta: z.record(z.string(), z.object({ version: z.number() })).optional(),
  }),
});

/** The soonest first. What cannot be read of the repository is left out: units would not read it either. */
export async function readEnds(kernel: Pick<Kernel, 'db' | 'now'>): Promise<readonly End[]> {
  const { db } = kernel;
  const [authority, root, folder] = await Promise.all([
    db.selectFrom('fleet_authority').select(['root_certificate', 'issuing_certificate']).executeTakeFirst(),
    db.selectFrom('director_root').select('ends_at').orderBy('version', 'desc').limit(1).executeTakeFirst(),
    findRepository(db),
  ]);
  const now = kernel.now().getTime();
  const end = (what: string, endsAt: Date, soonDays: number, renew: string): End => ({
    ...{ what, endsAt, renew },
    isSoon: endsAt.getTime() - now < soonDays * DAY,
  });
  const ends: End[] = [];
  if (authority) {
    const validTo = (der: string) => new Date(new X509Certificate(Buffer.from(der, 'base64')).validTo);
    ends.push(
      end('Product root', validTo(authority.root_certificate), 4 * 365, 'enrol units below a new one'),
      end('Issuing CA', validTo(authority.issuing_certificate), 2 * 365, 'enrol units below a new one'),
    );
  }
  if (root) ends.push(end('Root of the director', root.ends_at, 365, 'ward fleet director-root'));
  if (folder !== null)
    for (const { role, endsAt } of await endsOfRepository(folder)) {
      const [soonDays, renew] = HOW[role] ?? [18, 'ward fleet refresh with the keys for publishing'];
      ends.push(end(`Repository: ${role}`, endsAt, soonDays, renew));
    }
  return ends.sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
}

const HOW: Readonly<Record<string, readonly [soonDays: number, renew: string]>> = {
  root: [73, 'ward fleet image-root'],
  snapshot: [3, 'ward fleet refresh, daily'],
  timestamp: [1, 'ward fleet refresh, daily'],
};

async function endsOfRepository(folder: string): Promise<{ role: string; endsAt: Date }[]> {
  const read = async (name: string) => {
    try {
      return Signed.parse(JSON.parse(await readFile(join(folder, 'metadata', name), 'utf8'))).signed;
    } catch {
      return null;
    }
  };
  const found: { role: string; endsAt: Date }[] = [];
  const add = (role: string, signed: { expires: string } | null) => {
    if (signed) found.push({ role, endsAt: new Date(signed.expires) });
  };
  const root = await newestRoot(folder);
  add('root', root === null ? null : Signed.parse(JSON.parse(root)).signed);
  const timestamp = await read('timestamp.json');
  add('timestamp', timestamp);
  const snapshot = await read(`${timestamp?.meta?.['snapshot.json']?.version}.snapshot.json`);
  add('snapshot', snapshot);
  for (const [name, { version }] of Object.entries(snapshot?.meta ?? {}))
    add(name.replace(/\.json$/, ''), await read(`${version}.${name}`));
  return found;
}

const MOST_ROOTS = 1_000;

/** Null when the repository has none. */
export async function newestRoot(folder: string): Promise<string | null> {
  let newest: string | null = null;
  for (let version = 1; version <= MOST_ROOTS; version += 1) {
    const text = await readFile(join(folder, 'metadata', `${version}.root.json`), 'utf8').catch(() => null);
    if (text === null) return newest;
    newest = text;
  }
  return newest;
}
