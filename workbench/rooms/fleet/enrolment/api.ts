// Routes of enrolment: codes for units, the unit's own request, and taking a unit back.
import { createRoute, z } from '@hono/zod-openapi';
import { EnrolmentAnswer, EnrolmentRequest } from '@ward/device/identity/enrolment.ts';
import { access, answers, jsonBody, newRouter } from '../../../kernel/http/router.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { requireRole } from '../../../kernel/records/decide.ts';
import { HeldAuthority } from '../authority.ts';
import { SerialParameter } from '../contract.ts';
import { FLEET_ROLES } from '../fleet-roles.ts';
import { KnownRevocations } from '../known-revocations.ts';
import { readUnit } from '../units.ts';
import { enrolUnit, makeCode, revokeUnit } from './enrol-unit.ts';

const tags = ['fleet'];
const write = access({ who: 'roles', roles: FLEET_ROLES, scope: 'records:write', sessionOnly: true });

export function enrolmentApi(kernel: Kernel) {
  const revoked = new KnownRevocations(kernel);
  const authority = new HeldAuthority(kernel);
  return newRouter()
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/units/{serial}/code',
        tags,
        ...write,
        request: { params: SerialParameter },
        responses: answers(
          z.object({ code: z.string(), endsAt: z.iso.datetime() }),
          'A one-time enrolment code in place of the one before; it is not shown again',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const unit = await readUnit(kernel, principal, c.req.valid('param').serial);
        requireRole(principal, FLEET_ROLES, unit.productId, 'make enrolment codes');
        const { code, endsAt } = await makeCode(kernel, principal, unit);
        return c.json({ code, endsAt: endsAt.toISOString() }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/units/{serial}/revoke',
        tags,
        ...write,
        request: {
          params: SerialParameter,
          body: jsonBody(z.object({ why: z.string().trim().min(1).max(2_000) })),
        },
        responses: answers(
          z.object({ state: z.string(), listed: z.boolean() }),
          'The certificates of the unit are believed no longer; `listed` false: by the gateway, for the list that tells consoles is full',
        ),
      }),
      async (c) => {
        const principal = c.get('principal')!;
        const unit = await readUnit(kernel, principal, c.req.valid('param').serial);
        requireRole(principal, FLEET_ROLES, unit.productId, 'revoke units');
        const listed = await revokeUnit(kernel, principal, unit, c.req.valid('json').why);
        return c.json({ state: 'revoked', listed }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/fleet/enrol',
        tags,
        // A unit has no account: its message proves that it knows a code that somebody with rights made.
        ...access({ who: 'anyone' }),
        request: { body: jsonBody(EnrolmentRequest) },
        responses: answers(EnrolmentAnswer, 'The certificate and anchors, proven by the same code'),
      }),
      async (c) => c.json(await enrolUnit(kernel, c.req.valid('json')), 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/fleet/revocations',
        tags,
        // What it holds is signed, and numbers of certificates are no secret: a console has no account.
        ...access({ who: 'anyone' }),
        responses: answers(
          z.object({ list: z.string() }),
          'The signed list of who is no longer believed, for consoles (JWS, ward-revocations+jwt)',
        ),
      }),
      async (c) => {
        await revoked.look(await authority.require());
        return c.json({ list: revoked.jws }, 200);
      },
    );
}
export type EnrolmentApi = ReturnType<typeof enrolmentApi>;
