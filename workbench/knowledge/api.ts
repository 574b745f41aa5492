// Routes of knowledge: what is known and how old, imports with progress, upload.

import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createRoute, z } from '@hono/zod-openapi';
import { refuseHttp } from '../kernel/http/problem.ts';
import { access, answers, jsonBody, newRouter } from '../kernel/http/router.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { holdsRole, type Principal } from '../kernel/people/roles.ts';
import { requireRole } from '../kernel/records/decide.ts';
import { aliasApi } from './alias-api.ts';
import { queueFeed } from './feeds/jobs.ts';
import { changeFeed, createFeed, deleteFeed, findFeed, listFeeds } from './feeds/store.ts';
import { runImport } from './run-import.ts';
import { knowledgeStatus } from './store/read-knowledge.ts';
import { FEED_KINDS } from './store/tables.ts';

const tags = ['knowledge'];
export const KNOWLEDGE_IMPORTERS = ['security-lead', 'release-manager', 'administrator'] as const;
/** Who decides where Ward asks by itself: the machine's keeper, and who answers for what is known. */
export const FEED_KEEPERS = ['security-lead', 'administrator'] as const;
const MAX_UPLOAD = 2 * 1024 * 1024 * 1024;

const Run = z
  .object({
    id: z.uuid(),
    startedAt: z.string(),
    finishedAt: z.string().nullable(),
    source: z.string(),
    status: z.enum(['running', 'done', 'failed']),
    read: z.number().int(),
    added: z.number().int(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    problems: z.number().int(),
    notMatched: z.number().int(),
    firstProblems: z.array(z.object({ at: z.string(), message: z.string() })),
    bytesRead: z.number(),
    bytesTotal: z.number(),
    message: z.string().nullable(),
  })
  .openapi('KnowledgeRun');

export const KnowledgeView = z
  .object({
    advisories: z.number().int(),
    withdrawn: z.number().int(),
    coverage: z.array(
      z.object({ ecosystem: z.string(), records: z.number().int(), newest: z.string().nullable() }),
    ),
    runs: z.array(Run),
    mayImport: z.boolean(),
  })
  .openapi('Knowledge');
export type KnowledgeView = z.infer<typeof KnowledgeView>;

const FeedId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and dashes, at most 40');
const Settings = z.record(z.string(), z.unknown());

const Feed = z
  .object({
    id: z.string(),
    kind: z.enum(FEED_KINDS),
    title: z.string(),
    url: z.string(),
    settings: Settings,
    own: z.boolean(),
    enabled: z.boolean(),
    everyMinutes: z.number().int(),
    state: z.enum(['off', 'never', 'running', 'fresh', 'old', 'failing', 'incomplete']),
    running: z
      .object({
        since: z.string(),
        step: z.string(),
        done: z.number().nullable(),
        total: z.number().nullable(),
      })
      .nullable(),
    lastRunAt: z.string().nullable(),
    lastGoodAt: z.string().nullable(),
    lastChangedAt: z.string().nullable(),
    nextRunAt: z.string().nullable(),
    failing: z
      .object({
        since: z.string(),
        failures: z.number().int(),
        code: z.string(),
        message: z.string(),
        remedy: z.string(),
      })
      .nullable(),
    counts: z
      .object({
        read: z.number().int(),
        added: z.number().int(),
        changed: z.number().int(),
        unchanged: z.number().int(),
        problems: z.number().int(),
        notMatched: z.number().int(),
        notes: z.array(z.string()).readonly(),
      })
      .nullable(),
    bytes: z.number(),
    /** Documents that could not be read, tried again at each run; twenty of them are named. */
    leftOut: z.array(z.object({ name: z.string(), since: z.string(), message: z.string() })).readonly(),
    leftOutCount: z.number().int(),
  })
  .openapi('KnowledgeFeed');
export type Feed = z.infer<typeof Feed>;

export const FeedsView = z
  .object({
    feeds: z.array(Feed),
    mayChange: z.boolean(),
    /** Whether WARD_NVD_API_KEY is set; the key itself is never shown. */
    nvdKey: z.boolean(),
  })
  .openapi('KnowledgeFeeds');
export type FeedsView = z.infer<typeof FeedsView>;

const title = z.string().trim().min(1).max(120);
const everyMinutes = z.number().int().min(5).max(43_200);
const url = z.string().min(1).max(2_000);
/** Of all kinds together; which of them a kind takes is for `feedSettings` to judge. */
const GivenSettings = z.strictObject({
  ecosystems: z.array(z.string().min(1).max(60)).max(60).optional(),
  files: z.string().max(2_000).nullable().optional(),
  fromYear: z.number().int().min(2002).max(2100).optional(),
});
const NewFeed = z.strictObject({
  id: FeedId,
  kind: z.enum(FEED_KINDS),
  title,
  url,
  everyMinutes: everyMinutes.default(360),
  settings: GivenSettings.optional(),
  enabled: z.boolean().default(false),
});
const FeedChange = z.strictObject({
  title: title.optional(),
  url: url.optional(),
  everyMinutes: everyMinutes.optional(),
  settings: GivenSettings.optional(),
  enabled: z.boolean().optional(),
});
const keepers = access({ who: 'roles', roles: FEED_KEEPERS, scope: 'knowledge:write' });
const feedParams = z.object({ feed: FeedId });

export function knowledgeApi(kernel: Kernel) {
  // What is known counts for every product: a role for one of them is not enough.
  const mayKeep = (principal: Principal | null | undefined, what: string) =>
    requireRole(principal as Principal, FEED_KEEPERS, null, what, 'knowledge:write');
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/knowledge/feeds',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        responses: answers(FeedsView, 'Where Ward may ask by itself, and how the last runs ended'),
      }),
      async (c) => {
        const feeds = await listFeeds(kernel.db, kernel.now());
        const mayChange = holdsRole(c.get('principal')!, FEED_KEEPERS, null, 'knowledge:write');
        const nvdKey = Boolean(process.env.WARD_NVD_API_KEY);
        return c.json({ feeds: feeds as Feed[], mayChange, nvdKey }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/knowledge/feeds',
        tags,
        ...keepers,
        request: { body: jsonBody(NewFeed) },
        responses: answers(Feed, 'The feed as it is kept'),
      }),
      async (c) => {
        mayKeep(c.get('principal'), 'add a feed');
        const made = await createFeed(kernel.records, c.get('principal')!, c.req.valid('json'));
        return c.json(made as Feed, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'patch',
        path: '/knowledge/feeds/{feed}',
        tags,
        ...keepers,
        request: { params: feedParams, body: jsonBody(FeedChange) },
        responses: answers(Feed, 'The feed after the change'),
      }),
      async (c) => {
        mayKeep(c.get('principal'), 'change a feed');
        const { feed } = c.req.valid('param');
        const changed = await changeFeed(kernel.records, c.get('principal')!, feed, c.req.valid('json'));
        return c.json(changed as Feed, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/knowledge/feeds/{feed}',
        tags,
        ...keepers,
        request: { params: feedParams },
        responses: answers(z.object({ deleted: z.string() }), 'What it brought stays'),
      }),
      async (c) => {
        mayKeep(c.get('principal'), 'delete a feed');
        const { feed } = c.req.valid('param');
        await deleteFeed(kernel.records, c.get('principal')!, feed);
        return c.json({ deleted: feed }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/knowledge/feeds/{feed}/run',
        tags,
        ...keepers,
        request: { params: feedParams },
        responses: answers(Feed, 'The feed is in the queue; its state tells of the run'),
      }),
      async (c) => {
        mayKeep(c.get('principal'), 'run a feed');
        const found = await findFeed(kernel.db, c.req.valid('param').feed, kernel.now());
        await queueFeed(kernel, kernel.db, found.id);
        return c.json(found as Feed, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/knowledge',
        tags,
        ...access({ who: 'member', scope: 'read' }),
        responses: answers(KnowledgeView, 'What is known, how much and how old; imports newest first'),
      }),
      async (c) => {
        const mayImport = holdsRole(c.get('principal')!, KNOWLEDGE_IMPORTERS, null, 'knowledge:write');
        return c.json({ ...(await knowledgeStatus(kernel.db)), mayImport }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/knowledge/upload',
        tags,
        ...access({ who: 'roles', roles: KNOWLEDGE_IMPORTERS, scope: 'knowledge:write' }),
        request: {
          query: z.object({ name: z.string().regex(/^[\w][\w .()+-]{0,199}$/, 'a plain file name') }),
          body: {
            content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
            required: true,
          },
        },
        responses: answers(
          z.object({
            id: z.uuid(),
            read: z.number().int(),
            added: z.number().int(),
            changed: z.number().int(),
            unchanged: z.number().int(),
            problems: z.number().int(),
            firstProblems: z.array(z.object({ at: z.string(), message: z.string() })),
          }),
          'What the file brought',
        ),
      }),
      async (c) => {
        const { name } = c.req.valid('query');
        // What is known counts for every product: a role for one of them is not enough.
        requireRole(c.get('principal')!, KNOWLEDGE_IMPORTERS, null, 'import advisories', 'knowledge:write');
        const folder = await mkdtemp(join(tmpdir(), 'ward-upload-'));
        try {
          const file = join(folder, name);
          await pipeline(bounded(c.req.raw.body), createWriteStream(file, { mode: 0o600 }));
          const { id, read, added, changed, unchanged, problems, firstProblems } = await runImport(kernel, {
            paths: [file],
            source: `upload: ${name}`,
            actorId: c.get('principal')!.personId,
          });
          // The folder is ours and means nothing to who sent the file.
          const shown = firstProblems.map(({ at, message }) => ({
            at: at.replaceAll(`${folder}/`, ''),
            message: message.replaceAll(`${folder}/`, ''),
          }));
          return c.json({ id, read, added, changed, unchanged, problems, firstProblems: shown }, 200);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    )
    .route('/', aliasApi(kernel));
}

export type KnowledgeApi = ReturnType<typeof knowledgeApi>;

async function* bounded(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_UPLOAD)
      throw refuseHttp('http.too-large', `A file may have ${MAX_UPLOAD / 1024 ** 3} GiB.`);
    yield chunk;
  }
}
