import { hc } from 'hono/client';
import { describe, expect, it } from 'vitest';
import type { PeopleApi } from './api.ts';
import { openHouse } from './people.fixture.ts';

describe('the routes', () => {
  it('stand in the API description, each with who may call it', async () => {
    const house = await openHouse();
    try {
      const { paths = {} } = house.app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'x', version: '1' },
      });
      const table = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods as Record<string, { 'x-ward-access': { who: string; roles?: string[] } }>).map(
          ([method, route]) => {
            const { who, roles } = route['x-ward-access'];
            return `${method.toUpperCase()} ${path} ${roles?.join('|') ?? who}`;
          },
        ),
      );

      expect(table.sort()).toEqual([
        'DELETE /api/invitations/{id} administrator|quality',
        'DELETE /api/me/passkeys/{id} signed-in',
        'DELETE /api/me/sessions signed-in',
        'DELETE /api/me/sessions/{id} signed-in',
        'DELETE /api/me/views/{id} member',
        'DELETE /api/session anyone',
        'DELETE /api/tokens/{id} member',
        'GET /api/first-run anyone',
        'GET /api/invitations administrator|quality',
        'GET /api/me/passkeys signed-in',
        'GET /api/me/sessions signed-in',
        'GET /api/me/views member',
        'GET /api/people member',
        'GET /api/session anyone',
        'GET /api/session/ways anyone',
        'GET /api/tokens member',
        'POST /api/first-run anyone',
        'POST /api/invitations administrator|quality',
        'POST /api/invitations/accept anyone',
        'POST /api/me/passkeys signed-in',
        'POST /api/me/passkeys/challenge signed-in',
        'POST /api/me/passkeys/options signed-in',
        'POST /api/me/password signed-in',
        'POST /api/me/password-reset/seen signed-in',
        'POST /api/me/totp signed-in',
        'POST /api/me/totp/backup-codes signed-in',
        'POST /api/me/totp/confirm signed-in',
        'POST /api/me/totp/disable signed-in',
        'POST /api/people/{id}/disable administrator',
        'POST /api/people/{id}/enable administrator',
        'POST /api/people/{id}/password-reset administrator',
        'POST /api/session anyone',
        'POST /api/session/link anyone',
        'POST /api/session/passkey anyone',
        'POST /api/session/passkey/challenge anyone',
        'POST /api/session/password-reset anyone',
        'POST /api/session/provider anyone',
        'POST /api/session/provider/finish anyone',
        'POST /api/session/totp anyone',
        'POST /api/tokens member',
        'PUT /api/me/views member',
      ]);
    } finally {
      await house.close();
    }
  });

  it('give a typed client', async () => {
    const house = await openHouse();
    try {
      const client = hc<PeopleApi>('http://ward.test/api', { fetch: house.app.request });

      const answer = await client['first-run'].$get();
      const state = await answer.json();

      // A route may also answer with a problem; the type says so.
      expect('needed' in state && state.needed).toBe(true);
    } finally {
      await house.close();
    }
  });

  it('under /me refuse who is not in a session', async () => {
    const house = await openHouse();
    try {
      const nobody = house.browser();
      const replies = await Promise.all([
        nobody.post('/api/me/password', { password: 'x', newPassword: 'x' }),
        nobody.post('/api/me/totp', { password: 'x' }),
        nobody.post('/api/me/totp/confirm', { code: '123456' }),
        nobody.post('/api/me/totp/backup-codes', { password: 'x' }),
        nobody.post('/api/me/totp/disable', { password: 'x' }),
        nobody.get('/api/me/sessions'),
        nobody.delete('/api/me/sessions'),
        nobody.delete('/api/me/sessions/019ab000-0000-7000-8000-000000000000'),
      ]);

      expect(new Set(replies.map((reply) => reply.body.code))).toEqual(new Set(['http.not-signed-in']));
    } finally {
      await house.close();
    }
  });
});
