// Route of a break of a trail that somebody closes.
import { createRoute, z } from '@hono/zod-openapi';
import { access, answers, jsonBody, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { PasskeyAssertion } from '../../../kernel/people/contract.ts';
import { SerialParameter } from '../contract.ts';
import { TRAIL_ROLES } from '../fleet-roles.ts';
import { readUnit } from '../units.ts';
import { closeBreak, MOST_REASON } from './close-break.ts';

export function trailApi(kernel: Kernel) {
  return newRouter().openapi(
    createRoute({
      method: 'post',
      path: '/fleet/units/{serial}/audit/breaks/{number}/close',
      tags: ['fleet'],
      ...access({ who: 'roles', roles: TRAIL_ROLES, scope: 'records:write', sessionOnly: true }),
      request: {
        params: SerialParameter.extend({
          number: z
            .string()
            .regex(/^[1-9]\d{0,5}$/)
            .openapi({ example: '1', description: 'Number of the break, of this unit' }),
        }),
        body: jsonBody(
          z.object({
            reason: z.string().trim().min(10).max(MOST_REASON),
            password: z.string().max(200).optional(),
            totp: z.string().max(20).optional(),
            /** Instead of password and code; its challenge was asked for this unit and break. */
            passkey: PasskeyAssertion.optional(),
          }),
        ),
      },
      responses: answers(
        z.object({ start: z.number().int() }),
        'The trail goes on after this line; the break stays, with who signed',
      ),
    }),
    async (c) => {
      const principal = c.get('principal')!;
      const { serial, number } = c.req.valid('param');
      const unit = await readUnit(kernel, principal, serial);
      const { reason, password, totp, passkey } = c.req.valid('json');
      const credential = passkey ? { passkey } : password === undefined ? undefined : { password, totp };
      const closed = await closeBreak(kernel, principal, unit, {
        ...{ number: Number(number), reason, credential },
      });
      return c.json({ start: closed.start }, 200);
    },
  );
}
export type TrailApi = ReturnType<typeof trailApi>;
