// Routes: views of lists under a name, one's own and those that others share. A view holds filters, never what they find.
import { createRoute, z } from '@hono/zod-openapi';
import { sql } from 'kysely';
import { access, answers, jsonBody, newRouter } from '../http/router.ts';
import type { PeopleService } from './create-people.ts';
import { refuse } from './errors.ts';
import { signedIn } from './request.ts';

const tags = ['me'];
const members = access({ who: 'member', scope: 'read', sessionOnly: true });

const MOST_VIEWS = 200;
const page = z.string().regex(/^[a-z][a-z-]{0,39}$/);
const Query = z
  .record(z.string().min(1).max(40), z.string().max(2_000))
  .refine((query) => Object.keys(query).length <= 40, 'at most 40 filters');

const NewView = z.object({
  page,
  name: z.string().trim().min(1).max(60),
  query: Query,
  shared: z.boolean().default(false),
});

const SavedView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    query: Query,
    shared: z.boolean(),
    /** Null for one's own. */
    by: z.string().nullable(),
  })
  .openapi('SavedView');
export type SavedView = z.infer<typeof SavedView>;

export function savedViewsApi({ context }: PeopleService) {
  const { db } = context;
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/me/views',
        tags,
        ...members,
        request: { query: z.object({ page }) },
        responses: answers(
          z.object({ items: z.array(SavedView) }),
          'One’s own views of the page, and shared ones',
        ),
      }),
      async (c) => {
        const { personId } = signedIn(c);
        const { rows } = await sql<SavedView>`
          select v.id, v.name, v.query, v.shared, case when v.person_id = ${personId}::uuid then null else p.name end as by
          from saved_view v join person p on p.id = v.person_id
          where v.page = ${c.req.valid('query').page} and (v.person_id = ${personId}::uuid or v.shared)
          order by (v.person_id <> ${personId}::uuid), lower(v.name) limit 500`.execute(db);
        return c.json({ items: rows }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/me/views',
        tags,
        ...members,
        request: { body: jsonBody(NewView) },
        responses: answers(z.object({ id: z.uuid() }), 'The view is kept; one of the same name is replaced'),
      }),
      async (c) => {
        const { personId } = signedIn(c);
        const view = c.req.valid('json');
        const id = context.newId();
        const { rows } = await sql<{ id: string }>`
          insert into saved_view (id, person_id, page, name, query, shared, created_at)
          select ${id}::uuid, ${personId}::uuid, ${view.page}, ${view.name}, ${JSON.stringify(view.query)}::jsonb, ${view.shared}, ${context.now()}
          where (select count(*) from saved_view where person_id = ${personId}::uuid) < ${MOST_VIEWS}
            or exists (select 1 from saved_view where person_id = ${personId}::uuid and page = ${view.page} and name = ${view.name})
          on conflict (person_id, page, name) do update set query = excluded.query, shared = excluded.shared
          returning id`.execute(db);
        if (!rows[0]) throw refuse('people.too-many-views', `You keep ${MOST_VIEWS} views already.`);
        return c.json({ id: rows[0].id }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/me/views/{id}',
        tags,
        ...members,
        request: { params: z.object({ id: z.uuid() }) },
        responses: answers(z.object({ done: z.literal(true) }), 'The view is gone'),
      }),
      async (c) => {
        const { personId } = signedIn(c);
        const { rows } = await sql`delete from saved_view where id = ${c.req.valid('param').id}::uuid
          and person_id = ${personId}::uuid returning id`.execute(db);
        if (rows.length === 0)
          throw refuse(
            'people.view-unknown',
            'You keep no such view; a shared one is changed by who made it.',
          );
        return c.json({ done: true as const }, 200);
      },
    );
}
