// Routes of knowledge: what is known and how old, imports with progress, upload.

import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createRoute, z } from '@hono/zod-openapi';
import { refuseHttp } from '../kernel/http/problem.ts';
import { access, answers, newRouter } from '../kernel/http/router.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { holdsRole } from '../kernel/people/roles.ts';
import { requireRole } from '../kernel/records/decide.ts';
import { aliasApi } from './alias-api.ts';
import { runImport } from './run-import.ts';
import { knowledgeStatus } from './store/read-knowledge.ts';

const tags = ['knowledge'];
export const KNOWLEDGE_IMPORTERS = ['security-lead', 'release-manager', 'administrator'] as const;
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

export function knowledgeApi(kernel: Kernel) {
  return newRouter()
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
