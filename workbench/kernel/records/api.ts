// The routes that every kind of record has: list, read, create, edit, steps and signatures, links, comments, history.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter, PageQuery } from '../http/router.ts';
import type { Kernel } from '../kernel.ts';
import type { Principal } from '../people/roles.ts';
import * as contract from './contract.ts';
import { refuseRecord } from './decide.ts';
import { difference } from './difference.ts';
import { addComment, addLink, changeLink, createRecord, editRecord, makeTransition } from './operations.ts';
import {
  labelled,
  personRef,
  presentEntry,
  presentKind,
  presentRecord,
  presentSummaries,
} from './present.ts';
import { listRecords, readRecord, readRevision, searchRecords } from './read.ts';
import type { WardRecord } from './record.ts';

const tags = ['records'];
const read = access({ who: 'member', scope: 'read' });
const write = access({ who: 'member', scope: 'records:write' });

const ListQuery = PageQuery.extend({
  kind: z.string().max(60).optional(),
  product: z.uuid().optional(),
  state: z.string().max(400).optional().openapi({ description: 'One state or several, separated by commas' }),
  text: z.string().max(200).optional(),
  sort: z.enum(['key', 'title', 'state', 'updated']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
});
const RevisionParam = z.object({
  key: z.string().max(60),
  revision: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .openapi({ type: 'integer' }),
});

export function recordsApi(kernel: Kernel) {
  const { records, ledger, kinds, db, people } = kernel;
  const view = async (principal: Principal, idOrKey: string) =>
    viewOf(principal, await readRecord(db, principal, idOrKey));
  /** Of the record as this request left it, whatever others have made of it meanwhile. */
  const viewOf = async (principal: Principal, record: WardRecord) => {
    const signatures = await ledger.list(
      { record: record.id, action: 'signature.made', products: 'all' },
      null,
      200,
    );
    return presentRecord(records, principal, record, signatures);
  };

  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/kinds',
        tags,
        ...read,
        responses: answers(z.object({ items: z.array(contract.KindView) }), 'The kinds of record'),
      }),
      (c) => c.json({ items: kinds.all.map(presentKind) }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/records',
        tags,
        ...read,
        request: { query: ListQuery },
        responses: answers(contract.RecordList, 'Records that fit'),
      }),
      async (c) => {
        const { kind, product, state, text, sort, order, cursor, limit } = c.req.valid('query');
        if (kind !== undefined) kinds.get(kind);
        const page = await listRecords(
          db,
          c.get('principal')!,
          { kind, productId: product, states: state?.split(','), text, sort, descending: order === 'desc' },
          cursor,
          limit ?? 100,
        );
        return c.json({ ...page, items: await presentSummaries(records, page.items) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/search',
        tags,
        ...read,
        request: { query: z.object({ text: z.string().max(200) }) },
        responses: answers(z.object({ items: z.array(contract.RecordSummary) }), 'Best first'),
      }),
      async (c) => {
        const found = await searchRecords(db, c.get('principal')!, c.req.valid('query').text, 30);
        return c.json({ items: await presentSummaries(records, found) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/records',
        tags,
        ...write,
        request: { body: jsonBody(contract.CreateRequest) },
        responses: answers(contract.RecordView, 'The new record'),
      }),
      async (c) => {
        const input = c.req.valid('json');
        const principal = c.get('principal')!;
        const created = await createRecord(records, principal, {
          ...input,
          reason: input.reason ?? null,
          links: input.links ?? [],
        });
        return c.json(await viewOf(principal, created), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/records/{key}',
        tags,
        ...read,
        request: { params: contract.KeyParam },
        responses: answers(contract.RecordView, 'The record'),
      }),
      async (c) => c.json(await view(c.get('principal')!, c.req.valid('param').key), 200),
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/records/{key}',
        tags,
        ...write,
        request: { params: contract.KeyParam, body: jsonBody(contract.EditRequest) },
        responses: answers(contract.RecordView, 'The record with its new revision'),
      }),
      async (c) => {
        const input = c.req.valid('json');
        const principal = c.get('principal')!;
        const edited = await editRecord(records, principal, c.req.valid('param').key, {
          ...input,
          reason: input.reason ?? null,
        });
        return c.json(await viewOf(principal, edited), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/records/{key}/transitions',
        tags,
        ...write,
        request: { params: contract.KeyParam, body: jsonBody(contract.TransitionRequestBody) },
        responses: answers(contract.RecordView, 'The record in its new state'),
      }),
      async (c) => {
        const { seenRevision, transition, reason, password, totp, passkey } = c.req.valid('json');
        const principal = c.get('principal')!;
        const moved = await makeTransition(records, principal, c.req.valid('param').key, {
          seenRevision,
          transition,
          reason: reason ?? null,
          credential: passkey ? { passkey } : password === undefined ? undefined : { password, totp },
        });
        return c.json(await viewOf(principal, moved), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/records/{key}/links',
        tags,
        ...write,
        request: { params: contract.KeyParam, body: jsonBody(contract.LinkRequest) },
        responses: answers(contract.RecordView, 'The record with the link'),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const { type, to } = c.req.valid('json');
        await addLink(records, principal, c.req.valid('param').key, type, to);
        return c.json(await view(principal, c.req.valid('param').key), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/links/{id}',
        tags,
        ...write,
        request: { params: z.object({ id: z.uuid() }), body: jsonBody(contract.LinkChange) },
        responses: answers(contract.Done, 'The link was ended or confirmed'),
      }),
      async (c) => {
        const { act, reason } = c.req.valid('json');
        await changeLink(records, c.get('principal')!, c.req.valid('param').id, act, reason ?? null);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/records/{key}/comments',
        tags,
        ...write,
        request: { params: contract.KeyParam, body: jsonBody(contract.CommentRequest) },
        responses: answers(contract.Done, 'Said'),
      }),
      async (c) => {
        await addComment(records, c.get('principal')!, c.req.valid('param').key, c.req.valid('json').text);
        return c.json({ done: true as const }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/records/{key}/history',
        tags,
        ...read,
        request: {
          params: contract.KeyParam,
          query: z.object({
            before: z
              .string()
              .regex(/^\d{1,15}$/)
              .optional(),
            limit: z
              .string()
              .regex(/^\d{1,3}$/)
              .optional(),
          }),
        },
        responses: answers(contract.HistoryPage, 'Newest first'),
      }),
      async (c) => {
        const record = await readRecord(db, c.get('principal')!, c.req.valid('param').key);
        const { before, limit } = c.req.valid('query');
        const size = Math.min(Number(limit ?? 100) || 100, 500);
        const rows = await ledger.list(
          { record: record.id, products: 'all' },
          before === undefined ? null : Number(before),
          size + 1,
          { withoutBodies: true },
        );
        const names = await people.find([...new Set(rows.flatMap((row) => row.actor ?? []))]);
        const items = rows.slice(0, size).map((row) => presentEntry(row, names));
        return c.json({ items, next: rows.length > size ? (items.at(-1)?.seq ?? null) : null }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/records/{key}/revisions/{revision}',
        tags,
        ...read,
        request: {
          params: RevisionParam,
          query: z.object({
            against: z
              .string()
              .regex(/^[1-9]\d{0,8}$/)
              .optional(),
          }),
        },
        responses: answers(contract.RevisionView, 'The revision and how it differs'),
      }),
      async (c) => {
        const { key, revision } = c.req.valid('param');
        const record = await readRecord(db, c.get('principal')!, key);
        const wanted = await readRevision(db, record.id, revision);
        if (!wanted)
          throw refuseRecord('record.not-found', `${record.key} has no revision ${revision}.`, {
            at: `${record.key}@${revision}`,
          });
        const asked = c.req.valid('query').against;
        const against = asked === undefined ? revision - 1 : Number(asked);
        const other = against >= 1 ? await readRevision(db, record.id, against) : undefined;
        const names = await people.find(wanted.authorId ? [wanted.authorId] : []);
        const differences = other
          ? labelled(kinds.get(record.kind), difference(other.body, wanted.body))
          : [];
        const { at, title, state, reason, hash, body } = wanted;
        return c.json(
          {
            key: record.key,
            revision,
            at: at.toISOString(),
            author: personRef(names, wanted.authorId),
            title,
            state,
            reason,
            hash,
            body,
            against: other ? other.revision : null,
            differences,
          },
          200,
        );
      },
    );
}

export type RecordsApi = ReturnType<typeof recordsApi>;
