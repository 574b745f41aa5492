// People at work over HTTP, all at once: they create, edit the same records, comment, import SBOMs and advisories.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { cycloneDx, osvRecords } from '../generate.ts';
import type { House } from './house.ts';
import { acknowledgeRevision, type Journal } from './journal.ts';

export interface Work {
  readonly url: string;
  readonly house: House;
  readonly journal: Journal;
  readonly random: () => number;
  /** Turns true when the power is cut. */
  over: boolean;
}

/** Largest SBOM and feed of a round. */
const COMPONENTS = { least: 50, most: 2_000 };
const ADVISORIES = { least: 200, most: 1_500 };
const EXPECTED = new Set([409]); // somebody else was faster
/** Files come now and then; the rest of the time belongs to the people. */
const BETWEEN_FILES_MS = 300;
const AFTER_A_FAILURE_MS = 50;

interface Answer {
  readonly key: string;
  readonly revision: number;
  readonly body: Record<string, unknown>;
}

/** Starts everybody; settles when all have noticed that it is over. */
export async function everybodyWorks(work: Work): Promise<void> {
  const { tokens } = work.house;
  await Promise.all([
    ...tokens.slice(0, 2).map((token) => authors(work, token)),
    ...tokens.slice(2, 5).map((token) => editors(work, token)),
    sbomImports(work, tokens[5] as string),
    feedImports(work, tokens[6] as string),
  ]);
}
export const MAKERS = 7;

/** Undefined when no answer came or it was a refusal that can happen. */
export async function ask<T>(
  work: Work,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  file = false,
): Promise<T | undefined> {
  try {
    const answer = await fetch(`${work.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': file ? 'application/octet-stream' : 'application/json',
      },
      ...(body === undefined ? {} : { body: file ? (body as string) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text) as T;
    if (answer.status < 500 && !EXPECTED.has(answer.status))
      work.journal.surprises.push(`${method} ${path} gave ${answer.status}: ${text.slice(0, 300)}`);
    if (answer.status >= 500) {
      if (method !== 'GET') work.journal.unanswered += 1;
      await delay(AFTER_A_FAILURE_MS);
    }
  } catch {
    if (method !== 'GET') work.journal.unanswered += 1;
    await delay(AFTER_A_FAILURE_MS);
  }
  return undefined;
}

/** Each writes records of their own: creates one, edits it a few times, comments on it. */
export async function authors(work: Work, token: string): Promise<void> {
  while (!work.over) {
    const record = await write(work, token, null);
    if (!record) continue;
    let seen = record;
    for (let n = 0; n < 5 && !work.over; n += 1) {
      const next = await write(work, token, seen);
      if (!next) break; // it may be there or not: this record is left alone
      seen = next;
    }
    const text = `comment ${randomUUID()}`;
    const said = await ask<{ done: true }>(work, token, 'POST', `/records/${record.key}/comments`, { text });
    if (!said) continue;
    work.journal.comments.add(text);
    work.journal.acknowledged += 1;
  }
}

/** All edit the same few records, each on top of what they last saw. */
async function editors(work: Work, token: string): Promise<void> {
  while (!work.over) {
    const keys = [...work.journal.revisions.keys()].slice(0, 10);
    const key = keys[Math.floor(work.random() * keys.length)];
    if (key === undefined) {
      await delay(10);
      continue;
    }
    const seen = await ask<Answer>(work, token, 'GET', `/records/${key}`);
    if (seen && !work.over) await write(work, token, seen);
  }
}

async function write(work: Work, token: string, seen: Answer | null): Promise<Answer | undefined> {
  const mark = `mark ${randomUUID()}`;
  const written = seen
    ? await ask<Answer>(work, token, 'PUT', `/records/${seen.key}`, {
        seenRevision: seen.revision,
        body: { ...seen.body, description: mark },
      })
    : await ask<Answer>(work, token, 'POST', '/records', {
        kind: 'threat',
        productId: work.house.productId,
        body: { title: 'Endurance', category: 'tampering', description: mark },
      });
  if (written) acknowledgeRevision(work.journal, written.key, written.revision, mark);
  return written;
}

export async function sbomImports(work: Work, token: string, range = COMPONENTS): Promise<void> {
  while (!work.over) {
    const count = between(work, range);
    const seed = Math.floor(work.random() * 2 ** 31);
    const release = work.house.releases[seed % work.house.releases.length];
    const path = `/sboms/upload?release=${release}&name=sample.cdx.json&part=part-${seed % 3}`;
    const done = await ask<{ id: string; components: number }>(
      work,
      token,
      'POST',
      path,
      cycloneDx(count, seed),
      true,
    );
    if (!done) continue;
    if (done.components !== count)
      work.journal.surprises.push(`an SBOM of ${count} was taken as one of ${done.components}`);
    work.journal.sboms.set(done.id, count);
    work.journal.acknowledged += 1;
    await delay(BETWEEN_FILES_MS);
  }
}

async function feedImports(work: Work, token: string): Promise<void> {
  while (!work.over) {
    const cutOff = [...work.journal.feeds].find(([, feed]) => !feed.whole)?.[0];
    const seed = Math.floor(work.random() * 2 ** 31);
    const name = cutOff ?? `feed-${seed}.json`;
    if (!cutOff) work.journal.feeds.set(name, { seed, records: between(work, ADVISORIES), whole: false });
    await importFeed(work, token, name);
    await delay(BETWEEN_FILES_MS);
  }
}

/** Sends the feed (again); true when Ward has the whole of it. */
export async function importFeed(work: Work, token: string, name: string): Promise<boolean> {
  const feed = work.journal.feeds.get(name);
  if (!feed) return false;
  const done = await ask<{ problems: number }>(
    work,
    token,
    'POST',
    `/knowledge/upload?name=${name}`,
    osvRecords(feed.records, feed.seed),
    true,
  );
  if (!done) return false;
  if (done.problems > 0) work.journal.surprises.push(`${name} had ${done.problems} problems`);
  feed.whole = true;
  work.journal.acknowledged += 1;
  return true;
}

function between(work: Work, { least, most }: { least: number; most: number }): number {
  return least + Math.floor(work.random() * (most - least));
}
