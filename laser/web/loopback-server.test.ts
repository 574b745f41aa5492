import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLoopback } from './loopback-server.ts';

let server: Awaited<ReturnType<typeof openLoopback>>;
beforeEach(async () => {
  server = await openLoopback({
    ...{ port: 0, cookieName: 'test' },
    files: { '/': { type: 'text/html', content: '<p>hello' } },
    routes: [
      {
        method: 'POST',
        path: '/api/echo/*',
        answer: ({ parts, body, cookie }) => ({ body: { parts, body, cookie } }),
      },
      { method: 'POST', path: '/api/in', answer: () => ({ body: {}, cookie: 'abc' }) },
    ],
  });
});
afterEach(() => server.close());

function ask(path: string, { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const request = httpRequest(
        new URL(path, server.url),
        { method: body === undefined ? 'GET' : 'POST', headers },
        async (response) => {
          let text = '';
          for await (const piece of response) text += piece;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        },
      );
      request.on('error', reject);
      request.end(body);
    },
  );
}
const json = { 'content-type': 'application/json' };

describe('a page on this machine', () => {
  it('comes with a policy that runs no script but its own', async () => {
    const { status, headers } = await ask('/');
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('is nothing to a name that was bent to this machine', async () => {
    expect((await ask('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  it("is nothing to another site's page", async () => {
    const headers = { ...json, origin: 'https://evil.example' };
    expect((await ask('/api/echo/x', { headers, body: '{}' })).status).toBe(403);
  });

  it('reads JSON and nothing that a form can send', async () => {
    expect(JSON.parse((await ask('/api/echo/L4%2F7', { headers: json, body: '{"a":1}' })).text)).toEqual({
      ...{ parts: ['L4/7'], body: { a: 1 }, cookie: null },
    });
    const form = { 'content-type': 'text/plain' };
    expect((await ask('/api/echo/x', { headers: form, body: '{}' })).status).toBe(400);
    expect((await ask('/api/echo/x', { headers: json, body: '{' })).status).toBe(400);
    expect((await ask('/api/echo/x', { headers: json, body: `"${'x'.repeat(20_000)}"` })).status).toBe(400);
  });

  it('says of a path that cannot be read that it cannot', async () => {
    expect((await ask('/api/echo/%E0', { headers: json, body: '{}' })).status).toBe(400);
  });

  it('keeps its cookie from scripts and other sites', async () => {
    const { headers } = await ask('/api/in', { headers: json, body: '{}' });
    expect(String(headers['set-cookie'])).toMatch(/^test=abc; HttpOnly; SameSite=Strict/);
  });
});
