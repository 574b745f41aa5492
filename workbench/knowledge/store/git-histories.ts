// Histories of repositories, given by people as a plain list: whether a commit lies in a range can be told only with them.
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Kysely, Transaction } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import { defineErrors } from '../../kernel/errors.ts';
import { spellRepository } from '../identity/ecosystem-names.ts';
import type { CommitGraph, History } from '../matching/commits.ts';
import './tables.ts';

type Db = Kysely<Tables> | Transaction<Tables>;

export const refuseCommits = defineErrors({
  'commits.not-readable': {
    status: 422,
    exit: 3,
    title: 'The list of commits cannot be read',
    remedy: "Make it with `git log --all --format='%H %P'`, one commit a line.",
  },
});

/** 2026-11: Linux, the longest history that devices carry, has about 1.4 million commits. */
const MAX_COMMITS = 2_000_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_PARENTS = 70;
const deflated = promisify(deflate);
const inflated = promisify(inflate);

/** Reads a plain list; refuses `commits.not-readable` with the line. */
export function readCommits(text: string, name: string): CommitGraph {
  if (text.length > MAX_BYTES)
    throw refuseCommits('commits.not-readable', `${name} has more than 256 MiB.`, { at: name });
  const parents = new Map<string, readonly string[]>();
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const words = text
      .slice(at, end < 0 ? undefined : end)
      .trim()
      .split(/ +/);
    at = end < 0 ? text.length : end + 1;
    line += 1;
    if (words.length === 1 && words[0] === '') continue;
    const place = { at: `${name}:${line}` };
    if (words.length > MAX_PARENTS || !words.every((word) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(word))) {
      throw refuseCommits(
        'commits.not-readable',
        `Line ${line} of ${name} is no commit with its parents.`,
        place,
      );
    }
    if (parents.size >= MAX_COMMITS) {
      throw refuseCommits('commits.not-readable', `${name} holds more than ${MAX_COMMITS} commits.`, place);
    }
    const [own, ...others] = words.map((word) => word.toLowerCase()) as [string, ...string[]];
    parents.set(own, others);
  }
  if (parents.size === 0)
    throw refuseCommits('commits.not-readable', `${name} holds no commit.`, { at: name });
  return { parents };
}

/** Takes the place of the history that was there; gives the repository's key. */
export async function storeHistory(db: Db, address: string, graph: CommitGraph, now: Date): Promise<string> {
  const repo = spellRepository(address);
  const lines = [...graph.parents].map(([own, parents]) => [own, ...parents].join(' ')).join('\n');
  const values = {
    commits: graph.parents.size,
    head: graph.parents.keys().next().value ?? '',
    lines: await deflated(Buffer.from(lines)),
    added_at: now,
  };
  await db
    .insertInto('git_history')
    .values({ repo, ...values })
    .onConflict((conflict) => conflict.column('repo').doUpdateSet(values))
    .execute();
  return repo;
}

/** The histories of these repositories that Ward holds. */
export async function readHistories(db: Db, addresses: Iterable<string>): Promise<History> {
  const repos = [...new Set([...addresses].map(spellRepository))];
  const graphs = new Map<string, CommitGraph>();
  if (repos.length > 0) {
    const rows = await db.selectFrom('git_history').selectAll().where('repo', 'in', repos).execute();
    for (const { repo, lines } of rows) {
      const text = await inflated(lines, { maxOutputLength: MAX_BYTES });
      graphs.set(repo, readCommits(text.toString('latin1'), repo));
    }
  }
  return (address) => graphs.get(spellRepository(address));
}
