// Routes of what was taken back, and of what can be.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { IssuedList, TakenBackList } from '../contract.ts';
import { refuseFleet } from '../errors.ts';
import { FLEET_ROLES } from '../fleet-roles.ts';
import { namesRevocable, REVOCATION_KINDS } from '../revocable.ts';
import { revoke } from '../revocations.ts';
import { aboutRevocable, listIssued, listTakenBack } from './read-taken-back.ts';

const tags = ['fleet'];
const read = access({ who: 'member', scope: 'read' });
const write = access({ who: 'roles', roles: FLEET_ROLES, scope: 'records:write', sessionOnly: true });

const TakeBack = z
  .object({
    kind: z.enum(REVOCATION_KINDS),
    value: z.string().trim().max(128).openapi({
      description: 'A serial number in lower-case hexadecimal, the id of a token, or person:ID',
    }),
    why: z.string().trim().min(1).max(2_000),
  })
  .refine(({ kind, value }) => namesRevocable(kind, value), {
    path: ['value'],
    message: 'names none of its kind: a serial number in lower-case hexadecimal, a token id, or person:ID',
  });

export function takenBackApi(kernel: Kernel) {
  return newRouter()
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/taken-back',
        tags,
        ...read,
        request: {
          query: z.object({
            before: z
              .string()
              .regex(/^\d{1,15}$/)
              .optional(),
          }),
        },
        responses: answers(
          TakenBackList,
          'Who is no longer believed, newest first, and how full the list is',
        ),
      }),
      async (c) => {
        const { before } = c.req.valid('query');
        const from = before === undefined ? null : Number(before);
        return c.json(await listTakenBack(kernel, c.get('principal')!, from), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/issued',
        tags,
        ...read,
        responses: answers(
          IssuedList,
          'Tokens of people, certificates of consoles, laptops and clinics that are still good; at most 500',
        ),
      }),
      async (c) => c.json(await listIssued(kernel, c.get('principal')!), 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/taken-back',
        tags,
        ...write,
        request: { body: jsonBody(TakeBack) },
        responses: answers(
          z.object({ new: z.boolean() }),
          'It is believed no longer; false when it was taken back before',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const { kind, value, why } = c.req.valid('json');
        const { productId, unit } = await aboutRevocable(kernel, kind, value);
        requireRole(principal, FLEET_ROLES, productId, 'take back what was issued');
        if (unit !== null)
          throw refuseFleet('fleet.wrong-state', `This is a certificate of ${unit}.`, {
            at: unit,
            remedy: 'Revoke the unit on its page: all its certificates are taken back together.',
          });
        return c.json({ new: await revoke(kernel, principal, { kind, value, why }) }, 200);
      },
    );
}
export type TakenBackApi = ReturnType<typeof takenBackApi>;
